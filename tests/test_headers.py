"""Every answer carries what a browser has to know, whoever asks and however it ends."""

import pytest
from django.test import Client
from django.urls import reverse

from ntm_tracker.core import health
from tests.role_matrix import MATRIX
from tests.test_permissions import world  # noqa: F401 (a fixture)

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DENIED = ("camera", "geolocation", "microphone", "payment", "usb")
POLICY = {"default-src 'self'", "object-src 'none'", "base-uri 'self'"} | {
    "form-action 'self'",
    "frame-ancestors 'none'",
}
KEPT_A_DAY = {"sponsors:attachment", "sponsors:conclusion-file", "criteria:evidence"}


def missing(answer) -> list[str]:
    """What is not as it must be, as readable lines."""
    lines = [
        f"{name}: {answer.headers.get(name)}"
        for name, value in EVERYWHERE.items()
        if answer.headers.get(name) != value
    ]
    allowed = answer.headers.get("Permissions-Policy", "")
    lines += [f"{name} is allowed" for name in DENIED if f"{name}=()" not in allowed]
    said = {part.strip() for part in answer.headers.get("Content-Security-Policy", "").split(";")}
    lines += sorted(POLICY - said)
    lines += ["unsafe"] if "unsafe" in " ".join(said) else []
    kept = answer.headers.get("Cache-Control", "")
    if not {"private", "no-store"} & set(kept.split(", ")) or "public" in kept:
        lines.append(f"Cache-Control: {kept}")
    return lines


@pytest.mark.parametrize("role", ["anonymous", "sponsor_b", "office"])
def test_every_address_answers_with_the_headers(role, world, client, request):  # noqa: F811
    if role != "anonymous":
        client.force_login(request.getfixturevalue(role))

    answers = {
        name: client.get(reverse(name, args=[world[arg] for arg in args]))
        for name, (args, _expected) in MATRIX.items()
    }

    assert {name: found for name, answer in answers.items() if (found := missing(answer))} == {}
    for name, answer in answers.items():
        kept = "max-age" if name in KEPT_A_DAY and answer.status_code == 200 else "no-"
        assert kept in answer["Cache-Control"], name


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (400, lambda client: client.get("/tasks/?as_of=nonsense")),
        (400, lambda client: client.get("/%00")),
        (400, lambda client: client.get("/", headers={"Host": "elsewhere.example"})),
        (403, lambda client: client.get("/sponsors/add/")),
        (404, lambda client: client.get("/no-such-page/")),
        (404, lambda client: client.get("/media/attachments/2022/04/x.jpg")),
        (405, lambda client: client.put("/board/")),
        (401, lambda client: Client().post("/tasks/1/report/", {"note": "a"})),
        (403, lambda client: Client(enforce_csrf_checks=True).post("/accounts/login/")),
        (301, lambda client: client.get("/board")),
    ],
)
def test_refusals_carry_them_too(status, ask, client, viewer, installation):
    client.force_login(viewer)

    answer = ask(client)

    assert (answer.status_code, missing(answer)) == (status, [])


def test_a_fault_carries_them_too(client, office, installation, monkeypatch):
    client.force_login(office)
    client.raise_request_exception = False
    monkeypatch.setattr("ntm_tracker.dashboard.views.pages.board_scope", None)

    answer = client.get(reverse("dashboard:board"))

    assert (answer.status_code, missing(answer)) == (500, [])


def test_the_admin_site_carries_them_too(client, admin, installation):
    client.force_login(admin)

    assert missing(client.get(reverse("admin:index"))) == []
    assert missing(client.get(reverse("admin:core_user_changelist"))) == []


def test_static_files_are_for_our_own_pages(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "app.css").write_text("p {}", encoding="utf-8")

    answer = client.get(f"/{settings.STATIC_URL.strip('/')}/css/app.css")

    assert answer.status_code == 200
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "public" in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize("address", [health.ALIVE, health.READY])
@pytest.mark.django_db
def test_addresses_for_machines_are_not_kept(address, client):
    assert client.get(address)["Cache-Control"] == "no-store"


def test_no_password_and_no_code_is_ever_kept(client, office, installation, settings):
    settings.SECOND_FACTOR_ROLES = ["office"]
    assert "no-store" in client.get(reverse("login"))["Cache-Control"]
    client.force_login(office)
    assert "no-store" in client.get(reverse("second_factor_setup"))["Cache-Control"]
