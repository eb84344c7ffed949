"""Once a night: what has expired goes, what somebody still needs stays."""

import fcntl
import os
from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import call_command

from ntm_tracker.core.housekeeping import Tidied, tidy
from ntm_tracker.core.models import SentForm

NOW = datetime(2026, 4, 29, 19, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def folders(settings, tmp_path):
    settings.MEDIA_ROOT, settings.BACKUP_DIR = tmp_path / "media", tmp_path / "backups"
    (tmp_path / "media" / "imports" / "running").mkdir(parents=True)
    settings.BACKUP_DIR.mkdir()
    return tmp_path


def attempt(age):
    row = AccessAttempt.objects.create(username="a", failures_since_start=1)
    AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=NOW - age)


def test_what_has_expired_goes_and_the_rest_stays(office, folders):
    for key, left in {"over": -MINUTE, "open": MINUTE}.items():
        Session.objects.create(session_key=key, session_data="", expire_date=NOW + left)
    attempt(16 * MINUTE)
    attempt(14 * MINUTE)
    for key, age in {"old": timedelta(hours=25), "new": timedelta(hours=23)}.items():
        SentForm.objects.create(user=office, key=key, sent_at=NOW - age)

    assert tidy(NOW) == Tidied(sessions=1, attempts=1, forms=1, files=0)
    assert Session.objects.get().session_key == "open"
    assert SentForm.objects.get().key == "new"
    assert tidy(NOW) == Tidied(0, 0, 0, 0)


def test_of_what_was_killed_no_file_stays_and_of_what_runs_every_one(db, folders):
    backups, running = folders / "backups", folders / "media" / "imports" / "running"
    for name, hours in {
        ".ntm-20260428-021500.zip.7.part": 24,
        ".ntm-20260430-021500.zip.9.part": 0,
        "ntm-20260401-021500.zip": 700,
        ".other.part": 700,
    }.items():
        (backups / name).write_bytes(b"x")
        at = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(backups / name, (at, at))
    for name, hours in {".part-killed": 24, ".part-coming": 0}.items():
        (folders / "media" / name).write_bytes(b"x")
        at = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(folders / "media" / name, (at, at))
    (running / "1").write_text("")
    with (running / "2").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert tidy(NOW).files == 3
        assert [path.name for path in running.iterdir()] == ["2"]
    assert len(list(backups.iterdir())) == 3
    assert [path.name for path in (folders / "media").glob(".part-*")] == [".part-coming"]


def test_the_command_says_what_it_did(db, folders, capsys):
    call_command("housekeeping")
    assert capsys.readouterr().out.startswith("Đã xóa 0 phiên hết hạn, 0 lần nhập sai")
