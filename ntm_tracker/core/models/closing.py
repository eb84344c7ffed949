"""Reporting months, what was copied when they were closed, and who may still enter late."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.models.accounts import User


class Period(models.Model):
    """A reporting month: figures count up to `cut_off_on`, reports are due by `due_on`.

    `revision` counts how often it was closed; `closed_at` is empty while it is open, so a month
    that was opened again has a revision and no day of closing.
    """

    month = models.DateField(_("tháng (ngày 1)"), unique=True)
    cut_off_on = models.DateField(_("ngày chốt số liệu"))
    due_on = models.DateField(_("hạn gửi báo cáo"))
    revision = models.PositiveSmallIntegerField(_("lần chốt"), default=0)
    closed_at = models.DateTimeField(_("khóa sổ lúc"), null=True, blank=True)
    closed_by_label = models.CharField(_("người khóa sổ"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("kỳ báo cáo")
        verbose_name_plural = _("kỳ báo cáo")
        ordering = ["month"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("cut_off_on")),
                name="period_due_after_cut_off",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(revision__gte=1),
                name="period_closed_has_revision",
            ),
        ]

    def __str__(self):
        return f"Tháng {self.month:%m/%Y}"

    @property
    def slug(self) -> str:
        """The month as addresses and commands write it: `2022-04`."""
        return f"{self.month:%Y-%m}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class PeriodException(models.Model):
    """One commune may still enter into a closed month, up to and including a day.

    Nobody ends it: the day passes. The plain id is a commune's, as in the audit trail; its name is
    kept as it was.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="exceptions")
    commune_id = models.BigIntegerField()
    commune_label = models.CharField(_("xã"), max_length=200)
    until = models.DateField(_("đến hết ngày"))
    reason = models.TextField(_("lý do"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(_("người cho phép"), max_length=200)
    recorded_at = models.DateTimeField(_("ghi nhận lúc"))

    class Meta:
        verbose_name = _("cho phép nhập muộn")
        verbose_name_plural = _("cho phép nhập muộn")
        ordering = ["-recorded_at", "-id"]
        indexes = [models.Index(fields=["period", "commune_id"], name="exception_commune")]

    def __str__(self):
        return f"{self.commune_label}, {self.period}, đến {self.until:%d/%m/%Y}"


class SnapshotRow(models.Model):
    """One row of what a month said when it was closed: it needs no other row to be read.

    `data` is written and read by `core.codec` alone. Nobody changes a row; closing a month that
    was opened again writes the next revision beside it.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="snapshot")
    revision = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    commune_code = models.CharField(max_length=10, blank=True)
    sponsor_id = models.BigIntegerField(null=True)
    data = models.JSONField()

    class Meta:
        verbose_name = _("dòng số liệu đã chốt")
        verbose_name_plural = _("dòng số liệu đã chốt")
        ordering = ["period", "revision", "kind", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "revision", "kind", "position"], name="snapshot_row_once"
            )
        ]

    def __str__(self):
        return f"{self.period} ({self.revision}): {self.kind} {self.position}"
