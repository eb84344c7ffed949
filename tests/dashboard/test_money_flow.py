"""Promised, delivered, identified and paid out stand beside each other and are never added."""

from datetime import date

import pytest
from django.urls import reverse

from criteria.choices import SourceKind
from criteria.money_rules import Entry
from criteria.services.debts import state_debt
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.dashboard.selectors.money_flow import flow_page
from sponsors.choices import GiftKind, Giver
from sponsors.services import GiftEntry, record_commitment
from tests import factories
from tests.criteria.money_desk import TRIEU, enter
from tests.dashboard.build import commune_url, make_contribution, text_of
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
URL = reverse("dashboard:money-flow")


def fill(commune, office, sponsor):
    """70 promised, 20 delivered, 40 identified (of it 30 a sponsor's), 25 paid, 5 of it credit."""
    record_commitment(
        assignment=factories.make_assignment(sponsor, commune),
        entry=GiftEntry(GiftKind.MONEY, "Làm đường", amount=70 * TRIEU),
        effective_on=date(2022, 4, 26),
        by=None,
        now=NOW,
        today=TODAY,
    )
    make_contribution(commune, 20 * TRIEU, giver=Giver.SPONSOR, sponsor=sponsor)
    item = factories.make_item(need=100 * TRIEU, identified=10 * TRIEU, commune=commune)
    enter(item, Entry.SOURCE, 30 * TRIEU, office, kind=SourceKind.SPONSOR)
    enter(item, Entry.DISBURSEMENT, 20 * TRIEU, office)
    enter(item, Entry.DISBURSEMENT, 5 * TRIEU, office, kind=SourceKind.CREDIT)
    state_debt(
        commune=commune,
        total=9 * TRIEU,
        overdue=4 * TRIEU,
        effective_on=TODAY,
        by=None,
        now=NOW,
        today=TODAY,
    )


def shown(row):
    money = row.money
    return [
        amount // TRIEU
        for amount in (
            row.promised.money,
            row.delivered.money,
            row.from_sponsors,
            money.identified,
            money.disbursed,
            money.disbursed_without_credit,
        )
    ]


def page_of(user, installation, day=None):
    return flow_page(user, as_of_on(day, installation), installation)


def test_each_column_is_its_own_figure(
    office, user_b, sponsor_a, sponsor_b, commune_a, commune_b, installation
):
    sponsor = sponsor_a.sponsor_member.sponsor
    fill(commune_a, office, sponsor)
    fill(commune_b, office, sponsor_b.sponsor_member.sponsor)
    factories.make_item(need=TRIEU, identified=TRIEU, commune=None)

    page = page_of(office, installation)
    assert [(row.name, shown(row)) for row in page.rows] == [
        ("Xã Hà Linh", [70, 20, 30, 40, 25, 20]),
        ("Xã Hương Bình", [70, 20, 30, 40, 25, 20]),
        ("Liên xã, chưa phân bổ", [0, 0, 0, 1, 0, 0]),
    ]
    assert shown(page.sum) == [140, 40, 60, 81, 50, 40]
    assert (page.debt // TRIEU, page.overdue // TRIEU) == (18, 8)
    assert [row.name for row in page_of(user_b, installation).rows] == ["Xã Hà Linh"]
    (own,) = page_of(sponsor_a, installation).rows
    assert (own.name, shown(own)[:2]) == ("Xã Hương Bình", [70, 20])
    before = page_of(office, installation, date(2022, 4, 26)).rows[0]
    assert shown(before) == [70, 0, 0, 10, 0, 0]


def test_the_commune_page_shows_the_same_figures(
    client, office, sponsor_a, commune_a, installation
):
    factories.make_set()
    fill(commune_a, office, sponsor_a.sponsor_member.sponsor)
    client.force_login(office)
    body = text_of(client.get(commune_url(commune_a)))

    assert "Đơn vị đỡ đầu cam kết 70 Đơn vị đỡ đầu đã thực hiện 20" in body
    assert "Cam kết đã ghi thành nguồn 30 Đã giải ngân, mọi nguồn 25 không kể tín dụng 20" in body
    assert "Nợ xây dựng cơ bản 9 ngày 30/04/2022 Trong đó nợ đọng 4" in body


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_the_communes(
    n, client, office, sponsor_a, installation, django_assert_num_queries
):
    for _ in range(n):
        fill(factories.make_commune(), office, sponsor_a.sponsor_member.sponsor)
    client.force_login(office)
    with django_assert_num_queries(11):
        assert client.get(URL).status_code == 200
