"""Closing a month: what is kept, that it stays, and who may open it again."""

from collections import Counter
from dataclasses import fields
from hashlib import sha256
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from communes.models import Commune
from criteria.models import WorkItem
from criteria.services.funding import NeedEntry, record_needs
from ntm_tracker.core.models import AuditEntry, Installation, SnapshotRow, User
from ntm_tracker.core.sheets import render
from ntm_tracker.reports.models import ReportFile, ReportText
from ntm_tracker.reports.selectors import snapshot
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.services import closing, months
from ntm_tracker.reports.services.closing import (
    MovedMeanwhile,
    close_month,
    except_commune,
    reopen_month,
)
from ntm_tracker.reports.services.letters import month_letter_file
from ntm_tracker.reports.services.months import find_period, month_file, month_sheets
from tests.reports.closed_month import (
    CUT_OFF,
    LATER,
    NOW,
    OFFICE,
    TODAY,
    change_forty,
    end_a_commune,
    rename_a_sponsor,
)


def cells(content: bytes) -> list:
    book = load_workbook(BytesIO(content))
    return [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book
        for row in sheet
        for cell in row
    ]


def test_a_closed_month_stays_the_same_to_the_byte_whatever_changes(closed_april, client):
    client.force_login(User.objects.get(username="vanphong"))
    page = reverse("reports:month", args=["2022-04"])
    sheets = ["tong-hop", "tien-do-tieu-chi", "kinh-phi", "don-vi-do-dau", "khu-dan-cu-kieu-mau"]
    before_pages = [shown(client.get(page, {"sheet": sheet})) for sheet in sheets]
    before = month_file(closed_april, Installation.current(), by=OFFICE, now=NOW).content
    rows = snapshot.month_of(snapshot.stored(closed_april))
    live = month_rows(OFFICE, find_period("2022-04"), Installation.current())

    change_forty(closed_april)
    rename_a_sponsor()
    ended = end_a_commune()
    Installation.objects.update(signer_name="Người khác", office_name="CƠ QUAN KHÁC")

    assert snapshot.month_of(snapshot.stored(closed_april)) == rows
    assert {row.commune_id for row in rows.state.standings} >= {ended.pk}
    after = month_file(closed_april, Installation.current(), by=OFFICE, now=LATER).content
    made_again = render(month_sheets(closed_april, Installation.current(), by=OFFICE, now=LATER))
    assert after == before == made_again
    assert [shown(client.get(page, {"sheet": sheet})) for sheet in sheets] == before_pages
    # The live answer did move, so the comparison above says something.
    now = month_rows(OFFICE, find_period("2022-04"), Installation.current())
    assert now.state != live.state


def shown(answer) -> str:
    """The sheet on the page, without what belongs to the session."""
    text = answer.content.decode()
    return text[text.index('<article class="sheet"') : text.index("</article>")]


def test_the_next_month_shows_every_correction_as_an_adjustment(closed_april):
    change_forty(closed_april)
    rename_a_sponsor()
    ended = end_a_commune()

    may = month_rows(OFFICE, find_period("2022-05"), Installation.current())

    found = Counter(row.subject for row in may.adjustments)
    assert found == {
        "Tiêu chí": 20,
        "Kinh phí": 16,
        "Thôn": 4,
        "Đơn vị đỡ đầu": 1,
        "Đơn vị hành chính": 1,
    }
    needs = [row for row in may.adjustments if row.what.endswith("nhu cầu")]
    assert [row.difference for row in needs] == [7_000_000] * 8
    gone = [row for row in may.adjustments if row.subject == "Đơn vị hành chính"]
    assert [(row.place, row.before, row.after) for row in gone] == [
        (ended.name, ended.name, "không có")
    ]


