"""Files that were sent in: each a batch with the changes it made, so that it is undone as one."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.models.accounts import User


class BatchState(models.TextChoices):
    CHECKED = "checked", _("Đã đọc, chưa ghi")
    RUNNING = "running", _("Đang ghi")
    APPLIED = "applied", _("Đã ghi")
    UNDONE = "undone", _("Đã hoàn tác")


REFUSALS = {
    BatchState.CHECKED: _("Tệp này chưa được ghi."),
    BatchState.RUNNING: _("Tệp này đang được ghi; hãy đợi một lát."),
    BatchState.APPLIED: _("Tệp này đã được ghi rồi; xem các thay đổi ở dưới."),
    BatchState.UNDONE: _("Tệp này đã được hoàn tác; xem các thay đổi ở dưới."),
}
"""Why a step cannot be taken now, by the state that the batch is in."""


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
    row_count = models.PositiveIntegerField(_("dòng của tệp"), default=0)
    state = models.CharField(max_length=8, choices=BatchState, default=BatchState.CHECKED)
    failure = models.TextField(_("vì sao lần ghi trước không xong"), blank=True)
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

    def require(self, state: BatchState) -> None:
        """Raise ValidationError where the batch is in another state than a step needs."""
        if self.state != state:
            raise ValidationError(REFUSALS[BatchState(self.state)])


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
