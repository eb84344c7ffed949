from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "ntm_tracker.reports"
    label = "reports"
    verbose_name = "Kỳ báo cáo"
