"""Addresses of sponsors, tasks and photos. Filters and the day live in the query."""

from django.urls import path

from sponsors import views

app_name = "sponsors"
urlpatterns = [
    path("sponsors/", views.sponsor_list, name="sponsor-list"),
    path("sponsors/<int:pk>/", views.sponsor, name="sponsor"),
    path("sponsors/<int:pk>/commitments/", views.commitment_add, name="commitment-add"),
    path("tasks/", views.task_list, name="task-list"),
    path("tasks/<int:pk>/", views.task, name="task"),
    path("tasks/<int:pk>/report/", views.task_update, name="task-update"),
    path("attachments/<int:pk>/", views.attachment, name="attachment"),
]
