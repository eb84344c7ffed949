"""Who sponsors whom: units, their teams and accounts, and the decisions that bind them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Village
from ntm_tracker.core.fields import Named, Sourced
from ntm_tracker.core.models import Document
from sponsors.choices import Basis, SponsorKind


class SponsorQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Sponsors whose page `user` may open: his own, or those at work in his commune."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_all_sponsors:
            return self
        if user.role == "sponsor":
            return self.filter(
                Exists(SponsorMember.objects.filter(user=user, sponsor=OuterRef("pk")))
            )
        return self.filter(
            Exists(
                Assignment.objects.filter(
                    sponsor=OuterRef("pk"),
                    commune__in=Commune.objects.visible_to(user).values("pk"),
                )
            )
        )


class Sponsor(Named, Sourced):
    """A unit that was assigned, or offered, to sponsor communes or villages."""

    short_name = models.CharField(_("tên gọn"), max_length=80, blank=True)
    kind = models.CharField(_("loại"), max_length=12, choices=SponsorKind)
    contact = models.CharField(_("đầu mối (bộ phận)"), max_length=200, blank=True)
    phone = models.CharField(_("điện thoại"), max_length=30, blank=True)
    email = models.EmailField(_("thư điện tử"), blank=True)

    objects = SponsorQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị đỡ đầu")
        verbose_name_plural = _("đơn vị đỡ đầu")
        ordering = ["sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["name"], name="sponsor_name_once")]

    def __str__(self):
        return self.name

    def searchable(self):
        return f"{self.name} {self.short_name}"


class TaskTeam(models.Model):
    """A sponsor's own team for the job (tổ công tác chuyên trách)."""

    sponsor = models.ForeignKey(Sponsor, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(_("tên tổ"), max_length=200)
    head = models.CharField(_("chức vụ tổ trưởng"), max_length=150, blank=True)
    size = models.PositiveSmallIntegerField(_("số thành viên"), default=0)
    phone = models.CharField(_("điện thoại"), max_length=30, blank=True)
    established_on = models.DateField(_("ngày thành lập"), null=True, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("tổ công tác")
        verbose_name_plural = _("tổ công tác")
        ordering = ["established_on", "id"]

    def __str__(self):
        return self.name


class SponsorMember(models.Model):
    """The account through which a sponsor reports."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sponsor_member"
    )
    sponsor = models.ForeignKey(Sponsor, on_delete=models.CASCADE, related_name="members")

    class Meta:
        verbose_name = _("tài khoản của đơn vị đỡ đầu")
        verbose_name_plural = _("tài khoản của đơn vị đỡ đầu")

    def __str__(self):
        return f"{self.user} ({self.sponsor})"


class OwnedQuerySet(models.QuerySet):
    """Rows with `sponsor` and `commune`: a sponsor sees its own, a commune those in its area."""

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        if user.sees_all_sponsors:
            return self
        if user.role == "sponsor":
            return self.filter(sponsor__members__user=user)
        return self.filter(commune__in=Commune.objects.visible_to(user).values("pk"))


class AssignmentQuerySet(OwnedQuerySet):
    def active_on(self, on: date):
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=on), decided_on__lte=on)


class Assignment(Sourced):
    """One sponsor for one commune or village, by a decision, with its two papers due and done."""

    sponsor = models.ForeignKey(Sponsor, on_delete=models.PROTECT, related_name="assignments")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="assignments")
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    basis = models.CharField(_("hình thức"), max_length=10, choices=Basis)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(_("ngày quyết định"))
    ended_on = models.DateField(_("kết thúc ngày"), null=True, blank=True)
    is_lead = models.BooleanField(_("chủ trì"), default=False)
    agreement_due_on = models.DateField(_("hạn ký kết"), null=True, blank=True)
    agreement_signed_on = models.DateField(_("ngày ký kết"), null=True, blank=True)
    plan_due_on = models.DateField(_("hạn có kế hoạch"), null=True, blank=True)
    plan_done_on = models.DateField(_("ngày có kế hoạch"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("phân công đỡ đầu")
        verbose_name_plural = _("phân công đỡ đầu")
        ordering = ["commune", "-is_lead", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sponsor", "commune", "decided_on"],
                condition=Q(village=None),
                name="assignment_commune_once",
            ),
            models.UniqueConstraint(
                fields=["sponsor", "commune", "village", "decided_on"],
                condition=Q(village__isnull=False),
                name="assignment_village_once",
            ),
        ]

    def __str__(self):
        return f"{self.sponsor} → {self.village or self.commune}"
