"""`manage.py second_factor_off vanphong`: for whoever has lost the phone and the recovery codes."""

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from ntm_tracker.core.models import User
from ntm_tracker.core.second_factor import device_of, turn_off


class Command(BaseCommand):
    help = "Tắt mã xác thực của một tài khoản bị mất điện thoại; mọi máy bị đăng xuất."

    def add_arguments(self, parser):
        parser.add_argument("username", help="tên đăng nhập")

    def handle(self, *args, **options):
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"Không có tài khoản “{options['username']}”.")
        if not device_of(user):
            raise CommandError(f"Tài khoản “{user.username}” chưa bật mã xác thực.")
        turn_off(user=user, by=None, now=timezone.now())
        self.stdout.write(f"Đã tắt mã xác thực của “{user.username}”; lần tới chỉ cần mật khẩu.")