def test_the_workbook_of_the_next_month_lists_the_adjustments(closed_april):
    change_forty(closed_april)

    file = month_file(find_period("2022-05"), Installation.current(), by=OFFICE, now=LATER)
    sheet = load_workbook(BytesIO(file.content))["Điều chỉnh"]

    values = [[cell.value for cell in row] for row in sheet]
    assert sum("Tiêu chí" in row for row in values) == 20
    money = [row[6] for row in values if "Kinh phí" in row]
    assert sorted(money) == [3] * 8 + [7] * 8  # triệu đồng


def test_the_column_of_the_month_before_is_what_was_reported(closed_april):
    label = "Tổng số tiêu chí đạt của các xã chưa đạt chuẩn"
    said = {line.label: line.now for line in snapshot.stored(closed_april, "key-line")["key-line"]}

    change_forty(closed_april)
    may = month_rows(OFFICE, find_period("2022-05"), Installation.current())

    assert {line.label: line.before for line in may.key_lines} == said
    assert said[label] > 0


def test_an_untouched_closed_month_has_no_adjustments(closed_april):
    assert month_rows(OFFICE, find_period("2022-05"), Installation.current()).adjustments == ()


def test_everything_that_is_kept_reads_back_as_it_was(in_may):
    """Every row of every kind, through the database; nothing falls back on other tables."""
    period = find_period("2022-04")
    contents = closing.contents_of(period, in_may, by_label="Văn phòng", now=NOW)
    for row in snapshot.rows_to_store(contents):
        row.save()

    kept = snapshot.stored(period, revision=1)
    rows = snapshot.month_of(kept)

    for field in fields(rows):
        assert getattr(rows, field.name) == getattr(contents.rows, field.name), field.name
    assert kept["task"] == contents.tasks
    assert kept["item-kind"] == contents.item_kinds
    assert kept["debt"] == contents.debts
    assert kept["criterion"] == contents.criteria
    [letterhead] = kept["installation"]
    assert letterhead.office_name == in_may.office_name
    # Models are equal by their key alone: what they hold is compared by column.
    for was, now in zip(contents.rows.announced, rows.announced, strict=True):
        assert (now.amount, str(now.document), str(now.category)) == (
            was.amount,
            str(was.document),
            str(was.category),
        )
    lines = [line for criterion in kept["criterion"] for line in criterion.indicators]
    asked = [line for criterion in contents.criteria for line in criterion.indicators]
    assert [(line.indicator.text, line.thresholds) for line in lines] == [
        (line.indicator.text, line.thresholds) for line in asked
    ]
    assert asked


def test_reading_a_closed_month_asks_no_other_table(closed_april, django_assert_num_queries):
    with django_assert_num_queries(1):
        month_sheets(closed_april, Installation(), by=OFFICE, now=LATER)
    with django_assert_num_queries(1):
        month_file(closed_april, Installation(), by=OFFICE, now=LATER)


def test_the_file_is_kept_with_its_checksum_and_says_no_longer_that_it_is_a_draft(closed_april):
    file, _letter = sorted(ReportFile.objects.all(), key=lambda row: row.name, reverse=True)
    content = bytes(file.content)

    assert (file.name, file.revision, file.size) == ("bao-cao-ntm-2022-04.xlsx", 1, len(content))
    assert file.sha256 == sha256(content).hexdigest()
    texts = [str(value) for value in cells(content)]
    assert not [text for text in texts if "BẢN TẠM" in text]
    [entry] = AuditEntry.objects.filter(action="period.close")
    assert file.sha256 in entry.note


def test_opening_again_keeps_the_first_revision_and_closing_makes_the_second(closed_april):
    first = snapshot.month_of(snapshot.stored(closed_april, revision=1))
    opened = reopen_month(closed_april, reason="Xã gửi thiếu", by=None, now=LATER)
    assert (opened.is_closed, opened.revision) == (False, 1)
    item = WorkItem.objects.filter(commune__code="18502").first()
    record_needs([NeedEntry(item, 5_000_000, CUT_OFF)], by=None, now=LATER, today=TODAY)

    second = close_month(opened, by=None, now=LATER, today=TODAY).period

    assert second.revision == 2
    assert snapshot.month_of(snapshot.stored(second, revision=1)) == first
    again = snapshot.month_of(snapshot.stored(second))
    assert again.state.money.need == first.state.money.need + 5_000_000
    assert [file.revision for file in second.files.all()] == [2, 2, 1, 1]
    assert month_rows(OFFICE, find_period("2022-05"), Installation.current()).adjustments == ()


