"""Reporting periods."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Period(models.Model):
    """A reporting month: figures count up to `cut_off_on`, reports are due by `due_on`."""

    month = models.DateField(_("tháng (ngày 1)"), unique=True)
    cut_off_on = models.DateField(_("ngày chốt số liệu"))
    due_on = models.DateField(_("hạn gửi báo cáo"))

    class Meta:
        verbose_name = _("kỳ báo cáo")
        verbose_name_plural = _("kỳ báo cáo")
        ordering = ["month"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("cut_off_on")),
                name="period_due_after_cut_off",
            )
        ]

    def __str__(self):
        return f"Tháng {self.month:%m/%Y}"

    @property
    def slug(self) -> str:
        """The month as addresses and commands write it: `2022-04`."""
        return f"{self.month:%Y-%m}"
