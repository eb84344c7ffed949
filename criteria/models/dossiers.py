"""A commune's papers on the way to recognition: one dossier per set, one row per step."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from criteria.choices import DossierState
from criteria.models.sets import CriteriaSet
from ntm_tracker.core.fields import Dated, Sourced
from ntm_tracker.core.models import Document


class Dossier(models.Model):
    """The dossier of one commune under one criteria set; its state is that of its latest step."""

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="dossiers")
    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.PROTECT, related_name="dossiers")

    class Meta:
        verbose_name = _("hồ sơ công nhận")
        verbose_name_plural = _("hồ sơ công nhận")
        constraints = [
            models.UniqueConstraint(fields=["commune", "criteria_set"], name="dossier_once")
        ]

    def __str__(self):
        return f"{self.commune} ({self.criteria_set.code})"


class DossierStep(Dated, Sourced):
    """One step of a dossier, append-only."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(_("trạng thái"), max_length=16, choices=DossierState)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người ghi"), max_length=200)
    note = models.TextField(_("ghi chú"), blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("bước hồ sơ")
        verbose_name_plural = _("bước hồ sơ")
        ordering = ["effective_on", "id"]
        indexes = [models.Index(fields=["dossier", "effective_on", "id"], name="dossier_latest")]

    def __str__(self):
        return f"{self.dossier}: {self.get_state_display()}"
