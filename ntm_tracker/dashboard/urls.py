"""Addresses of the pages that join several apps. Filters and the day live in the query."""

from django.urls import path

from ntm_tracker.dashboard.views import audit, money, pages, warnings
from ntm_tracker.dashboard.views import money, pages, warnings
from ntm_tracker.dashboard.views import due, pages

app_name = "dashboard"
urlpatterns = [
    path("", pages.home, name="home"),
    path("board/", pages.board, name="board"),
    path("communes/<str:code>/", pages.commune, name="commune"),
    path("villages/<int:pk>/", pages.village, name="village"),
    path("audit/", audit.audit, name="audit"),
    path("audit/file.<slug:kind>", audit.audit_file, name="audit-file"),
    path("due/", due.due, name="due"),
    path("search/", pages.search, name="search"),
    path("funding/flow/", money.money_flow, name="money-flow"),
    path("warnings/", warnings.warnings, name="warnings"),
    path("warnings/<slug:key>/", warnings.warning_explain, name="warning-explain"),
    path("setup/", pages.setup, name="setup"),
]
