"""Administrative units in time: who they are, which came out of which, and who may see them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from communes.choices import AccessLevel, AccessSource, SuccessionPart, UnitKind, unit_word
from ntm_tracker.core.fields import Named, Sourced


def valid_on(on: date, prefix: str = "") -> Q:
    """The condition "in force on this day" for a row with valid_from and valid_to (inclusive)."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": on})
    )


class Province(Named):
    code = models.CharField(_("mã"), max_length=10, unique=True)

    class Meta:
        verbose_name = _("tỉnh")
        verbose_name_plural = _("tỉnh")
        ordering = ["sort_key", "id"]

    def __str__(self):
        return self.name


class District(Named):
    """A historic grouping: districts ended on 30/6/2025, their figures did not."""

    code = models.CharField(_("mã"), max_length=10, unique=True)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, verbose_name=_("tỉnh"))
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)

    class Meta:
        verbose_name = _("huyện")
        verbose_name_plural = _("huyện")
        ordering = ["sort_key", "id"]

    def __str__(self):
        return self.name


class CommuneQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The communes whose figures `user` may see. Access to a single village is not enough."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_all_communes:
            return self
        return self.filter(
            Exists(CommuneAccess.objects.filter(user=user, commune=OuterRef("pk"), village=None))
        )

    def active_on(self, on: date):
        return self.filter(valid_on(on))

    def rural(self):
        """Communes proper (xã), which the criteria sets are for."""
        return self.filter(kind=UnitKind.XA)


class Commune(Named):
    """A commune, town or ward during one validity. A code alone names no territory: the key is
    (code, valid_from), because after 1/7/2025 nearly every code covers another area."""

    code = models.CharField(_("mã"), max_length=10)
    kind = models.CharField(_("loại"), max_length=10, choices=UnitKind)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, verbose_name=_("tỉnh"))
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("huyện")
    )
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    lon = models.DecimalField(_("kinh độ"), max_digits=8, decimal_places=5, null=True, blank=True)
    lat = models.DecimalField(_("vĩ độ"), max_digits=8, decimal_places=5, null=True, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("xã")
        verbose_name_plural = _("xã")
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="commune_code_valid_from"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="commune_valid_range",
            ),
        ]
        indexes = [models.Index(fields=["district", "kind"], name="commune_district_kind")]

    def __str__(self):
        return f"{unit_word(self.kind)} {self.name}"

    def searchable(self):
        return str(self)


class BoundaryFile(models.Model):
    """A file of boundaries that was loaded, with what it says of its licence: it is shown under
    every map that is drawn from it."""

    name = models.CharField(_("tệp"), max_length=200)
    licence = models.TextField(_("nguồn, giấy phép"), blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    loaded_at = models.DateTimeField(_("nạp lúc"))

    class Meta:
        verbose_name = _("tệp ranh giới")
        verbose_name_plural = _("tệp ranh giới")

    def __str__(self):
        return self.name


class Boundary(models.Model):
    """The outline of a unit, simplified for display and good for nothing else.

    `rings` is a list of closed rings of [longitude, latitude]; inner rings are holes where the
    picture is filled by the even-odd rule.
    """

    commune = models.OneToOneField(Commune, on_delete=models.CASCADE, related_name="boundary")
    file = models.ForeignKey(BoundaryFile, on_delete=models.CASCADE, related_name="boundaries")
    rings = models.JSONField(_("đường ranh giới"))

    class Meta:
        verbose_name = _("ranh giới")
        verbose_name_plural = _("ranh giới")

    def __str__(self):
        return str(self.commune)


class UnitSuccession(models.Model):
    """One step of a change of units: what became of which part of the old one."""

    old = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="successors")
    new = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="predecessors")
    on = models.DateField(_("ngày"))
    part = models.CharField(_("phần"), max_length=10, choices=SuccessionPart)
    legal_basis = models.CharField(_("căn cứ"), max_length=200)
    is_verified = models.BooleanField(_("đã xác minh"), default=False)

    class Meta:
        verbose_name = _("sắp xếp đơn vị")
        verbose_name_plural = _("sắp xếp đơn vị")
        constraints = [models.UniqueConstraint(fields=["old", "new", "on"], name="succession_once")]

    def __str__(self):
        return f"{self.old} → {self.new} ({self.on:%d/%m/%Y})"


class CommuneGroup(Sourced):
    """The group or region by which thresholds differ (region until 2025, group 1-3 from 2026)."""

    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="groups")
    group = models.CharField(_("nhóm"), max_length=30)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)

    class Meta:
        verbose_name = _("nhóm xã")
        verbose_name_plural = _("nhóm xã")
        constraints = [
            models.UniqueConstraint(fields=["commune", "valid_from"], name="commune_group_once")
        ]

    def __str__(self):
        return f"{self.commune}: {self.group}"


class VillageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Villages of the communes `user` may see, and villages given to him one by one."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_all_communes:
            return self
        access = CommuneAccess.objects.filter(user=user)
        return self.filter(
            Q(pk__in=access.exclude(village=None).values("village"))
            | Exists(
                VillageMembership.objects.filter(
                    village=OuterRef("pk"),
                    commune__in=access.filter(village=None).values("commune"),
                )
            )
        )


class Village(Named, Sourced):
    """A village. It keeps its identity when its commune changes: see VillageMembership."""

    households = models.PositiveIntegerField(_("số hộ"), null=True, blank=True)

    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = _("thôn")
        verbose_name_plural = _("thôn")
        ordering = ["sort_key", "id"]

    def __str__(self):
        return self.name


class VillageMembershipQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Memberships of the villages `user` may see."""
        if user.is_authenticated and user.sees_all_communes:
            return self
        return self.filter(village__in=Village.objects.visible_to(user).values("pk"))


class VillageMembership(models.Model):
    """To which commune a village belongs, and since when."""

    village = models.ForeignKey(Village, on_delete=models.CASCADE, related_name="memberships")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)

    objects = VillageMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("thôn thuộc xã")
        verbose_name_plural = _("thôn thuộc xã")
        constraints = [
            models.UniqueConstraint(fields=["village", "valid_from"], name="membership_once")
        ]

    def __str__(self):
        return f"{self.village} ({self.commune})"


class CommuneAccess(models.Model):
    """Permission that travels down as rows: sponsors are known only above this app."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="commune_access"
    )
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="access")
    village = models.ForeignKey(
        Village, on_delete=models.CASCADE, null=True, blank=True, related_name="access"
    )
    level = models.CharField(_("mức"), max_length=5, choices=AccessLevel)
    source = models.CharField(_("do"), max_length=12, choices=AccessSource)

    class Meta:
        verbose_name = _("quyền theo xã")
        verbose_name_plural = _("quyền theo xã")
        constraints = [
            # Two constraints, because SQLite knows no NULLS NOT DISTINCT.
            models.UniqueConstraint(
                fields=["user", "commune", "source"],
                condition=Q(village=None),
                name="access_commune_once",
            ),
            models.UniqueConstraint(
                fields=["user", "commune", "village", "source"],
                condition=Q(village__isnull=False),
                name="access_village_once",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.village or self.commune}"
