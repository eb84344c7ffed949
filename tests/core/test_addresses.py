"""Where one is led to, and what is handed on as our address: never somebody else's choice."""

import pytest
from django.test import RequestFactory
from django.urls import reverse
from zeal import zeal_ignore

from ntm_tracker.core import second_factor
from ntm_tracker.core.http import absolute
from tests import factories

PASSWORD = "mat-khau-thu-2022"
pytestmark = pytest.mark.usefixtures("installation")
ELSEWHERE = (
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example/",
    "\\\\elsewhere.example",
    "/\\elsewhere.example",
    "https:elsewhere.example",
    "http:///elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://testserver@elsewhere.example/",
    "https://testserver.elsewhere.example/",
    " //elsewhere.example",
    "\t//elsewhere.example",
    "/\t/elsewhere.example",
    "\x01https://elsewhere.example",
)
HERE = "/tasks/?commune=18502"


def leads_here(answer) -> bool:
    """Whether a redirect stays: one slash, and no second one that a browser would read into it."""
    place = answer["Location"].replace("\\", "/").replace("\t", "")
    return place.startswith("/") and not place.startswith("//")


@pytest.mark.parametrize("wanted", [*ELSEWHERE, HERE])
@pytest.mark.parametrize("name", ["login", "admin:login"])
def test_signing_in_leads_nowhere_else(client, admin, name, wanted):
    url = reverse(name)
    fields = {"username": admin.username, "password": PASSWORD, "next": wanted}
    with zeal_ignore():
        posted = client.post(url, fields)
    opened = client.get(url, {"next": wanted})  # somebody who is in already

    assert posted.status_code == opened.status_code == 302
    assert leads_here(posted)
    assert leads_here(opened)
    assert (posted["Location"] == HERE) == (wanted == HERE)


@pytest.mark.parametrize("wanted", [*ELSEWHERE, HERE])
def test_the_second_factor_leads_nowhere_else(client, office, wanted):
    client.force_login(office)

    for answer in (
        client.get(reverse("second_factor"), {"next": wanted}),
        client.post(reverse("second_factor"), {"next": wanted}),
    ):
        assert answer.status_code == 302
        assert answer["Location"] == (wanted if wanted == HERE else "/")


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_the_page_for_the_code_keeps_no_foreign_address_as_a_link(client, office, wanted):
    client.force_login(office)
    session = client.session
    session[second_factor.SESSION_KEY] = second_factor.WANTED
    session.save()

    page = client.get(reverse("second_factor"), {"next": wanted}).content.decode()

    assert f'href="{wanted}' not in page
    assert f'action="{wanted}' not in page


@pytest.mark.parametrize(
    "referer",
    ["https://elsewhere.example/tasks/", "http://testserver//elsewhere.example/", "javascript:x"],
)
def test_a_button_after_the_session_leads_to_no_page_of_the_referer(client, referer, office):
    answer = client.post(reverse("sign_out_all"), headers={"Referer": referer})
    with zeal_ignore():
        after = client.post(answer["Location"], {"username": office.username, "password": PASSWORD})

    assert leads_here(answer)
    assert leads_here(after)
    assert "elsewhere" not in after["Location"]


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example/", "///x.example"])
def test_a_path_with_two_slashes_is_no_other_host(client, office, path):
    client.force_login(office)

    answer = client.get("/", PATH_INFO=path)

    assert answer.status_code in {301, 404}
    assert answer.status_code == 404 or leads_here(answer)


@pytest.mark.parametrize("back", [*ELSEWHERE, "list"])
def test_a_report_leads_back_to_our_own_pages(client, sponsor_a, commune_a, back):
    task = factories.make_task(commune=commune_a, sponsor=sponsor_a.sponsor_member.sponsor)
    client.force_login(sponsor_a)
    fields = {"version": 0, "transition": "progress", "progress": 40, "note": "x", "back": back}

    answer = client.post(reverse("sponsors:task-update", args=[task.pk]), fields)

    assert answer.status_code == 303
    assert answer["Location"].startswith("/tasks/")


HOSTS = {"Host": "elsewhere.example"}, {"X-Forwarded-Host": "elsewhere.example"}


def test_a_foreign_host_is_refused(client, office):
    client.force_login(office)

    assert client.get("/board/", headers=HOSTS[0]).status_code == 400


def test_a_forwarded_host_is_not_read(client, office):
    client.force_login(office)
    invited = factories.make_user("viewer", username="moi", password=None)

    page = client.get(reverse("dashboard:user", args=[invited.pk]), headers=HOSTS[1])

    assert "http://testserver/invite/" in page.content.decode()
    assert "elsewhere.example" not in page.content.decode()


@pytest.mark.parametrize("host", ["testserver", "127.0.0.1", "localhost:9000"])
def test_what_is_handed_on_names_the_address_of_the_setting(client, office, settings, host):
    settings.SITE_URL = "https://ntm.example.vn"
    client.force_login(office)
    invited = factories.make_user("viewer", username="moi", password=None)

    page = client.get(reverse("dashboard:user", args=[invited.pk]), headers={"Host": host})

    assert "https://ntm.example.vn/invite/" in page.content.decode()
    assert f"http://{host}/" not in page.content.decode()


def test_without_the_setting_it_is_where_one_is(settings):
    settings.SITE_URL = ""
    assert absolute(RequestFactory().get("/x/"), "/due/") == "http://testserver/due/"
