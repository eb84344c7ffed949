"""Whatever words stand in the database, pages show them as words, and files hold no formula.

Each text field of each table is made to begin a formula and to close a tag; every address is then
opened, every list as a file. So a field that is added is tried by itself.
"""

import csv
from io import BytesIO, StringIO

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from openpyxl import load_workbook

from tests.test_list_files import LISTS
from tests.walk.addresses import urls
from tests.walk.conftest import signed_in

MARK = "<u x=\"'&"
FORMULA = f"=1+{MARK}"
pytestmark = [pytest.mark.walk, pytest.mark.usefixtures("db")]

OURS = ("core", "communes", "criteria", "sponsors", "dashboard", "reports")
# What other code reads and nobody types: keys of lookups, addresses, digests.
NOT_TYPED = {
    "code",
    "sort_key",
    "search_text",
    "sha256",
    "content_type",
    "password",
    "action",
    "origin",
    "object_type",
    "key",
    "kind",
    "section",
    "mark",
    "form_key",
}


def typed_fields() -> list[tuple[type[models.Model], list[str]]]:
    """The text fields that hold words, by table."""
    found = []
    for model in apps.get_models():
        if model._meta.app_label not in OURS or not model._meta.managed:
            continue
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and field.name not in NOT_TYPED
            and (field.max_length or 1000) >= len(FORMULA) + 12
        ]
        if names:
            found.append((model, names))
    return found


@pytest.fixture(scope="module")
def marked(whole_world):
    """The world with a formula and a tag in every text, taken back afterwards."""
    with transaction.atomic():
        fields = typed_fields()
        # With the number of the row, because some are unique.
        words = Concat(Value(FORMULA), Cast("pk", models.CharField()))
        written = sum(
            model.objects.update(**dict.fromkeys(names, words)) for model, names in fields
        )
        yield signed_in(whole_world.users["admin"]), fields, written
        transaction.set_rollback(True)


def test_there_is_much_to_show(marked):
    _client, fields, written = marked
    assert len(fields) > 20
    assert written > 60


def test_every_page_shows_words_as_words(marked, whole_world):
    client, _fields, _written = marked
    side = whole_world.sides["A"]
    raw, shown, broken = [], 0, []
    for url in urls():
        for address in url.addresses(sorted({1, side.base}), sorted(side.codes)):
            response = client.get(address)
            if response.status_code >= 500:
                broken.append(address)
            if response.streaming or "html" not in response.headers.get("Content-Type", ""):
                continue
            html = response.content.decode()
            shown += "&lt;u x=" in html
            if "<u x=" in html:
                raw.append(address)
    assert (raw, broken) == ([], [])
    assert shown > 40


@pytest.mark.parametrize("address", LISTS)
def test_every_list_holds_text_and_no_formula(marked, address):
    client, _fields, _written = marked
    table = client.get(address, {"file": "csv"}, follow=True)
    book = client.get(address, {"file": "xlsx"}, follow=True)
    if 404 in (table.status_code, book.status_code):
        pytest.skip("nothing of this kind in the world")

    cells = [
        cell for row in csv.reader(StringIO(table.content.decode("utf-8-sig"))) for cell in row
    ]
    assert [cell for cell in cells if cell.startswith("=")] == []
    sheet = load_workbook(BytesIO(book.content)).worksheets[0]
    assert [cell.coordinate for row in sheet for cell in row if cell.data_type == "f"] == []
