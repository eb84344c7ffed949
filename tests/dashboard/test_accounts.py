"""Accounts: made by the office, invited by a link, bound to one unit, ended at once."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from communes.models import Commune, CommuneAccess
from criteria.models import DepartmentMember
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.dashboard.services import accounts as services
from ntm_tracker.dashboard.services.accounts import AccountEntry
from sponsors.models import SponsorMember, Task
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "mat-khau-rieng-2022"


def written(by):
    return {"by": by, "now": factories.NOW, "today": factories.TODAY}


def make(by, role, unit=None, username="moi", **fields):
    entry = AccountEntry(role=role, display_name="Đơn vị mới", unit=unit, **fields)
    return services.create_account(username=username, entry=entry, **written(by))


def change(by, user, role, unit=None, **fields):
    entry = AccountEntry(role=role, display_name="Đơn vị mới", unit=unit, **fields)
    seen = services.account_words(User.objects.get(pk=user.pk))
    return services.change_account(user=user, entry=entry, seen=seen, **written(by))


def link_to(client, user):
    """The invitation as the page of the account shows it."""
    page = client.get(reverse("dashboard:user", args=[user.pk])).content.decode()
    return re.search(r"http://testserver(/invite/\S+?/\S+?/)", page).group(1)


def form(role, unit=None, **fields):
    data = {"username": "moi", "display_name": "Đơn vị mới", "role": role, "phone": "0912 345 678"}
    if unit is not None:
        data[type(unit).__name__.lower()] = unit.pk
    return data | fields


@pytest.fixture
def units(commune_a):
    sponsor, department = factories.make_sponsor(), factories.make_department()
    return {Role.COMMUNE: commune_a, Role.SPONSOR: sponsor, Role.DEPARTMENT: department}


@pytest.mark.parametrize(
    "role", [Role.OFFICE, Role.DEPARTMENT, Role.COMMUNE, Role.SPONSOR, Role.VIEWER]
)
def test_whoever_is_invited_signs_in_and_sees_his_own(client, installation, office, units, role):
    unit = units.get(role)
    other = factories.make_commune(name="Xã của người khác")
    factories.make_assignment(units[Role.SPONSOR], units[Role.COMMUNE])
    mine = factories.make_task(commune=units[Role.COMMUNE], sponsor=units[Role.SPONSOR])
    factories.make_task(commune=other)
    client.force_login(office)
    client.post(reverse("dashboard:user-add"), form(role, unit))
    user = User.objects.get(username="moi")
    link = link_to(client, user)
    client.logout()

    answer = client.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD})

    assert answer.status_code == 303
    assert int(client.session["_auth_user_id"]) == user.pk
    client.logout()
    assert client.login(username="moi", password=PASSWORD)
    assert client.get("/", follow=True).status_code == 200
    user = User.objects.get(pk=user.pk)
    assert services.unit_of(user) == unit
    sees_all = role not in {Role.COMMUNE, Role.SPONSOR}
    communes = Commune.objects.visible_to(user)
    assert set(communes) == ({units[Role.COMMUNE], other} if sees_all else {units[Role.COMMUNE]})
    assert (Task.objects.visible_to(user).count() == 2) == sees_all
    assert mine in Task.objects.visible_to(user)


@zeal_ignore()
def test_a_link_is_good_once_and_for_its_days(client, installation, office, settings):
    client.force_login(office)
    user = make(office, Role.VIEWER)
    link = link_to(client, user)
    passwords = {"new_password1": PASSWORD, "new_password2": PASSWORD}

    settings.PASSWORD_RESET_TIMEOUT = -1
    gone = client.get(link)
    assert gone.status_code == 410
    assert "hãy nhờ" in gone.content.decode()
    settings.PASSWORD_RESET_TIMEOUT = 600

    assert client.post(link, passwords).status_code == 303
    assert client.get(link).status_code == 410
    assert client.post(link, passwords).status_code == 410


@pytest.mark.parametrize("uid", ["x", "OTk5OTk5OTk", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_a_link_to_nobody_is_answered_in_words(client, installation, uid):
    assert client.get(f"/invite/{uid}/abc/").status_code == 410


@zeal_ignore()
def test_a_new_link_ends_the_old_one_the_password_and_the_session(client, installation, office):
    user = make(office, Role.VIEWER)
    client.force_login(office)
    first = link_to(client, user)
    user.set_password(PASSWORD)
    user.save()
    browser = type(client)()
    browser.login(username="moi", password=PASSWORD)

    client.post(reverse("dashboard:user-invite", args=[user.pk]))

    assert client.get(first).status_code == 410
    assert client.get(link_to(client, user)).status_code == 200
    assert browser.get("/board/").status_code == 302
    assert not browser.login(username="moi", password=PASSWORD)


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("ngan", "ngan", "Mật khẩu phải có ít nhất 12 ký tự."),
        (PASSWORD, "khac-hẳn-2022", "Hai lần nhập mật khẩu mới không giống nhau."),
    ],
)
def test_a_weak_password_is_refused_in_words(client, installation, office, first, second, sentence):
    client.force_login(office)
    link = link_to(client, make(office, Role.VIEWER))

    page = client.post(link, {"new_password1": first, "new_password2": second})

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not User.objects.get(username="moi").has_usable_password()


def test_who_is_ended_is_out_at_the_next_press(client, installation, office):
    user = factories.make_user(Role.VIEWER)
    browser = type(client)()
    browser.force_login(user)
    client.force_login(office)
    assert browser.get("/board/").status_code == 200

    url = reverse("dashboard:user-deactivate", args=[user.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Chuyển công tác"}).status_code == 303

    assert browser.get("/board/").status_code == 302
    entry = AuditEntry.objects.get(action="user.deactivate")
    assert (entry.by, entry.note, entry.object_id) == (office, "Chuyển công tác", user.pk)
    client.post(reverse("dashboard:user-reactivate", args=[user.pk]), {"reason": "Trở lại"})
    assert browser.login(username=user.username, password="mat-khau-thu-2022")


def test_an_ended_account_has_no_way_in_by_its_link(client, installation, office):
    client.force_login(office)
    user = make(office, Role.VIEWER)
    link = link_to(client, user)

    services.deactivate_account(user=user, reason="Nhầm", **written(office))

    assert client.get(link).status_code == 410
    with pytest.raises(ValidationError):
        services.renew_invitation(user=user, **written(office))


def test_another_unit_takes_the_place_of_the_old_one(installation, office, units, commune_b):
    factories.make_assignment(units[Role.SPONSOR], commune_b)
    user = make(office, Role.COMMUNE, units[Role.COMMUNE])

    change(office, user, Role.SPONSOR, units[Role.SPONSOR])
    assert [row.commune for row in CommuneAccess.objects.filter(user=user)] == [commune_b]
    assert SponsorMember.objects.get(user=user).sponsor == units[Role.SPONSOR]

    change(office, user, Role.DEPARTMENT, units[Role.DEPARTMENT])
    assert not CommuneAccess.objects.filter(user=user).exists()
    assert not SponsorMember.objects.filter(user=user).exists()
    assert DepartmentMember.objects.get(user=user).department == units[Role.DEPARTMENT]

    change(office, user, Role.COMMUNE, commune_b)
    assert not DepartmentMember.objects.filter(user=user).exists()
    assert list(Commune.objects.visible_to(User.objects.get(pk=user.pk))) == [commune_b]


def test_the_office_leaves_administrators_alone(client, installation, office, admin):
    client.force_login(office)
    with pytest.raises(PermissionDenied):
        make(office, Role.ADMIN)
    user = make(office, Role.VIEWER)
    with pytest.raises(PermissionDenied):
        change(office, user, Role.ADMIN)
    for call in (services.renew_invitation, services.deactivate_account):
        extra = {"reason": "x"} if call is services.deactivate_account else {}
        with pytest.raises(PermissionDenied):
            call(user=admin, **extra, **written(office))
    assert client.get(reverse("dashboard:user", args=[admin.pk])).status_code == 403
    assert client.post(reverse("dashboard:user-add"), form("admin")).status_code == 422
    assert not User.objects.filter(role=Role.ADMIN).exclude(pk=admin.pk).exists()


def test_what_is_not_in_the_form_cannot_be_set(client, installation, office):
    client.force_login(office)

    client.post(
        reverse("dashboard:user-add"),
        form("viewer", is_superuser="1", is_staff="1", password=PASSWORD),
    )

    user = User.objects.get(username="moi")
    assert (user.is_superuser, user.is_staff, user.has_usable_password()) == (False, False, False)


def test_no_role_is_given_before_one_is_chosen(client, installation, admin):
    client.force_login(admin)
    page = client.get(reverse("dashboard:user-add")).content.decode()
    assert '<option value="" selected>Chọn vai trò</option>' in page

    refused = client.post(reverse("dashboard:user-add"), form(""))
    assert (refused.status_code, "Hãy chọn vai trò." in refused.content.decode()) == (422, True)


def test_nobody_ends_himself_and_the_last_administrator_stays(installation, admin):
    with pytest.raises(PermissionDenied, match="tự ngừng"):
        services.deactivate_account(user=admin, reason="x", **written(admin))
    with pytest.raises(ValidationError, match="cuối cùng"):
        change(admin, admin, Role.VIEWER)
    with pytest.raises(ValidationError, match="cuối cùng"):
        services.deactivate_account(user=admin, reason="x", **written(None))
    second = make(admin, Role.ADMIN)

    services.deactivate_account(user=second, reason="x", **written(admin))

    assert not User.objects.get(pk=second.pk).is_active


def test_a_unit_must_fit_the_role(client, installation, office, units):
    client.force_login(office)

    page = client.post(reverse("dashboard:user-add"), form("commune", units[Role.SPONSOR]))

    assert page.status_code == 422
    assert "Vai trò này phải gắn với một xã." in page.content.decode()
    with pytest.raises(ValidationError):
        make(office, Role.COMMUNE, units[Role.SPONSOR])
    with pytest.raises(ValidationError):
        make(office, Role.VIEWER, units[Role.COMMUNE])


def test_a_name_is_given_once_whatever_its_case(client, installation, office):
    make(office, Role.VIEWER)
    client.force_login(office)

    page = client.post(reverse("dashboard:user-add"), form("viewer", username="MOI"))

    assert page.status_code == 422
    assert "Tên đăng nhập này đã có" in page.content.decode()


def test_the_second_of_two_people_sees_what_the_first_wrote(client, installation, office):
    user = make(office, Role.VIEWER)
    seen = services.account_words(user)
    change(office, user, Role.VIEWER, phone="0911 111 111")
    client.force_login(office)
    url = reverse("dashboard:user", args=[user.pk])
    data = form("viewer", phone="0922 222 222", seen=seen)

    page = client.post(url, data)

    assert page.status_code == 409
    text = page.content.decode()
    assert "0911 111 111" in text
    assert "0922 222 222" in text
    assert User.objects.get(pk=user.pk).phone == "0911 111 111"
    again = data | {"seen": page.context["form"]["seen"].value()}
    assert client.post(url, again).status_code == 303
    assert User.objects.get(pk=user.pk).phone == "0922 222 222"


def test_the_list_filters_by_role_state_and_words(client, installation, office, units):
    make(office, Role.COMMUNE, units[Role.COMMUNE], username="xa-moi")
    ended = make(office, Role.SPONSOR, units[Role.SPONSOR], username="cu")
    services.deactivate_account(user=ended, reason="x", **written(office))
    client.force_login(office)

    def names(**query):
        page = client.get(reverse("dashboard:user-list"), query).context["page"]
        return [row.username for row in page]

    assert names() == ["xa-moi", "vanphong", "cu"]
    assert names(q="huong binh") == ["xa-moi"]
    assert names(role="office") == ["vanphong"]
    assert names(state="invited") == ["xa-moi"]
    assert names(state="ended") == ["cu"]
    assert client.get(reverse("dashboard:user-list"), {"role": "x"}).status_code == 400


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_the_list_do_not_grow(
    client, installation, office, units, n, django_assert_num_queries
):
    for place in range(n):
        for role in Role:
            if role != Role.ADMIN:
                make(office, role, units.get(role), username=f"{role}{place}")
    client.force_login(office)

    with django_assert_num_queries(5):  # session, account, settings, accounts, their communes
        client.get(reverse("dashboard:user-list"))


def test_a_link_says_until_when_it_is_good(client, installation, office):
    client.force_login(office)
    user = make(office, Role.VIEWER)

    page = client.get(reverse("dashboard:user", args=[user.pk]))

    until = timezone.localdate() + timedelta(days=7)
    assert f"đến hết ngày {until:%d/%m/%Y}" in page.context["text"]
    assert page["Cache-Control"].find("no-store") >= 0
