"""What has to be done by when, and every report on it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Village
from criteria.models import Criterion, Department
from ntm_tracker.core.fields import Dated, Sourced
from ntm_tracker.core.models import Attachment, Document
from ntm_tracker.core.text import search_text
from sponsors.choices import OPEN_STATES, Owner, Pace, TaskState, TaskTransition
from sponsors.models.assignments import Assignment, OwnedQuerySet, Sponsor


class TaskQuerySet(OwnedQuerySet):
    def on_date(self, on: date, *, is_present: bool):
        """Tasks that existed on a day, with `state_on` and `progress_on` as they were then.

        The present is kept in the row; any other day is read from the append-only updates.
        """
        tasks = self.filter(assigned_on__lte=on)
        if is_present:
            return tasks.annotate(state_on=F("state"), progress_on=F("progress"))
        latest = TaskUpdate.objects.filter(task=OuterRef("pk"), effective_on__lte=on).order_by(
            "-effective_on", "-id"
        )
        return tasks.annotate(
            state_on=Coalesce(
                Subquery(latest.values("state")[:1]), Value(TaskState.ASSIGNED.value)
            ),
            progress_on=Coalesce(Subquery(latest.values("progress")[:1]), 0),
        )

    def late(self, on: date):
        """Of tasks annotated by `on_date`: past their day and still in the hands of the doer."""
        return self.filter(due_on__lt=on, state_on__in=OPEN_STATES)

    def due_within(self, on: date, days: int):
        """Of tasks annotated by `on_date`: open and due in the next `days` days, today included."""
        return self.filter(
            due_on__gte=on,
            due_on__lte=date.fromordinal(on.toordinal() + days),
            state_on__in=OPEN_STATES,
        )


class Task(Sourced):
    """A piece of work with one owner and one day. `state` and `progress` are the present (updates
    with effective_on ≤ the reporting date); `version` grows with every write."""

    title = models.CharField(_("việc"), max_length=300)
    detail = models.TextField(_("nội dung"), blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="tasks")
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    owner = models.CharField(_("bên thực hiện"), max_length=10, choices=Owner)
    sponsor = models.ForeignKey(
        Sponsor, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    helper = models.CharField(_("địa phương hỗ trợ"), max_length=150, blank=True)
    is_within_means = models.BooleanField(_("trong khả năng của xã, thôn"), default=False)
    pace = models.CharField(_("lịch"), max_length=5, choices=Pace)
    assigned_on = models.DateField(_("giao ngày"))
    starts_on = models.DateField(_("bắt đầu"))
    due_on = models.DateField(_("hạn"))
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        _("trạng thái"), max_length=12, choices=TaskState, default=TaskState.ASSIGNED
    )
    progress = models.PositiveSmallIntegerField(_("tiến độ (%)"), default=0)
    version = models.PositiveIntegerField(default=0)
    search_text = models.TextField(editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("việc")
        verbose_name_plural = _("việc")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_progress"),
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="task_dates"),
            models.CheckConstraint(
                condition=~Q(owner="sponsor") | Q(sponsor__isnull=False), name="task_sponsor_named"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "state"], name="task_due"),
            models.Index(fields=["commune", "due_on"], name="task_commune"),
            models.Index(fields=["sponsor", "due_on"], name="task_sponsor"),
        ]

    def __str__(self):
        return self.title

    def prepare(self):
        """Set the derived column; `save()` does so, bulk writers call it themselves."""
        self.search_text = search_text(f"{self.title} {self.detail}")
        return self

    def save(self, *args, **kwargs):
        self.prepare()
        super().save(*args, **kwargs)


class TaskUpdate(Dated, Sourced):
    """One report or decision on a task, append-only: what was said, and how it then stood."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="updates")
    transition = models.CharField(_("việc làm"), max_length=12, choices=TaskTransition)
    state = models.CharField(_("trạng thái"), max_length=12, choices=TaskState)
    progress = models.PositiveSmallIntegerField(_("tiến độ (%)"))
    note = models.TextField(_("ghi chú"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người báo cáo"), max_length=200)
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="task_updates")

    class Meta:
        verbose_name = _("cập nhật việc")
        verbose_name_plural = _("cập nhật việc")
        ordering = ["effective_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_update_progress")
        ]
        indexes = [models.Index(fields=["task", "-effective_on", "-id"], name="task_update_latest")]

    def __str__(self):
        return f"{self.task}: {self.get_transition_display()} {self.progress}%"
