"""The office's own assessment of sponsors, and the plans from which tasks are made."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from ntm_tracker.core.fields import Dated, Sourced
from ntm_tracker.core.models import Document
from sponsors.choices import Owner, Pace, Verdict
from sponsors.models.assignments import OwnedQuerySet, Sponsor


class SponsorReview(Dated, Sourced):
    """What the office found on a sponsor's result in one month (kiểm tra, đánh giá kết quả đỡ
    đầu): verdict, what was seen on site, by whom. Append-only: the latest of a month counts."""

    sponsor = models.ForeignKey(Sponsor, on_delete=models.PROTECT, related_name="reviews")
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    month = models.DateField(_("tháng (ngày 1)"))
    verdict = models.CharField(_("đánh giá"), max_length=12, choices=Verdict)
    seen = models.TextField(_("kết quả kiểm tra thực tế"))
    visited_on = models.DateField(_("ngày kiểm tra"), null=True, blank=True)
    inspectors = models.CharField(_("người kiểm tra"), max_length=200, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người ghi"), max_length=200)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("đánh giá kết quả đỡ đầu")
        verbose_name_plural = _("đánh giá kết quả đỡ đầu")
        ordering = ["month", "effective_on", "id"]
        indexes = [
            models.Index(fields=["sponsor", "month", "effective_on", "id"], name="review_latest")
        ]

    def __str__(self):
        return f"{self.sponsor} {self.month:%m/%Y}: {self.get_verdict_display()}"


class PlanTemplate(Sourced):
    """A plan by weeks or months that can be laid over a commune or village: its steps become
    tasks, counted from the day on which the plan starts."""

    name = models.CharField(_("tên mẫu kế hoạch"), max_length=200, unique=True)
    note = models.TextField(_("ghi chú"), blank=True)

    class Meta:
        verbose_name = _("mẫu kế hoạch")
        verbose_name_plural = _("mẫu kế hoạch")
        ordering = ["name"]

    def __str__(self):
        return self.name


class PlanTemplateStep(models.Model):
    """One task of a plan: it starts and is due so many weeks or months after the plan starts."""

    template = models.ForeignKey(PlanTemplate, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    title = models.CharField(_("việc"), max_length=300)
    detail = models.TextField(_("nội dung"), blank=True)
    owner = models.CharField(_("bên thực hiện"), max_length=10, choices=Owner)
    criterion_number = models.PositiveSmallIntegerField(_("tiêu chí số"), null=True, blank=True)
    pace = models.CharField(_("lịch"), max_length=5, choices=Pace)
    starts_after = models.PositiveSmallIntegerField(_("bắt đầu sau (tuần, tháng)"), default=0)
    lasts = models.PositiveSmallIntegerField(_("kéo dài (tuần, tháng)"), default=1)

    class Meta:
        verbose_name = _("việc của mẫu kế hoạch")
        verbose_name_plural = _("việc của mẫu kế hoạch")
        ordering = ["template", "position"]
        constraints = [
            models.UniqueConstraint(fields=["template", "position"], name="plan_step_once")
        ]

    def __str__(self):
        return self.title
