"""Load the official catalogues into the reference tables."""

from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ntm_tracker.dashboard.catalogues import FIXTURES, CatalogueError, load_catalogues

MAX_CHANGES = 20


class Command(BaseCommand):
    help = "Nạp các danh mục (fixtures/*.csv); chạy lại không làm thay đổi gì."

    def add_arguments(self, parser):
        parser.add_argument("--dir", type=Path, default=FIXTURES, help="thư mục chứa các tệp CSV")

    def handle(self, *args, **options):
        try:
            reports = load_catalogues(options["dir"])
        except CatalogueError as error:
            raise CommandError(f"Chưa nạp được danh mục, không có gì thay đổi.\n{error}") from None
        if options["verbosity"] < 1:
            return
        shown = None if options["verbosity"] > 1 else MAX_CHANGES
        for report in reports:
            self.stdout.write(str(report))
            for change in report.changes[:shown]:
                self.stdout.write(f"  {change}")
            if hidden := len(report.changes[shown or len(report.changes) :]):
                self.stdout.write(f"  … và {hidden} dòng sửa khác (xem với --verbosity 2)")
