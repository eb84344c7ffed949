"""How the server is: what the administrator looks at before he is called."""

import platform
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import django
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from communes.models import Commune
from criteria.models import Assessment
from ntm_tracker.core import last_errors
from ntm_tracker.core.backup.archive import DamagedBackup, listed
from ntm_tracker.core.backup.making import backups
from ntm_tracker.core.choices import Role
from ntm_tracker.core.health import pending_migrations
from ntm_tracker.core.models import Attachment, AuditEntry, Reminder, User
from ntm_tracker.core.numbers import size_words, vi_number
from ntm_tracker.core.version import program_commit, program_version
from sponsors.models import Task

BACKUP_AGE = timedelta(days=2)
"""A nightly backup that failed once is late by a day; that is when somebody has to look."""
LEAST_FREE, LEAST_SHARE = 1024**3, 0.1
ERRORS = 20
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Fact:
    """`warning`: what is wrong with it and what to do, in a sentence; empty where all is well."""

    label: str
    value: str
    note: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class ErrorRow:
    """An error with the name of the account, empty for one that had not signed in or is gone."""

    error: last_errors.KeptError
    account: str


@dataclass(frozen=True)
class SystemPage:
    """Context of the page."""

    sections: tuple[Section, ...]
    errors: tuple[ErrorRow, ...]

    @property
    def warnings(self) -> list[Fact]:
        return [fact for section in self.sections for fact in section.facts if fact.warning]


def system_page(now: datetime) -> SystemPage:
    """Everything on the page; constant queries."""
    return SystemPage(
        (
            Section("program", "Chương trình", _program(now)),
            Section("database", "Cơ sở dữ liệu", _database()),
            Section("backup", "Sao lưu", _backup(now)),
            Section("disk", "Đĩa", _disks()),
            Section("work", "Đang dùng", _work(now)),
            Section("settings", "Thiết lập", _settings()),
        ),
        _errors(),
    )


def _program(now: datetime) -> tuple[Fact, ...]:
    return (
        Fact("Phiên bản", program_version()),
        Fact("Mã nguồn", program_commit() or "không rõ"),
        Fact("Python, Django", f"{platform.python_version()}, {django.get_version()}"),
        _clock(now),
    )


def _clock(now: datetime) -> Fact:
    """The time of the server. An entry of the trail that comes from later tells that the clock was
    put back: until it has caught up, new entries stand below that one."""
    newest = AuditEntry.objects.order_by("-pk").values_list("at", flat=True).first()
    is_behind = newest is not None and newest > now + CLOCK_SLACK
    return Fact(
        "Giờ máy chủ",
        f"{timezone.localtime(now):%H:%M:%S %d/%m/%Y}",
        warning=f"Nhật ký đã có dòng lúc {timezone.localtime(newest):%H:%M %d/%m/%Y}, muộn hơn giờ "
        "máy chủ: đồng hồ đã bị chỉnh lùi. Xem timedatectl; số liệu không mất, dòng nhật ký mới "
        "tạm đứng sau dòng đó."
        if newest and is_behind
        else "",
    )


def _database() -> tuple[Fact, ...]:
    name, size = _server()
    pending = pending_migrations()
    counts = {
        "tài khoản": User.objects.count(),
        "xã": Commune.objects.count(),
        "đánh giá tiêu chí": Assessment.objects.count(),
        "việc": Task.objects.count(),
        "tệp": Attachment.objects.count(),
        "dòng nhật ký": AuditEntry.objects.count(),
    }
    return (
        Fact("Loại", name),
        Fact("Dung lượng", size_words(size) if size else "trong bộ nhớ"),
        Fact("Số dòng", "; ".join(f"{vi_number(n)} {what}" for what, n in counts.items())),
        Fact(
            "Bước nâng cấp",
            f"còn thiếu {len(pending)}" if pending else "đủ",
            warning="Cơ sở dữ liệu chưa theo kịp chương trình: chạy manage.py setup_database."
            if pending
            else "",
        ),
    )


