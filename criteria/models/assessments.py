"""The history of judgements (append-only), the present drawn from it, and the road map."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Village
from criteria.choices import Cell, Outcome, Stage
from criteria.models.sets import Criterion, Indicator
from ntm_tracker.core.fields import Correctable, Dated, Sourced
from ntm_tracker.core.models import Attachment, Document


def exactly_one(first: str, second: str) -> Q:
    """The condition that just one of two nullable columns is filled."""
    return Q(**{f"{first}__isnull": False, f"{second}__isnull": True}) | Q(
        **{f"{first}__isnull": True, f"{second}__isnull": False}
    )


class Assessment(Correctable, Sourced):
    """One judgement. Never changed nor deleted: verifying, returning, correcting and undoing are
    new rows. The state on a date is, per stage, the row with the latest (as_of, id)."""

    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    stage = models.CharField(_("bậc"), max_length=10, choices=Stage)
    outcome = models.CharField(_("kết quả"), max_length=10, choices=Outcome)
    value = models.DecimalField(
        _("giá trị"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    numerator = models.PositiveIntegerField(_("tử số"), null=True, blank=True)
    denominator = models.PositiveIntegerField(_("mẫu số"), null=True, blank=True)
    as_of = models.DateField(_("tính đến ngày"))
    recorded_at = models.DateTimeField(_("ghi nhận lúc"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người đánh giá"), max_length=200)
    note = models.TextField(_("hiện trạng, ghi chú"), blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_override = models.BooleanField(
        _("khác với chỉ tiêu"),
        default=False,
        help_text=_("Kết quả tiêu chí được ghi khác với kết quả suy ra từ các chỉ tiêu, có lý do."),
    )
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="assessments")

    class Meta:
        verbose_name = _("đánh giá")
        verbose_name_plural = _("đánh giá")
        ordering = ["as_of", "id"]
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("commune", "village"), name="assessment_one_subject"
            ),
            models.CheckConstraint(
                condition=exactly_one("criterion", "indicator"), name="assessment_one_target"
            ),
        ]
        indexes = [
            # All that the state on a day is read from, so that the index alone answers.
            models.Index(
                fields=["commune", "criterion", "stage", "-as_of", "-id", "outcome", "village"],
                name="assessment_commune",
            ),
            models.Index(
                fields=["village", "criterion", "stage", "-as_of", "-id", "outcome", "commune"],
                name="assessment_village",
            ),
            models.Index(fields=["indicator", "commune"], name="assessment_indicator"),
        ]

    def __str__(self):
        return f"{self.commune or self.village}: {self.criterion or self.indicator}"


class Standing(models.Model):
    """The present: one row per subject and criterion, with as_of ≤ the reporting date.

    Written by the service that writes the assessment, in the same transaction;
    `manage.py check_standings` proves it equal to the history, or rebuilds it.
    """

    commune = models.ForeignKey(
        Commune, on_delete=models.CASCADE, null=True, blank=True, related_name="standings"
    )
    village = models.ForeignKey(
        Village, on_delete=models.CASCADE, null=True, blank=True, related_name="standings"
    )
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="standings")
    cell = models.CharField(_("trạng thái"), max_length=1, choices=Cell, default=Cell.UNREPORTED)
    planned_on = models.DateField(_("dự kiến đạt ngày"), null=True, blank=True)
    self_row = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_row = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    appraised_row = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("hiện trạng tiêu chí")
        verbose_name_plural = _("hiện trạng tiêu chí")
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("commune", "village"), name="standing_one_subject"
            ),
            models.UniqueConstraint(
                fields=["commune", "criterion"],
                condition=Q(commune__isnull=False),
                name="standing_commune_once",
            ),
            models.UniqueConstraint(
                fields=["village", "criterion"],
                condition=Q(village__isnull=False),
                name="standing_village_once",
            ),
        ]
        indexes = [
            models.Index(fields=["commune", "criterion", "cell"], name="standing_matrix"),
            models.Index(fields=["criterion", "cell"], name="standing_criterion_cell"),
        ]

    def __str__(self):
        return f"{self.commune or self.village}: {self.criterion} {self.cell}"


class Milestone(Correctable, Dated, Sourced):
    """The date by which a commune plans to meet a criterion. A change of plan is a new row."""

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="milestones")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="milestones")
    planned_on = models.DateField(_("dự kiến đạt ngày"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người lập"), max_length=200)
    note = models.TextField(_("ghi chú"), blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("mốc lộ trình")
        verbose_name_plural = _("mốc lộ trình")
        ordering = ["effective_on", "id"]
        indexes = [
            models.Index(
                fields=["commune", "criterion", "effective_on", "id"], name="milestone_latest"
            )
        ]

    def __str__(self):
        return f"{self.commune}: {self.criterion} {self.planned_on:%d/%m/%Y}"
