"""Where a village stands on its way to a model residential area, as dated rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communes.models import Village
from criteria.choices import VillageState
from ntm_tracker.core.fields import Correctable, Dated, Sourced
from ntm_tracker.core.models import Document


class VillageStatus(Correctable, Dated, Sourced):
    """A village's state from a date on; the latest (effective_on, id) counts.

    The counts reported side by side in the province: plan approved, percent of plan done, state,
    model gardens met.
    """

    village = models.ForeignKey(Village, on_delete=models.PROTECT, related_name="statuses")
    state = models.CharField(_("trạng thái"), max_length=12, choices=VillageState)
    is_plan_approved = models.BooleanField(_("có phương án, dự toán được duyệt"), default=False)
    plan_percent = models.PositiveSmallIntegerField(_("% khối lượng theo phương án"), default=0)
    gardens_planned = models.PositiveIntegerField(_("vườn mẫu theo kế hoạch"), default=0)
    gardens_met = models.PositiveIntegerField(_("vườn đạt chuẩn"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người ghi"), max_length=200)
    note = models.TextField(_("ghi chú"), blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("hiện trạng thôn")
        verbose_name_plural = _("hiện trạng thôn")
        ordering = ["effective_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(plan_percent__lte=100), name="village_status_percent"
            )
        ]
        indexes = [
            models.Index(fields=["village", "effective_on", "id"], name="village_status_latest")
        ]

    def __str__(self):
        return f"{self.village}: {self.get_state_display()}"
