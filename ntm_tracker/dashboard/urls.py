"""Addresses of the pages that join several apps. Filters and the day live in the query."""

from django.urls import path, register_converter

from ntm_tracker.dashboard.importing import IMPORTERS
from ntm_tracker.dashboard.views import (
    accounts,
    audit,
    due,
    imports,
    money,
    pages,
    pictures,
    system,
    warnings,
)


class ImportKindConverter:
    """A kind of table that can be imported; what is none is no address."""

    regex = "|".join(IMPORTERS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        if value not in IMPORTERS:
            raise ValueError(value)
        return value


register_converter(ImportKindConverter, "importkind")

app_name = "dashboard"
urlpatterns = [
    path("", pages.home, name="home"),
    path("board/", pages.board, name="board"),
    path("summary/", pages.summary, name="summary"),
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
    path("imports/", imports.import_list, name="import-list"),
    path("imports/<importkind:kind>/", imports.import_kind, name="import-kind"),
    path("imports/<importkind:kind>/form.xlsx", imports.import_form, name="import-form"),
    path("imports/<int:pk>/", imports.import_batch, name="import-batch"),
    path("imports/<int:pk>/bad.xlsx", imports.import_bad, name="import-bad"),
    path("imports/<int:pk>/file", imports.import_file, name="import-file"),
    path("search/", pages.search, name="search"),
    path("keys/", pages.keys, name="keys"),
    path("funding/flow/", money.money_flow, name="money-flow"),
    path("compare/", pictures.compare, name="compare"),
    path("forecast/", pictures.outlook, name="forecast"),
    path("map/", pictures.places, name="map"),
    path("progress/", pictures.progress, name="progress"),
    path("warnings/", warnings.warnings, name="warnings"),
    path("warnings/<slug:key>/", warnings.warning_explain, name="warning-explain"),
    path("setup/", pages.setup, name="setup"),
    path("system/", system.system, name="system"),
]
