"""A disk that is full, for real: what is sent is refused in words, and nothing half is left."""

import os
import subprocess
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from ntm_tracker.core.models import Attachment, AuditEntry, ImportBatch
from sponsors.models import TaskUpdate
from tests import factories
from tests.stress.deeds import PHOTO

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk"),
]
FREE = 16 * 1024  # bytes; less than any of the files


@pytest.fixture
def disk(tmp_path):
    """A disk of one megabyte with room for 16 kB more."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this container lets nobody mount a disk")
    try:
        (place / "filler").write_bytes(bytes(1024 * 1024 - FREE))
        yield place
    finally:
        subprocess.run(["/bin/umount", "--lazy", str(place)], check=True)


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


def files(place) -> list[str]:
    """What lies there, without the list of the last errors, which is kept where there is room."""
    found = (path for path in place.rglob("*") if path.is_file())
    return sorted(path.name for path in found if path.parent.name != "system")


def test_a_report_whose_photo_does_not_fit_is_not_written(disk, settings, visitor, sponsor_a):
    settings.MEDIA_ROOT = disk
    factories.make_installation()
    sponsor = sponsor_a.sponsor_member.sponsor
    task = factories.make_task(commune=factories.make_commune(), sponsor=sponsor)
    visitor.force_login(sponsor_a)
    sent = {
        "version": task.version, "transition": "progress", "progress": 10, "note": "Đã đổ nền",
        "photos": ContentFile(PHOTO, "anh.jpg"),
    }  # fmt: skip

    answer = visitor.post(reverse("sponsors:task-update", args=[task.pk]), sent)

    assert answer.status_code == 507
    assert "Đĩa của máy chủ đã đầy" in answer.text
    assert "Đã đổ nền" in answer.text
    assert (TaskUpdate.objects.count(), Attachment.objects.count()) == (0, 0)
    assert files(disk) == ["filler"]

    (disk / "filler").unlink()
    again = sent | {"photos": ContentFile(PHOTO, "anh.jpg")}
    assert visitor.post(reverse("sponsors:task-update", args=[task.pk]), again).status_code == 303
    assert TaskUpdate.objects.get().attachments.count() == 1


def test_a_workbook_that_does_not_fit_is_not_kept(disk, settings, visitor, office):
    settings.MEDIA_ROOT = disk
    factories.make_installation()
    visitor.force_login(office)
    table = ("Mã công trình;Nhu cầu\n" + "GT-1;5 triệu\n" * 4000).encode()

    answer = visitor.post("/imports/needs/", {"file": ContentFile(table, "a.csv")})

    assert answer.status_code == 507
    assert "Đĩa của máy chủ đã đầy" in answer.text
    assert (ImportBatch.objects.count(), AuditEntry.objects.count()) == (0, 0)
    assert files(disk) == ["filler"]


def test_a_backup_that_does_not_fit_leaves_the_one_before(disk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    factories.make_commune()
    last = disk / "ntm-20220430-021500.zip"
    last.write_bytes(b"the one before")
    at = datetime(2022, 4, 30, tzinfo=UTC)
    paper = factories.make_document(number="1", issued_on=at.date())
    paper.file.save("a.pdf", ContentFile(os.urandom(4 * FREE)))

    with pytest.raises(CommandError, match="Chưa sao lưu được"):
        call_command("backup", to=disk, keep=1)

    assert files(disk) == ["filler", last.name]
    assert last.read_bytes() == b"the one before"
