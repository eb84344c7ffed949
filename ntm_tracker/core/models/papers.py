"""Papers that figures rest on, and uploaded files."""

from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.fields import Sourced
from ntm_tracker.core.models.accounts import User
from ntm_tracker.core.text import search_text


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
