"""A commune that the office lets enter late states needs, amounts and debts of the closed month."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from criteria.models import FundingNeed
from criteria.selectors.funding import item_lines
from tests.criteria.test_late_sheet import CLOSED_AT, CUT_OFF, SENTENCE, let_in
from tests.criteria.test_need_table import drawn
from tests.factories import TODAY, make_closed_month, make_item

pytestmark = pytest.mark.django_db
URL = reverse("criteria:need-table")
DAY = {"day": "31/03/2022"}


@pytest.fixture
def item(installation, commune_a):
    """It needs 1 tỷ in March and 3 tỷ in April; written before March is closed."""
    found = make_item(need=10**9, commune=commune_a, name="Đường 1", on=date(2022, 3, 1))
    FundingNeed.objects.create(
        item=found,
        amount=2 * 10**9,
        effective_on=date(2022, 4, 10),
        recorded_at=CLOSED_AT,
        by_label="x",
    )
    return found


@pytest.fixture
def march(item):
    return make_closed_month(date(2022, 3, 1), CUT_OFF, CLOSED_AT)


@pytest.fixture
def clerk(client, user_a):
    client.force_login(user_a)
    return client


def needs(item) -> tuple[int, int]:
    """What it needs in March, and today."""
    rows = type(item).objects.filter(pk=item.pk)
    return tuple(item_lines(rows, day)[0].money.need for day in (CUT_OFF, TODAY))


def typed(client, item) -> dict[str, str]:
    return drawn(client, **DAY) | {f"n{item.pk}-value": "4 tỷ", f"n{item.pk}-note": "Bổ sung"}


def pasted(client, item) -> dict[str, str]:
    place = {"paste-start": f"n{item.pk}", "paste-column": "value", "paste-unit": "đồng"}
    return drawn(client, **DAY) | place | {"paste-block": "4 tỷ\tBổ sung", "paste": "1"}


SENT = pytest.mark.parametrize("sent", [typed, pasted])


def send(client, fields):
    return client.post(f"{URL}?{urlencode(DAY)}", fields)


def test_the_table_offers_the_closed_day_to_whom_it_is_open(clerk, item, commune_a, march):
    assert "nhập muộn" not in clerk.get(URL).content.decode()

    let_in(march, commune_a)

    shown = clerk.get(URL).content.decode()
    assert SENTENCE in shown
    assert '<option value="31/03/2022">31/03/2022</option>' in shown
    assert drawn(clerk)[f"n{item.pk}-seen"] == str(3 * 10**9)
    assert drawn(clerk, **DAY)[f"n{item.pk}-seen"] == str(10**9)


@SENT
def test_needs_of_the_closed_month_count_from_its_day(clerk, item, commune_a, march, sent):
    let_in(march, commune_a)

    answer = send(clerk, sent(clerk, item))

    assert (answer.status_code, answer["Location"]) == (303, f"{URL}?{urlencode(DAY)}")
    last = item.needs.latest("pk")
    assert (last.amount, last.effective_on, last.note) == (3 * 10**9, CUT_OFF, "Bổ sung")
    assert needs(item) == (4 * 10**9, 6 * 10**9)
    assert "cho ngày 31/03/2022" in clerk.get(URL, DAY).content.decode()

    assert clerk.post(URL, {"undo": "1"}).status_code == 303
    assert needs(item) == (10**9, 3 * 10**9)


@SENT
@pytest.mark.parametrize("until", [None, TODAY - timedelta(days=1)])
def test_without_leave_the_closed_day_is_refused_and_nothing_is_lost(
    clerk, item, commune_a, march, sent, until
):
    if until:
        let_in(march, commune_a, until)

    answer = send(clerk, sent(clerk, item))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Tháng 03/2022 đã khóa sổ lúc 01:30 ngày 06/04/2022" in text
    assert "mở lại tháng hoặc cho phép riêng xã nhập muộn" in text
    # Pasted amounts stand in đồng, typed ones as they were typed.
    assert 'value="4 tỷ"' in text or 'value="4.000.000.000"' in text
    assert needs(item) == (10**9, 3 * 10**9)
    assert "Tháng 03/2022 đã khóa sổ" in clerk.get(URL, DAY).content.decode()


def test_leave_is_for_one_commune_alone(client, office, item, commune_a, commune_b, march):
    let_in(march, commune_a)
    other = make_item(need=10**9, commune=commune_b, name="Kênh", on=date(2022, 4, 5))
    client.force_login(office)

    def page(**query) -> str:
        return client.get(URL, query).content.decode()

    assert "nhập muộn" not in page()
    assert "nhập muộn" in page(commune=commune_a.code)
    assert "nhập muộn" not in page(commune=commune_b.code)
    there = {"commune": commune_b.code} | DAY
    fields = drawn(client, **there) | {f"n{other.pk}-value": "4 tỷ"}
    answer = client.post(f"{URL}?{urlencode(there)}", fields)
    assert answer.status_code == 422
    assert other.needs.count() == 1


@pytest.mark.parametrize("day", ["31/02/2022", "mai", "01/12/2022", "x" * 50])
def test_a_day_that_is_none_is_a_sentence(clerk, item, day):
    assert clerk.get(URL, {"day": day}).status_code == 400


def forms(item) -> list[str]:
    return [
        reverse("criteria:work-item", args=[item.code]),
        reverse("criteria:item-entry", args=[item.code, "need"]),
        reverse("criteria:debt", args=[item.commune.code]),
        reverse("criteria:item-add"),
    ]


def test_the_forms_of_amounts_and_debts_say_until_when(clerk, item, commune_a, march):
    for address in forms(item):
        assert "nhập muộn" not in clerk.get(address).content.decode(), address

    let_in(march, commune_a)

    for address in forms(item):
        assert SENTENCE in clerk.get(address).content.decode(), address


def test_who_only_reads_is_not_told_of_late_entry(client, viewer, item, commune_a, march):
    let_in(march, commune_a)
    client.force_login(viewer)

    for address in forms(item):
        assert "nhập muộn" not in client.get(address).content.decode(), address
