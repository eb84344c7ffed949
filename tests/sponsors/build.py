"""What the tests of sponsors share: days, pictures, tasks with a history."""

from datetime import date
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from ntm_tracker.core.clock import AsOf
from sponsors.choices import Owner, TaskTransition
from sponsors.services import TaskEntry, create_tasks, record_task_update
from tests.factories import NOW, TODAY, make_commune, make_sponsor

FIRST, LAST = date(2022, 1, 31), date(2022, 6, 30)


def on(day=TODAY, reporting_date=TODAY) -> AsOf:
    return AsOf(day, reporting_date, FIRST, LAST)


def picture(kind="PNG", size=(8, 6), name="anh.png") -> SimpleUploadedFile:
    """A real picture in memory, named as one likes."""
    content = BytesIO()
    Image.new("RGB", size, "green").save(content, kind)
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def create_task(**overrides):
    """A task through the service, with the update that assigned it."""
    today = overrides.pop("today", TODAY)
    fields = {
        "title": "Bê tông hóa đường trục thôn",
        "owner": Owner.SPONSOR,
        "assigned_on": date(2022, 4, 1),
        "due_on": date(2022, 5, 31),
    } | overrides
    if "commune" not in fields:
        fields["commune"] = make_commune()
    if fields["owner"] == Owner.SPONSOR and "sponsor" not in fields:
        fields["sponsor"] = make_sponsor()
    return create_tasks([TaskEntry(**fields)], by=None, now=NOW, today=today)[0]


def report(task, progress=None, transition=TaskTransition.PROGRESS, **overrides):
    """A report through the service, by a command unless `by` is given."""
    fields = {"by": None, "now": NOW, "today": TODAY} | overrides
    return record_task_update(task=task, transition=transition, progress=progress, **fields)
