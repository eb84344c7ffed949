"""The second factor: bound once, asked after every password, and nothing is seen before it."""

import re
import time
from base64 import b32decode

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from zeal import zeal_ignore

from ntm_tracker.core.kept import KeptForm
from ntm_tracker.core.models import AuditEntry
from tests import factories

PASSWORD = "mat-khau-thu-2022"
KEY = "31" * 20
pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def account(db):
    return factories.make_user(username="vanphong", password=PASSWORD)


@pytest.fixture
def phone(account):
    return TOTPDevice.objects.create(user=account, name="phone", key=KEY, confirmed=True)


def code(device, later=0):
    return f"{totp(device.bin_key, t0=-later * 30):06d}"


def sign_in(client, **more):
    return client.post(reverse("login"), {"username": "vanphong", "password": PASSWORD} | more)


def give(client, value, **more):
    return client.post(reverse("second_factor"), {"code": value} | more)


def bind(client, value=None, password=PASSWORD):
    """Scan and confirm; gives the answer and the key that the picture held."""
    page = client.get(reverse("second_factor_setup")).content.decode()
    offer = re.search(r'name="offer" value="([^"]+)"', page)[1]
    words = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    right = f"{totp(b32decode(words)):06d}"
    fields = {"offer": offer, "password": password, "code": value or right}
    return client.post(reverse("second_factor_setup"), fields), page


def test_binding_a_phone_shows_recovery_codes_once_and_ends_other_sessions(client, account):
    other = Client()
    other.force_login(account)
    client.force_login(account)

    answer, page = bind(client)

    shown = re.findall(r"<code>([a-z2-9]{10})</code>", answer.content.decode())
    assert (len(shown), len(set(shown))) == (10, 10)
    assert "<svg" in page
    assert "style=" not in page.partition("<svg")[2].partition("</svg>")[0]
    assert "no-store" in answer["Cache-Control"]
    with zeal_ignore():  # two sessions are this test's doing
        assert client.get(reverse("security")).status_code == 200
        assert other.get(reverse("security")).status_code == 302
    assert AuditEntry.objects.get().action == "user.second_factor_on"


@pytest.mark.parametrize(
    ("value", "password", "said"),
    [("000000", PASSWORD, "Mã chưa đúng"), (None, "sai", "Mật khẩu hiện tại chưa đúng")],
)
def test_binding_takes_the_password_and_the_code_of_that_key(
    client, account, value, password, said
):
    client.force_login(account)
    answer, page = bind(client, value, password)
    assert (answer.status_code, TOTPDevice.objects.count()) == (422, 0)
    assert said in answer.content.decode()
    # The same picture again: it has been scanned already.
    assert page.partition("<svg")[2][:500] == answer.content.decode().partition("<svg")[2][:500]


def test_the_key_of_somebody_else_is_not_bound(client, account):
    other = factories.make_user(username="khac", password=PASSWORD)
    client.force_login(other)
    page = client.get(reverse("second_factor_setup")).content.decode()
    offer = re.search(r'name="offer" value="([^"]+)"', page)[1]
    client.force_login(account)
    answer = client.post(
        reverse("second_factor_setup"), {"offer": offer, "password": PASSWORD, "code": "123456"}
    )
    assert offer.split(":")[0] not in answer.content.decode()


def test_after_the_password_nothing_is_seen_before_the_code(client, account, phone):
    assert sign_in(client, next="/audit/").status_code == 401

    for name in ("dashboard:board", "security", "second_factor_setup", "password_change"):
        assert client.get(reverse(name)).status_code == 401, name
    assert client.get(reverse("admin:index")).status_code == 401
    assert client.post(reverse("sign_out_all")).status_code == 401
    before = client.session.session_key

    answer = give(client, code(phone), next="/audit/")

    assert (answer.status_code, answer["Location"]) == (302, "/audit/")
    assert client.session.session_key != before
    assert client.get(reverse("dashboard:board")).status_code == 200


def test_a_code_is_good_once_and_guessing_has_to_wait(client, account, phone):
    used = code(phone)
    sign_in(client)
    give(client, used)
    client.post(reverse("logout"))
    sign_in(client)

    assert "Mã chưa đúng" in give(client, used).content.decode()
    answer = give(client, code(phone, later=1))

    assert answer.status_code == 422
    assert re.search(r"chờ \d+ giây", answer.content.decode())
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    assert give(client, code(phone, later=1)).status_code == 302


