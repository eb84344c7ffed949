"""A backup holds every row and file, restores into an empty database, or is refused untouched."""

import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from ntm_tracker.core.backup import rows
from ntm_tracker.core.backup.archive import DamagedBackup, opened
from ntm_tracker.core.backup.making import make_backup
from ntm_tracker.core.backup.restoring import CannotRestore, changed_files, differences, restore
from ntm_tracker.core.models import Attachment, Period, User
from ntm_tracker.reports.models import ReportFile
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2022, 4, 30, 2, 15, tzinfo=UTC)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def world(media):
    """Rows of the kinds that are hard to carry over: blobs, money, dates, decimals, files."""
    commune = factories.make_commune(name="Đồng “Tâm”")
    user = factories.make_user(username="vanphong", display_name="dòng 1\ndòng\u2028 2 ")
    factories.assess(commune, factories.make_set(3).criteria.all()[0])
    factories.make_item(1_000_000_000_000, 329_300_000_000, commune=commune)
    factories.make_contribution(commune, factories.make_sponsor(), user)
    april = Period.objects.create(
        month=date(2022, 4, 1), cut_off_on=date(2022, 4, 30), due_on=date(2022, 5, 5)
    )
    factories.make_kept_file(april, content=bytes(range(256)))
    photo = Attachment(
        original_name="ảnh.jpg", content_type="image/jpeg", size=4, sha256="0" * 64,
        uploaded_by=user, uploaded_at=NOW,
    )  # fmt: skip
    photo.file.save("anh.jpg", ContentFile(b"\xff\xd8\x00\xff"))
    return commune


@pytest.fixture
def file(world, tmp_path):
    path, _manifest = make_backup(tmp_path / "kept", now=NOW)
    return path


