"""Pages on which money is written down: wiring, refusals, conflicts, warnings said at once."""

from datetime import date

import pytest
from django.urls import reverse

from communes.models import Commune
from criteria.choices import SourceKind
from criteria.models import DebtStatement, FundingNeed, FundingSource, WorkItem
from criteria.money_rules import Entry
from criteria.selectors.debts import debts_on
from criteria.services.funding import reconcile
from ntm_tracker.core.models import AuditEntry
from tests import factories
from tests.criteria.money_desk import TRIEU, enter, money
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "item-money"}


@pytest.fixture(autouse=True)
def _settings(installation):
    """The demo's clock."""


@pytest.fixture
def item(commune_a):
    return factories.make_item(
        need=10 * TRIEU, identified=4 * TRIEU, commune=commune_a, code="HM-1"
    )


def url(entry, name="item-entry"):
    return reverse(f"criteria:{name}", args=["HM-1", entry])


SOURCE = {
    "seen": 4 * TRIEU,
    "kind": "provincial",
    "amount": "8 triệu",
    "effective_on": "28/04/2022",
    "number": "12/QĐ-UBND",
    "issued_on": "20/04/2022",
    "subject": "Giao vốn",
}


def test_a_source_is_written_and_the_rules_speak_at_once(client, office, item):
    client.force_login(office)
    answer = client.post(url("source"), SOURCE, follow=True)

    assert answer.redirect_chain == [(reverse("criteria:work-item", args=["HM-1"]), 303)]
    assert money(item).identified == 12 * TRIEU
    body = answer.content.decode()
    assert "Nguồn xác định lớn hơn nhu cầu 2 triệu đồng" in body
    assert body.count("12/QĐ-UBND ngày 20/04/2022") == 1


def test_htmx_swaps_the_money_in_place(client, office, item):
    client.force_login(office)
    answer = client.post(url("source"), SOURCE, headers=HTMX)

    body = answer.content.decode()
    assert answer.status_code == 200
    assert '<div id="item-money">' in body
    assert "<html" not in body
    assert answer["HX-Push-Url"] == reverse("criteria:work-item", args=["HM-1"])


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_was_typed_stays_beside_the_errors(client, office, item, headers):
    client.force_login(office)
    typed = SOURCE | {"amount": "tám", "number": "77/KH", "issued_on": ""}
    answer = client.post(url("source"), typed, headers=headers)

    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Không đọc được số tiền “tám”" in body
    assert 'value="77/KH"' in body
    assert "Văn bản cần cả số, ký hiệu và ngày" in body
    assert answer["HX-Retarget"] == "#amounts-source"
    assert FundingSource.objects.count() == 1


def test_a_changed_sum_answers_409_with_both_values_and_then_takes_the_choice(
    client, office, user_a, item
):
    enter(item, Entry.NEED, 12 * TRIEU, user_a)
    client.force_login(office)
    typed = {"seen": 10 * TRIEU, "amount": "15 triệu", "effective_on": "30/04/2022"}
    answer = client.post(url("need"), typed)

    body = answer.content.decode()
    assert answer.status_code == 409
    for words in (str(user_a), "12 triệu đồng", "15.000.000 đồng", "Giữ số đã có"):
        assert words in body
    assert money(item).need == 12 * TRIEU
    assert f'name="seen" value="{12 * TRIEU}"' in body
    assert client.post(url("need"), typed | {"seen": 12 * TRIEU}).status_code == 303
    assert money(item).need == 15 * TRIEU


def test_a_double_click_writes_one_row(client, office, item):
    client.force_login(office)
    typed = SOURCE | {"form_key": "a" * 32}
    codes = [client.post(url("source"), typed).status_code for _ in range(2)]

    assert codes == [303, 303]
    assert FundingSource.objects.count() == 2


def test_one_takes_back_ones_own_last_row(client, office, user_a, item):
    row = enter(item, Entry.NEED, 12 * TRIEU, user_a)
    client.force_login(user_a)
    page = client.get(reverse("criteria:work-item", args=["HM-1"])).content.decode()
    assert page.count("Rút lại dòng này") == 1

    answer = client.post(url("need", "item-take-back"), {"row": row.pk}, headers=HTMX)

    assert (answer.status_code, money(item).need) == (200, 10 * TRIEU)
    assert "đã rút lại" in answer.content.decode()
    assert "Rút lại dòng này" not in answer.content.decode()
    assert client.post(url("need", "item-take-back"), {"row": row.pk}).status_code == 403
    assert client.post(url("need", "item-take-back"), {"row": 999_999}).status_code == 422
    client.force_login(office)
    assert client.get(reverse("criteria:work-item", args=["HM-1"])).status_code == 200


def test_forms_are_shown_to_who_may_use_them(client, user_a, viewer, item):
    page = reverse("criteria:work-item", args=["HM-1"])
    client.force_login(user_a)
    body = client.get(page).content.decode()
    assert (url("need") in body, url("source") in body) == (True, False)
    assert "Nguồn đã xác định do Văn phòng Điều phối ghi" in body
    client.force_login(viewer)
    assert '<details class="history"' not in client.get(page).content.decode()


def test_nothing_is_written_for_another_day(client, office, item):
    client.force_login(office)
    answer = client.post(url("need") + "?as_of=2022-03-31", {"amount": "1 triệu"})
    assert (answer.status_code, answer["Location"]) == (302, url("need"))
    page = client.get(reverse("criteria:work-item", args=["HM-1"]) + "?as_of=2022-04-27")
    assert "chỉ ghi được ở ngày báo cáo" in page.content.decode()


def test_unknown_sorts_of_entries_are_not_found(client, office, item):
    client.force_login(office)
    assert client.get(url("pledge")).status_code == 404


