"""Files that were sent in: each a batch with the changes it made, so that it is undone as one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.models.accounts import User


class BatchState(models.TextChoices):
    CHECKED = "checked", _("Đã đọc, chưa ghi")
    APPLIED = "applied", _("Đã ghi")
    UNDONE = "undone", _("Đã hoàn tác")


class ImportBatch(models.Model):
    """One file: kept as it came, checked, then written as a whole or not at all."""

    kind = models.CharField(_("loại"), max_length=40)
    name = models.CharField(_("tên tệp"), max_length=255)
    file = models.FileField(upload_to="imports/%Y/%m")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(_("người gửi"), max_length=200)
    uploaded_at = models.DateTimeField(_("gửi lúc"))
    state = models.CharField(max_length=8, choices=BatchState, default=BatchState.CHECKED)
    left_out = models.PositiveIntegerField(_("dòng không ghi"), default=0)
    applied_at = models.DateTimeField(_("ghi lúc"), null=True, blank=True)
    undone_at = models.DateTimeField(_("hoàn tác lúc"), null=True, blank=True)
    undone_by_label = models.CharField(_("người hoàn tác"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("tệp đã nhập")
        verbose_name_plural = _("tệp đã nhập")
        ordering = ["-uploaded_at", "-id"]

    def __str__(self):
        return f"{self.name} ({self.uploaded_at:%d/%m/%Y})"


class ImportChange(models.Model):
    """What one row of a file changed: old and new of each cell for people, `undo` for the importer
    that takes it back. The ids are for scoping, as in `AuditEntry`."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changes")
    row = models.PositiveIntegerField(_("dòng của tệp"))
    label = models.CharField(_("đối tượng"), max_length=300)
    object_id = models.BigIntegerField()
    is_new = models.BooleanField(default=False)
    cells = models.JSONField(_("ô đã đổi"))
    undo = models.JSONField()
    commune_id = models.BigIntegerField(null=True)
    sponsor_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("thay đổi từ tệp")
        verbose_name_plural = _("thay đổi từ tệp")
        ordering = ["row", "id"]

    def __str__(self):
        return f"{self.batch}, dòng {self.row}: {self.label}"
