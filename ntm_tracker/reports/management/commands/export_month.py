"""`manage.py export_month 2022-04 -o FILE`: the file that the page offers, for cron and scripts."""

from pathlib import Path

from django.core.exceptions import BadRequest
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ntm_tracker.core.models import Installation
from ntm_tracker.core.permits import WholeProvince
from ntm_tracker.reports.services.months import UnknownMonth, find_period, month_file


class Command(BaseCommand):
    help = "Xuất báo cáo tháng ra Excel, ví dụ: manage.py export_month 2022-04 -o bao-cao.xlsx"

    def add_arguments(self, parser):
        parser.add_argument("month", help="tháng báo cáo, viết như 2022-04")
        parser.add_argument("-o", "--output", type=Path, help="tệp ghi ra; mặc định: thư mục này")

    def handle(self, *args, **options):
        try:
            period = find_period(options["month"])
            file = month_file(
                period, Installation.current(), by=WholeProvince(), now=timezone.now()
            )
        except (UnknownMonth, BadRequest) as error:
            raise CommandError(str(error)) from error
        target = options["output"] or Path(file.name)
        if target.is_dir():
            target /= file.name
        # Complete or not at all: an interrupted write must not leave half a workbook.
        partial = target.with_name(f".{target.name}.part")
        try:
            partial.write_bytes(file.content)
            partial.replace(target)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise CommandError(f"Không ghi được {target}: {error.strerror}.") from error
        self.stdout.write(f"Đã ghi {target} ({len(file.content):,} byte)".replace(",", "."))
