"""The administrator's page of the server: what is wrong stands first, the rest below it."""

import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from django.db import connection

from ntm_tracker.core import last_errors
from ntm_tracker.core.backup.archive import Manifest, Writer
from ntm_tracker.core.version import program_commit, program_version
from ntm_tracker.dashboard.selectors import system
from ntm_tracker.dashboard.selectors.system import system_page
from tests import factories

NOW = datetime(2026, 4, 29, 2, 0, tzinfo=UTC)


@pytest.fixture
def folders(settings, tmp_path):
    """A server with room on its disk, no backup and no error so far."""
    settings.MEDIA_ROOT, settings.BACKUP_DIR = tmp_path / "media", tmp_path / "backups"
    settings.BACKUP_DIR.mkdir()
    return tmp_path


def back_up(folder, *, at, missing=()):
    path = folder / "backups" / f"ntm-{at:%Y%m%d-%H%M%S}.zip"
    with ZipFile(path, "w") as archive:
        writer = Writer(archive)
        writer.add_table("core.user", ["[1]", "[2]"], ["id"])
        writer.finish(
            Manifest(at.isoformat(), "0.1.0", "sqlite", (), tuple(writer.parts), tuple(missing))
        )
    return path


def keep_error(n, user=None):
    last_errors._append(
        last_errors.KeptError(
            at=NOW - timedelta(minutes=n),
            request=f"{n:032x}",
            method="POST",
            path=f"/tasks/{n}/update/",
            user=user,
            status=500,
            kind="ZeroDivisionError",
            where="sponsors/services/tasks.py:41",
        )
    )


def warnings():
    return [fact.warning for fact in system_page(NOW).warnings]


def fact(label):
    facts = [fact for section in system_page(NOW).sections for fact in section.facts]
    return next(fact for fact in facts if fact.label == label)


def test_a_server_in_order_says_so(client, admin, folders):
    back_up(folders, at=datetime.now(UTC) - timedelta(hours=5))
    client.force_login(admin)
    page = client.get("/system/").text
    for text in ("Không có gì cần xử lý", program_version(), "Chưa có lỗi nào", "5 giờ trước"):
        assert text in page
    assert "2 dòng, 0 tệp" in page


@pytest.mark.parametrize(
    ("age", "words", "is_late"),
    [
        (timedelta(minutes=59), "chưa đến một giờ trước", False),
        (timedelta(hours=26), "26 giờ trước", False),
        (timedelta(days=2, minutes=1), "2 ngày trước", True),
        (timedelta(days=9), "9 ngày trước", True),
    ],
)
def test_an_old_backup_is_pointed_out(db, folders, age, words, is_late):
    back_up(folders, at=NOW - timedelta(days=30))
    back_up(folders, at=NOW - age)
    assert words in fact("Bản gần nhất").value
    assert [f"đã {words}" in sentence for sentence in warnings()] == ([True] if is_late else [])
    assert fact("Số bản đang giữ").value == "2"


def test_no_backup_a_broken_one_and_one_without_a_file_are_pointed_out(db, folders):
    assert ["Chưa có bản sao lưu" in sentence for sentence in warnings()] == [True]

    path = back_up(folders, at=NOW, missing=["attachments/a.jpg"])
    assert ["thiếu 1 tệp" in sentence for sentence in warnings()] == [True]

    path.write_bytes(path.read_bytes()[:40])
    assert ["Không đọc được bản sao lưu" in sentence for sentence in warnings()] == [True]


def test_missing_migrations_and_a_short_disk_are_pointed_out(db, folders, monkeypatch):
    back_up(folders, at=NOW)
    usage = namedtuple("usage", "total used free")(100 * 1024**3, 95 * 1024**3, 5 * 1024**3)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(system, "pending_migrations", lambda: [("core", "9999_next")])
    found = warnings()
    assert "manage.py setup_database" in found[0]
    assert len(found) > 2
    assert all("chỉ còn 5,0 GB trong 100,0 GB" in sentence for sentence in found[1:])


def test_settings_are_said_in_words(db, folders, settings):
    settings.HTTPS, settings.SECOND_FACTOR_ROLES = True, ["office", "admin"]
    assert fact("HTTPS").value == "bắt buộc"
    assert fact("Bắt buộc mã xác thực").value == "Văn phòng Điều phối, Quản trị"
    assert fact("Xuất PDF").value == "không có LibreOffice"


def test_errors_are_named_with_their_account_and_id(client, admin, office, folders):
    keep_error(2, user=office.pk)
    keep_error(1, user=office.pk + 1000)
    client.force_login(admin)
    page = client.get("/system/").text
    assert page.index("/tasks/1/update/") < page.index("/tasks/2/update/")
    for text in (
        office.username,
        f"{2:032x}",
        "ZeroDivisionError",
        "sponsors/services/tasks.py:41",
    ):
        assert text in page


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_takes_as_many_queries_for_more_errors(
    client, admin, folders, n, django_assert_num_queries
):
    for number in range(n):
        keep_error(number, user=factories.make_user(username=f"a-{number}").pk)
    client.force_login(admin)
    client.get("/system/")  # reads the commit and the list of migrations once a process
    # PostgreSQL is asked for its version and its size, SQLite is a file.
    with django_assert_num_queries(15 + (connection.vendor == "postgresql")):
        assert client.get("/system/").status_code == 200


def test_only_the_administrator_finds_it(client, admin, office):
    for user, is_there in ((admin, True), (office, False)):
        client.force_login(user)
        assert ('href="/system/"' in client.get("/search/?q=may+chu").text) is is_there


def test_the_commit_is_known_where_git_is(settings, tmp_path):
    program_commit.cache_clear()
    settings.BASE_DIR = tmp_path
    assert program_commit() == ""
    program_commit.cache_clear()
