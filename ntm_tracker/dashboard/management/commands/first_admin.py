"""`manage.py first_admin quantri`: before the server is open to the network.

Without it the first visitor of a fresh installation makes the account, whoever that is.
"""

import sys
from getpass import getpass

from django.core.exceptions import PermissionDenied
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from ntm_tracker.core.clock import reporting_date
from ntm_tracker.dashboard.forms import FirstAdminForm
from ntm_tracker.dashboard.services.setup import create_first_admin


class Command(BaseCommand):
    help = "Tạo tài khoản quản trị đầu tiên; hỏi mật khẩu, hoặc đọc một dòng từ đầu vào chuẩn."

    def add_arguments(self, parser):
        parser.add_argument("username", help="tên đăng nhập, ví dụ quantri")

    def handle(self, *args, **options):
        if sys.stdin.isatty():
            passwords = [getpass("Mật khẩu: "), getpass("Nhập lại mật khẩu: ")]
        else:
            passwords = [sys.stdin.readline().rstrip("\n")] * 2
        form = FirstAdminForm(
            {
                "username": options["username"],
                "password1": passwords[0],
                "password2": passwords[1],
            }
        )
        if not form.is_valid():
            sentences = [str(text) for errors in form.errors.values() for text in errors]
            raise CommandError("\n".join(sentences))
        try:
            user = create_first_admin(
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password1"],
                now=timezone.now(),
                today=reporting_date(),
            )
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Đã tạo tài khoản quản trị “{user.username}”.")
