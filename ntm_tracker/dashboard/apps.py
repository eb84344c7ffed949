from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "ntm_tracker.dashboard"
    label = "dashboard"
