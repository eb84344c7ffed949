"""A month that was closed before cancelled tasks, assignments and difficulties were kept still
reads: its pages, its workbook, its written report."""

import pytest
from django.urls import reverse

from ntm_tracker.core.models import Installation, SnapshotRow, User
from ntm_tracker.core.sheets import render
from ntm_tracker.reports.services.letters import month_letter_file
from ntm_tracker.reports.services.months import letter_name, month_file, month_sheets
from tests.reports.closed_month import (
    LATER,
    OFFICE,
    an_assignment,
    change_what_surrounds,
    rename_a_sponsor,
)
from tests.reports.test_closed_pages import DAY, SAYS, addresses, figures, read

ADDED = ("cancelled-task", "assignment", "difficulty")
LIVE = "Phân công đỡ đầu chưa được lưu khi khóa sổ tháng này"


@pytest.fixture
def older(closed_april):
    """The closing without what closings keep since."""
    kinds = set(SnapshotRow.objects.values_list("kind", flat=True))
    assert {"assignment", "difficulty"} <= kinds
    SnapshotRow.objects.filter(kind__in=ADDED).delete()
    return closed_april


def test_its_workbook_and_its_report_are_made_from_what_was_kept(older):
    rename_a_sponsor()
    office = {"by": OFFICE, "now": LATER}
    book = month_file(older, Installation.current(), **office).content
    letter = older.files.get(name=letter_name(older))
    sent = bytes(letter.content)

    assert render(month_sheets(older, Installation.current(), **office)) == book
    letter.delete()
    assert month_letter_file(older, Installation.current(), **office).content == sent


def test_its_pages_read(older, client):
    there = addresses()
    assert read(client, "vanphong", there).keys() == set(there)

    month = reverse("reports:month", args=["2022-04"])
    for sheet in ("tong-hop", "tien-do-tieu-chi", "kinh-phi", "don-vi-do-dau"):
        assert client.get(month, {"sheet": sheet}).status_code == 200
    cancelled = client.get(reverse("sponsors:task-list"), DAY | {"state": "cancelled"})
    assert cancelled.context["list"].rows == ()
    assert SAYS in cancelled.content.decode()


def test_what_it_did_not_keep_is_said_to_be_of_today(older, client):
    client.force_login(User.objects.get(username="vanphong"))
    for address in (
        reverse("sponsors:assignment-list"),
        reverse("sponsors:assignment", args=[an_assignment().pk]),
    ):
        assert LIVE in client.get(address, DAY).content.decode()
        assert LIVE not in client.get(address).content.decode()


def test_difficulties_it_did_not_keep_come_from_history_under_their_names(older, client):
    client.force_login(User.objects.get(username="vanphong"))
    page = reverse("sponsors:difficulty-list")

    def shown() -> list:
        rows = client.get(page, DAY).context["list"].rows
        return [(row.pk, row.state, row.owner, row.sponsor_name, row.answer) for row in rows]

    before = shown()
    change_what_surrounds()
    rename_a_sponsor()

    assert sorted(shown()) == sorted(before)
    assert figures(client.get(page, DAY))