def _server() -> tuple[str, int]:
    """Name with version, and bytes; 0 for one in memory."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), pg_database_size(oid) "
                "FROM pg_database WHERE datname = current_database()"
            )
            version, size = cursor.fetchone()
        return f"PostgreSQL {version.split()[0]}", size
    parts = [Path(f"{_file()}{end}") for end in ("", "-wal", "-shm")]
    return f"SQLite {sqlite3.sqlite_version}", sum(p.stat().st_size for p in parts if p.is_file())


def _file() -> Path:
    """The file of SQLite."""
    return Path(str(settings.DATABASES["default"]["NAME"]))


def _backup(now: datetime) -> tuple[Fact, ...]:
    folder = Path(settings.BACKUP_DIR)
    where = Fact("Thư mục", str(folder))
    try:
        found = backups(folder)
        if not found:
            return (
                where,
                Fact("Bản gần nhất", "chưa có", warning=f"Chưa có bản sao lưu. {_BACK_UP}"),
            )
        size = found[0].stat().st_size
        manifest = listed(found[0])
    except (OSError, DamagedBackup) as error:
        sentence = f"Không đọc được bản sao lưu gần nhất: {error}"
        return (where, Fact("Bản gần nhất", "không đọc được", warning=f"{sentence} {_BACK_UP}"))
    made_at = datetime.fromisoformat(manifest.made_at)
    age = now - made_at
    rows = sum(part.rows or 0 for part in manifest.parts)
    return (
        where,
        Fact(
            "Bản gần nhất",
            f"{timezone.localtime(made_at):%H:%M %d/%m/%Y}, {_ago(age)}",
            note=f"{found[0].name}, {size_words(size)}",
            warning=f"Bản sao lưu gần nhất đã {_ago(age)}. {_BACK_UP}" if age > BACKUP_AGE else "",
        ),
        Fact(
            "Bên trong",
            f"{vi_number(rows)} dòng, {vi_number(len(manifest.files))} tệp",
            note="Đã đọc lại, đúng SHA-256 lúc ghi; kiểm lại: manage.py restore TỆP --dry-run.",
            warning=f"Bản sao lưu gần nhất thiếu {len(manifest.missing)} tệp mà máy chủ không còn "
            "giữ; danh sách ở bản kê trong tệp đó."
            if manifest.missing
            else "",
        ),
        Fact("Số bản đang giữ", vi_number(len(found))),
    )


_BACK_UP = "Chạy manage.py backup và xem vì sao lịch sao lưu đêm không chạy."


def _ago(age: timedelta) -> str:
    if age < timedelta(hours=1):
        return "chưa đến một giờ trước"
    if age < timedelta(days=2):
        return f"{age // timedelta(hours=1)} giờ trước"
    return f"{age.days} ngày trước"


def _disks() -> tuple[Fact, ...]:
    folders = {"Tệp tải lên": Path(settings.MEDIA_ROOT), "Bản sao lưu": Path(settings.BACKUP_DIR)}
    if connection.vendor == "sqlite":
        folders = {"Cơ sở dữ liệu": _file().parent} | folders
    return tuple(_disk(label, folder) for label, folder in folders.items())


def _disk(label: str, folder: Path) -> Fact:
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    try:
        usage = shutil.disk_usage(existing)
    except OSError:
        return Fact(label, "không đọc được", str(folder), f"Không đọc được thư mục {folder}.")
    free = f"còn {size_words(usage.free)} trong {size_words(usage.total)}"
    is_short = usage.free < LEAST_FREE or usage.free < usage.total * LEAST_SHARE
    return Fact(
        label,
        free,
        note=str(folder),
        warning=f"Đĩa của {folder} chỉ {free}: dọn bớt hoặc thêm đĩa." if is_short else "",
    )


def _work(now: datetime) -> tuple[Fact, ...]:
    reminded = Reminder.objects.aggregate(at=Max("sent_at"))["at"]
    return (
        Fact("Phiên đang mở", vi_number(Session.objects.filter(expire_date__gt=now).count())),
        Fact(
            "Thư nhắc việc gần nhất",
            f"{timezone.localtime(reminded):%H:%M %d/%m/%Y}" if reminded else "chưa gửi lần nào",
        ),
    )


def _settings() -> tuple[Fact, ...]:
    roles = [str(Role(role).label) for role in settings.SECOND_FACTOR_ROLES]
    return (
        Fact(
            "HTTPS",
            "bắt buộc" if settings.HTTPS else "không: chỉ dùng trên chính máy chủ này",
        ),
        Fact("Bắt buộc mã xác thực", ", ".join(roles) or "không vai trò nào"),
        Fact("Máy chủ thư", settings.EMAIL_HOST or "chưa đặt: không gửi thư nhắc việc"),
        Fact("Địa chỉ trong thư", settings.SITE_URL or "chưa đặt: thư không có liên kết"),
        Fact(
            "Xuất PDF",
            "có LibreOffice" if shutil.which(settings.LIBREOFFICE) else "không có LibreOffice",
        ),
        Fact(
            "Chế độ phát triển",
            "bật" if settings.DEBUG else "tắt",
            warning="DEBUG đang bật: không để cho người ngoài vào." if settings.DEBUG else "",
        ),
    )


def _errors() -> tuple[ErrorRow, ...]:
    found = last_errors.last(ERRORS)
    accounts = User.objects.in_bulk({error.user for error in found if error.user is not None})
    names = {pk: user.get_username() for pk, user in accounts.items()}
    return tuple(ErrorRow(error, names.get(error.user or 0, "")) for error in found)
