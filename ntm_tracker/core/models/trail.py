"""What was done, what was explained, who was reminded."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.models.accounts import User


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
            models.Index(fields=["commune_id", "-at", "-id"], name="audit_commune_at"),
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