def test_opening_again_takes_a_reason(closed_april):
    with pytest.raises(ValidationError, match="lý do"):
        reopen_month(closed_april, reason=" ", by=None, now=LATER)


def test_only_the_office_closes_and_opens(closed_april):
    by = {"by": User.objects.get(username="bcd"), "now": NOW}
    commune = Commune.objects.active_on(CUT_OFF).get(code="18502")

    with pytest.raises(PermissionDenied, match="Văn phòng Điều phối"):
        close_month(find_period("2022-05"), today=TODAY, **by)
    with pytest.raises(PermissionDenied, match="Văn phòng Điều phối"):
        reopen_month(closed_april, reason="x", **by)
    with pytest.raises(PermissionDenied, match="Văn phòng Điều phối"):
        except_commune(closed_april, commune=commune, until=TODAY, reason="x", today=TODAY, **by)


def test_a_month_is_not_closed_before_its_cut_off(in_may):
    with pytest.raises(ValidationError, match="Chưa đến ngày chốt số liệu 31/05/2022"):
        close_month(find_period("2022-05"), by=None, now=NOW, today=TODAY)


def test_a_closed_month_is_not_closed_again(closed_april):
    with pytest.raises(ValidationError, match="đã khóa sổ rồi"):
        close_month(closed_april, by=None, now=NOW, today=TODAY)


def test_what_is_written_while_the_files_are_made_stops_the_closing(in_may, monkeypatch):
    """Nothing of it is there, and the next try, which sees the new row, succeeds."""
    item = WorkItem.objects.filter(commune__code="18502").first()
    made = months.render

    def slow(book):
        record_needs([NeedEntry(item, 5_000_000, CUT_OFF)], by=None, now=NOW, today=TODAY)
        monkeypatch.setattr(months, "render", made)
        return made(book)

    monkeypatch.setattr(months, "render", slow)
    before = month_rows(OFFICE, find_period("2022-04"), in_may).state.money.need

    with pytest.raises(MovedMeanwhile, match="chưa khóa, chưa có gì được lưu"):
        close_month(find_period("2022-04"), by=None, now=NOW, today=TODAY)

    assert not SnapshotRow.objects.exists()
    assert not ReportFile.objects.exists()
    assert not find_period("2022-04").is_closed
    period = close_month(find_period("2022-04"), by=None, now=NOW, today=TODAY).period
    assert snapshot.month_of(snapshot.stored(period)).state.money.need == before + 5_000_000


def test_a_closing_writes_a_constant_number_of_queries(in_may, django_assert_max_num_queries):
    with django_assert_max_num_queries(90):
        close_month(find_period("2022-04"), by=None, now=NOW, today=TODAY)


def test_the_written_report_of_a_closed_month_stays_as_it_was_sent(closed_april):
    kept = closed_april.files.get(name="bao-cao-ntm-2022-04.docx")
    item = WorkItem.objects.filter(commune__code="18502").first()
    record_needs([NeedEntry(item, 5_000_000, TODAY)], by=None, now=LATER, today=TODAY)
    ReportText.objects.create(
        section="kinh-phi", since=closed_april.month, text="Khác hẳn.", recorded_at=LATER,
        by=User.objects.get(username="vanphong"), by_label="Văn phòng",
    )  # fmt: skip

    file = month_letter_file(closed_april, Installation(), by=OFFICE, now=LATER)

    assert file.content == bytes(kept.content)
    assert file.content[:2] == b"PK"
