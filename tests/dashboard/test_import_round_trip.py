"""Every kind goes out and comes in: what is in `IMPORTERS` has to take part."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from ntm_tracker.core.choices import Role
from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry, ImportChange
from ntm_tracker.dashboard.importing import IMPORTERS
from sponsors.models import Contribution
from sponsors.services import take_back_contribution
from tests import factories
from tests.core.test_sheets_office import convert
from tests.dashboard.import_samples import SAMPLES
from tests.dashboard.test_imports import WRITTEN, edited, form, pairs, sent, write

pytestmark = pytest.mark.django_db
KINDS = sorted(IMPORTERS)


def openpyxl(_folder, data):
    return data


def libreoffice(folder, data):
    folder.mkdir(exist_ok=True)
    return convert(folder, data, "xlsx").read_bytes()


SAVED_BY = pytest.mark.parametrize(
    "saved", [openpyxl, pytest.param(libreoffice, marks=pytest.mark.office)]
)


@pytest.fixture
def sample(request, installation):
    """A kind with its rows: importer, account, edits."""
    kind = request.param
    user = factories.make_user(SAMPLES[kind].role)
    return IMPORTERS[kind], user, SAMPLES[kind].build(user)


EVERY = pytest.mark.parametrize("sample", KINDS, indirect=True)


def places(importer, data, edits):
    """(cell of the form, edit) of each edit; added rows follow the last one."""
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    columns = {cell.value: cell.column_letter for cell in sheet[1]}
    titles = {one.key: one.title for one in importer.fields}
    rows = {str(cell.value): cell.row for cell in sheet["A"][1:] if cell.value is not None}
    last = max(rows.values())
    return [
        (f"{columns[titles[edit.key]]}{rows.get(edit.code) or last + int(edit.code)}", edit)
        for edit in edits
    ]


def values(data):
    return list(load_workbook(BytesIO(data)).worksheets[0].values)


def test_every_kind_has_a_sample():
    assert sorted(SAMPLES) == KINDS


@SAVED_BY
@EVERY
def test_what_was_exported_comes_back_as_no_change(sample, saved, installation, tmp_path):
    importer, user, _edits = sample
    data = form(importer, user, installation)
    for file in (data, saved(tmp_path / "a", edited(data))):
        _batch, checked = sent(importer, file, user, installation)
        assert checked.rows == len([row for row in values(data)[1:] if row[0] is not None]) > 0
        assert (checked.changes, checked.problems) == ((), ())


@SAVED_BY
@EVERY
def test_changed_cells_are_shown_written_exported_and_undone(sample, saved, installation, tmp_path):
    importer, user, edits = sample
    first = form(importer, user, installation)
    there = places(importer, first, edits)
    data = saved(tmp_path / "a", edited(first, **{place: edit.typed for place, edit in there}))
    batch, checked = sent(importer, data, user, installation)

    titles = {one.key: one.title for one in importer.fields}
    assert checked.problems == ()
    assert sorted(pairs(checked)) == sorted(
        (int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), titles[edit.key], edit.old, edit.new)
        for place, edit in there
    )
    write(importer, batch, checked, user, installation)
    assert ImportChange.objects.count() == len({edit.code for edit in edits})
    assert AuditEntry.objects.filter(origin="tep.xlsx").count() >= len(checked.changes)
    again = form(importer, user, installation)
    assert values(again) != values(first)
    # What was written is what the form shows, and neither file has anything left to say.
    for file in (again, data):
        _batch, seen = sent(importer, file, user, installation)
        assert (seen.changes, seen.problems) == ((), ())
    undo_batch(batch, importer, by=user, **WRITTEN)
    assert values(form(importer, user, installation)) == values(first)


LISTS = {
    "sponsors": "sponsors:sponsor-list",
    "assignments": "sponsors:assignment-list",
    "tasks": "sponsors:task-list",
    "contributions": "sponsors:contribution-list",
    "users": "dashboard:user-list",
}


@pytest.mark.parametrize("file", ["xlsx", "csv"])
@pytest.mark.parametrize("sample", sorted(LISTS), indirect=True)
def test_the_file_of_a_list_comes_back_as_no_change(sample, file, client, installation):
    importer, user, _edits = sample
    if importer.kind == "contributions":
        last = Contribution.objects.order_by("pk").last()
        take_back_contribution(contribution=last, by=user, **WRITTEN)
    client.force_login(user)
    answer = client.get(reverse(LISTS[importer.kind]), {"file": file})
    _batch, checked = sent(importer, answer.content, user, installation, f"a.{file}")

    assert checked.rows > 0
    assert (checked.changes, checked.problems) == ((), ())


@EVERY
def test_the_pages_offer_a_kind_to_whom_it_is_for_alone(sample, client, installation):
    importer, user, _edits = sample
    address = reverse("dashboard:import-kind", args=[importer.kind])
    for role in Role:
        other = factories.make_user(role)
        client.force_login(user if role == user.role else other)
        listed = client.get(reverse("dashboard:import-list")).content.decode()
        is_offered = address in listed
        assert is_offered == (importer.lead in listed)
        assert client.get(address).status_code == (200 if is_offered else 403)
        if role == user.role:
            assert is_offered
