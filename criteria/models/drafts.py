"""What a commune is typing, and what it has declared complete."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from criteria.choices import Outcome
from criteria.models.assessments import exactly_one
from criteria.models.sets import Criterion, Indicator
from ntm_tracker.core.fields import Correctable, Dated
from ntm_tracker.core.models import Attachment


class Draft(models.Model):
    """One cell of the self-assessment grid before it is submitted: it counts nowhere.

    A row means that somebody typed: all its values may be empty (a cell that was cleared). It is
    gone once the criterion is submitted and its Assessment rows are written. `version` grows with
    every write, so that the second of two people learns of the first.
    """

    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="drafts")
    criterion = models.ForeignKey(
        Criterion, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    outcome = models.CharField(_("kết quả"), max_length=10, choices=Outcome, blank=True)
    value = models.DecimalField(
        _("giá trị"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    numerator = models.PositiveIntegerField(_("tử số"), null=True, blank=True)
    denominator = models.PositiveIntegerField(_("mẫu số"), null=True, blank=True)
    note = models.TextField(_("hiện trạng, ghi chú"), blank=True)
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="drafts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(_("người nhập"), max_length=200)
    saved_at = models.DateTimeField(_("lưu lúc"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("ô đang nhập")
        verbose_name_plural = _("ô đang nhập")
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("criterion", "indicator"), name="draft_one_target"
            ),
            models.UniqueConstraint(
                fields=["commune", "criterion"],
                condition=models.Q(criterion__isnull=False),
                name="draft_criterion_once",
            ),
            models.UniqueConstraint(
                fields=["commune", "indicator"],
                condition=models.Q(indicator__isnull=False),
                name="draft_indicator_once",
            ),
        ]

    def __str__(self):
        return f"{self.commune}: {self.criterion or self.indicator}"


class Declaration(Correctable, Dated):
    """A commune says that its report of a month is complete, or takes that back. The latest
    (effective_on, id) of a month counts; on time is what was declared by the period's due day."""

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="declarations")
    month = models.DateField(_("tháng (ngày 1)"))
    is_complete = models.BooleanField(_("đã báo cáo đủ"), default=True)
    note = models.TextField(_("ghi chú"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người khai"), max_length=200)

    class Meta:
        verbose_name = _("xác nhận báo cáo tháng")
        verbose_name_plural = _("xác nhận báo cáo tháng")
        ordering = ["effective_on", "id"]
        indexes = [
            models.Index(
                fields=["month", "commune", "effective_on", "id"], name="declaration_latest"
            )
        ]

    def __str__(self):
        return f"{self.commune} {self.month:%m/%Y}"
