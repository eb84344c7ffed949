"""Addresses of the pages that join several apps. Filters and the day live in the query."""

from django.urls import path

from ntm_tracker.dashboard.views import accounts, audit, due, money, pages, warnings

app_name = "dashboard"
urlpatterns = [
    path("", pages.home, name="home"),
    path("board/", pages.board, name="board"),
    path("communes/<str:code>/", pages.commune, name="commune"),
    path("villages/<int:pk>/", pages.village, name="village"),
    path("audit/", audit.audit, name="audit"),
    path("due/", due.due, name="due"),
    path("users/", accounts.account_list, name="user-list"),
    path("users/add/", accounts.account_add, name="user-add"),
    path("users/<int:pk>/", accounts.account, name="user"),
    path("users/<int:pk>/invite/", accounts.account_invite, name="user-invite"),
    path("users/<int:pk>/deactivate/", accounts.account_deactivate, name="user-deactivate"),
    path("users/<int:pk>/reactivate/", accounts.account_reactivate, name="user-reactivate"),
    path("invite/<str:uidb64>/<str:token>/", accounts.invite, name="invite"),
    path("search/", pages.search, name="search"),
    path("funding/flow/", money.money_flow, name="money-flow"),
    path("warnings/", warnings.warnings, name="warnings"),
    path("warnings/<slug:key>/", warnings.warning_explain, name="warning-explain"),
    path("setup/", pages.setup, name="setup"),
]
