"""`manage.py restore FILE [--dry-run]`: a backup into an empty installation, on either database."""

from pathlib import Path

from django.core.management import BaseCommand, CommandError, call_command

from ntm_tracker.core.backup.archive import Backup, DamagedBackup, opened
from ntm_tracker.core.backup.restoring import CannotRestore, refuse_unless_ready, restore


class Command(BaseCommand):
    help = "Phục hồi một bản sao lưu vào cơ sở dữ liệu trống (SQLite hoặc PostgreSQL)."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="tệp do manage.py backup ghi")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không ghi")

    def handle(self, *args, **options):
        try:
            # Read from end to end before the database is touched at all.
            with opened(options["file"]) as backup:
                self._tell(backup)
                call_command("setup_database", verbosity=0)
                if options["dry_run"]:
                    refuse_unless_ready(backup)
                    self.stdout.write("Phục hồi được; chưa ghi gì.")
                    return
                restore(backup)
        except (DamagedBackup, CannotRestore) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            "Đã phục hồi; mọi dòng đọc lại đều giống bản sao lưu. Mọi người đăng nhập lại."
        )

    def _tell(self, backup: Backup) -> None:
        manifest = backup.manifest
        count = sum(part.rows or 0 for part in manifest.parts)
        self.stdout.write(
            f"Tệp nguyên vẹn: {count} dòng, {len(manifest.files)} tệp đã tải lên, ghi lúc "
            f"{manifest.made_at} từ {manifest.database}, phiên bản {manifest.program}."
        )
        for path in manifest.missing:
            self.stderr.write(f"Khi sao lưu đã không còn tệp {path}.")
