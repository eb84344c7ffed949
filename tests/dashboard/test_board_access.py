"""The board: who sees what of it, and what it costs in queries."""

from datetime import date

import pytest
from django.urls import reverse

from criteria.choices import Measure, Outcome, Stage
from tests import factories
from tests.dashboard.build import (
    BOARD,
    TY,
    commune_with,
    fragment,
    matrix_rows,
    page_of,
    set_dossier,
    text_of,
)


@pytest.fixture
def secrets(focus, criteria_set, commune_a, commune_b):
    """Two communes of the district with figures of their own, one of them named 'bí mật'."""
    commune_b.name = "Bí Mật"
    commune_b.save()
    for commune, need in ((commune_a, 3), (commune_b, 700)):
        factories.assess(commune, criteria_set.criteria.first(), as_of=date(2022, 4, 20))
        factories.make_item(need * TY, commune=commune, category=factories.make_category())
        factories.make_village(commune)
        factories.plan(commune, criteria_set.criteria.last(), date(2022, 3, 1))
    factories.make_item(9000 * TY, commune=None)
    factories.make_control_total(8888 * TY, wording="tám nghìn tỷ đồng")
    factories.make_control_total(60, Measure.SPONSORS, is_approximate=True, wording="hơn 60")
    hidden = factories.make_sponsor(name="Đơn vị bí mật")
    factories.make_assignment(hidden, commune_b, agreement_due_on=date(2022, 4, 25))
    factories.make_task(
        title="Việc bí mật", commune=commune_b, sponsor=hidden, due_on=date(2022, 4, 28)
    )
    return hidden


@pytest.mark.parametrize("query", [{}, {"scope": "district"}, {"scope": "all"}])
def test_a_commune_sees_only_itself(client, secrets, user_a, commune_a, query):
    client.force_login(user_a)

    response = client.get(BOARD, query)
    text = text_of(response)
    page = page_of(user_a, **query)

    assert [name for name, _cells in matrix_rows(response)] == [commune_a.name]
    assert [word for word in ("Bí Mật", "bí mật", "hơn 60", "tám nghìn") if word in text] == []
    assert page.figures.money.sum.need == 3 * TY
    assert page.figures.villages.total == 1
    assert (page.figures.tally.communes, page.figures.overdue_count) == (1, 1)
    assert (page.figures.work.sponsors, page.figures.work.counts.total) == (0, 0)
    assert page.figures.work.papers == ()


def test_a_sponsor_sees_its_communes_and_only_its_own_tasks(client, secrets, sponsor_a, commune_a):
    mine = sponsor_a.sponsor_member.sponsor
    factories.make_task(
        title="Việc của mình", commune=commune_a, sponsor=mine, due_on=date(2022, 4, 29)
    )
    factories.make_task(title="Việc người khác", commune=commune_a, due_on=date(2022, 4, 29))
    client.force_login(sponsor_a)

    response = client.get(BOARD)
    text = text_of(response)

    assert [name for name, _cells in matrix_rows(response)] == [commune_a.name]
    assert "Việc của mình" in text
    assert [w for w in ("Việc người khác", "Việc bí mật", "Bí Mật", "hơn 60") if w in text] == []
    assert page_of(sponsor_a).figures.work.counts.late == 1


def test_a_village_sponsor_has_an_empty_board_that_leads_on(client, secrets, commune_b):
    user = factories.make_sponsor_user(factories.make_sponsor())
    factories.give_access(user, commune_b, village=factories.make_village(commune_b))
    client.force_login(user)

    text = text_of(client.get(BOARD))

    assert "Tài khoản này chưa theo dõi xã nào" in text
    assert "Bí Mật" not in text


def test_an_empty_installation_leads_administrators_to_the_set_up(client, admin, office, db):
    client.force_login(admin)
    assert f'href="{reverse("dashboard:setup")}"' in client.get(BOARD).content.decode()

    client.force_login(office)
    text = text_of(client.get(BOARD))
    assert "Không có bộ tiêu chí xã có hiệu lực" in text
    assert "Hãy báo tài khoản quản trị" in text


def test_no_commune_left_is_said_in_a_sentence(client, office, focus, criteria_set):
    set_dossier(factories.make_commune(), criteria_set)
    client.force_login(office)

    assert "Không còn xã nào chưa đạt chuẩn" in text_of(client.get(BOARD))


# --- cost -----------------------------------------------------------------------------------------


def _fill(criteria_set, n, district=None):
    category = factories.make_category()
    for _ in range(n):
        extra = {"district": district} if district else {}
        commune = commune_with(criteria_set, 1, **extra)
        sponsor = factories.make_sponsor()
        factories.plan(commune, criteria_set.criteria.last(), date(2022, 3, 1))
        factories.assess(commune, criteria_set.criteria.last(), as_of=date(2022, 4, 3))
        factories.assess(commune, criteria_set.criteria.all()[1], Outcome.RETURNED, Stage.VERIFIED)
        factories.make_item(2 * TY, TY, commune=commune, category=category)
        factories.make_village(commune)
        factories.make_assignment(sponsor, commune, agreement_due_on=date(2022, 4, 25))
        factories.make_task(commune=commune, sponsor=sponsor, due_on=date(2022, 4, 28))
        factories.make_task(commune=commune, sponsor=sponsor, due_on=date(2022, 5, 2))
        set_dossier(factories.make_commune(**extra), criteria_set)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"), [("", 34), ("?scope=district", 35), ("?as_of=2022-03-31", 37)]
)
def test_board_queries_do_not_grow(
    client, office, focus, criteria_set, django_assert_num_queries, n, query, queries
):
    _fill(criteria_set, n)
    client.force_login(office)

    with django_assert_num_queries(queries):
        assert client.get(f"{BOARD}{query}").status_code == 200


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [("", 8), ("?sort=met", 8), ("?scope=district", 9), ("?as_of=2022-03-31", 9)],
)
def test_matrix_queries_do_not_grow(
    client, office, focus, criteria_set, django_assert_num_queries, n, query, queries
):
    _fill(criteria_set, n)
    client.force_login(office)

    with django_assert_num_queries(queries):
        client.get(f"{BOARD}{query}", headers=fragment("matrix"))


@pytest.mark.parametrize("n", [1, 3])
def test_national_roll_up_queries_do_not_grow(
    client, office, focus, criteria_set, django_assert_num_queries, n
):
    for code in range(n + 1):
        province = factories.make_province(code=f"5{code}", name=f"Tỉnh {code}")
        district = factories.make_district(
            code=f"5{code}0", name=f"Huyện {code}", province=province
        )
        _fill(factories.make_set(size=2, province=province), n, district)
    client.force_login(office)

    with django_assert_num_queries(9):
        client.get(BOARD, {"scope": "all"}, headers=fragment("matrix"))
