"""Where each role lands, and the first steps of an empty installation."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry, User
from tests import factories
from tests.dashboard.build import text_of

SETUP = "/setup/"
GOOD = {
    "username": "quantri",
    "password1": "lua-vang-tren-dong",
    "password2": "lua-vang-tren-dong",
}


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("admin", "/board/"),
        ("office", "/board/"),
        ("viewer", "/board/"),
        ("department", "/criteria/"),
        ("user_a", "/communes/18523/"),
        ("sponsor_a", "/tasks/"),
    ],
)
def test_each_role_lands_on_its_own_page(client, request, installation, role, address):
    client.force_login(request.getfixturevalue(role))

    assert client.get("/")["Location"] == address
    assert client.get("/", {"as_of": "2022-03-31"})["Location"] == f"{address}?as_of=2022-03-31"


@pytest.mark.parametrize(("led", "address"), [([2], "/criteria/2/"), ([1, 3], "/criteria/")])
def test_a_department_lands_on_the_criterion_it_leads(
    client, installation, criteria_set, led, address
):
    department = factories.make_department()
    criteria_set.criteria.filter(number__in=led).update(lead=department)
    client.force_login(factories.make_department_user(department))

    assert client.get("/")["Location"] == address


def test_a_commune_user_of_several_communes_lands_on_the_board(
    client, installation, user_a, commune_b
):
    factories.give_access(user_a, commune_b)
    client.force_login(user_a)

    assert client.get("/")["Location"] == "/board/"


def test_strangers_sign_in_first(client, office):
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


# --- the first administrator ----------------------------------------------------------------------


def test_the_very_first_visitor_is_led_to_the_set_up(client, db):
    assert client.get("/")["Location"] == SETUP
    assert "Tạo tài khoản quản trị" in text_of(client.get(SETUP))


def test_the_first_administrator_is_made_and_signed_in(client, db):
    response = client.post(SETUP, GOOD)

    user = User.objects.get()
    assert response["Location"] == SETUP
    assert (user.username, user.role, user.is_superuser, user.is_staff) == (
        "quantri",
        Role.ADMIN,
        True,
        True,
    )
    assert user.check_password(GOOD["password1"])
    assert client.session["_auth_user_id"] == str(user.pk)
    assert [(entry.by, entry.action) for entry in AuditEntry.objects.all()] == [
        (user, "user.create")
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": ""}, "Hãy nhập tên đăng nhập."),
        ({"username": "quản trị"}, "Tên đăng nhập chỉ gồm"),
        ({"username": "q" * 151}, "150"),
        ({"password1": ""}, "Hãy nhập mật khẩu."),
        ({"password2": ""}, "Hãy nhập lại mật khẩu."),
        ({"password2": "khac-han-mat-khau"}, "Hai lần nhập mật khẩu không giống nhau."),
        ({"password1": "12345678", "password2": "12345678"}, "không được chỉ gồm chữ số"),
        ({"password1": "abc", "password2": "abc"}, "phải có ít nhất 12 ký tự"),
        ({"password1": "quantri1", "password2": "quantri1"}, "quá giống tên đăng nhập"),
        ({"password1": "password1", "password2": "password1"}, "quá phổ biến, người khác"),
    ],
)
def test_bad_input_is_refused_in_vietnamese(client, db, change, sentence):
    response = client.post(SETUP, GOOD | change)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert User.objects.count() == 0
    if change.get("username"):
        assert change["username"] in response.content.decode()


def test_nobody_makes_a_second_first_administrator(client, admin):
    response = client.post(SETUP, GOOD | {"username": "ke-gian"})

    assert response.status_code == 302
    assert [user.username for user in User.objects.all()] == ["quantri"]
    client.force_login(admin)
    assert client.post(SETUP, GOOD | {"username": "ke-gian"}).status_code == 405
    assert User.objects.count() == 1


def test_the_first_administrator_can_be_made_before_the_server_is_open(client, db, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("lua-vang-tren-dong\n"))

    call_command("first_admin", "quantri", stdout=StringIO())

    assert client.login(username="quantri", password="lua-vang-tren-dong")
    assert AuditEntry.objects.get().new == "Tài khoản quản trị đầu tiên"
    monkeypatch.setattr("sys.stdin", StringIO("lua-vang-tren-dong\n"))
    with pytest.raises(CommandError, match="đã có tài khoản"):
        call_command("first_admin", "ke-gian", stdout=StringIO())


def test_the_command_is_as_strict_as_the_page(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("password1\n"))

    with pytest.raises(CommandError, match="quá phổ biến"):
        call_command("first_admin", "quantri", stdout=StringIO())
    assert User.objects.count() == 0


# --- the checklist --------------------------------------------------------------------------------


def done(response) -> list[str]:
    items = response.content.decode().split('<li class="checklist__item"')[1:]
    return [item.split('data-done="')[1].split('"')[0] for item in items]


def test_an_empty_installation_has_everything_to_do(client, admin):
    client.force_login(admin)

    response = client.get(SETUP)

    assert done(response) == ["false", "false", "true", "false", "false", "false", "false", "false"]
    assert "Đã xong 1 trong 8 bước" in text_of(response)
    assert "/admin/core/installation/" in response.content.decode()


def test_a_complete_installation_has_nothing_left(client, admin, office, focus, criteria_set):
    factories.make_assignment()
    factories.make_category()
    client.force_login(admin)

    response = client.get(SETUP)

    assert done(response) == ["true"] * 8
    assert "Mọi bước đã xong" in text_of(response)


def test_a_wrong_district_is_something_to_do(client, admin, focus):
    focus.focus_district = "999"
    focus.target_date = date(2022, 12, 31)
    focus.save()
    client.force_login(admin)

    assert done(client.get(SETUP))[:3] == ["false", "true", "false"]


@pytest.mark.parametrize("role", ["office", "viewer", "department", "user_a", "sponsor_a"])
def test_only_administrators_see_the_checklist(client, request, installation, role):
    client.force_login(request.getfixturevalue(role))

    response = client.get(SETUP)

    assert response.status_code == 403
    assert "Chỉ tài khoản quản trị" in text_of(response)


@pytest.mark.parametrize("n", [1, 3])
def test_checklist_queries_do_not_grow(client, admin, focus, django_assert_num_queries, n):
    for _ in range(n):
        factories.make_assignment()
        factories.make_user()
    client.force_login(admin)

    with django_assert_num_queries(11):
        client.get(SETUP)
