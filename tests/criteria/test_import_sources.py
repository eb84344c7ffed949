"""Identified money out of a file: by work item, kind and document; adjusted, added, undone."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from criteria.choices import SourceKind
from criteria.importers import SourceImporter
from criteria.models import FundingSource
from criteria.money_rules import Entry
from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry, Document
from tests import factories
from tests.criteria.money_desk import PAPER, enter
from tests.dashboard.test_imports import WRITTEN, edited, form, pairs, sent, write
from tests.factories import TODAY
from tests.queries import WRITER_LOCK

pytestmark = pytest.mark.django_db
IMPORTER = SourceImporter()
HEAD = "Mã công trình;Nguồn vốn;Số tiền;Số văn bản;Ngày văn bản;Loại văn bản;Trích yếu;Ghi chú"


@pytest.fixture
def items(installation, commune_a, office):
    """Two roads, the first with money of two kinds, the second with a cut of its plan."""
    found = [
        factories.make_item(need=5 * 10**9, commune=commune_a, name=f"Đường {n}", code=f"HM-{n}")
        for n in (1, 2)
    ]
    enter(found[0], Entry.SOURCE, 10**9, office)
    enter(found[0], Entry.SOURCE, 10**8, office, kind=SourceKind.PEOPLE, paper=None, note="Dân góp")
    enter(found[1], Entry.SOURCE, 2 * 10**9, office)
    cut = factories.make_document(number="30/QĐ-UBND", issued_on=date(2022, 4, 25))
    taken = {"amount": -5 * 10**8, "document": cut, "kind": SourceKind.PROVINCIAL}
    FundingSource.objects.create(
        item=found[1], effective_on=TODAY, recorded_at=WRITTEN["now"], by=office, **taken
    )
    return found


def rows_of(data) -> list:
    return list(load_workbook(BytesIO(data)).worksheets[0].values)[1:]


def csv_of(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def test_the_form_comes_back_as_no_change_also_below_zero(items, office, installation):
    first = form(IMPORTER, office, installation)

    assert [(row[1], row[4], row[5]) for row in rows_of(first)[:4]] == [
        ("HM-1", "Ngân sách tỉnh", 10**9),
        ("HM-1", "Nhân dân đóng góp", 10**8),
        ("HM-2", "Ngân sách tỉnh", 2 * 10**9),
        ("HM-2", "Ngân sách tỉnh", -5 * 10**8),
    ]
    _batch, checked = sent(IMPORTER, first, office, installation)
    assert (checked.rows, checked.changes, checked.problems) == (4, (), ())


def test_sums_are_adjusted_money_is_added_and_all_is_undone(items, office, installation):
    first = form(IMPORTER, office, installation)
    data = edited(
        first,
        F2="1,5 tỷ",
        F5="-400.000.000",
        B6="HM-1",
        E6="Vốn tín dụng",
        F6="2.000 triệu",
        G6="41/QĐ-NHCS",
        H6=date(2022, 4, 28),
        K6="Vốn vay hộ nghèo",
    )
    batch, checked = sent(IMPORTER, data, office, installation)

    assert checked.problems == ()
    assert pairs(checked) == [
        (2, "Số tiền (đồng)", "1.000.000.000", "1.500.000.000"),
        (5, "Số tiền (đồng)", "-500.000.000", "-400.000.000"),
        (6, "Mã công trình", "", "HM-1"),
        (6, "Nguồn vốn", "", "Vốn tín dụng"),
        (6, "Số tiền (đồng)", "", "2.000.000.000"),
        (6, "Số, ký hiệu văn bản", "", "41/QĐ-NHCS"),
        (6, "Ngày văn bản", "", "28/04/2022"),
        (6, "Trích yếu", "", "Vốn vay hộ nghèo"),
    ]
    write(IMPORTER, batch, checked, office, installation)
    added = FundingSource.objects.filter(effective_on=TODAY).order_by("-pk")[:3]
    assert [(row.kind, row.amount, row.document.number) for row in added] == [
        ("credit", 2 * 10**9, "41/QĐ-NHCS"),
        ("provincial", 10**8, "30/QĐ-UBND"),
        ("provincial", 5 * 10**8, PAPER.number),
    ]
    assert AuditEntry.objects.filter(action="funding.source", origin="tep.xlsx").count() == 3
    # The new row has no code in the file, and is known again all the same.
    assert sent(IMPORTER, data, office, installation)[1].changes == ()
    undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    assert rows_of(form(IMPORTER, office, installation)) == rows_of(first)


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        ("HM-9;Vốn tín dụng;5 tỷ;1/QĐ;28/04/2022;;a;", "A2", "Không có công trình mã “HM-9”"),
        ("HM-1;Vốn tính dụng;5 tỷ;1/QĐ;28/04/2022;;a;", "B2", "Có phải “Vốn tín dụng”?"),
        ("HM-1;;5 tỷ;1/QĐ;28/04/2022;;a;", "B2", "Chưa có nguồn vốn"),
        ("HM-1;Vốn tín dụng;;1/QĐ;28/04/2022;;a;", "C2", "Chưa có số tiền"),
        ("HM-1;Vốn tín dụng;nhiều;1/QĐ;28/04/2022;;a;", "C2", "Không đọc được số tiền"),
        ("HM-1;Vốn tín dụng;-5 tỷ;1/QĐ;28/04/2022;;a;", "C2", "sẽ âm 5.000.000.000 đồng"),
        ("HM-1;Vốn tín dụng;5 tỷ;;;;;Ngân hàng", "D2", "chưa có văn bản thì chưa xác định"),
        ("HM-1;Vốn tín dụng;5 tỷ;1/QĐ;;;a;", "E2", "cả số, ký hiệu và ngày"),
        ("HM-1;Vốn tín dụng;5 tỷ;1/QĐ;28/04/2023;;a;", "E2", "chưa ban hành"),
        ("HM-1;Vốn tín dụng;5 tỷ;1/QĐ;28/04/2022;Bài báo;a;", "F2", "không phải văn bản giao vốn"),
        ("HM-1;Vốn tín dụng;5 tỷ;1/QĐ;28/04/2022;;;", "G2", "hãy ghi trích yếu"),
        ("HM-1;Doanh nghiệp;5 tỷ;;;;;", "H2", "ghi rõ nguồn từ đâu"),
    ],
)
def test_a_wrong_row_is_named(items, office, installation, row, place, sentence):
    _batch, checked = sent(IMPORTER, csv_of(row), office, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == [place]
    assert sentence in checked.problems[0].message
    assert checked.changes == ()


def test_what_a_coded_row_speaks_of_is_not_changed_by_a_file(items, office, installation):
    data = edited(form(IMPORTER, office, installation), E2="Vốn tín dụng", F2=5)
    _batch, checked = sent(IMPORTER, data, office, installation)

    assert [problem.place for problem in checked.problems] == ["E2"]
    assert "hiện là “Ngân sách tỉnh”" in checked.problems[0].message
    assert checked.changes == ()


def test_a_known_document_needs_no_subject_and_two_rows_of_one_sum_clash(
    items, office, installation
):
    number, day = PAPER.number, f"{PAPER.issued_on:%d/%m/%Y}"
    data = csv_of(
        f"HM-1;Ngân sách huyện;3 tỷ;{number};{day};;;",
        f"HM-1;Ngân sách huyện;4 tỷ;{number};{day};;;",
        f"HM-1;Ngân sách tỉnh;1,1 tỷ;{number};{day};;;",
    )
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")

    assert [(one.row, "dòng 2" in one.message) for one in checked.problems] == [(3, True)]
    assert [(change.row, change.is_new) for change in checked.changes] == [(2, True), (4, False)]
    write(IMPORTER, batch, checked, office, installation, skips_bad=True)
    assert Document.objects.filter(number=number).count() == 1


def test_what_was_written_later_stops_the_undoing(items, office, installation):
    data = edited(form(IMPORTER, office, installation), F2="1,5 tỷ")
    batch, checked = sent(IMPORTER, data, office, installation)
    write(IMPORTER, batch, checked, office, installation)
    enter(items[0], Entry.SOURCE, 10**6, office)

    with pytest.raises(ValidationError, match="lần ghi cuối cùng"):
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)


def test_only_the_office_takes_sources_in(items, user_a, sponsor_a, viewer):
    assert [bool(IMPORTER.may(user)) for user in (user_a, sponsor_a, viewer)] == [False] * 3


def test_a_list_with_a_comma_is_kept_apart_in_the_form(items, office, installation):
    book = load_workbook(BytesIO(form(IMPORTER, office, installation)))
    lists = [one.formula1 for one in book.worksheets[0].data_validations.dataValidation]

    assert lists[0] == "_ntm!$H$1:$H$9"
    assert book["_ntm"]["H9"].value == "Đơn vị đỡ đầu, tài trợ"
    assert lists[1].startswith('"Quyết định,')


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_the_rows(n, office, installation, django_assert_num_queries):
    commune = factories.make_commune()
    for number in range(3):
        item = factories.make_item(need=10**9, commune=commune, code=f"Q-{number}")
        enter(item, Entry.SOURCE, 10**6, office)
    number, day = PAPER.number, f"{PAPER.issued_on:%d/%m/%Y}"
    rows = [f"Q-{one};Ngân sách huyện;3 tỷ;{number};{day};;;" for one in range(n)]
    batch, checked = sent(IMPORTER, csv_of(*rows), office, installation, "a.csv")
    assert len(checked.changes) == n
    with django_assert_num_queries(26 + WRITER_LOCK):
        write(IMPORTER, batch, checked, office, installation)
