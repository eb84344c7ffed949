"""`manage.py check_standings`: prove the present equal to the history, or rebuild it."""

from django.core.management.base import BaseCommand, CommandError

from criteria.selectors.history import standing_differences
from criteria.services.assessments import refresh_standings
from ntm_tracker.core.clock import reporting_date


class Command(BaseCommand):
    help = "Đối chiếu bảng hiện trạng tiêu chí với lịch sử; --rebuild để dựng lại."

    def add_arguments(self, parser):
        parser.add_argument("--rebuild", action="store_true", help="dựng lại từ lịch sử")

    def handle(self, *args, **options):
        today = reporting_date()
        if options["rebuild"]:
            changed = refresh_standings(today)
            self.stdout.write(
                f"Đã dựng lại hiện trạng ngày {today:%d/%m/%Y}: {changed} dòng thay đổi."
            )
        differences = standing_differences(today)
        if differences:
            raise CommandError(
                f"{len(differences)} dòng lệch so với lịch sử:\n" + "\n".join(differences[:20])
            )
        self.stdout.write(f"Hiện trạng ngày {today:%d/%m/%Y} khớp với lịch sử.")
