"""The grid page, its cells with and without HTMX, the history of a cell, and the moves."""

from datetime import date

import pytest
from django.urls import reverse

from communes.models import CommuneAccess
from criteria.choices import VillageState
from criteria.models import Assessment, VillageStatus
from tests import factories
from tests.criteria.village_world import fill, values, village_set
from tests.queries import WRITER_LOCK


@pytest.fixture
def village(commune_a, installation):
    village_set()
    return factories.make_village(commune_a, name="Thôn 5")


def grid_of(commune):
    return reverse("criteria:village-grid", args=[commune.code])


def cells_of(village):
    return reverse("criteria:village-cell", args=[village.pk])


def as_htmx(target):
    return {"HX-Request": "true", "HX-Target": target}


def test_grid_shows_controls_to_who_fills_in_and_signs_to_who_reads(
    client, village, commune_a, user_a, viewer
):
    fill(village, commune_a, user_a, c1="met", percent="40")
    pages = {}
    for user in (user_a, viewer):
        client.force_login(user)
        pages[user] = client.get(grid_of(commune_a)).content.decode()

    assert '<option value="met" selected>' in pages[user_a]
    assert 'name="percent"' in pages[user_a]
    assert "<select" not in pages[viewer].split("village-grid-scroll")[1]
    assert "Đạt, tự đánh giá" in pages[viewer]
    assert "tài khoản này chỉ xem" in pages[viewer]
    assert "Chưa xác minh:" in pages[viewer]


def test_another_day_is_read_only_and_says_so(client, village, commune_a, user_a):
    fill(village, commune_a, user_a, c1="met")
    client.force_login(user_a)
    html = client.get(grid_of(commune_a), {"as_of": "2022-04-29"}).content.decode()

    assert "Chỉ nhập được ở ngày báo cáo" in html
    assert 'name="c1"' not in html
    assert "0/10" in html


def test_others_do_not_learn_of_the_villages(client, village, commune_a, user_b):
    client.force_login(user_b)
    urls = [grid_of(commune_a), reverse("criteria:village-history", args=[village.pk, "c1"])]

    assert [client.get(url).status_code for url in urls] == [404, 404]
    assert client.post(cells_of(village), {"c1": "met", "seen_c1": ""}).status_code == 404


def test_who_sees_only_the_village_sees_no_grid(client, village, commune_a):
    user = factories.make_sponsor_user(factories.make_sponsor())
    CommuneAccess.objects.create(
        user=user, commune=commune_a, village=village, level="view", source="assignment"
    )
    client.force_login(user)

    assert client.get(grid_of(commune_a)).status_code == 404
    history = client.get(reverse("criteria:village-history", args=[village.pk, "c1"]))
    assert history.status_code == 200
    assert grid_of(commune_a) not in history.content.decode()


def test_a_cell_saves_with_its_totals_in_the_same_answer(client, village, commune_a, user_a):
    client.force_login(user_a)
    response = client.post(
        cells_of(village),
        {"c1": "met", "seen_c1": "", "percent": "75", "seen_percent": ""},
        headers=as_htmx(f"a{village.pk}"),
    )
    html = response.content.decode()

    assert response.status_code == 200
    assert html.strip().startswith("<tr")
    assert f'id="n{village.pk}-c1" hx-swap-oob="true"' in html
    assert 'name="seen_c1" value="met"' in html
    assert 'id="village-totals" hx-swap-oob="true"' in html
    assert f'<span id="m{village.pk}" hx-swap-oob="true">1/10</span>' in html
    assert f'id="n{village.pk}-c2"' not in html


def test_without_scripts_a_row_is_sent_and_one_comes_back_to_it(client, village, commune_a, user_a):
    client.force_login(user_a)
    sent = {"c1": "met", "seen_c1": "", "c2": "", "seen_c2": "", "percent": "", "seen_percent": ""}
    response = client.post(cells_of(village), sent, follow=False)

    assert (response.status_code, response["Location"]) == (
        303,
        f"{grid_of(commune_a)}#v{village.pk}",
    )
    assert (Assessment.objects.count(), VillageStatus.objects.count()) == (1, 0)
    assert "Đã ghi 1 ô." in client.get(grid_of(commune_a)).content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"percent": "195"}, "“195” không được; hãy ghi một số nguyên từ 0 đến 100."),
        ({"percent": "7,5"}, "“7,5” không được"),
        ({"planned": "nhiều"}, "Không đọc được số"),
        ({"met": "-1"}, "Số không được âm"),
        ({"c1": "best"}, "Tiêu chí 1: Không có lựa chọn “best”."),
        ({"percent": "", "seen_percent": "40"}, "Hãy ghi giá trị; không có thì ghi 0."),
        ({}, "Chưa có ô nào được gửi."),
    ],
)
def test_what_is_wrong_is_said_and_stays_typed(client, village, user_a, sent, sentence):
    client.force_login(user_a)
    page = client.post(cells_of(village), sent)
    line = client.post(cells_of(village), sent, headers=as_htmx(f"a{village.pk}"))

    for response in (page, line):
        assert response.status_code == 422
        assert sentence in response.content.decode()
    if sent.get("percent"):
        assert f'value="{sent["percent"]}"' in page.content.decode()
    assert not VillageStatus.objects.exists()


def test_percent_sign_and_dots_are_read(client, village, commune_a, user_a):
    client.force_login(user_a)
    client.post(cells_of(village), {"percent": "75 %", "planned": "1.200"})

    assert values(village, commune_a, user_a)["percent"] == "75"
    assert values(village, commune_a, user_a)["planned"] == "1200"


