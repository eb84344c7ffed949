"""Guessing a password stops after a few failures, for that account and address, for a while."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from ntm_tracker.core.kept import KeptForm
from ntm_tracker.core.lockout import client_address
from ntm_tracker.core.models import AuditEntry
from tests import factories

PASSWORD = "mat-khau-thu-2022"
pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def counting(settings):
    settings.AXES_ENABLED = True
    settings.PROXY_COUNT = 1


@pytest.fixture
def account(db):
    return factories.make_user(username="xa-a", password=PASSWORD)


def attempt(client, word="sai", username="xa-a", address="10.0.0.7", **headers):
    fields = {"username": username, "password": word}
    headers["X-Forwarded-For"] = f"6.6.6.6, {address}"
    return client.post(reverse("login"), fields, headers=headers)


def fail(client, times=5, **kwargs):
    return [attempt(client, **kwargs).status_code for _ in range(times)]


def test_the_fifth_failure_locks_and_says_how_long(client, account):
    assert fail(client) == [200, 200, 200, 200, 429]

    answer = attempt(client, PASSWORD)

    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "chờ 15 phút" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_other_accounts_and_other_addresses_are_not_locked(client, account):
    factories.make_user(username="xa-b", password=PASSWORD)
    fail(client, address="10.0.0.7")

    assert attempt(client, PASSWORD, "xa-b").status_code == 302
    client.logout()
    assert attempt(client, PASSWORD, address="10.0.0.8").status_code == 302


def test_a_name_that_does_not_exist_is_locked_alike(client, account):
    assert fail(client, username="khong-co") == fail(client) == [200, 200, 200, 200, 429]


def test_waiting_opens_it_again_and_trying_meanwhile_does_not_prolong(client, account):
    fail(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14, seconds=30))
    assert "chờ 1 phút" in attempt(client).content.decode()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))

    assert attempt(client, PASSWORD).status_code == 302


def test_success_forgets_the_failures(client, account):
    fail(client, 4)
    assert attempt(client, PASSWORD).status_code == 302
    client.logout()
    assert fail(client, 4) == [200] * 4


def test_a_lock_is_one_entry_of_the_audit_trail(client, account):
    fail(client, 8)
    fail(client, username="khong-co")

    entry = AuditEntry.objects.get(action="user.lock")
    assert (entry.object_id, entry.origin) == (account.pk, "login")
    assert entry.note == "Nhập sai 5 lần từ địa chỉ 10.0.0.7."


def test_no_password_and_no_kept_text_is_written_down(client, account):
    kept = KeptForm("/x/", "", (("note", "Ghi chú riêng của xã chúng tôi."),), ()).sealed
    client.post(reverse("login"), {"username": "xa-a", "password": "bi-mat-1", "kept": kept})
    row = AccessAttempt.objects.get()
    assert "bi-mat-1" not in row.post_data
    assert kept not in row.post_data


def test_the_panel_and_the_kept_form_stay(client, account):
    fail(client)
    panel = attempt(client, HX_Request="true")
    assert (panel.status_code, panel["HX-Retarget"]) == (429, "#messages")
    assert "sign-in-panel" in panel.content.decode()

    kept = KeptForm("/x/", "", (("note", "Đã họp dân, thống nhất."),), ()).sealed
    fields = {"username": "xa-a", "password": "sai", "kept": kept}
    page = client.post(reverse("login"), fields, headers={"X-Forwarded-For": "10.0.0.7"})
    assert page.status_code == 429
    assert "Đã họp dân, thống nhất." in page.content.decode()


def test_the_admin_site_is_no_way_around(client, account):
    fail(client)
    answer = client.post(
        reverse("admin:login"),
        {"username": "xa-a", "password": PASSWORD},
        headers={"X-Forwarded-For": "10.0.0.7"},
    )
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("count", "header", "expected"),
    [
        (0, "1.1.1.1", "127.0.0.1"),
        (1, "1.1.1.1, 2.2.2.2", "2.2.2.2"),
        (2, "1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "2.2.2.2", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_is_what_our_own_proxy_saw(settings, count, header, expected):
    settings.PROXY_COUNT = count
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header})
    assert client_address(request) == expected
