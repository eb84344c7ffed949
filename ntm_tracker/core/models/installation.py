"""The settings of the installation."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.models.closing import Period


class Installation(models.Model):
    """The one row of settings that the office itself can change, without touching the server."""

    province_name = models.CharField(_("tỉnh"), max_length=100, default="Hà Tĩnh")
    province_code = models.CharField(_("mã tỉnh"), max_length=10, default="42")
    superior_name = models.CharField(
        _("cơ quan chủ quản"), max_length=200, default="UBND TỈNH HÀ TĨNH"
    )
    office_name = models.CharField(
        _("cơ quan ban hành"), max_length=200, default="VĂN PHÒNG ĐIỀU PHỐI NÔNG THÔN MỚI TỈNH"
    )
    place = models.CharField(_("địa danh"), max_length=100, default="Hà Tĩnh")
    report_suffix = models.CharField(_("ký hiệu báo cáo"), max_length=40, default="BC-VPĐP")
    signer_title = models.CharField(
        _("chức vụ người ký"), max_length=100, default="CHÁNH VĂN PHÒNG"
    )
    signer_name = models.CharField(_("họ tên người ký"), max_length=100, blank=True)
    recipients = models.TextField(
        _("nơi nhận"),
        default="- Ban Chỉ đạo các CTMTQG tỉnh (để báo cáo);\n- Lưu: VT, VPĐP.",
    )
    reporting_date = models.DateField(
        _("ngày báo cáo"),
        null=True,
        blank=True,
        help_text=_("Để trống: lấy ngày thật. Bản minh họa đặt 30/4/2022."),
    )
    first_date = models.DateField(_("ngày đầu có số liệu"), null=True, blank=True)
    last_date = models.DateField(_("ngày cuối có số liệu"), null=True, blank=True)
    target_date = models.DateField(_("ngày về đích"), null=True, blank=True)
    cut_off_day = models.PositiveSmallIntegerField(
        _("ngày chốt số liệu trong tháng"),
        default=31,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("Tháng ngắn hơn thì lấy ngày cuối tháng; 31: ngày cuối tháng."),
    )
    due_after_days = models.PositiveSmallIntegerField(
        _("số ngày nộp báo cáo sau ngày chốt"),
        default=5,
        validators=[MaxValueValidator(60)],
    )
    focus_district = models.CharField(
        _("mã huyện theo dõi"),
        max_length=10,
        blank=True,
        help_text=_("Bảng tổng hợp mở ra ở huyện này; để trống: cả tỉnh."),
    )
    # Set by `current`: the last cut-off of a closed month, so that days after it ask no further.
    closed_until: date | None = None
    is_demo = models.BooleanField(_("dữ liệu minh họa"), default=False)

    class Meta:
        verbose_name = _("thiết lập")
        verbose_name_plural = _("thiết lập")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_installation")]

    def __str__(self):
        return self.office_name

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "Installation":
        """The settings, or their defaults where nobody has saved any."""
        closed = Period.objects.filter(closed_at__isnull=False).order_by("-cut_off_on")
        last = models.Subquery(closed.values("cut_off_on")[:1])
        return cls.objects.filter(pk=1).annotate(closed_until=last).first() or cls(pk=1)