def test_a_recovery_code_works_once(client, account):
    client.force_login(account)
    bind(client)
    spare = StaticToken.objects.first().token
    client.post(reverse("logout"))
    sign_in(client)
    assert give(client, f" {spare[:5]} {spare[5:].upper()} ").status_code == 302
    client.post(reverse("logout"))
    sign_in(client)
    assert give(client, spare).status_code == 422


def test_what_was_kept_is_sent_after_the_code(client, account, phone):
    kept = KeptForm("/x/", "", (("note", "Đã họp dân, thống nhất."),), ()).sealed
    page = sign_in(client, kept=kept)
    assert "Đã họp dân, thống nhất." in page.content.decode()

    answer = give(client, code(phone), kept=kept)

    assert answer.status_code == 200
    assert 'action="/x/"' in answer.content.decode()


def test_the_panel_asks_for_the_code_and_lets_the_page_send_again(client, account, phone):
    fields = {"username": "vanphong", "password": PASSWORD}
    panel = client.post(reverse("login"), fields, headers={"HX-Request": "true"})
    assert (panel.status_code, panel["X-Send-Again"]) == (401, "signed-in")
    assert 'name="code"' in panel.content.decode()

    answer = client.post(
        reverse("second_factor"), {"code": code(phone)}, headers={"HX-Request": "true"}
    )

    assert (answer.status_code, answer["HX-Retarget"]) == (200, "#messages")
    assert "signed-in" in answer["HX-Trigger-After-Settle"]


def test_no_way_leads_out_of_the_site(client, account, phone):
    sign_in(client)
    assert give(client, code(phone), next="https://evil.example/")["Location"] == "/"


def test_a_role_that_needs_one_gets_nowhere_without(client, account, settings, commune_a):
    settings.SECOND_FACTOR_ROLES = ["office", "admin"]
    assert sign_in(client)["Location"] == reverse("second_factor_setup")
    assert client.get(reverse("dashboard:board"))["Location"] == reverse("second_factor_setup")
    panel = client.get(reverse("dashboard:board"), headers={"HX-Request": "true"})
    assert (panel.status_code, "thẻ mới" in panel.content.decode()) == (401, True)

    bind(client)

    assert client.get(reverse("dashboard:board")).status_code == 200
    answer = client.post(reverse("second_factor_off"), {"code": "123456"})
    assert answer.status_code == 403
    assert "bắt buộc" in answer.content.decode()

    clerk = factories.make_user("commune", username="xa-a")
    factories.give_access(clerk, commune_a)
    client.force_login(clerk)
    assert client.get(reverse("dashboard:board")).status_code == 200


def test_turning_it_off_takes_a_code(client, account, phone):
    sign_in(client)
    give(client, code(phone))
    assert client.post(reverse("second_factor_off"), {"code": "000000"}).status_code == 422
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)

    client.post(reverse("second_factor_off"), {"code": code(phone, later=1)})

    assert not TOTPDevice.objects.exists()
    assert client.get(reverse("dashboard:board")).status_code == 200


def test_a_lost_phone_is_forgotten_by_command(account, phone, capsys):
    call_command("second_factor_off", "vanphong")
    assert not TOTPDevice.objects.exists()
    assert AuditEntry.objects.get().by_label == "Lệnh hệ thống"
    with pytest.raises(CommandError, match="chưa bật"):
        call_command("second_factor_off", "vanphong")
    with pytest.raises(CommandError, match="Không có tài khoản"):
        call_command("second_factor_off", "khong-co")


def test_signing_out_everywhere_leaves_this_session_only(client, account):
    others = [Client(), Client()]
    for browser in (client, *others):
        browser.force_login(account)
    before = client.session.session_key

    with zeal_ignore():  # three sessions are this test's doing
        client.post(reverse("sign_out_all"))
        found = [browser.get(reverse("security")).status_code for browser in (client, *others)]

    assert found == [200, 302, 302]
    assert client.session.session_key != before
    assert AuditEntry.objects.get().action == "user.sign_out_everywhere"


def test_a_session_ends_after_its_hours_and_gets_a_new_key_at_sign_in(client, account, settings):
    client.get(reverse("login"))
    client.cookies["sessionid"] = "a" * 32  # a key that somebody else has planted
    sign_in(client)
    assert client.session.session_key != "a" * 32
    left = client.session.get_expiry_date().timestamp() - time.time()
    assert left == pytest.approx(12 * 3600, abs=60)


def test_pages_ask_nothing_more_for_it(client, account, phone, django_assert_num_queries):
    sign_in(client)
    give(client, code(phone))
    client.get(reverse("second_factor_setup"))
    with django_assert_num_queries(3):  # session, account, settings: nothing of devices
        client.get(reverse("password_change"))
