"""Codes of the units and of access to them."""

from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    """Only a xã is measured by commune criteria; towns and wards are outside the sets."""

    XA = "xa", _("Xã")
    THI_TRAN = "thi_tran", _("Thị trấn")
    PHUONG = "phuong", _("Phường")


@cache
def unit_word(kind: str) -> str:
    """ "Xã", "Thị trấn", "Phường". Kept, because get_kind_display() hashes every label anew at each
    call: 4 ms for the names of 209 communes."""
    return str(dict(UnitKind.choices).get(kind, kind))


class SuccessionPart(models.TextChoices):
    WHOLE = "whole", _("toàn bộ")
    PART = "part", _("một phần")
    REST = "rest", _("phần còn lại")


class AccessLevel(models.TextChoices):
    VIEW = "view", _("Xem")
    EDIT = "edit", _("Cập nhật")


class AccessSource(models.TextChoices):
    """Which service gave the access, so that the same service can take it back."""

    MEMBER = "member", _("Cán bộ xã")
    ASSIGNMENT = "assignment", _("Đỡ đầu")
