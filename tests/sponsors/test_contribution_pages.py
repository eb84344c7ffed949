"""What came without a task: who may write it, what the list adds up, and taking it back."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from ntm_tracker.core.models import AuditEntry
from sponsors.choices import GiftKind, Giver
from sponsors.models import Contribution
from sponsors.selectors import ContributionFilters, contribution_list
from sponsors.selectors.gifts import Gifts
from sponsors.services import GiftEntry, record_contribution, take_back_contribution
from tests.factories import NOW, TODAY, make_assignment, make_village
from tests.sponsors.build import on

WRITTEN = {"now": NOW, "today": TODAY}
URL = "/contributions/add/"


def money(amount=5_000_000):
    return GiftEntry(GiftKind.MONEY, "Góp tiền làm đường", amount=amount)


def give(commune, giver=Giver.PEOPLE, entry=None, by=None, on=TODAY, **fields):
    fields = {"giver": giver, "entry": entry or money(), "effective_on": on, "by": by} | fields
    return record_contribution(commune=commune, **WRITTEN, **fields)


def take_back(row, by=None):
    return take_back_contribution(contribution=row, by=by, **WRITTEN)


def test_taking_back_negates_and_can_be_done_once(commune_a, user_a):
    goods = GiftEntry(
        GiftKind.GOODS, "Xi măng", quantity=Decimal(3), unit="tấn", converted_value=4_500_000
    )
    row = give(commune_a, entry=goods, by=user_a)

    opposite = take_back(row, user_a)

    assert opposite.corrects == row
    assert (opposite.quantity, opposite.converted_value) == (-3, -4_500_000)
    assert contribution_list(user_a, on(), ContributionFilters()).total == Gifts()
    assert AuditEntry.objects.get(action="contribution.take_back").commune_id == commune_a.pk
    for again in (row, opposite):
        with pytest.raises(ValidationError):
            take_back(again, user_a)
    assert Contribution.objects.count() == 2


def test_only_ones_own_entry_and_any_for_the_office(commune_a, user_a, department, office):
    row = give(commune_a, by=user_a)
    with pytest.raises(PermissionDenied, match="chính tài khoản này"):
        take_back(row, department)
    assert take_back(row, office).by == office


def test_kinds_and_givers_are_kept_apart(commune_a, commune_b, sponsor_a, office):
    sponsor = sponsor_a.sponsor_member.sponsor
    give(commune_a, Giver.SPONSOR, sponsor=sponsor)
    give(commune_a, entry=GiftEntry(GiftKind.LABOUR, "Giúp dân", labour_days=Decimal(12)))
    give(commune_b, Giver.LOCALITY, giver_name="Huyện bạn", on=date(2022, 3, 15))

    found = contribution_list(office, on(), ContributionFilters())
    assert [(sum.label, sum.gifts.money, sum.gifts.labour_days) for sum in found.sums] == [
        ("Đơn vị đỡ đầu", 5_000_000, 0),
        ("Nhân dân", 0, 12),
        ("Địa phương khác", 5_000_000, 0),
    ]
    narrowed = (
        (ContributionFilters(giver="people"), 1),
        (ContributionFilters(commune=commune_b.code), 1),
        (ContributionFilters(month=date(2022, 4, 1)), 2),
    )
    for filters, count in narrowed:
        assert contribution_list(office, on(), filters).page.paginator.count == count
    own = contribution_list(sponsor_a, on(), ContributionFilters())
    assert [row.line.giver for row in own.rows] == [sponsor.name]


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(n, office, commune_a, django_assert_num_queries):
    for _ in range(n):
        take_back(give(commune_a, by=office), office)
    with django_assert_num_queries(3):
        assert len(contribution_list(office, on(), ContributionFilters()).rows) == 2 * n


def test_a_commune_writes_for_its_people_and_helpers(client, installation, user_a, commune_a):
    client.force_login(user_a)
    page = client.get(URL).content.decode()
    assert 'value="people"' in page
    assert 'value="sponsor"' not in page
    data = {
        "commune": commune_a.code,
        "giver": "locality",
        "kind": "labour",
        "description": "Giúp làm nhà văn hóa",
        "labour_days": "12,5",
        "village": make_village(commune_a).pk,
        "effective_on": "28/04/2022",
        "form_key": "c" * 32,
    }
    wrong = client.post(URL, data)
    assert wrong.status_code == 422
    assert "Hãy ghi tên địa phương" in wrong.content.decode()
    assert "Giúp làm nhà văn hóa" in wrong.content.decode()

    answers = [client.post(URL, data | {"giver_name": "Huyện bạn"}) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [302, 303]
    row = Contribution.objects.get()
    assert (row.giver, row.giver_name, row.labour_days) == (
        "locality",
        "Huyện bạn",
        Decimal("12.5"),
    )
    assert client.post(URL, data | {"giver": "sponsor", "form_key": ""}).status_code == 422


def test_a_sponsor_writes_for_itself_where_it_is_assigned(
    client, installation, sponsor_a, commune_a, commune_b
):
    sponsor = sponsor_a.sponsor_member.sponsor
    make_assignment(sponsor, commune_a)
    client.force_login(sponsor_a)
    data = {
        "commune": commune_a.code,
        "giver": "sponsor",
        "sponsor": sponsor.pk,
        "kind": "money",
        "description": "Tặng quà",
        "amount": "20 triệu",
        "effective_on": "28/04/2022",
    }
    assert client.post(URL, data | {"commune": commune_b.code}).status_code == 404
    assert client.post(URL, data).status_code == 302
    row = Contribution.objects.get()
    assert (row.sponsor, row.amount) == (sponsor, 20_000_000)

    take = reverse("sponsors:contribution-take-back", args=[row.pk])
    assert "20.000.000 đồng" in client.get(take).content.decode()
    assert client.post(take, {"note": "Ghi nhầm"}).status_code == 302
    assert client.post(take, {}).status_code == 422
    page = client.get(reverse("sponsors:contribution-list")).content.decode()
    assert "đã rút lại" in page
    assert "-20.000.000 đồng" in page


def test_the_list_answers_htmx_and_refuses_nonsense(client, installation, office):
    client.force_login(office)
    url = reverse("sponsors:contribution-list")
    assert "Chưa có đóng góp nào" in client.get(url).content.decode()
    target = {"HX-Request": "true", "HX-Target": "contribution-list"}
    fragment = client.get(url, headers=target).content.decode()
    assert fragment.lstrip().startswith('<div id="contribution-list">')
    for query, status in (("giver=x", 400), ("month=13", 400), ("commune=0", 404), ("page=9", 404)):
        assert client.get(f"{url}?{query}").status_code == status, query