def test_a_backup_that_does_not_read_back_gets_no_name(world, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    make_backup(kept, now=NOW)
    monkeypatch.setattr("ntm_tracker.core.backup.archive.Writer.finish", finish_otherwise)
    with pytest.raises(CommandError, match="không đúng SHA-256"):
        call_command("backup", to=kept, keep=1)
    assert [path.name for path in kept.iterdir()] == ["ntm-20220430-091500.zip"]


def finish_otherwise(writer, manifest):
    """As if the disk had kept other bytes of the first table than were handed to it."""
    first, *rest = manifest.parts
    parts = (replace(first, sha256="0" * 64), *rest)
    writer._archive.writestr("manifest.json", json.dumps(asdict(replace(manifest, parts=parts))))


def start_empty(settings, tmp_path):
    call_command("flush", interactive=False, verbosity=0)
    settings.MEDIA_ROOT = str(tmp_path / "other")


def test_every_row_and_file_comes_back(file, media, settings, tmp_path):
    start_empty(settings, tmp_path)
    with opened(file) as backup:
        lost = [row for row in differences(backup) if row.table == "core.user"]
        assert [row.here for row in lost] == [""]
        restore(backup)
        assert list(differences(backup)) == []
        assert list(changed_files(backup)) == []
    assert User.objects.get().display_name == "dòng 1\ndòng\u2028 2 "
    assert bytes(ReportFile.objects.get().content) == bytes(range(256))
    assert Attachment.objects.get().file.read() == b"\xff\xd8\x00\xff"
    assert (file.name, file.stat().st_mode & 0o777) == ("ntm-20220430-091500.zip", 0o600)


def test_a_new_row_gets_a_key_of_its_own(file, settings, tmp_path):
    last = User.objects.latest("pk").pk
    start_empty(settings, tmp_path)
    call_command("restore", str(file))
    assert factories.make_user(username="moi").pk > last


def test_no_session_is_carried_over(world, client, tmp_path):
    client.force_login(User.objects.get())
    path, manifest = make_backup(tmp_path, now=NOW)
    assert "sessions.session" not in manifest.tables
    assert client.session.session_key.encode() not in path.read_bytes()


def test_compare_names_the_rows_and_files_that_differ(file, media, capsys):
    call_command("compare_backup", str(file))
    User.objects.update(phone="0912")
    Attachment.objects.get().file.storage.delete(Attachment.objects.get().file.name)
    with pytest.raises(CommandError, match="1 dòng, 1 tệp"):
        call_command("compare_backup", str(file))
    assert "core.user\n" in capsys.readouterr().out


def spans(content: bytes) -> list[range]:
    """Where in a zip the packed bytes of its parts lie, without the last of each, which is padded
    with bits that say nothing; the rest is names, times and places."""
    found = []
    with ZipFile(BytesIO(content)) as archive:
        for part in archive.infolist():
            if not part.file_size:
                continue  # two bytes, mostly padding
            lengths = content[part.header_offset + 26 : part.header_offset + 30]
            names = sum(int.from_bytes(lengths[at : at + 2], "little") for at in (0, 2))
            start = part.header_offset + 30 + names
            found.append(range(start, start + part.compress_size - 1))
    return found


def test_damage_anywhere_is_refused_or_harmless(file, settings, tmp_path):
    """A flipped bit at 200 places: whatever is accepted is what was written (a bit of a time, or
    one that packs the same text from another copy of it); within what was packed that is rare."""
    content = file.read_bytes()
    with opened(file) as backup:
        written = {table: list(backup.lines(table)) for table in backup.manifest.tables}
    damaged, packed = tmp_path / "damaged.zip", spans(content)
    assert sum(map(len, packed)) > len(content) // 3
    refused = accepted = 0
    for place in [*range(0, len(content), max(1, len(content) // 200)), len(content) - 1]:
        is_packed = any(place in span for span in packed)
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        try:
            with opened(damaged) as backup:
                read = {table: list(backup.lines(table)) for table in backup.manifest.tables}
        except DamagedBackup:
            refused += is_packed
            continue
        accepted += is_packed
        assert read == written, place
    assert refused > 9 * accepted


@pytest.mark.parametrize("share", [0, 0.3, 0.999])
def test_a_file_cut_short_writes_nothing(file, settings, tmp_path, share):
    start_empty(settings, tmp_path)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(CommandError, match="cắt cụt"):
        call_command("restore", str(file))
    assert not User.objects.exists()


def rewritten(file, tmp_path, change):
    """The backup with its manifest changed by somebody."""
    path = tmp_path / "changed.zip"
    with ZipFile(file) as source, ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest).encode()
            target.writestr(name, content)
    return path


def test_a_row_that_was_changed_is_found(file, tmp_path):
    def claim_other_sha(manifest):
        manifest["parts"][3]["sha256"] = "0" * 64

    with pytest.raises(CommandError, match="không đúng SHA-256"):
        call_command("restore", str(rewritten(file, tmp_path, claim_other_sha)))


def test_other_tables_are_refused_with_what_to_do(file, settings, tmp_path):
    path = rewritten(file, tmp_path, lambda m: m["migrations"].append(["core", "9999_later"]))
    start_empty(settings, tmp_path)
    with pytest.raises(CommandError, match=r"core\.9999_later\).*đúng phiên bản"):
        call_command("restore", str(path))


def test_a_path_out_of_the_folder_is_refused(file, settings, tmp_path):
    path = tmp_path / "out.zip"
    with ZipFile(file) as source, ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(b"files/attachments/", b"files/../../attachm/")
            target.writestr(name.replace("files/attachments/", "files/../../attachm/"), content)
    start_empty(settings, tmp_path)
    with pytest.raises(CommandError, match="chỉ ra ngoài"):
        call_command("restore", str(path))


def test_a_filled_installation_is_left_alone(file, settings, tmp_path):
    with pytest.raises(CommandError, match=r"đã có dữ liệu .*tạo cơ sở dữ liệu mới"):
        call_command("restore", str(file))
    start_empty(settings, tmp_path)
    (tmp_path / "other" / Attachment.file.field.upload_to[:11]).mkdir(parents=True)
    call_command("restore", str(file), "--dry-run")
    assert not User.objects.exists()


def test_a_failure_in_the_middle_leaves_nothing(file, settings, tmp_path, monkeypatch):
    start_empty(settings, tmp_path)
    monkeypatch.setattr(
        rows, "reset_sequences", lambda *_: (_ for _ in ()).throw(OSError("đầy đĩa"))
    )
    with (
        opened(file) as backup,
        pytest.raises(CannotRestore, match="không có gì thay đổi: đầy đĩa"),
    ):
        restore(backup)
    assert not User.objects.exists()
    assert [path for path in (tmp_path / "other").rglob("*") if path.is_file()] == []


def test_rotation_keeps_the_newest_and_touches_nothing_else(world, tmp_path, capsys):
    for day in range(10, 14):
        (tmp_path / f"ntm-202204{day}-020000.zip").write_bytes(b"")
    (tmp_path / "ntm-notes.txt").write_text("kept")
    call_command("backup", "--to", str(tmp_path), "--keep", "3", "--dry-run")
    assert capsys.readouterr().out.count("Sẽ xóa bản cũ") == 2
    call_command("backup", "--to", str(tmp_path), "--keep", "3")
    left = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert left[:2] == ["ntm-20220412-020000.zip", "ntm-20220413-020000.zip"]
    assert left[3:] == ["ntm-notes.txt"]


def test_a_full_disk_leaves_no_half_file(world, tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ntm_tracker.core.backup.archive.Writer.finish", full)
    (tmp_path / "ntm-20220410-020000.zip").write_bytes(b"old")
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", "--to", str(tmp_path), "--keep", "1")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [
        "ntm-20220410-020000.zip"
    ]


def test_a_lost_upload_is_named_and_the_rest_is_kept(world, tmp_path):
    photo = Attachment.objects.get()
    photo.file.storage.delete(photo.file.name)
    with pytest.raises(CommandError, match=r"thiếu 1 tệp .*\n.*anh") as failure:
        call_command("backup", "--to", str(tmp_path / "kept"))
    assert failure.value.returncode == 3
    with opened(next((tmp_path / "kept").glob("*.zip"))) as backup:
        assert backup.manifest.missing == (photo.file.name,)


def test_values_read_the_same_from_both_databases(world):
    """Decimals, days and instants are written as text, in one way."""
    assert rows._plain(Decimal("1.50")) == "1.50"
    assert rows._plain(NOW) == "2022-04-30T02:15:00+00:00"
    assert rows._plain(memoryview(b"\x00\xff")) == "AP8="
