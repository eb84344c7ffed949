"""A session that ends in the middle of a form: signed in again, it is sent, and as oneself."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from ntm_tracker.core.kept import KeptForm, opened, page_account
from sponsors.models import TaskUpdate
from tests import factories

NOTE = "Đã họp dân, thống nhất phần việc từng tuần."
PASSWORD = "mat-khau-thu-2022"
pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def task(commune_a, sponsor_a):
    return factories.make_task(commune=commune_a, sponsor=sponsor_a.sponsor_member.sponsor)


@pytest.fixture
def report(task):
    """What the form of the task sends, and where to."""
    url = reverse("sponsors:task-update", args=[task.pk])
    fields = {"version": "0", "transition": "progress", "progress": "40", "note": NOTE}

    def send(client, *, page_of=None, **headers):
        if page_of:
            headers["X-Page-Account"] = page_account(page_of.username)
        return client.post(url, fields, headers=headers)

    return send


def text(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def hidden(response) -> dict[str, str]:
    """The hidden fields of the form in a page."""
    found = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode()
    )
    return {name: unescape(value) for name, value in found}


def test_htmx_gets_a_panel_that_names_the_account_of_the_page(client, report, sponsor_a):
    answer = report(client, page_of=sponsor_a, hx_request="true")

    assert (answer.status_code, answer["HX-Retarget"]) == (401, "#messages")
    assert answer["X-Send-Again"]
    assert f'value="{sponsor_a.username}"' in answer.content.decode()
    assert 'type="password"' in answer.content.decode()


def test_the_panel_signs_in_and_lets_the_page_send_again(client, sponsor_a):
    headers = {"HX-Request": "true", "X-Page-Account": page_account(sponsor_a.username)}
    who = {"username": sponsor_a.username, "password": PASSWORD}

    wrong = client.post(reverse("login"), who | {"password": "sai"}, headers=headers)
    right = client.post(reverse("login"), who, headers=headers)

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert "chưa đúng" in text(wrong)
    assert "signed-in" in right["HX-Trigger-After-Settle"]
    assert "signed-in" not in wrong.headers.get("HX-Trigger-After-Settle", "")
    assert f"Đã đăng nhập lại bằng tài khoản {sponsor_a.username}" in text(right)


def test_signing_in_as_another_in_the_panel_sends_nothing(client, sponsor_a, office):
    headers = {"HX-Request": "true", "X-Page-Account": page_account(sponsor_a.username)}
    who = {"username": office.username, "password": PASSWORD}

    answer = client.post(reverse("login"), who, headers=headers)

    assert answer.status_code == 409
    assert "HX-Trigger-After-Settle" not in answer
    assert f"Trang mở bằng tài khoản {sponsor_a.username}" in text(answer)
    assert f"nay đang đăng nhập là {office.username}" in text(answer)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "htmx"])
def test_a_page_of_one_account_is_never_sent_as_another(client, report, sponsor_a, office, headers):
    client.force_login(office)

    answer = report(client, page_of=sponsor_a, **headers)

    assert answer.status_code == 409
    assert sponsor_a.username in text(answer)
    assert not TaskUpdate.objects.exists()
    assert report(client, page_of=office, **headers).status_code in {200, 303}


def test_without_scripts_the_form_is_kept_and_sent_by_a_button(client, report, sponsor_a):
    asked = report(client)
    assert asked.status_code == 401
    assert NOTE in text(asked)
    who = {"username": sponsor_a.username, "password": "sai"}
    wrong = client.post(reverse("login"), who | {"kept": hidden(asked)["kept"]})
    signed_in = client.post(
        reverse("login"), {**who, "password": PASSWORD, "kept": hidden(wrong)["kept"]}
    )
    assert not TaskUpdate.objects.exists()

    action = re.search(r'action="(/tasks/[^"]+)"', signed_in.content.decode()).group(1)
    sent = client.post(action, hidden(signed_in))

    assert sent.status_code == 303
    assert TaskUpdate.objects.get().note == NOTE


def test_files_are_named_and_have_to_be_chosen_again(client, task):
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("mương.jpg", b"x", "image/jpeg")
    asked = client.post(
        reverse("sponsors:task-update", args=[task.pk]), {"note": NOTE, "photos": photo}
    )

    assert opened(hidden(asked)["kept"]).files == (("photos", "mương.jpg"),)


def test_what_was_kept_for_one_is_not_sent_as_another_unasked(client, task, sponsor_a, office):
    kept = KeptForm(f"/tasks/{task.pk}/report/", sponsor_a.username, (("note", NOTE),), ())
    who = {"username": office.username, "password": PASSWORD}

    answer = client.post(reverse("login"), who | {"kept": kept.sealed})

    assert f"Nội dung này nhập bằng tài khoản {sponsor_a.username}" in text(answer)


def test_nobody_else_can_write_a_kept_form(client, office):
    who = {"username": office.username, "password": PASSWORD}
    forged = KeptForm("//example.org/", "", (("a", "b"),), ()).sealed[:-2] + "xx"

    assert opened(forged) is None
    assert client.post(reverse("login"), who | {"kept": forged}).status_code == 302


def test_passwords_and_empty_forms_are_not_kept(client, report, task):
    url = reverse("sponsors:task-update", args=[task.pk])

    assert client.post(url).status_code == 302
    passwords = {"old_password": "a", "new_password1": "b", "new_password2": "b"}
    assert client.post(reverse("password_change"), passwords).status_code == 302


@pytest.fixture
def strict(sponsor_a):
    """A browser whose tokens are checked, signed in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(sponsor_a)
    return client


def test_a_stale_token_keeps_the_form_of_our_own_page_only(strict, report):
    kept = report(strict, origin="http://testserver")
    foreign = report(strict, origin="http://example.org")

    assert (kept.status_code, foreign.status_code) == (403, 403)
    assert hidden(kept)["note"] == NOTE
    assert NOTE not in text(foreign)


def test_htmx_with_a_stale_token_may_send_again_or_sign_in(strict, report):
    stale = report(strict, hx_request="true")
    assert (stale.status_code, stale["HX-Retarget"]) == (403, "#messages")
    assert stale["X-Send-Again"]
    assert "data-send-again" in stale.content.decode()

    strict.logout()
    assert report(strict, hx_request="true").status_code == 401


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/communes/1/?as_of=2022-03-31", "/communes/1/?as_of=2022-03-31"),
        ("http://elsewhere.example/communes/1/", "/"),
        ("", "/"),
    ],
)
def test_a_button_pressed_after_the_session_ended_leads_back_to_its_page(
    client, commune_a, referer, back
):
    """Without scripts; its own address takes no GET, so that leading there were a bare 405."""
    url = reverse("criteria:declare", args=[commune_a.code])

    answer = client.post(url, headers={"Referer": referer})

    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{reverse('login')}?next={quote(back)}",
    )
