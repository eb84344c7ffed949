"""The desk of a month and the days of the months, as pages."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from ntm_tracker.core.models import AuditEntry, Installation, Period, PeriodException, SnapshotRow
from ntm_tracker.reports.models import PeriodLook, ReportFile
from ntm_tracker.reports.selectors.desk import month_desk
from ntm_tracker.reports.services.periods import change_days, open_periods, usual_days
from sponsors.services import record_task_update
from tests import factories

TODAY = date(2022, 5, 6)
NOW = datetime(2022, 5, 6, 1, 30, tzinfo=UTC)
DESK = "/reports/2022-04/desk/"


@pytest.fixture
def april(installation, commune_a, commune_b):
    """Two communes, of which B has declared nothing; a sponsor with a task in A."""
    installation.reporting_date = TODAY
    installation.save()
    factories.make_set(2)
    sponsor = factories.make_sponsor(name="Sở Tư pháp")
    factories.make_assignment(sponsor, commune_a)
    factories.make_task(commune=commune_a, sponsor=sponsor)
    factories.make_contribution(commune_a, sponsor)
    return Period.objects.create(
        month=date(2022, 4, 1), cut_off_on=date(2022, 4, 30), due_on=date(2022, 5, 5)
    )


def test_the_desk_says_who_has_reported_what_is_new_and_what_was_kept(april, client, office):
    client.force_login(office)

    page = client.get(DESK).content.decode()

    for words in ("Hương Bình", "Hà Linh", "Sở Tư pháp", "Quá hạn 1 ngày", "Chưa có tệp nào"):
        assert words in page
    assert "trên 2 xã" in page


def test_a_sponsor_has_reported_when_its_task_was_reported_in_the_month(april, office):
    def line():
        [found] = month_desk(office, april, Installation.current()).sponsors
        return found.owes, found.reported_on

    assert line() == (True, None)
    task = factories.Task.objects.get()
    record_task_update(
        task=task, by=None, transition="progress", progress=60, now=NOW, today=date(2022, 4, 29)
    )
    assert line() == (False, date(2022, 4, 29))


def test_what_came_after_the_last_look_is_new_to_this_reader_alone(april, client, office, viewer):
    client.force_login(office)
    page = month_desk(office, april, Installation.current())
    assert page.new_entries > 0

    answer = client.post(reverse("reports:look", args=["2022-04"]), {"entry": page.newest})

    assert (answer.status_code, answer["Location"]) == (303, DESK)
    assert month_desk(office, april, Installation.current()).new_entries == 0
    assert month_desk(viewer, april, Installation.current()).new_entries == page.new_entries
    sponsor = factories.Sponsor.objects.get()
    factories.make_contribution(factories.Commune.objects.get(code="18502"), sponsor)
    after = month_desk(office, april, Installation.current())
    assert after.new_entries == 1
    assert [line.changes for line in after.communes] == [1, 0]


def test_looking_never_goes_back(april, client, office):
    client.force_login(office)
    for entry in (500, 3):
        client.post(reverse("reports:look", args=["2022-04"]), {"entry": entry})

    assert PeriodLook.objects.get().entry_id == 500


@pytest.mark.parametrize("n", [1, 3])
def test_the_number_of_queries_does_not_grow(installation, office, n, django_assert_num_queries):
    installation.reporting_date = TODAY
    installation.save()
    factories.make_set(2)
    april = Period.objects.create(
        month=date(2022, 4, 1), cut_off_on=date(2022, 4, 30), due_on=date(2022, 5, 5)
    )
    for _ in range(n):
        commune = factories.make_commune()
        factories.make_item(1_000_000, 2_000_000, commune=commune)
        sponsor = factories.make_sponsor()
        factories.make_assignment(sponsor, commune)
        factories.make_task(commune=commune, sponsor=sponsor, due_on=date(2022, 4, 28))

    with django_assert_num_queries(34):
        month_desk(office, april, installation)


def test_the_office_closes_excepts_and_opens_again(april, client, office, commune_a):
    client.force_login(office)

    closed = client.post(DESK, {"move": "close"}, follow=True)
    assert "Đã khóa sổ tháng 04/2022" in closed.content.decode()
    for file in ReportFile.objects.all():
        assert file.sha256 in closed.content.decode()
    download = client.get(reverse("reports:kept-file", args=["2022-04", file.pk]))
    assert download.content == bytes(file.content)
    listed = client.get(reverse("reports:month-list")).content.decode()
    assert "Đã khóa" in listed
    month = client.get(reverse("reports:month", args=["2022-04"])).content.decode()
    assert "Số liệu đã chốt lúc" in month
    assert "BẢN TẠM" not in month

    late = {"late-commune": commune_a.code, "late-until": "10/05/2022", "late-reason": "Sửa"}
    client.post(DESK, {"move": "except", **late})
    row = PeriodException.objects.get()
    assert (row.commune_id, row.until, row.by) == (commune_a.pk, date(2022, 5, 10), office)

    client.post(DESK, {"move": "reopen", "reason": "Xã gửi thiếu"})
    period = Period.objects.get()
    assert (period.is_closed, period.revision) == (False, 1)
    actions = AuditEntry.objects.filter(action__startswith="period.").order_by("pk")
    assert [entry.action for entry in actions] == ["period.close", "period.except", "period.reopen"]
    assert {entry.origin for entry in actions} == {"reports:desk"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"move": "reopen", "reason": ""}, "Hãy điền ô này"),
        ({"move": "except", "late-until": "1/5"}, "Ngày không đúng"),
        ({"move": "close"}, "đã khóa sổ rồi"),
        ({"move": "khac"}, "Hãy bấm lại nút"),
    ],
)
def test_what_is_wrong_is_said_beside_the_form(april, client, office, data, words):
    client.force_login(office)
    client.post(DESK, {"move": "close"})

    answer = client.post(DESK, data)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_day_that_has_passed_keeps_what_was_typed(april, client, office, commune_a):
    client.force_login(office)
    client.post(DESK, {"move": "close"})
    typed = {"late-commune": commune_a.code, "late-until": "01/05/2022", "late-reason": "Máy hỏng"}

    answer = client.post(DESK, {"move": "except", **typed})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Ngày này đã qua" in text
    assert "Máy hỏng" in text


def test_a_reader_sees_the_desk_without_buttons(april, client, viewer):
    client.force_login(viewer)

    page = client.get(DESK).content.decode()

    assert 'name="move"' not in page
    assert "Chỉ Văn phòng Điều phối" in page
    assert client.post(DESK, {"move": "close"}).status_code == 403
    assert not SnapshotRow.objects.exists()


def test_a_file_of_another_month_is_not_found(april, client, office):
    file = factories.make_kept_file(april)
    Period.objects.create(
        month=date(2022, 5, 1), cut_off_on=date(2022, 5, 31), due_on=date(2022, 6, 5)
    )
    client.force_login(office)

    assert client.get(reverse("reports:kept-file", args=["2022-05", file.pk])).status_code == 404
    assert client.get(reverse("reports:kept-file", args=["2022-04", file.pk])).status_code == 200


def test_the_office_sets_the_rule_and_opens_the_next_months(april, client, office):
    client.force_login(office)
    data = {"cut_off_day": "25", "due_after_days": "3", "until": "15/07/2022"}

    client.post(reverse("reports:periods"), data)

    rows = Period.objects.order_by("month").values_list("cut_off_on", "due_on")
    assert list(rows) == [
        (date(2022, 4, 30), date(2022, 5, 5)),
        (date(2022, 5, 25), date(2022, 5, 28)),
        (date(2022, 6, 25), date(2022, 6, 28)),
        (date(2022, 7, 25), date(2022, 7, 28)),
    ]
    assert Installation.current().cut_off_day == 25
    assert AuditEntry.objects.filter(action="period.open").count() == 3
    assert AuditEntry.objects.filter(action="period.rule").count() == 1


def test_the_first_month_is_that_of_the_reporting_date(installation, client, office):
    client.force_login(office)
    data = {"cut_off_day": "31", "due_after_days": "5", "until": "30/04/2022"}

    client.post(reverse("reports:periods"), data)

    row = Period.objects.get()
    assert (row.month, row.cut_off_on, row.due_on) == (
        date(2022, 4, 1),
        date(2022, 4, 30),
        date(2022, 5, 5),
    )


def test_a_slip_of_the_year_opens_nothing(april, client, office):
    client.force_login(office)
    data = {"cut_off_day": "31", "due_after_days": "5", "until": "31/12/2222"}

    answer = client.post(reverse("reports:periods"), data)

    assert answer.status_code == 422
    assert Period.objects.count() == 1


def test_a_short_month_ends_on_its_last_day():
    assert usual_days(date(2022, 2, 1), 31, 5) == (date(2022, 2, 28), date(2022, 3, 5))
    assert usual_days(date(2022, 2, 1), 25, 0) == (date(2022, 2, 25), date(2022, 2, 25))


def test_the_days_of_an_open_month_can_be_changed(april, client, office):
    client.force_login(office)
    address = reverse("reports:days", args=["2022-04"])
    assert "30/04/2022" in client.get(address).content.decode()

    client.post(address, {"cut_off_on": "28/04/2022", "due_on": "04/05/2022"})

    april.refresh_from_db()
    assert (april.cut_off_on, april.due_on) == (date(2022, 4, 28), date(2022, 5, 4))
    entry = AuditEntry.objects.get(action="period.change")
    assert "30/04/2022" in entry.old
    assert "28/04/2022" in entry.new


@pytest.mark.parametrize(
    ("cut_off_on", "due_on", "sentence"),
    [
        (date(2022, 3, 31), date(2022, 5, 5), "từ đầu tháng trở đi"),
        (date(2022, 5, 31), date(2022, 6, 5), "trước ngày chốt của tháng sau"),
        (date(2022, 4, 30), date(2022, 4, 29), "Hạn gửi không thể trước"),
        (date(2022, 4, 30), date(2022, 5, 5), "Chưa thay đổi gì"),
    ],
)
def test_days_that_make_no_sense_are_refused(april, cut_off_on, due_on, sentence):
    Period.objects.create(
        month=date(2022, 5, 1), cut_off_on=date(2022, 5, 31), due_on=date(2022, 6, 5)
    )
    days = {"cut_off_on": cut_off_on, "due_on": due_on}

    with pytest.raises(ValidationError, match=sentence):
        change_days(april, **days, by=None, now=NOW, today=TODAY)


def test_a_month_that_was_closed_keeps_its_cut_off(april):
    days = {"cut_off_on": date(2022, 4, 28), "due_on": date(2022, 5, 5)}
    Period.objects.update(revision=1)

    with pytest.raises(ValidationError, match="chốt một lần"):
        change_days(april, **days, by=None, now=NOW, today=TODAY)
    Period.objects.update(closed_at=NOW)
    with pytest.raises(ValidationError, match="đã khóa sổ"):
        change_days(april, **days, by=None, now=NOW, today=TODAY)


def test_only_the_office_sets_days(april, viewer):
    written = {"by": viewer, "now": NOW, "today": TODAY}
    with pytest.raises(PermissionDenied):
        change_days(april, cut_off_on=TODAY, due_on=TODAY, **written)
    with pytest.raises(PermissionDenied):
        open_periods(cut_off_day=31, due_after_days=5, until=TODAY, **written)