@pytest.mark.parametrize("with_htmx", [True, False])
def test_a_conflict_shows_both_values_and_lets_one_choose(
    client, village, commune_a, user_a, with_htmx
):
    colleague = factories.make_user("commune", display_name="Cán bộ hai")
    factories.give_access(colleague, commune_a)
    fill(village, commune_a, colleague, c1="not_met")
    client.force_login(user_a)
    response = client.post(
        cells_of(village),
        {"c1": "met", "seen_c1": ""},
        headers=as_htmx(f"a{village.pk}") if with_htmx else {},
    )
    html = response.content.decode()

    assert response.status_code == 409
    assert "Cán bộ hai vừa ghi “Chưa đạt”" in html
    assert "Ghi giá trị của tôi: Đạt" in html
    assert "Giữ giá trị của họ: Chưa đạt" in html
    client.post(cells_of(village), {"c1": "met", "seen_c1": "not_met"})
    assert values(village, commune_a, user_a) == {"c1": "met"}


def test_one_village_alone_for_who_keeps_the_others_value(client, village, commune_a, user_a):
    factories.make_village(commune_a, name="Thôn 6")
    client.force_login(user_a)
    url = f"{grid_of(commune_a)}?village={village.pk}"
    page = client.get(url).content.decode()
    row = client.get(url, headers=as_htmx(f"v{village.pk}")).content.decode()

    assert "Thôn 5" in page
    assert "Thôn 6" not in page
    assert row.strip().startswith("<tbody")
    assert client.get(f"{grid_of(commune_a)}?village=0").status_code == 404


def test_history_and_taking_back(client, village, commune_a, user_a):
    fill(village, commune_a, user_a, c1="met")
    client.force_login(user_a)
    url = reverse("criteria:village-history", args=[village.pk, "c1"])
    page = client.get(url).content.decode()
    line = client.get(url, headers=as_htmx(f"a{village.pk}")).content.decode()

    for html in (page, line):
        assert "Chưa báo cáo → <strong>Đạt</strong>" in html
        assert "Rút lại mục tôi vừa ghi" in html
    assert line.strip().startswith("<tr")
    back = reverse("criteria:village-take-back", args=[village.pk, "c1"])
    assert client.post(back).status_code == 303
    assert values(village, commune_a, user_a) == {}
    assert client.post(back).status_code == 403
    assert client.post(back.replace("c1", "c99")).status_code == 404


def test_from_declaration_to_recognition_and_back(client, village, commune_a, user_a, office):
    fill(village, commune_a, user_a, c1="met", c2="not_met")

    def move(user, name, **sent):
        client.force_login(user)
        url = reverse("criteria:village-move", args=[village.pk, name])
        return client.post(url, sent)

    def state():
        return VillageStatus.objects.latest("id").state

    assert move(user_a, "recognise").status_code == 403
    assert move(user_a, "declare").status_code == 303
    assert state() == VillageState.DECLARED
    refused = move(office, "return")
    assert refused.status_code == 422
    assert "Hãy ghi lý do" in refused.content.decode()
    assert move(office, "return", note="Thiếu ảnh").status_code == 303
    assert move(user_a, "declare").status_code == 303
    lacking = move(office, "recognise", note="giữ lại").content.decode()
    assert "Hãy ghi số quyết định công nhận." in lacking
    assert "giữ lại" in lacking
    future = move(office, "recognise", number="1/QĐ", issued_on="01/05/2022")
    assert "ở sau ngày báo cáo" in future.content.decode()
    assert move(office, "recognise", number="1/QĐ", issued_on="20/04/2022").status_code == 303
    assert state() == VillageState.RECOGNISED
    paper = VillageStatus.objects.latest("id").document
    assert (paper.number, paper.issued_on) == ("1/QĐ", date(2022, 4, 20))
    verified = Assessment.objects.filter(stage="verified")
    assert [(row.criterion.number, row.outcome) for row in verified] == [(1, "met")]
    assert move(office, "revoke", note="Sạt lở").status_code == 303
    assert state() == VillageState.NOT_YET
    assert verified.latest("id").outcome == "withdrawn"
    assert verified.latest("id").corrects.outcome == "met"


def test_village_page_shows_criteria_warnings_and_the_buttons_of_the_role(
    client, village, commune_a, user_a, office
):
    fill(village, commune_a, user_a, c1="met", c2="not_met", percent="60")

    def page(user):
        client.force_login(user)
        return client.get(reverse("dashboard:village", args=[village.pk])).content.decode()

    assert "Đạt 1/10." in page(user_a)
    assert "/moves/declare/" in page(user_a)
    client.post(reverse("criteria:village-move", args=[village.pk, "declare"]))
    html = page(office)
    assert [name for name in ("declare", "recognise", "return") if f"/moves/{name}/" in html] == [
        "recognise",
        "return",
    ]
    assert "Tiêu chí 2 chưa đạt." in html
    assert "Khối lượng theo phương án mới đạt 60%." in html


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_the_villages(
    n, client, village, commune_a, user_a, django_assert_num_queries
):
    for one in [village, *(factories.make_village(commune_a) for _ in range(n - 1))]:
        fill(one, commune_a, user_a, c1="met", percent="40")
    client.force_login(user_a)
    with django_assert_num_queries(9):
        assert client.get(grid_of(commune_a)).status_code == 200
    with django_assert_num_queries(9):
        client.get(grid_of(commune_a), {"as_of": "2022-04-29"})
    with django_assert_num_queries(29 + WRITER_LOCK):
        client.post(
            cells_of(village), {"c2": "met", "seen_c2": ""}, headers=as_htmx(f"a{village.pk}")
        )
