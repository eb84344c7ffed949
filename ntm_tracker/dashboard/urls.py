"""Addresses of the pages that join several apps. Filters and the day live in the query."""

from django.urls import path

from ntm_tracker.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("board/", views.board, name="board"),
    path("communes/<str:code>/", views.commune, name="commune"),
    path("villages/<int:pk>/", views.village, name="village"),
    path("search/", views.search, name="search"),
    path("setup/", views.setup, name="setup"),
]
