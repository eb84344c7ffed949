"""Accounts, documents, files, the audit trail, periods and the settings of the installation."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.choices import DocumentKind, Role
from ntm_tracker.core.fields import Sourced
from ntm_tracker.core.text import search_text


class AccountManager(UserManager["User"]):
    def create_superuser(self, username, email=None, password=None, **extra_fields):
        extra_fields.setdefault("role", Role.ADMIN)
        return super().create_superuser(username, email, password, **extra_fields)


class User(AbstractUser):
    """An account, named by role and unit (`vanphong`, `xa-huong-binh`), never by a person."""

    role = models.CharField(_("vai trò"), max_length=12, choices=Role, default=Role.VIEWER)
    display_name = models.CharField(_("tên hiển thị"), max_length=150, blank=True)
    phone = models.CharField(_("điện thoại"), max_length=30, blank=True)

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")

    def __str__(self):
        return self.display_name or self.username

    @property
    def sees_all_communes(self) -> bool:
        """Whether the role looks at the whole province (what it may change is another matter)."""
        return self.role in {Role.ADMIN, Role.OFFICE, Role.DEPARTMENT, Role.VIEWER}

    @property
    def sees_all_sponsors(self) -> bool:
        """Whether the role sees every sponsor's tasks and amounts."""
        return self.sees_all_communes

    @property
    def is_office(self) -> bool:
        """Whether the account acts for the coordination office."""
        return self.role in {Role.ADMIN, Role.OFFICE}


class Document(Sourced):
    """A paper that something rests on: decision, plan, conclusion, or the press article."""

    kind = models.CharField(_("loại"), max_length=12, choices=DocumentKind)
    number = models.CharField(_("số, ký hiệu"), max_length=60, blank=True)
    issued_on = models.DateField(_("ngày ban hành"), null=True, blank=True)
    issuer = models.CharField(_("cơ quan ban hành"), max_length=200, blank=True)
    subject = models.TextField(_("trích yếu"))
    file = models.FileField(
        _("tệp"),
        upload_to="documents/%Y/%m",
        blank=True,
        validators=[FileExtensionValidator(["pdf", "doc", "docx", "xls", "xlsx", "png", "jpg"])],
    )
    url = models.URLField(_("địa chỉ"), max_length=500, blank=True)
    search_text = models.TextField(editable=False)

    class Meta:
        verbose_name = _("văn bản")
        verbose_name_plural = _("văn bản")
        ordering = ["-issued_on", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "issued_on"],
                condition=~models.Q(number=""),
                name="document_number_once",
            )
        ]

    def __str__(self):
        if self.number and self.issued_on:
            return f"{self.number} ngày {self.issued_on:%d/%m/%Y}"
        return self.number or self.subject

    def save(self, *args, **kwargs):
        self.search_text = search_text(f"{self.number} {self.subject} {self.issuer}")
        super().save(*args, **kwargs)


class Attachment(models.Model):
    """An uploaded file. Never served by its path: a view asks who is looking."""

    file = models.FileField(upload_to="attachments/%Y/%m")
    original_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("tệp đính kèm")
        verbose_name_plural = _("tệp đính kèm")

    def __str__(self):
        return self.original_name

    @property
    def is_photo(self) -> bool:
        """Whether it is shown as a picture; every other file only by its name."""
        return self.content_type.startswith("image/")


class AuditEntry(models.Model):
    """Who did what, when, to which object: written by services in the same transaction.

    The plain ids are for scoping ("what changed in this commune") without importing upwards; they
    are no foreign keys, so an entry outlives what it speaks of.
    """

    at = models.DateTimeField(_("lúc"), db_index=True)
    effective_on = models.DateField(_("tính cho ngày"))
    by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("người"),
    )
    by_label = models.CharField(_("tên lúc đó"), max_length=200)
    action = models.CharField(_("việc"), max_length=40)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_label = models.CharField(_("đối tượng"), max_length=300)
    old = models.TextField(_("trước"), blank=True)
    new = models.TextField(_("sau"), blank=True)
    note = models.TextField(_("ghi chú"), blank=True)
    search_text = models.TextField(
        editable=False,
        blank=True,
        default="",
        help_text=_("Đối tượng, người, ghi chú, giá trị trước và sau, không dấu; để tìm."),
    )
    origin = models.CharField(
        _("từ biểu mẫu, tệp"),
        max_length=200,
        blank=True,
        help_text=_("Tên địa chỉ của biểu mẫu, hoặc tên tệp; để trống: lệnh."),
    )
    commune_id = models.BigIntegerField(null=True)
    village_id = models.BigIntegerField(null=True)
    sponsor_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("nhật ký")
        verbose_name_plural = _("nhật ký")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["commune_id", "-effective_on", "-id"], name="audit_commune"),
            models.Index(fields=["village_id", "-effective_on", "-id"], name="audit_village"),
            models.Index(fields=["sponsor_id", "-effective_on", "-id"], name="audit_sponsor"),
            models.Index(fields=["-effective_on", "-id"], name="audit_effective"),
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["action", "-at", "-id"], name="audit_action"),
        ]

    def __str__(self):
        return f"{self.at:%d/%m/%Y %H:%M} {self.action} {self.object_label}"


class Explanation(models.Model):
    """Why something that a rule warns of may stand as it is. Append-only: the latest counts.

    `fingerprint` is what the rule saw (the amounts, the day): when that changes, the warning is
    open again.
    """

    rule = models.CharField(_("quy tắc"), max_length=40)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    fingerprint = models.CharField(max_length=200)
    text = models.TextField(_("giải trình"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(_("người giải trình"), max_length=200)
    recorded_at = models.DateTimeField(_("ghi nhận lúc"))
    commune_id = models.BigIntegerField(null=True)
    sponsor_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("giải trình cảnh báo")
        verbose_name_plural = _("giải trình cảnh báo")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "rule"], name="explanation_object")
        ]

    def __str__(self):
        return f"{self.rule}: {self.text[:60]}"


class Reminder(models.Model):
    """A digest that was sent to one person for one day, kept so that nobody gets it twice."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reminders")
    on = models.DateField(_("cho ngày"))
    address = models.EmailField(_("gửi tới"))
    subject = models.CharField(_("tiêu đề"), max_length=200)
    body = models.TextField(_("nội dung"))
    sent_at = models.DateTimeField(_("gửi lúc"))

    class Meta:
        verbose_name = _("thư nhắc")
        verbose_name_plural = _("thư nhắc")
        ordering = ["-on", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="reminder_once_a_day")]

    def __str__(self):
        return f"{self.user} {self.on:%d/%m/%Y}"


class SentForm(models.Model):
    """The key of a form that has been written, for a day: see `core.once`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=32)
    sent_at = models.DateTimeField()
    location = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("biểu mẫu đã gửi")
        verbose_name_plural = _("biểu mẫu đã gửi")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="sent_form_once")]

    def __str__(self):
        return self.key


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
    focus_district = models.CharField(
        _("mã huyện theo dõi"),
        max_length=10,
        blank=True,
        help_text=_("Bảng tổng hợp mở ra ở huyện này; để trống: cả tỉnh."),
    )
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
        return cls.objects.filter(pk=1).first() or cls(pk=1)
