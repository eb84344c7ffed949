"""From the form of a kind to a batch and back: preview, writing, what was wrong, undoing."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from criteria.importers import NeedImporter
from criteria.models import FundingNeed, WorkItem
from criteria.money_rules import Entry
from criteria.selectors.funding import item_lines
from criteria.services.work_items import adjust_needs
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.intake.batches import apply_batch, check_batch, keep_file, undo_batch
from ntm_tracker.core.intake.forms import form_file
from ntm_tracker.core.models import AuditEntry, ImportBatch, ImportChange
from sponsors.importers import SponsorImporter
from sponsors.models import Sponsor
from tests import factories
from tests.criteria.money_desk import enter
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
WRITTEN = {"now": NOW, "today": TODAY}


@pytest.fixture
def items(installation, commune_a):
    return [
        factories.make_item(need=need, commune=commune_a, name=f"Đường {n}")
        for n, need in enumerate((1_000_000_000, 2_000_000_000, 3_000_000_000), 1)
    ]


@pytest.fixture
def sponsors(installation):
    return [
        factories.make_sponsor(name="Sở Y tế", phone="0239 1"),
        factories.make_sponsor(name="Công ty Than", kind="enterprise"),
        factories.make_sponsor(name="=CMD|1", short_name="+1"),
    ]


def as_of(installation):
    return as_of_on(None, installation)


def form(importer, user, installation, *, is_empty=False) -> bytes:
    day = as_of(installation)
    return form_file(importer, user, day, is_empty=is_empty, creator="VP", now=NOW)


def edited(data: bytes, **cells) -> bytes:
    """The form with some cells changed and saved, as people do it."""
    book = load_workbook(BytesIO(data))
    for place, value in cells.items():
        book.worksheets[0][place] = value
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def sent(importer, data, user, installation, name="tep.xlsx"):
    batch = keep_file(importer, data, name, by=user, now=NOW)
    return batch, check_batch(batch, importer, user, as_of(installation))


def write(importer, batch, checked, user, installation, *, skips_bad=False):
    return apply_batch(
        batch,
        importer,
        mark=checked.mark,
        skips_bad=skips_bad,
        by=user,
        as_of=as_of(installation),
        now=NOW,
    )


def needs():
    lines = item_lines(WorkItem.objects.all(), TODAY)
    return sorted((line.name, line.money.need) for line in lines)


def pairs(checked):
    return [
        (change.row, cell.title, cell.old, cell.new)
        for change in checked.changes
        for cell in change.cells
    ]


def test_changed_cells_are_shown_written_exported_and_undone(items, office, installation):
    importer = NeedImporter()
    first, before = form(importer, office, installation), needs()
    data = edited(first, D2="1,5 tỷ", D4=4_000_000_000)
    batch, checked = sent(importer, data, office, installation)

    assert pairs(checked) == [
        (2, "Nhu cầu (đồng)", "1.000.000.000", "1.500.000.000"),
        (4, "Nhu cầu (đồng)", "3.000.000.000", "4.000.000.000"),
    ]
    assert checked.by_group == [("Xã Hương Bình", 2)]
    assert needs() == before
    write(importer, batch, checked, office, installation)
    assert [need for _name, need in needs()] == [1_500_000_000, 2_000_000_000, 4_000_000_000]
    assert ImportChange.objects.count() == 2
    trail = AuditEntry.objects.filter(origin="tep.xlsx")
    assert sorted(trail.values_list("action", flat=True)) == [
        "funding.need",
        "funding.need",
        "import.apply",
    ]
    # The same file again changes nothing.
    assert sent(importer, data, office, installation)[1].changes == ()
    undo_batch(batch, importer, by=office, **WRITTEN)
    assert needs() == before
    again = load_workbook(BytesIO(form(importer, office, installation))).worksheets[0]
    earlier = load_workbook(BytesIO(first)).worksheets[0]
    assert list(again.values) == list(earlier.values)


def test_sponsors_are_corrected_added_and_all_undone(sponsors, office, installation):
    importer = SponsorImporter()
    before = list(Sponsor.objects.order_by("pk").values("pk", "name", "phone", "kind"))
    data = form(importer, office, installation)
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    row = next(cell.row for cell in sheet["B"] if cell.value == "Sở Y tế")
    data = edited(
        data, **{f"F{row}": "0239 2", "B5": "Trường Chính trị tỉnh", "D5": "Sở, ban, ngành"}
    )
    batch, checked = sent(importer, data, office, installation)

    assert checked.problems == ()
    assert (row, "Điện thoại", "0239 1", "0239 2") in pairs(checked)
    assert [change.is_new for change in checked.changes if change.row == 5] == [True]
    write(importer, batch, checked, office, installation)
    assert Sponsor.objects.get(name="Sở Y tế").phone == "0239 2"
    assert Sponsor.objects.filter(name="Trường Chính trị tỉnh", kind="agency").exists()
    undo_batch(batch, importer, by=office, **WRITTEN)
    assert list(Sponsor.objects.order_by("pk").values("pk", "name", "phone", "kind")) == before


def test_text_like_a_formula_is_text_in_the_form(sponsors, office, installation):
    sheet = load_workbook(BytesIO(form(SponsorImporter(), office, installation))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value in ("=CMD|1", "+1")]

    assert [cell.data_type for cell in cells] == ["s", "s"]


def test_the_form_locks_keys_and_offers_choices(sponsors, office, installation):
    book = load_workbook(BytesIO(form(SponsorImporter(), office, installation)))
    sheet = book.worksheets[0]

    assert sheet.protection.sheet
    assert (sheet["A2"].protection.locked, sheet["B2"].protection.locked) == (True, False)
    assert sheet["A9"].protection.locked is False
    # "Sở, ban, ngành" is one word of the list, and not three.
    assert sheet.data_validations.dataValidation[0].formula1 == "_ntm!$G$1:$G$6"
    assert [cell.value for cell in book["_ntm"]["G"][:2]] == [
        "Sở, ban, ngành",
        "Lực lượng vũ trang",
    ]
    assert book["_ntm"].sheet_state == "veryHidden"
    assert "Hướng dẫn" in book.sheetnames
    empty = load_workbook(BytesIO(form(SponsorImporter(), office, installation, is_empty=True)))
    assert empty.worksheets[0]["B2"].value is None


@pytest.mark.parametrize(
    ("cells", "place", "sentence"),
    [
        ({"A2": "HM-1X"}, "A2", "Không có công trình mã “HM-1X”"),
        ({"D3": "nhiều"}, "D3", "Không đọc được số tiền"),
        ({"D3": 0}, "D3", "lớn hơn 0"),
        ({"D3": 10**30}, "D3", "quá lớn"),
    ],
)
def test_a_wrong_row_is_named_and_the_good_ones_can_be_taken(
    items, office, installation, cells, place, sentence
):
    importer = NeedImporter()
    data = edited(form(importer, office, installation), D4=9_000_000_000, **cells)
    batch, checked = sent(importer, data, office, installation)

    assert [problem.place for problem in checked.problems] == [place]
    assert sentence in checked.problems[0].message
    with pytest.raises(ValidationError, match="chỉ nhập các dòng đúng"):
        write(importer, batch, checked, office, installation)
    write(importer, batch, checked, office, installation, skips_bad=True)
    assert 9_000_000_000 in [need for _name, need in needs()]
    batch.refresh_from_db()
    assert batch.left_out == 1


def test_two_rows_that_speak_of_one_thing_are_a_problem(items, office, installation):
    importer = NeedImporter()
    code = items[0].code
    text = f"Mã công trình,Nhu cầu (triệu đồng)\n{code},5\n{code},6\n"
    _batch, checked = sent(importer, text.encode(), office, installation, "a.csv")

    assert [(one.row, "dòng 2" in one.message) for one in checked.problems] == [(3, True)]
    assert pairs(checked) == [(2, "Nhu cầu (đồng)", "1.000.000.000", "5.000.000")]


def test_a_likely_twin_asks_for_its_code_or_for_new(sponsors, office, installation):
    importer = SponsorImporter()
    head = "Mã đơn vị,Tên đơn vị,Loại\n"
    _b, checked = sent(
        importer, f"{head},Sở Y tế tỉnh,Doanh nghiệp\n".encode(), office, installation, "a.csv"
    )
    assert "Gần giống “Sở Y tế”" in checked.problems[0].message
    _b, checked = sent(
        importer, f"{head}mới,Sở Y tế tỉnh,Doanh nghiệp\n".encode(), office, installation, "a.csv"
    )
    assert (checked.problems, len(checked.changes)) == ((), 1)


def test_what_rests_on_a_change_stops_the_whole_undoing(sponsors, office, installation, commune_a):
    importer = SponsorImporter()
    text = "Tên đơn vị,Loại\nTrường Chính trị tỉnh,Khác\nHội Nông dân tỉnh,Doanh nghiệp\n"
    text = text.replace("Khác", "Tổ chức khác")
    batch, checked = sent(importer, text.encode(), office, installation, "a.csv")
    write(importer, batch, checked, office, installation)
    factories.make_assignment(Sponsor.objects.get(name="Trường Chính trị tỉnh"), commune_a)

    with pytest.raises(ValidationError, match="đã có phân công"):
        undo_batch(batch, importer, by=office, **WRITTEN)
    assert Sponsor.objects.filter(name="Hội Nông dân tỉnh").exists()


def test_nothing_is_left_when_a_row_fails_in_the_middle(items, office, installation, monkeypatch):
    importer, before = NeedImporter(), needs()
    data = edited(form(importer, office, installation), D2=5, D3=6, D4=7)
    batch, checked = sent(importer, data, office, installation)

    def failing(*args, **kwargs):
        adjust_needs(*args, **kwargs)
        raise RuntimeError("killed")

    monkeypatch.setattr("criteria.importers.needs.adjust_needs", failing)
    with pytest.raises(RuntimeError):
        write(importer, batch, checked, office, installation)
    assert needs() == before
    assert not ImportChange.objects.exists()
    assert not AuditEntry.objects.filter(action="import.apply").exists()
    monkeypatch.undo()
    write(importer, batch, checked, office, installation)
    assert FundingNeed.objects.count() == 6


def url(name, *args):
    return reverse(f"dashboard:{name}", args=args)


def upload(client, data, name="tep.xlsx", kind="needs"):
    return client.post(url("import-kind", kind), {"file": SimpleUploadedFile(name, data)})


def test_the_journey_through_the_pages(client, items, user_a, commune_a):
    client.force_login(user_a)
    data = client.get(url("import-form", "needs")).content
    data = edited(data, D2=1_100_000_000, D3="sai")
    answer = upload(client, data)
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("import-batch", batch.pk))
    page = client.get(answer["Location"]).content.decode()
    for words in ("1.100.000.000", "D3", "Không đọc được số tiền “sai”", "Nhập 1 dòng đúng"):
        assert words in page
    bad = load_workbook(BytesIO(client.get(url("import-bad", batch.pk)).content)).worksheets[0]
    assert [cell.value for cell in bad[1]][-1] == "Lý do chưa nhập được"
    assert bad["D2"].value == "sai"
    assert "Không đọc được số tiền" in bad["F2"].value
    assert client.get(url("import-file", batch.pk)).getvalue() == data

    mark = page.split('name="mark" value="')[1].split('"')[0]
    answer = client.post(url("import-batch", batch.pk), {"action": "good", "mark": mark})
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    assert "1 dòng đã ghi, 1 dòng sai không ghi" in page
    assert client.post(url("import-batch", batch.pk), {"action": "undo"}).status_code == 303
    assert "Đã hoàn tác" in client.get(url("import-batch", batch.pk)).content.decode()
    assert client.post(url("import-batch", batch.pk), {"action": "undo"}).status_code == 422


def test_figures_that_moved_meanwhile_are_shown_again(client, items, office):
    client.force_login(office)
    data = client.get(url("import-form", "needs")).content
    upload(client, edited(data, D2=1_100_000_000))
    batch = ImportBatch.objects.get()
    answer = client.post(url("import-batch", batch.pk), {"action": "all", "mark": "old"})

    assert answer.status_code == 409
    assert "Chưa ghi gì" in answer.content.decode()
    assert not ImportChange.objects.exists()


def test_an_unreadable_file_is_a_sentence_and_is_not_kept(client, installation, office):
    client.force_login(office)
    answer = upload(client, b"MZ\x90\0")

    assert answer.status_code == 422
    assert "không phải của Excel" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_commune_enters_its_own_needs_alone(client, items, user_b, commune_b, installation):
    client.force_login(user_b)
    sheet = load_workbook(BytesIO(client.get(url("import-form", "needs")).content)).worksheets[0]
    assert sheet["A2"].value is None
    code = items[0].code
    upload(client, f"Mã công trình,Nhu cầu\n{code},5 tỷ\n".encode(), "a.csv")
    page = client.get(url("import-batch", ImportBatch.objects.get().pk)).content.decode()

    assert f"Không có công trình mã “{code}”" in page
    assert "Đường 1" not in page
    assert client.get(url("import-kind", "sponsors")).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_questions_of_the_list_do_not_grow(
    n, client, office, installation, django_assert_num_queries
):
    for _ in range(n):
        factories.make_import(office)
    client.force_login(office)
    with django_assert_num_queries(5):
        client.get(url("import-list"))


def test_another_spelling_of_a_name_is_no_correction_without_its_code(
    sponsors, office, installation
):
    text = "Tên đơn vị,Điện thoại\nso y te,0239 7\n"
    _b, checked = sent(SponsorImporter(), text.encode(), office, installation, "a.csv")

    assert pairs(checked) == [(2, "Điện thoại", "0239 1", "0239 7")]


def test_a_file_that_cannot_be_undone_names_some_rows_and_counts_the_others(
    client, items, office, installation, monkeypatch
):
    importer = NeedImporter()
    data = edited(form(importer, office, installation), D2=5, D3=6, D4=7)
    batch, checked = sent(importer, data, office, installation)
    write(importer, batch, checked, office, installation)
    for item in items:
        enter(item, Entry.NEED, 10**9, office)
    monkeypatch.setattr("ntm_tracker.dashboard.views.imports.MOST_REASONS", 2)
    client.force_login(office)
    answer = client.post(url("import-batch", batch.pk), {"action": "undo"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("lần ghi cuối cùng") == 2
    assert "Và 1 dòng khác" in page


def test_text_that_is_too_long_and_letters_that_reach_nobody_are_told(
    sponsors, office, installation
):
    text = f"Tên đơn vị,Loại,Email\n{'a' * 256},Doanh nghiệp,\nHội Nông dân,Doanh nghiệp,khong\n"
    _b, checked = sent(SponsorImporter(), text.encode(), office, installation, "a.csv")

    assert [(one.place, one.message) for one in checked.problems] == [
        ("A2", "Dài 256 ký tự; nhiều nhất là 255."),
        ("C3", "Địa chỉ thư chưa đúng, ví dụ vanthu@xa.gov.vn."),
    ]
