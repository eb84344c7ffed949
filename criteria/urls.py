"""Addresses of criteria, villages and money. Filters and the day live in the query."""

from django.urls import path

from criteria.views import pages

app_name = "criteria"
urlpatterns = [
    path("criteria/", pages.criterion_list, name="criterion-list"),
    path("criteria/<int:number>/", pages.criterion, name="criterion"),
    path("villages/", pages.village_list, name="village-list"),
    path("funding/", pages.funding, name="funding"),
    path("funding/items/<str:code>/", pages.work_item, name="work-item"),
]
