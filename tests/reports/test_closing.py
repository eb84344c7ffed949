"""Closing a month: what is kept, that it stays, and who may open it again."""

from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from communes.models import Commune, Village
from criteria.choices import Outcome, Stage, VillageState
from criteria.models import WorkItem
from criteria.rules import is_met
from criteria.services.assessments import AssessmentEntry, record_assessments
from criteria.services.funding import NeedEntry, SourceEntry, record_needs, record_sources
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.core.models import AuditEntry, Installation, Period, SnapshotRow, User
from ntm_tracker.core.permits import WholeProvince
from ntm_tracker.core.sheets import render
from ntm_tracker.reports.models import ReportFile
from ntm_tracker.reports.selectors import snapshot
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.services import closing
from ntm_tracker.reports.services.closing import (
    MovedMeanwhile,
    close_month,
    except_commune,
    reopen_month,
)
from ntm_tracker.reports.services.months import find_period, month_file, month_sheets
from sponsors.models import Sponsor
from sponsors.services import SponsorEntry, update_sponsor

OFFICE = WholeProvince()
CUT_OFF = date(2022, 4, 30)
TODAY = date(2022, 5, 6)
NOW = datetime(2022, 5, 6, 1, 30, tzinfo=UTC)
LATER = datetime(2022, 5, 20, 1, 30, tzinfo=UTC)


@pytest.fixture
def in_may(case):
    """The demo on 6/5/2022, when April is closed."""
    installation = Installation.current()
    installation.reporting_date = TODAY
    installation.save()
    return installation


@pytest.fixture
def april(in_may):
    return close_month(find_period("2022-04"), by=None, now=NOW, today=TODAY).period


def cells(content: bytes) -> list:
    book = load_workbook(BytesIO(content))
    return [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book
        for row in sheet
        for cell in row
    ]


def change_forty(april: Period) -> None:
    """Forty values of April, by services, after the office let eight communes enter late."""
    written = {"by": None, "now": LATER, "today": TODAY}
    rows = month_rows(OFFICE, april, Installation.current())
    open_communes = rows.state.open
    communes = Commune.objects.in_bulk([row.commune_id for row in open_communes])
    for commune in communes.values():
        except_commune(april, commune=commune, until=TODAY, reason="Sửa số liệu", **written)
    met = [
        (communes[row.commune_id], criterion)
        for row in open_communes
        for criterion, cell in zip(rows.in_force.criteria, row.cells, strict=True)
        if is_met(cell)
    ]
    record_assessments(
        [
            AssessmentEntry(criterion, Stage.APPRAISED, Outcome.NOT_MET, CUT_OFF, commune=commune)
            for commune, criterion in met[:20]
        ],
        **written,
    )
    items = list(WorkItem.objects.filter(commune__in=communes).order_by("pk")[:16])
    record_needs([NeedEntry(item, 7_000_000, CUT_OFF) for item in items[:8]], **written)
    record_sources([SourceEntry(item, 3_000_000, CUT_OFF) for item in items[8:]], **written)
    record_village_statuses(
        [
            VillageEntry(
                Village.objects.get(pk=row.pk),
                communes[row.commune_id],
                VillageState.NOT_YET,
                CUT_OFF,
                plan_percent=row.plan_percent + 1,
                gardens_planned=row.gardens_planned,
                gardens_met=row.gardens_met,
                is_plan_approved=row.is_plan_approved,
            )
            for row in [v for v in rows.state.villages if v.state == VillageState.NOT_YET][:4]
        ],
        **written,
    )


def rename_a_sponsor() -> None:
    sponsor = Sponsor.objects.order_by("pk").first()
    entry = replace(SponsorEntry.of(sponsor), name="Đơn vị mang tên mới")
    update_sponsor(sponsor=sponsor, entry=entry, by=None, now=LATER, today=TODAY)


def end_a_commune() -> Commune:
    """One without villages and work of its own, so that only its line is missing afterwards."""
    commune = Commune.objects.active_on(CUT_OFF).filter(district__code="444", kind="xa").last()
    Commune.objects.filter(pk=commune.pk).update(valid_to=date(2022, 4, 1))
    return commune


def test_a_closed_month_stays_the_same_to_the_byte_whatever_changes(april, client):
    client.force_login(User.objects.get(username="vanphong"))
    page = reverse("reports:month", args=["2022-04"])
    sheets = ["tong-hop", "tien-do-tieu-chi", "kinh-phi", "don-vi-do-dau", "khu-dan-cu-kieu-mau"]
    before_pages = [shown(client.get(page, {"sheet": sheet})) for sheet in sheets]
    before = month_file(april, Installation.current(), by=OFFICE, now=NOW).content
    rows = snapshot.month_of(snapshot.stored(april))
    live = month_rows(OFFICE, find_period("2022-04"), Installation.current())

    change_forty(april)
    rename_a_sponsor()
    ended = end_a_commune()
    Installation.objects.update(signer_name="Người khác", office_name="CƠ QUAN KHÁC")

    assert snapshot.month_of(snapshot.stored(april)) == rows
    assert {row.commune_id for row in rows.state.standings} >= {ended.pk}
    after = month_file(april, Installation.current(), by=OFFICE, now=LATER).content
    made_again = render(month_sheets(april, Installation.current(), by=OFFICE, now=LATER))
    assert after == before == made_again
    assert [shown(client.get(page, {"sheet": sheet})) for sheet in sheets] == before_pages
    # The live answer did move, so the comparison above says something.
    now = month_rows(OFFICE, find_period("2022-04"), Installation.current())
    assert now.state != live.state


