"""Addresses of criteria, villages and money. Filters and the day live in the query."""

from django.urls import path

from criteria import views

app_name = "criteria"
urlpatterns = [
    path("criteria/", views.criterion_list, name="criterion-list"),
    path("criteria/<int:number>/", views.criterion, name="criterion"),
    path("villages/", views.village_list, name="village-list"),
    path("funding/", views.funding, name="funding"),
    path("funding/items/<str:code>/", views.work_item, name="work-item"),
]
