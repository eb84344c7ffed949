"""Results of criteria and indicators out of a file: into the grid, shown, refused, undone."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from criteria.choices import IndicatorKind, Outcome, Stage, ThresholdOp
from criteria.importers import ResultImporter
from criteria.models import Draft
from criteria.services.drafts import CellEntry, save_cells
from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry, Installation
from tests.criteria.grid_build import make_indicator
from tests.dashboard.test_imports import WRITTEN, edited, form, pairs, sent, write
from tests.factories import assess, make_set

pytestmark = pytest.mark.django_db
IMPORTER = ResultImporter()


@pytest.fixture
def cells(installation, commune_a):
    """Two criteria, the first with a share and a yes or no."""
    criterion = make_set(size=2).criteria.get(number=1)
    share = make_indicator(criterion, number="1.1", threshold=(ThresholdOp.AT_LEAST, 90))
    make_indicator(criterion, number="1.2", kind=IndicatorKind.BOOLEAN, unit="")
    return share


def csv_of(*rows: str) -> bytes:
    return "\n".join(["Mã ô;Giá trị;Kết quả;Hiện trạng", *rows]).encode()


def test_the_form_comes_back_as_no_change_and_changes_are_undone(
    cells, user_a, commune_a, installation
):
    first = form(IMPORTER, user_a, installation)
    sheet = load_workbook(BytesIO(first)).worksheets[0]
    assert [cell.value for cell in sheet["A"][1:5]] == [
        "18523-1",
        "18523-1.1",
        "18523-1.2",
        "18523-2",
    ]
    assert sent(IMPORTER, first, user_a, installation)[1].changes == ()

    data = edited(first, D3="382/400", E4="đạt", F4="Đã có quyết định")
    batch, checked = sent(IMPORTER, data, user_a, installation)
    assert checked.problems == ()
    assert pairs(checked) == [
        (3, "Giá trị", "", "382/400"),
        (4, "Kết quả", "", "Đạt"),
        (4, "Hiện trạng, ghi chú", "", "Đã có quyết định"),
    ]
    write(IMPORTER, batch, checked, user_a, installation)
    assert Draft.objects.get(indicator=cells).numerator == 382
    assert sent(IMPORTER, data, user_a, installation)[1].changes == ()
    undo_batch(batch, IMPORTER, by=user_a, **WRITTEN)
    again = load_workbook(BytesIO(form(IMPORTER, user_a, installation))).worksheets[0]
    assert list(again.values) == list(sheet.values)


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        ("18523-1.1;chín;;", "B2", "Không đọc được số “chín”"),
        ("18523-1.1;120;;", "B2", "0 đến 100%"),
        ("18523-1.2;5;;", "B2", "không ghi giá trị"),
        ("18523-1.1;;gần đạt;", "C2", "Không có kết quả “gần đạt”"),
        ("18523-9.9;5;;", "A2", "Không có ô bạn được nhập mã “18523-9.9”"),
        ("18502-1.1;95;;", "A2", "Không có ô bạn được nhập"),
    ],
)
def test_a_wrong_row_is_named(cells, user_a, commune_b, installation, row, place, sentence):
    _batch, checked = sent(IMPORTER, csv_of(row), user_a, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == [place]
    assert sentence in checked.problems[0].message
    assert checked.changes == ()


def test_a_locked_criterion_is_refused_with_its_reason(cells, user_a, commune_a, installation):
    assess(commune_a, cells.criterion, outcome=Outcome.MET, stage=Stage.SELF)
    data = csv_of("18523-1.1;95;;", "18523-2;;x;")
    _batch, checked = sent(IMPORTER, data, user_a, installation, "a.csv")

    assert [problem.row for problem in checked.problems] == [2]
    assert [change.row for change in checked.changes] == [3]


def test_a_cell_that_was_changed_later_stops_the_undoing(cells, user_a, commune_a, installation):
    batch, checked = sent(IMPORTER, csv_of("18523-1.1;95;;"), user_a, installation, "a.csv")
    write(IMPORTER, batch, checked, user_a, installation)
    later, seen = sent(IMPORTER, csv_of("18523-1.1;96;;"), user_a, installation, "b.csv")
    write(IMPORTER, later, seen, user_a, installation)

    with pytest.raises(Exception, match="sau lần nhập này"):
        undo_batch(batch, IMPORTER, by=user_a, **WRITTEN)
    assert Draft.objects.get().value == 96


def test_a_large_file_asks_no_more_than_a_small_one(cells, office, commune_a, commune_b):
    """Of the office, which reports for communes that have said something."""
    installation = Installation.current()
    other = cells.criterion.criteria_set.criteria.get(number=2)
    for commune in (commune_a, commune_b):
        assess(commune, other, outcome=Outcome.MET, stage=Stage.VERIFIED)

    def questions(*rows):
        batch, checked = sent(IMPORTER, csv_of(*rows), office, installation, "a.csv")
        assert checked.problems == ()
        with CaptureQueriesContext(connection) as captured:
            write(IMPORTER, batch, checked, office, installation)
            undo_batch(batch, IMPORTER, by=office, **WRITTEN)
        return len(captured)

    few = questions("18523-1.1;95;;", "18502-1.1;95;;")
    many = [f"{code}-{cell}" for code in ("18523", "18502") for cell in ("1.1;91;;", "1.2;;x;a")]
    # One more: some of its cells are drafts already, others are new.
    assert questions(*many, "18523-1;;;b", "18502-1;;;b") == few + 1


def test_an_undone_import_leaves_no_trace_of_its_texts(cells, user_a, installation):
    rows = ("18523-1.1;95;;nói", "18523-1.2;;x;", "18523-2;;;ghi")
    batch, checked = sent(IMPORTER, csv_of(*rows), user_a, installation, "a.csv")
    write(IMPORTER, batch, checked, user_a, installation)
    assert Draft.objects.count() == 3
    undo_batch(batch, IMPORTER, by=user_a, **WRITTEN)

    assert {(row.value, row.outcome, row.note) for row in Draft.objects.all()} == {(None, "", "")}
    assert {row.version for row in Draft.objects.all()} == {2}
    trail = AuditEntry.objects.filter(action="draft.save")
    assert trail.count() == 6
    assert set(trail.values_list("origin", flat=True)) == {"a.csv"}


def test_a_note_of_several_lines_comes_back_unchanged(cells, user_a, commune_a, installation):
    entry = CellEntry(f"i{cells.pk}", "0.0", note="Dòng một\n\nDòng hai")
    save_cells(commune=commune_a, entries=[entry], by=user_a, **WRITTEN)
    row = "18523-1.1;;;Dòng một Dòng hai"

    _batch, checked = sent(IMPORTER, csv_of(row), user_a, installation, "a.csv")
    assert checked.changes == ()
