"""Addresses of sponsors, tasks and photos. Filters and the day live in the query."""

from django.urls import path

from sponsors.views import (
    assignments,
    commitments,
    conclusions,
    contributions,
    difficulties,
    pages,
    plans,
    reviews,
    sponsor_forms,
    task_forms,
    timeline,
)

app_name = "sponsors"
urlpatterns = [
    path("sponsors/", pages.sponsor_list, name="sponsor-list"),
    path("sponsors/add/", sponsor_forms.sponsor_add, name="sponsor-add"),
    path("sponsors/similar/", sponsor_forms.sponsor_similar, name="sponsor-similar"),
    path("sponsors/<int:pk>/", pages.sponsor, name="sponsor"),
    path("sponsors/<int:pk>/edit/", sponsor_forms.sponsor_edit, name="sponsor-edit"),
    path("sponsors/<int:pk>/commitments/", pages.commitment_add, name="commitment-add"),
    path("sponsors/<int:pk>/assignments/add/", assignments.assignment_add, name="assignment-add"),
    path("assignments/", assignments.assignment_list, name="assignment-list"),
    path("assignments/<int:pk>/", assignments.assignment, name="assignment"),
    path("commitments/<int:pk>/identify/", commitments.identify, name="commitment-identify"),
    path("tasks/", pages.task_list, name="task-list"),
    path("tasks/add/", task_forms.task_add, name="task-add"),
    path("tasks/timeline/", timeline.timeline, name="timeline"),
    path("tasks/<int:pk>/", pages.task, name="task"),
    path("tasks/<int:pk>/edit/", task_forms.task_edit, name="task-edit"),
    path("tasks/<int:pk>/report/", pages.task_update, name="task-update"),
    path("conclusions/", conclusions.conclusion_list, name="conclusion-list"),
    path("conclusions/add/", conclusions.conclusion_add, name="conclusion-add"),
    path("conclusions/<int:pk>/", conclusions.conclusion, name="conclusion"),
    path("conclusions/<int:pk>/file/", conclusions.conclusion_file, name="conclusion-file"),
    path("plans/", plans.plan_list, name="plan-list"),
    path("plans/add/", plans.plan_add, name="plan-add"),
    path("plans/<int:pk>/edit/", plans.plan_edit, name="plan-edit"),
    path("plans/<int:pk>/lay/", plans.plan_lay, name="plan-lay"),
    path("difficulties/", difficulties.difficulty_list, name="difficulty-list"),
    path("difficulties/add/", difficulties.difficulty_add, name="difficulty-add"),
    path("difficulties/<int:pk>/", difficulties.difficulty, name="difficulty"),
    path("reviews/", reviews.review_list, name="review-list"),
    path("sponsors/<int:pk>/review/", reviews.review_add, name="review-add"),
    path("contributions/", contributions.contribution_list, name="contribution-list"),
    path("contributions/add/", contributions.contribution_add, name="contribution-add"),
    path(
        "contributions/<int:pk>/take-back/",
        contributions.contribution_take_back,
        name="contribution-take-back",
    ),
    path("attachments/<int:pk>/", pages.attachment, name="attachment"),
]
