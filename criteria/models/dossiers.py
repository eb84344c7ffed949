"""A commune's papers on the way to recognition: one dossier per set, one row per step."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from criteria.choices import DossierState
from criteria.models.sets import CriteriaSet
from ntm_tracker.core.fields import Correctable, Dated, Sourced
from ntm_tracker.core.models import Document


class ProcedureStep(Sourced):
    """One step on the way to recognition as configuration: who acts, within how many days, and
    which shares must agree. Valid for its own time, because the rules change (QĐ 18/2022, QĐ
    03/2024) and the district, which used to verify, ended on 30/6/2025.

    Which step may follow which is `criteria.workflow`; a step without a row valid on the day
    cannot be taken on that day.
    """

    code = models.CharField(_("bước"), max_length=20)
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    name = models.CharField(_("tên bước"), max_length=200)
    actor = models.CharField(_("cơ quan thực hiện"), max_length=200)
    roles = models.CharField(
        _("vai trò được ghi"),
        max_length=100,
        help_text=_("Mã vai trò, cách nhau bằng dấu cách: commune department office."),
    )
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    day_limit = models.PositiveSmallIntegerField(_("số ngày"), null=True, blank=True)
    counts_working_days = models.BooleanField(_("tính ngày làm việc"), default=True)
    min_percent = models.DecimalField(
        _("tỷ lệ tối thiểu chung (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    min_percent_each = models.DecimalField(
        _("tỷ lệ tối thiểu từng nội dung (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
    )
    is_verified = models.BooleanField(_("đã xác minh"), default=False)

    class Meta:
        verbose_name = _("bước công nhận")
        verbose_name_plural = _("bước công nhận")
        ordering = ["position", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="procedure_step_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="procedure_step_valid_range",
            ),
        ]

    def __str__(self):
        return self.name


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


class DossierStep(Correctable, Dated, Sourced):
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


class Survey(models.Model):
    """What residents said (lấy ý kiến hài lòng), recorded with the step that it belongs to.
    Counted in households: asked ≥ answered ≥ satisfied."""

    step = models.OneToOneField(DossierStep, on_delete=models.PROTECT, related_name="survey")
    asked = models.PositiveIntegerField(_("số hộ được hỏi"))
    answered = models.PositiveIntegerField(_("số hộ trả lời"))
    satisfied = models.PositiveIntegerField(_("số hộ hài lòng"))

    class Meta:
        verbose_name = _("lấy ý kiến người dân")
        verbose_name_plural = _("lấy ý kiến người dân")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(asked__gte=models.F("answered"))
                & models.Q(answered__gte=models.F("satisfied")),
                name="survey_counts",
            )
        ]

    def __str__(self):
        return f"{self.step}: {self.satisfied}/{self.answered}"


class SurveyContent(models.Model):
    """The answers to one content of the survey."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="contents")
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    name = models.CharField(_("nội dung"), max_length=255)
    answered = models.PositiveIntegerField(_("số hộ trả lời"))
    satisfied = models.PositiveIntegerField(_("số hộ hài lòng"))

    class Meta:
        verbose_name = _("nội dung lấy ý kiến")
        verbose_name_plural = _("nội dung lấy ý kiến")
        ordering = ["survey", "position"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "position"], name="survey_content_once"),
            models.CheckConstraint(
                condition=models.Q(answered__gte=models.F("satisfied")),
                name="survey_content_counts",
            ),
        ]

    def __str__(self):
        return self.name


class CouncilVote(models.Model):
    """The vote of the appraisal council, recorded with the step that it belongs to."""

    step = models.OneToOneField(DossierStep, on_delete=models.PROTECT, related_name="vote")
    members = models.PositiveSmallIntegerField(_("số thành viên"))
    present = models.PositiveSmallIntegerField(_("số có mặt"))
    in_favour = models.PositiveSmallIntegerField(_("số tán thành"))

    class Meta:
        verbose_name = _("bỏ phiếu của Hội đồng")
        verbose_name_plural = _("bỏ phiếu của Hội đồng")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(members__gte=models.F("present"))
                & models.Q(present__gte=models.F("in_favour")),
                name="council_vote_counts",
            )
        ]

    def __str__(self):
        return f"{self.step}: {self.in_favour}/{self.present}"
