"""Stored codes are ASCII and never change; the words beside them are what people read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is here. One role and one unit per account."""

    ADMIN = "admin", _("Quản trị")
    OFFICE = "office", _("Văn phòng Điều phối")
    DEPARTMENT = "department", _("Sở, ngành phụ trách")
    COMMUNE = "commune", _("Xã")
    SPONSOR = "sponsor", _("Đơn vị đỡ đầu")
    VIEWER = "viewer", _("Ban Chỉ đạo, lãnh đạo")


class Provenance(models.TextChoices):
    """Where a row comes from. Shown on screen and in files, so nobody takes a filler for a fact."""

    ENTERED = "entered", _("Nhập tại đơn vị")
    SOURCED = "sourced", _("Có nguồn")
    ILLUSTRATIVE = "illustrative", _("Minh họa")


class DocumentKind(models.TextChoices):
    DECISION = "decision", _("Quyết định")
    RESOLUTION = "resolution", _("Nghị quyết")
    PLAN = "plan", _("Kế hoạch")
    CONCLUSION = "conclusion", _("Thông báo kết luận")
    REPORT = "report", _("Báo cáo")
    PRESS = "press", _("Bài báo")
    OTHER = "other", _("Văn bản khác")
