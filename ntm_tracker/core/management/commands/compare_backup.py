"""`manage.py compare_backup FILE`: row by row and file by file, is this what the backup holds?"""

from itertools import islice
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ntm_tracker.core.backup.archive import DamagedBackup, opened
from ntm_tracker.core.backup.restoring import changed_files, differences

SHOWN = 20


class Command(BaseCommand):
    help = "So từng dòng, từng tệp của cơ sở dữ liệu này với một bản sao lưu."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="tệp do manage.py backup ghi")

    def handle(self, *args, **options):
        try:
            with opened(options["file"]) as backup:
                rows = list(islice(differences(backup), SHOWN + 1))
                files = list(changed_files(backup))
        except DamagedBackup as error:
            raise CommandError(str(error), returncode=2) from error
        for row in rows[:SHOWN]:
            self.stdout.write(f"{row.table}\n  sao lưu: {row.in_backup}\n  ở đây:   {row.here}")
        for path in files:
            self.stdout.write(f"tệp {path}")
        if rows or files:
            more = " trở lên" if len(rows) > SHOWN else ""
            raise CommandError(
                f"Khác bản sao lưu: {min(len(rows), SHOWN)} dòng{more}, {len(files)} tệp."
            )
        self.stdout.write("Giống hệt bản sao lưu: mọi dòng, mọi tệp.")
