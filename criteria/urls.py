"""Addresses of criteria, villages and money. Filters and the day live in the query."""

from django.urls import path

from criteria.views import (
    debts,
    declarations,
    dossiers,
    grid,
    items,
    money,
    needs,
    pages,
    pasting,
    review,
    villages,
)

app_name = "criteria"
urlpatterns = [
    path("criteria/", pages.criterion_list, name="criterion-list"),
    path("criteria/<int:number>/", pages.criterion, name="criterion"),
    path("review/", review.review, name="review"),
    path("communes/<str:code>/criteria/<int:number>/", review.judgement, name="judgement"),
    path("communes/<str:code>/dossier/", dossiers.dossier, name="dossier"),
    path("communes/<str:code>/dossier/steps/", dossiers.dossier_step, name="dossier-step"),
    path("villages/", pages.village_list, name="village-list"),
    path("communes/<str:code>/villages/", villages.village_grid_page, name="village-grid"),
    path("villages/<int:pk>/cells/", villages.village_cell, name="village-cell"),
    path("villages/<int:pk>/cells/<slug:field>/", villages.village_history, name="village-history"),
    path(
        "villages/<int:pk>/cells/<slug:field>/take-back/",
        villages.village_take_back,
        name="village-take-back",
    ),
    path("villages/<int:pk>/moves/<slug:move>/", villages.village_move, name="village-move"),
    path("funding/", pages.funding, name="funding"),
    path("funding/needs/", needs.need_table, name="need-table"),
    path("funding/items/add/", items.item_add, name="item-add"),
    path("funding/items/<str:code>/", money.work_item, name="work-item"),
    path("funding/items/<str:code>/<str:entry>/", money.item_entry, name="item-entry"),
    path(
        "funding/items/<str:code>/<str:entry>/take-back/",
        money.item_take_back,
        name="item-take-back",
    ),
    path("communes/<str:code>/debt/", debts.debt, name="debt"),
    path("report/", grid.own_report, name="own-report"),
    path("communes/<str:code>/report/", grid.grid, name="grid"),
    path("communes/<str:code>/report/submit/", grid.submit, name="grid-submit"),
    path("communes/<str:code>/report/paste/", pasting.paste, name="grid-paste"),
    path("communes/<str:code>/report/take-back/", grid.take_back, name="grid-take-back"),
    path("communes/<str:code>/report/declare/", declarations.declare, name="declare"),
    path("communes/<str:code>/report/<str:key>/", grid.cell, name="grid-cell"),
    path("communes/<str:code>/report/<str:key>/evidence/", grid.evidence_add, name="grid-evidence"),
    path("evidence/<int:pk>/", grid.evidence, name="evidence"),
    path("declarations/", declarations.declarations, name="declarations"),
]
