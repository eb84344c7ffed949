from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "ntm_tracker.core"
    label = "core"
    verbose_name = "Tài khoản, văn bản, nhật ký"

    def ready(self):
        from ntm_tracker.core import idle, lockout, second_factor  # noqa: F401 (connect receivers)
        from ntm_tracker.core.turns import take_turns

        take_turns()
