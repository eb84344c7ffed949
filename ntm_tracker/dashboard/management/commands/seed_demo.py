"""Load the demo case into an empty database."""

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from ntm_tracker.dashboard.catalogues import CatalogueError
from ntm_tracker.dashboard.demo import catalogues_are_loaded, database_is_empty, seed


class Command(BaseCommand):
    help = "Nạp ca minh họa Hương Khê 2022 vào cơ sở dữ liệu còn trống."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="đã có dữ liệu thì thôi, không báo lỗi"
        )

    def handle(self, *args, **options):
        if not database_is_empty():
            if options["if_empty"]:
                return
            raise CommandError(
                "Cơ sở dữ liệu đã có dữ liệu nên không nạp ca minh họa, để không trộn số minh họa "
                "với số thật. Hãy dùng một cơ sở dữ liệu trống."
            )
        if not catalogues_are_loaded():
            raise CommandError("Chưa có danh mục. Hãy chạy manage.py load_catalogues trước.")
        try:
            summary = seed(now=timezone.now())
        except (CatalogueError, ValidationError) as error:
            raise CommandError(
                f"Chưa nạp được ca minh họa, không có gì thay đổi.\n{error}"
            ) from error
        if options["verbosity"] > 0:
            self.stdout.write(f"Đã nạp ca minh họa Hương Khê 2022: {summary}.")
