"""Abstract models and fields that every app shares."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.numbers import MAX_DONG
from ntm_tracker.core.text import nfc, search_text, sort_key


class DongField(models.BigIntegerField):
    """An amount of money in whole đồng (never in triệu or tỷ)."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("validators", [MinValueValidator(-MAX_DONG), MaxValueValidator(MAX_DONG)])
        super().__init__(*args, **kwargs)


class Named(models.Model):
    """A name kept in NFC, with the two columns that sort and find it alike on every database.

    `sort_key` orders as ICU does for Vietnamese (Đ after D, "Thôn 2" before "Thôn 10");
    `search_text` is lower case without accents. Always order by `sort_key, id`.
    """

    name = models.CharField(_("tên"), max_length=255)
    sort_key = models.CharField(max_length=600, editable=False, db_index=True)
    search_text = models.CharField(max_length=600, editable=False, db_index=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.prepare()
        update_fields = kwargs.get("update_fields")
        if update_fields is not None and "name" in update_fields:
            kwargs["update_fields"] = {*update_fields, "sort_key", "search_text"}
        super().save(*args, **kwargs)

    def searchable(self) -> str:
        """All the words under which this object is to be found."""
        return self.name

    def prepare(self):
        """Set the derived columns; `save()` does so, bulk writers call it themselves."""
        self.name = nfc(self.name)
        self.sort_key = sort_key(self.name)
        self.search_text = search_text(self.searchable())
        return self


class Sourced(models.Model):
    """Where the row comes from, in words that are shown beside it."""

    provenance = models.CharField(
        _("nguồn gốc"), max_length=12, choices=Provenance, default=Provenance.ENTERED
    )
    source = models.TextField(_("nguồn"), blank=True)

    class Meta:
        abstract = True


class Correctable(models.Model):
    """A row that a later row may take back: rows are never changed nor deleted."""

    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )

    class Meta:
        abstract = True


class Dated(models.Model):
    """A row that holds from a date on and is never overwritten: a change is a new row."""

    effective_on = models.DateField(_("có hiệu lực từ ngày"))
    recorded_at = models.DateTimeField(_("ghi nhận lúc"))

    class Meta:
        abstract = True
