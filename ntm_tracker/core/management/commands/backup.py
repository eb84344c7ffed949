"""`manage.py backup [--to FOLDER] [--keep 14] [--dry-run]`: for a timer, while people work."""

from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from ntm_tracker.core.backup.archive import DamagedBackup
from ntm_tracker.core.backup.making import extent, make_backup, outdated


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu và tệp đã tải lên vào một tệp, trong lúc mọi người vẫn làm việc."

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, help="thư mục ghi; mặc định: BACKUP_DIR")
        parser.add_argument("--keep", type=int, help="giữ bấy nhiêu bản mới nhất, xóa bản cũ hơn")
        parser.add_argument("--dry-run", action="store_true", help="chỉ nói sẽ làm gì, không ghi")

    def handle(self, *args, **options):
        folder, keep = options["to"] or settings.BACKUP_DIR, options["keep"]
        if keep is not None and keep < 1:
            raise CommandError("--keep phải từ 1 trở lên: luôn giữ bản vừa ghi.", returncode=2)
        if options["dry_run"]:
            self._foretell(folder, keep)
            return
        try:
            path, manifest = make_backup(folder, now=timezone.now())
        except (OSError, DatabaseError, DamagedBackup) as error:
            raise CommandError(f"Chưa sao lưu được vào {folder}: {error}.") from error
        count = sum(part.rows or 0 for part in manifest.parts)
        size = f"{path.stat().st_size:,}".replace(",", ".")
        self.stdout.write(
            f"Đã ghi {path} ({size} byte): {count} dòng, {len(manifest.files)} tệp đã tải lên."
        )
        # Only now: an old backup goes when its successor is complete, never before.
        for old in [] if keep is None else outdated(folder, keep=keep):
            old.unlink()
            self.stdout.write(f"Đã xóa bản cũ {old}.")
        if manifest.missing:
            names = "\n".join(manifest.missing)
            raise CommandError(
                f"Bản sao lưu đã ghi, nhưng thiếu {len(manifest.missing)} tệp mà máy chủ không "
                f"còn giữ:\n{names}",
                returncode=3,
            )

    def _foretell(self, folder: Path, keep: int | None) -> None:
        found = extent()
        self.stdout.write(
            f"Sẽ ghi vào {folder}: {found.rows} dòng, {found.files} tệp đã tải lên "
            f"({found.size:,} byte).".replace(",", ".")
        )
        # One place is for the backup that is not there yet.
        for old in [] if keep is None else outdated(folder, keep=keep - 1):
            self.stdout.write(f"Sẽ xóa bản cũ {old}.")
