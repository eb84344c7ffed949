"""The files that a month was sent as, its written words, and what each reader has looked at."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.models import Period, User


class ReportFile(models.Model):
    """A file as it was when its month was closed, byte for byte. Nobody changes or removes one."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="files")
    revision = models.PositiveSmallIntegerField(_("lần chốt"))
    name = models.CharField(_("tên tệp"), max_length=120)
    content = models.BinaryField()
    content_type = models.CharField(max_length=120)
    size = models.PositiveIntegerField(_("số byte"))
    sha256 = models.CharField("SHA-256", max_length=64)
    generated_at = models.DateTimeField(_("lập lúc"))
    generated_by_label = models.CharField(_("người lập"), max_length=200)

    class Meta:
        verbose_name = _("tệp báo cáo đã chốt")
        verbose_name_plural = _("tệp báo cáo đã chốt")
        ordering = ["period", "-revision", "name"]
        constraints = [
            models.UniqueConstraint(fields=["period", "revision", "name"], name="report_file_once")
        ]

    def __str__(self):
        return self.name


class PeriodLook(models.Model):
    """How far in the audit trail somebody has looked at a month: what is later is new to him."""

    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="looks")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    entry_id = models.BigIntegerField()
    at = models.DateTimeField(_("xem lúc"))

    class Meta:
        verbose_name = _("lần xem kỳ báo cáo")
        verbose_name_plural = _("lần xem kỳ báo cáo")
        constraints = [models.UniqueConstraint(fields=["period", "user"], name="period_look_once")]

    def __str__(self):
        return f"{self.user}, {self.period}"


class ReportText(models.Model):
    """What the office says in a section of the written report, from a month on until it says
    something else. An empty text means the standard one again. Rows are only added."""

    section = models.CharField(_("mục"), max_length=20)
    since = models.DateField(_("từ tháng (ngày 1)"))
    text = models.TextField(_("nội dung"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(_("người ghi"), max_length=200)
    recorded_at = models.DateTimeField(_("ghi lúc"))

    class Meta:
        verbose_name = _("lời văn báo cáo")
        verbose_name_plural = _("lời văn báo cáo")
        ordering = ["section", "since", "pk"]
        indexes = [models.Index(fields=["since"], name="report_text_since")]

    def __str__(self):
        return f"{self.section}, từ tháng {self.since:%m/%Y}"