ADD = reverse("criteria:item-add")


def added(**fields):
    return {
        "category": factories.make_category().pk,
        "name": "Kênh nội đồng",
        "amount": "2,5 tỷ",
        "effective_on": "30/04/2022",
    } | fields


def test_a_clerk_adds_work_without_choosing_a_commune(client, user_a, commune_a):
    village = factories.make_village(commune_a)
    client.force_login(user_a)
    answer = client.post(ADD, added(village=village.pk))

    item = WorkItem.objects.get()
    assert (answer.status_code, answer["Location"]) == (
        303,
        reverse("criteria:work-item", args=[item.code]),
    )
    assert (item.commune, item.village, money(item).need) == (commune_a, village, 2_500 * TRIEU)
    assert FundingNeed.objects.get().by == user_a


def test_the_office_adds_work_anywhere(client, office, commune_a, commune_b):
    village = factories.make_village(commune_b)
    client.force_login(office)
    assert client.post(f"{ADD}?commune={commune_b.code}", added()).status_code == 303
    assert client.post(ADD, added(name="Đường liên xã")).status_code == 303
    assert set(WorkItem.objects.values_list("commune", flat=True)) == {commune_b.pk, None}
    wrong = client.post(f"{ADD}?commune={commune_a.code}", added(village=village.pk))
    assert wrong.status_code == 422
    assert "Kênh nội đồng" in wrong.content.decode()
    assert client.get(f"{ADD}?commune=00000").status_code == 400
    part = client.get(f"{ADD}?commune={commune_b.code}", headers=HTMX | {"HX-Target": "item-add"})
    assert village.name in part.content.decode()
    assert "<html" not in part.content.decode()


def test_debt_is_stated_and_warned_of(client, user_a, office, commune_a):
    page = reverse("criteria:debt", args=[commune_a.code])
    client.force_login(user_a)
    typed = {"seen": "", "total": "5 tỷ", "overdue": "1,2 tỷ", "effective_on": "30/04/2022"}
    answer = client.post(page, typed, follow=True)

    row = DebtStatement.objects.get()
    assert (row.total, row.overdue) == (5_000 * TRIEU, 1_200 * TRIEU)
    assert "Còn nợ đọng xây dựng cơ bản 1.200 triệu đồng" in answer.content.decode()
    client.force_login(office)
    stale = client.post(page, typed | {"total": "6 tỷ"})
    assert stale.status_code == 409
    assert "6.000 triệu đồng" in stale.content.decode()
    assert client.post(page, typed | {"overdue": "7 tỷ"}).status_code == 422
    part = client.get(page, headers=HTMX | {"HX-Target": "debt"}).content.decode()
    assert '<div id="debt">' in part
    assert "<html" not in part


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_of_an_item_asks_the_same_whatever_was_entered(
    n, client, office, item, django_assert_num_queries
):
    for number in range(n):
        enter(item, Entry.SOURCE, TRIEU, office)
        enter(item, Entry.DISBURSEMENT, (number + 9) * TRIEU, office, kind=SourceKind.CREDIT)
    client.force_login(office)
    with django_assert_num_queries(13):
        assert client.get(reverse("criteria:work-item", args=["HM-1"])).status_code == 200


def test_what_is_added_after_the_announcement_is_named_and_leads_to_its_page(
    client, office, commune_a
):
    kept = factories.make_item(need=10 * TRIEU, commune=commune_a)
    factories.make_control_total(10 * TRIEU)
    reconcile(announced_on=date(2022, 4, 26), by=None, now=NOW)
    client.force_login(office)
    client.post(f"{ADD}?commune={commune_a.code}", added(category=kept.category_id))
    item = WorkItem.objects.exclude(pk=kept.pk).get()

    body = client.get(reverse("criteria:funding")).content.decode()

    assert "lệch 2.500.000.000 đồng" in body
    link = f'<a href="{reverse("criteria:work-item", args=[item.code])}">Kênh nội đồng</a>'
    assert link in body.split("So với số công bố")[1]


def test_ones_last_statement_of_debt_is_taken_back(client, user_a, office, commune_a):
    page = reverse("criteria:debt", args=[commune_a.code])

    def say(user, total):
        client.force_login(user)
        sent = {"total": total, "overdue": "1 triệu", "effective_on": "28/04/2022"}
        seen = client.get(page).context["form"]["seen"].value()
        assert client.post(page, sent | {"seen": seen}).status_code == 303
        return DebtStatement.objects.latest("pk")

    def standing():
        found = debts_on(Commune.objects.all(), TODAY).get(commune_a.pk)
        return found and found.total

    first = say(office, "5 triệu")
    second = say(user_a, "9 triệu")
    button = f'name="row" value="{second.pk}"'
    assert button in client.get(page).content.decode()
    client.force_login(office)
    assert 'name="row"' not in client.get(page).content.decode()
    assert client.post(page, {"row": second.pk}).status_code == 403
    assert client.post(page, {"row": first.pk}).status_code == 403
    assert client.post(page, {"row": 999_999}).status_code == 422
    assert standing() == 9_000_000

    client.force_login(user_a)
    assert client.post(page, {"row": second.pk}).status_code == 303
    assert standing() == 5_000_000
    entry = AuditEntry.objects.get(action="debt.take_back")
    assert (entry.old, entry.commune_id) == (
        "nợ 9 triệu đồng, trong đó nợ đọng 1 triệu đồng",
        commune_a.pk,
    )
    assert client.post(page, {"row": second.pk}).status_code == 403
    client.force_login(office)
    assert client.post(page, {"row": first.pk}).status_code == 303
    assert standing() is None