def shown(answer) -> str:
    """The sheet on the page, without what belongs to the session."""
    text = answer.content.decode()
    return text[text.index('<article class="sheet"') : text.index("</article>")]


def test_the_next_month_shows_every_correction_as_an_adjustment(april):
    change_forty(april)
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


def test_the_workbook_of_the_next_month_lists_the_adjustments(april):
    change_forty(april)

    file = month_file(find_period("2022-05"), Installation.current(), by=OFFICE, now=LATER)
    sheet = load_workbook(BytesIO(file.content))["Điều chỉnh"]

    values = [[cell.value for cell in row] for row in sheet]
    assert sum("Tiêu chí" in row for row in values) == 20
    money = [row[6] for row in values if "Kinh phí" in row]
    assert sorted(money) == [3] * 8 + [7] * 8  # triệu đồng


def test_the_column_of_the_month_before_is_what_was_reported(april):
    label = "Tổng số tiêu chí đạt của các xã chưa đạt chuẩn"
    said = {line.label: line.now for line in snapshot.stored(april, "key-line")["key-line"]}

    change_forty(april)
    may = month_rows(OFFICE, find_period("2022-05"), Installation.current())

    assert {line.label: line.before for line in may.key_lines} == said
    assert said[label] > 0


def test_an_untouched_closed_month_has_no_adjustments(april):
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


def test_reading_a_closed_month_asks_no_other_table(april, django_assert_num_queries):
    with django_assert_num_queries(1):
        month_sheets(april, Installation(), by=OFFICE, now=LATER)
    with django_assert_num_queries(1):
        month_file(april, Installation(), by=OFFICE, now=LATER)


def test_the_file_is_kept_with_its_checksum_and_says_no_longer_that_it_is_a_draft(april):
    [file] = ReportFile.objects.all()
    content = bytes(file.content)

    assert (file.name, file.revision, file.size) == ("bao-cao-ntm-2022-04.xlsx", 1, len(content))
    assert file.sha256 == sha256(content).hexdigest()
    texts = [str(value) for value in cells(content)]
    assert not [text for text in texts if "BẢN TẠM" in text]
    [entry] = AuditEntry.objects.filter(action="period.close")
    assert file.sha256 in entry.note


def test_opening_again_keeps_the_first_revision_and_closing_makes_the_second(april):
    first = snapshot.month_of(snapshot.stored(april, revision=1))
    opened = reopen_month(april, reason="Xã gửi thiếu", by=None, now=LATER)
    assert (opened.is_closed, opened.revision) == (False, 1)
    item = WorkItem.objects.filter(commune__code="18502").first()
    record_needs([NeedEntry(item, 5_000_000, CUT_OFF)], by=None, now=LATER, today=TODAY)

    second = close_month(opened, by=None, now=LATER, today=TODAY).period

    assert second.revision == 2
    assert snapshot.month_of(snapshot.stored(second, revision=1)) == first
    again = snapshot.month_of(snapshot.stored(second))
    assert again.state.money.need == first.state.money.need + 5_000_000
    assert [file.revision for file in second.files.all()] == [2, 1]
    assert month_rows(OFFICE, find_period("2022-05"), Installation.current()).adjustments == ()


def test_opening_again_takes_a_reason(april):
    with pytest.raises(ValidationError, match="lý do"):
        reopen_month(april, reason=" ", by=None, now=LATER)


def test_only_the_office_closes_and_opens(april):
    by = {"by": User.objects.get(username="bcd"), "now": NOW}
    commune = Commune.objects.active_on(CUT_OFF).get(code="18502")

    with pytest.raises(PermissionDenied, match="Văn phòng Điều phối"):
        close_month(find_period("2022-05"), today=TODAY, **by)
    with pytest.raises(PermissionDenied, match="Văn phòng Điều phối"):
        reopen_month(april, reason="x", **by)
    with pytest.raises(PermissionDenied, match="Văn phòng Điều phối"):
        except_commune(april, commune=commune, until=TODAY, reason="x", today=TODAY, **by)


def test_a_month_is_not_closed_before_its_cut_off(in_may):
    with pytest.raises(ValidationError, match="Chưa đến ngày chốt số liệu 31/05/2022"):
        close_month(find_period("2022-05"), by=None, now=NOW, today=TODAY)


def test_a_closed_month_is_not_closed_again(april):
    with pytest.raises(ValidationError, match="đã khóa sổ rồi"):
        close_month(april, by=None, now=NOW, today=TODAY)


def test_what_is_written_while_the_files_are_made_stops_the_closing(in_may, monkeypatch):
    """Nothing of it is there, and the next try, which sees the new row, succeeds."""
    item = WorkItem.objects.filter(commune__code="18502").first()
    made = closing.render

    def slow(book):
        record_needs([NeedEntry(item, 5_000_000, CUT_OFF)], by=None, now=NOW, today=TODAY)
        monkeypatch.setattr(closing, "render", made)
        return made(book)

    monkeypatch.setattr(closing, "render", slow)
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
