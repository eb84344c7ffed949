"""What stands in the way, whose it is to answer, and what was answered."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Village
from criteria.models import Department
from ntm_tracker.core.fields import Dated, Sourced
from ntm_tracker.core.models import Document
from ntm_tracker.core.text import search_text
from sponsors.choices import Answerer, DifficultyAction, DifficultyKind, DifficultyState
from sponsors.models.assignments import OwnedQuerySet, Sponsor
from sponsors.models.tasks import Task


class DifficultyQuerySet(OwnedQuerySet):
    def on_date(self, on: date, *, is_present: bool, known_at: datetime | None = None):
        """Difficulties raised by a day, with `state_on`, `answerer_on`, `department_on` as they
        were then, or as they were known at a time. The present is kept in the row; any other day is
        read from the updates."""
        rows = self.filter(effective_on__lte=on)
        if is_present and known_at is None:
            return rows.annotate(
                state_on=F("state"), answerer_on=F("answerer"), department_on=F("department")
            )
        then = DifficultyUpdate.objects.filter(
            difficulty=OuterRef("pk"), effective_on__lte=on
        ).order_by("-effective_on", "-id")
        if known_at is not None:
            rows = rows.filter(recorded_at__lte=known_at)
            then = then.filter(recorded_at__lte=known_at)
        return rows.annotate(
            # Before its first turn a difficulty was open, whatever has become of it since.
            state_on=Coalesce(Subquery(then.values("state")[:1]), Value(DifficultyState.OPEN)),
            answerer_on=Coalesce(Subquery(then.values("answerer")[:1]), F("answerer")),
            department_on=Subquery(then.values("department")[:1]),
        )


class Difficulty(Dated, Sourced):
    """A difficulty or request (khó khăn, kiến nghị): a thing of its own, not lost in a note, with
    an owner who has to answer. `state` is the present; every turn of it is a DifficultyUpdate."""

    kind = models.CharField(
        _("loại"), max_length=12, choices=DifficultyKind, default=DifficultyKind.DIFFICULTY
    )
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, null=True, blank=True, related_name="difficulties"
    )
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="difficulties")
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, null=True, blank=True, related_name="difficulties"
    )
    sponsor = models.ForeignKey(
        Sponsor, on_delete=models.PROTECT, null=True, blank=True, related_name="difficulties"
    )
    text = models.TextField(_("khó khăn, kiến nghị"))
    answerer = models.CharField(
        _("nơi trả lời"), max_length=12, choices=Answerer, default=Answerer.OFFICE
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="difficulties",
        verbose_name=_("sở, ngành trả lời"),
    )
    due_on = models.DateField(_("hạn trả lời"), null=True, blank=True)
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=DifficultyState, default=DifficultyState.OPEN
    )
    version = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người nêu"), max_length=200)
    search_text = models.TextField(editable=False)

    objects = DifficultyQuerySet.as_manager()

    class Meta:
        verbose_name = _("khó khăn, kiến nghị")
        verbose_name_plural = _("khó khăn, kiến nghị")
        ordering = ["effective_on", "id"]
        indexes = [models.Index(fields=["state", "due_on"], name="difficulty_open")]

    def __str__(self):
        return self.text[:100]

    def prepare(self):
        """Set the derived column; `save()` does so, bulk writers call it themselves."""
        self.search_text = search_text(self.text)
        return self

    def save(self, *args, **kwargs):
        self.prepare()
        super().save(*args, **kwargs)

    @property
    def owner_name(self) -> str:
        """Who has to answer, by name."""
        return owner_name(
            self.answerer,
            department=self.department.name if self.department else "",
            commune=self.commune.name,
            sponsor=self.sponsor.name if self.sponsor else "",
        )


def owner_name(answerer: str, *, department: str, commune: str, sponsor: str) -> str:
    """Who has to answer, by name; the kind of body where it has none here."""
    names = {
        Answerer.DEPARTMENT: department,
        Answerer.COMMUNE: f"Xã {commune}",
        Answerer.SPONSOR: sponsor,
    }
    return names.get(Answerer(answerer)) or str(Answerer(answerer).label)


class DifficultyUpdate(Dated):
    """One answer, forwarding or closing, append-only: what was said, and how it then stood."""

    action = models.CharField(
        _("việc làm"), max_length=10, choices=DifficultyAction, default=DifficultyAction.ANSWER
    )

    difficulty = models.ForeignKey(Difficulty, on_delete=models.PROTECT, related_name="updates")
    state = models.CharField(_("trạng thái"), max_length=10, choices=DifficultyState)
    answerer = models.CharField(_("nơi trả lời"), max_length=12, choices=Answerer)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.TextField(_("trả lời"), blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người trả lời"), max_length=200)

    class Meta:
        verbose_name = _("trả lời khó khăn, kiến nghị")
        verbose_name_plural = _("trả lời khó khăn, kiến nghị")
        ordering = ["effective_on", "id"]

    def __str__(self):
        return self.text[:100]
