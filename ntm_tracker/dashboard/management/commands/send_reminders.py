"""`manage.py send_reminders [--dry-run] [--on 2022-04-29]`: the mails of the day, for cron."""

from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ntm_tracker.core.clock import as_of_on, parse_day
from ntm_tracker.core.models import Installation
from ntm_tracker.dashboard.selectors.digests import digests
from ntm_tracker.dashboard.services.reminders import send_reminder

UNSET = (
    "Chưa khai máy chủ gửi thư. Hãy đặt EMAIL_HOST và EMAIL_FROM (cần thì thêm EMAIL_PORT, "
    "EMAIL_USER, EMAIL_PASSWORD, EMAIL_TLS; xem README, Settings), hoặc chạy với --dry-run để xem "
    "trước."
)


class Command(BaseCommand):
    help = "Gửi thư nhắc việc trong ngày: mỗi người một thư, không gửi hai lần cho cùng một ngày."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="chỉ in ra, không gửi")
        parser.add_argument("--on", help="ngày nhắc, viết như 2022-04-29; mặc định: ngày báo cáo")

    def handle(self, *args, **options):
        dry_run = options["dry_run"]
        if not dry_run and not (settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL):
            raise CommandError(UNSET, returncode=2)
        installation = Installation.current()
        try:
            day = parse_day(options["on"]) if options["on"] else None
            as_of = as_of_on(day, installation)
        except BadRequest as error:
            raise CommandError(str(error)) from error
        sent, before, failed = 0, 0, []
        for digest in digests(as_of, installation, settings.SITE_URL):
            if dry_run:
                self.stdout.write(f"{digest.address}: {digest.subject}\n{digest.body}\n")
                sent += 1
                continue
            try:
                if send_reminder(digest=digest, on=as_of.date, now=timezone.now()):
                    sent += 1
                else:
                    before += 1
            except (SMTPException, OSError) as error:
                # The next run sends to whoever got none; the others must not wait for one address.
                failed.append(f"{digest.address}: {error}")
        done = "Sẽ gửi" if dry_run else "Đã gửi"
        self.stdout.write(
            f"{done} {sent} thư cho ngày {as_of.date:%d/%m/%Y}; {before} đã gửi trước."
        )
        if failed:
            raise CommandError("Chưa gửi được, chạy lại sẽ gửi tiếp:\n" + "\n".join(failed))
