"""A promise becomes identified money only when the office records it as a source."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from criteria.models import FundingSource
from criteria.money_rules import Entry
from criteria.services.work_items import Typed
from sponsors.choices import GiftKind
from sponsors.selectors.gifts import commitment_lines
from sponsors.services import GiftEntry, identify_commitment, record_commitment
from tests import factories
from tests.criteria.money_desk import PAPER, TRIEU, money, undo
from tests.factories import NOW, TODAY
from tests.sponsors.build import create_task, on

pytestmark = pytest.mark.django_db
TYPED = Typed(50 * TRIEU, TODAY, paper=PAPER)


@pytest.fixture
def item(commune_a):
    return factories.make_item(need=100 * TRIEU, commune=commune_a)


@pytest.fixture
def promise(commune_a, sponsor_a):
    """A promise of 50 triệu to commune A."""
    assignment = factories.make_assignment(sponsor_a.sponsor_member.sponsor, commune_a)
    return promised(assignment)


def promised(assignment, **fields):
    entry = {"kind": GiftKind.MONEY, "description": "Làm đường", "amount": 50 * TRIEU} | fields
    return record_commitment(
        assignment=assignment,
        entry=GiftEntry(**entry),
        effective_on=date(2022, 4, 26),
        by=None,
        now=NOW,
        today=TODAY,
    )


def identify(promise, item, by, typed=TYPED):
    return identify_commitment(
        commitment=promise, item=item, typed=typed, by=by, now=NOW, today=TODAY
    )


def line_of(promise, office):
    (line,) = commitment_lines(office, on(), promise.sponsor)
    return line


def test_the_office_makes_a_promise_identified(office, promise, item):
    assert (money(item).identified, line_of(promise, office).is_identified) == (0, False)
    row = identify(promise, item, office)

    assert money(item).identified == 50 * TRIEU
    assert (row.funding_source.kind, row.funding_source.document.number) == (
        "sponsor",
        PAPER.number,
    )
    assert line_of(promise, office).is_identified
    with pytest.raises(ValidationError, match="đã được ghi vào nguồn"):
        identify(promise, item, office)


@pytest.mark.parametrize("role", ["user_a", "sponsor_a", "department", "viewer"])
def test_nobody_else_does(role, promise, item, request):
    with pytest.raises(PermissionDenied, match="Văn phòng Điều phối"):
        identify(promise, item, request.getfixturevalue(role))


def test_what_does_not_fit_writes_neither_source_nor_link(office, promise, item):
    elsewhere = factories.make_item(need=TRIEU)
    for place, typed in (
        (item, replace(TYPED, amount=51 * TRIEU)),
        (item, replace(TYPED, paper=None)),
        (elsewhere, TYPED),
    ):
        with pytest.raises(ValidationError):
            identify(promise, place, office, typed)
    goods = promised(promise.assignment, kind=GiftKind.LABOUR, labour_days=3)
    with pytest.raises(PermissionDenied, match="ngày công"):
        identify(goods, item, office)
    assert not FundingSource.objects.exists()


def test_a_source_that_was_taken_back_frees_the_promise(office, promise, item):
    first = identify(promise, item, office).funding_source
    undo(item, Entry.SOURCE, first.pk, office)

    line = line_of(promise, office)
    assert (line.is_identified, line.is_taken_back) == (False, True)
    second = identify(promise, item, office).funding_source
    assert second != first
    assert money(item).identified == 50 * TRIEU
    assert line_of(promise, office).is_identified


def test_the_page_records_and_returns_to_the_sponsor(client, office, promise, item, installation):
    page = reverse("sponsors:commitment-identify", args=[promise.pk])
    back = reverse("sponsors:sponsor", args=[promise.sponsor_id])
    client.force_login(office)
    assert page in client.get(back).content.decode()
    assert 'value="50.000.000"' in client.get(page).content.decode()
    typed = {"item": item.pk, "amount": "50 triệu", "effective_on": "30/04/2022"}
    refused = client.post(page, typed)
    assert (refused.status_code, "văn bản giao vốn" in refused.content.decode()) == (422, True)

    answer = client.post(
        page, typed | {"number": "9/CK", "issued_on": "20/04/2022", "subject": "Cam kết"}
    )

    assert (answer.status_code, answer["Location"]) == (303, back)
    body = client.get(back).content.decode()
    assert ("đã ghi vào nguồn" in body, page in body) == (True, False)


def test_who_reports_more_than_was_promised_is_told_at_once(
    client, sponsor_a, commune_a, promise, installation
):
    task = create_task(sponsor=promise.sponsor, commune=commune_a)
    client.force_login(sponsor_a)
    page = reverse("sponsors:task-update", args=[task.pk])
    typed = {"version": task.version, "transition": "progress", "progress": "20"}
    within = client.post(page, typed | {"amount": "50 triệu"}, follow=True)
    task.refresh_from_db()
    over = client.post(page, typed | {"version": task.version, "amount": "4 triệu"}, follow=True)

    assert "lớn hơn cam kết" not in within.content.decode()
    assert "Đã thực hiện lớn hơn cam kết 4 triệu đồng" in over.content.decode()
