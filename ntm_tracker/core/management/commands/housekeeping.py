"""`manage.py housekeeping`: for a timer, once a night, while people work."""

from django.core.management import BaseCommand
from django.utils import timezone

from ntm_tracker.core.housekeeping import tidy


class Command(BaseCommand):
    help = "Xóa những thứ đã hết hạn: phiên đăng nhập, lần nhập sai, khóa biểu mẫu, tệp dở dang."

    def handle(self, *args, **options):
        gone = tidy(timezone.now())
        self.stdout.write(
            f"Đã xóa {gone.sessions} phiên hết hạn, {gone.attempts} lần nhập sai mật khẩu đã qua, "
            f"{gone.forms} khóa biểu mẫu cũ, {gone.files} tệp dở dang."
        )
