"""Only what a form names can be set from outside, whatever else is sent along with it."""

import ast
import importlib
import pkgutil

import pytest
from django.conf import settings
from django.forms import BaseModelForm
from django.urls import reverse
from zeal import zeal_ignore

from sponsors.models import TaskUpdate
from tests import factories

APPS = ("ntm_tracker", "communes", "criteria", "sponsors")
PASSWORD = "mat-khau-thu-2022"


def modules():
    for name in APPS:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if ".migrations" not in found.name:
                yield importlib.import_module(found.name)


def test_forms_that_write_a_model_by_themselves_stand_in_the_admin_site_alone():
    found = {
        f"{form.__module__}.{form.__name__}": form
        for module in modules()
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, BaseModelForm)
        if form.__module__.startswith(APPS)
    }

    assert set(found) == {
        "communes.admin.AccessForm",
        "sponsors.admin.AssignmentForm",
        "sponsors.admin.MemberForm",
    }
    assert not [name for name, form in found.items() if form._meta.fields == "__all__"]


def test_no_code_hands_what_was_sent_to_something_that_takes_any_name():
    """No `Model(**request.POST)`, no `setattr(obj, name, …)` over the names of a request."""
    found = []
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                handed = [part.value for part in node.keywords if part.arg is None]
                if getattr(node.func, "id", "") == "setattr":
                    handed += node.args
                sent = {ast.unparse(part) for part in handed}
                found += [
                    f"{path.name}:{node.lineno} {text}"
                    for text in sent
                    if text.startswith(("request.POST", "request.GET", "request.FILES"))
                ]
    assert found == []


# --- what is sent along is not taken -------------------------------------------------------------


def columns(row) -> dict:
    row.refresh_from_db()
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def foreign(row, *own: str) -> dict[str, str]:
    """Something else for every column of a row that the form does not name."""
    other = {}
    for field in row._meta.concrete_fields:
        kind = field.get_internal_type()
        value = (
            "true" if "Boolean" in kind
            else "2001-01-01" if kind == "DateField"
            else "2001-01-01 00:00" if kind == "DateTimeField"
            else "admin" if field.choices and field.name == "role"
            else field.choices[-1][0] if field.choices
            else "424242"
        )  # fmt: skip
        other |= {field.name: str(value), field.attname: str(value)}
    return {name: value for name, value in other.items() if name not in own}


def changed(row, before: dict) -> set[str]:
    return {name for name, value in columns(row).items() if value != before[name]}


def shown(page) -> dict[str, str]:
    """What the form of a page would send unchanged."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


@pytest.fixture
def account(installation):
    return factories.make_user("viewer", username="bcd-2", password=PASSWORD)


def test_the_office_changes_an_account_and_nothing_beside_it(client, office, account):
    client.force_login(office)
    url = reverse("dashboard:user", args=[account.pk])
    own = shown(client.get(url)) | {"display_name": "Ban Chỉ đạo", "email": "bcd@example.vn"}
    before = columns(account)

    answer = client.post(url, own | foreign(account, *own))

    assert answer.status_code in {302, 303}
    assert changed(account, before) <= {"display_name", "phone", "email"}
    assert changed(account, before)


def test_the_office_makes_nobody_an_administrator(client, office, account):
    client.force_login(office)
    url = reverse("dashboard:user", args=[account.pk])
    own = shown(client.get(url)) | {"role": "admin"}
    before = columns(account)

    answer = client.post(url, own)

    assert answer.status_code in {403, 422}
    assert changed(account, before) == set()


def test_a_new_password_changes_nothing_else(client, account):
    own = {"old_password": PASSWORD} | dict.fromkeys(
        ("new_password1", "new_password2"), "duong-thon-2022"
    )
    client.force_login(account)
    before = columns(account)

    with zeal_ignore():  # a new session is given: Django looks for a free key
        answer = client.post(reverse("password_change"), own | foreign(account))

    assert answer.status_code == 302
    assert changed(account, before) == {"password"}


def test_a_report_sets_progress_and_note_alone(client, sponsor_a, commune_a, installation):
    task = factories.make_task(commune=commune_a, sponsor=sponsor_a.sponsor_member.sponsor)
    own = {"version": "0", "transition": "progress", "progress": "40", "note": "Đã họp dân."}
    before = columns(task)
    client.force_login(sponsor_a)

    url = reverse("sponsors:task-update", args=[task.pk])
    answer = client.post(url, own | foreign(TaskUpdate(), *own) | foreign(task, *own))

    assert answer.status_code == 303
    assert changed(task, before) <= {"progress", "version", "state", "updated_at"}
    task.refresh_from_db()
    update = task.updates.get()
    assert (task.progress, task.state) == (40, "in_progress")
    assert (update.by, update.note, update.progress) == (sponsor_a, "Đã họp dân.", 40)
    assert update.effective_on == installation.reporting_date
    assert update.recorded_at.year > 2001
    assert (update.provenance, update.source) == ("entered", "")


def test_a_sponsor_that_the_office_enters_has_what_the_form_says(client, office, installation):
    sponsor = factories.make_sponsor(name="Công ty A")
    client.force_login(office)
    url = reverse("sponsors:sponsor-edit", args=[sponsor.pk])
    own = shown(client.get(url)) | {"name": "Công ty B"}
    before = columns(sponsor)

    answer = client.post(url, own | foreign(sponsor, *own))

    assert answer.status_code == 303
    assert changed(sponsor, before) <= {"name", "sort_key", "search_text", "version"}
    assert sponsor.name == "Công ty B"
