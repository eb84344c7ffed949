"""Criteria sets as data: set → criterion → indicator → threshold, each valid for its own time."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communes.models import Province, valid_on
from criteria.choices import IndicatorKind, Level, ThresholdOp
from ntm_tracker.core.fields import Named
from ntm_tracker.core.models import Document
from ntm_tracker.core.text import search_text


class Department(Named):
    """A provincial department that leads one or more criteria."""

    code = models.SlugField(_("mã"), max_length=40, unique=True)
    short_name = models.CharField(_("tên gọn"), max_length=80)
    phone = models.CharField(_("điện thoại"), max_length=30, blank=True)
    is_illustrative = models.BooleanField(_("minh họa"), default=False)

    class Meta:
        verbose_name = _("sở, ngành")
        verbose_name_plural = _("sở, ngành")
        ordering = ["sort_key", "id"]

    def __str__(self):
        return self.name

    def searchable(self):
        return f"{self.name} {self.short_name}"


class DepartmentMember(models.Model):
    """The account through which a department works here."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="department_member"
    )
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="members")

    class Meta:
        verbose_name = _("tài khoản của sở, ngành")
        verbose_name_plural = _("tài khoản của sở, ngành")

    def __str__(self):
        return f"{self.user} ({self.department})"


class CriteriaSetQuerySet(models.QuerySet):
    def in_force(self, level: str, on: date):
        return self.filter(valid_on(on), level=level)


class CriteriaSet(models.Model):
    """The criteria in force for one level during one time; results of two sets never add up.

    A province's own set takes the place of the national one there (Hà Tĩnh's 20 of the 19).
    """

    code = models.SlugField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=255)
    level = models.CharField(_("cấp"), max_length=10, choices=Level)
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("riêng của tỉnh")
    )
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("văn bản")
    )
    is_validity_verified = models.BooleanField(_("thời hạn đã xác minh"), default=False)
    note = models.TextField(_("ghi chú"), blank=True)

    objects = CriteriaSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("bộ tiêu chí")
        verbose_name_plural = _("bộ tiêu chí")
        ordering = ["level", "-valid_from", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="criteria_set_valid_range",
            )
        ]

    def __str__(self):
        return self.name


class Criterion(models.Model):
    """One criterion of a set, with the group it stands in and the department that leads it."""

    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField(_("số"))
    name = models.CharField(_("tên"), max_length=255)
    group_number = models.PositiveSmallIntegerField(_("số nhóm"), default=0)
    group_name = models.CharField(_("nhóm"), max_length=120, blank=True)
    lead = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="criteria",
        verbose_name=_("sở, ngành phụ trách"),
    )
    weighs_in_revocation = models.BooleanField(
        _("tiêu chí trọng yếu khi xét thu hồi"),
        default=False,
        help_text=_("Thu nhập; Môi trường và an toàn thực phẩm; Quốc phòng và an ninh."),
    )
    source = models.TextField(_("nguồn"), blank=True)
    search_text = models.CharField(max_length=600, editable=False)

    class Meta:
        verbose_name = _("tiêu chí")
        verbose_name_plural = _("tiêu chí")
        ordering = ["criteria_set", "number"]
        constraints = [
            models.UniqueConstraint(fields=["criteria_set", "number"], name="criterion_number_once")
        ]

    def __str__(self):
        return f"{self.number}. {self.name}"

    def save(self, *args, **kwargs):
        self.search_text = search_text(f"tiêu chí {self.number} {self.name}")
        super().save(*args, **kwargs)


class VillageRule(models.Model):
    """The rule of a criterion that depends on villages and gardens, as data (criterion 20).

    Hà Tĩnh's own numbers were not found, so both are empty and the verdict is a declared one: the
    villages that are not met are listed as *còn lại*, and none is said to block anything.
    """

    criterion = models.OneToOneField(
        Criterion, on_delete=models.CASCADE, related_name="village_rule"
    )
    min_villages = models.PositiveSmallIntegerField(_("số thôn ít nhất"), null=True, blank=True)
    min_village_percent = models.PositiveSmallIntegerField(_("% số thôn"), null=True, blank=True)
    min_gardens = models.PositiveIntegerField(_("số vườn mẫu ít nhất"), null=True, blank=True)
    is_verified = models.BooleanField(_("đã xác minh"), default=False)
    source = models.TextField(_("nguồn"), blank=True)

    class Meta:
        verbose_name = _("quy tắc theo thôn")
        verbose_name_plural = _("quy tắc theo thôn")

    def __str__(self):
        return f"{self.criterion}"

    @property
    def has_numbers(self) -> bool:
        """Whether the rule says how many, so that something can be said to be lacking."""
        return bool(self.min_villages or self.min_village_percent or self.min_gardens)


class Indicator(models.Model):
    """A sub-item of a criterion, with how it is measured and whether its text is verified."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="indicators")
    number = models.CharField(_("số"), max_length=10)
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    text = models.TextField(_("nội dung"))
    kind = models.CharField(_("kiểu"), max_length=10, choices=IndicatorKind)
    unit = models.CharField(_("đơn vị tính"), max_length=40, blank=True)
    may_not_apply = models.BooleanField(_("có thể không áp dụng (“nếu có”)"), default=False)
    is_verified = models.BooleanField(_("đã xác minh"), default=False)
    source = models.TextField(_("nguồn"), blank=True)

    class Meta:
        verbose_name = _("chỉ tiêu")
        verbose_name_plural = _("chỉ tiêu")
        ordering = ["criterion", "position"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "number"], name="indicator_number_once")
        ]

    def __str__(self):
        return f"{self.number} {self.text}"


class Threshold(models.Model):
    """What an indicator must reach, for one group of communes and one time."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="thresholds")
    group = models.CharField(_("nhóm xã, vùng"), max_length=30, blank=True)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    op = models.CharField(_("phép so"), max_length=2, choices=ThresholdOp)
    value = models.DecimalField(
        _("giá trị"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    text = models.CharField(_("nguyên văn"), max_length=255)
    is_verified = models.BooleanField(_("đã xác minh"), default=False)

    class Meta:
        verbose_name = _("ngưỡng")
        verbose_name_plural = _("ngưỡng")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "group", "valid_from"], name="threshold_once"
            )
        ]

    def __str__(self):
        return self.text
