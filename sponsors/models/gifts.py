"""What was promised, what really came, and what stands in the way."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Village
from criteria.models import Criterion, FundingSource
from ntm_tracker.core.fields import Correctable, Dated, DongField, Sourced
from ntm_tracker.core.models import Document
from ntm_tracker.core.numbers import vi_number
from sponsors.choices import GiftKind, Giver
from sponsors.models.assignments import Assignment, OwnedQuerySet, Sponsor
from sponsors.models.tasks import Task, TaskUpdate


class Gift(Correctable, Dated, Sourced):
    """Something promised or given. `amount` is money in đồng; goods have a quantity, a unit and a
    converted value in đồng; labour is counted in days. The three stay apart."""

    kind = models.CharField(_("loại"), max_length=8, choices=GiftKind)
    description = models.CharField(_("nội dung"), max_length=300)
    amount = DongField(_("số tiền (đồng)"), default=0)
    quantity = models.DecimalField(
        _("số lượng"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    unit = models.CharField(_("đơn vị tính"), max_length=40, blank=True)
    converted_value = DongField(_("giá trị quy đổi (đồng)"), default=0)
    labour_days = models.DecimalField(_("ngày công"), max_digits=10, decimal_places=1, default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người ghi"), max_length=200)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def words(self) -> str:
        """What it is: "200.000.000 đồng", "3 bộ, quy đổi 45.000.000 đồng", "40 ngày công"."""
        if self.kind == GiftKind.MONEY:
            return f"{vi_number(self.amount)} đồng"
        if self.kind == GiftKind.LABOUR:
            return f"{short_number(self.labour_days)} ngày công"
        value = f", quy đổi {vi_number(self.converted_value)} đồng" if self.converted_value else ""
        return f"{short_number(self.quantity or 0)} {self.unit}{value}"


def short_number(number) -> str:
    """A quantity without idle zeros: 40.0 → 40, 2.50 → 2,5."""
    places = -int(Decimal(number).normalize().as_tuple().exponent)
    return vi_number(number, max(0, places))


class Commitment(Gift):
    """A promise of a sponsor (cam kết). It is not *identified* money: it becomes so only when the
    office records it as a source, and then `funding_source` points to that row."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="commitments")
    sponsor = models.ForeignKey(Sponsor, on_delete=models.PROTECT, related_name="commitments")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="commitments")
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    funding_source = models.OneToOneField(
        FundingSource, on_delete=models.PROTECT, null=True, blank=True, related_name="commitment"
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("cam kết")
        verbose_name_plural = _("cam kết")
        ordering = ["effective_on", "id"]

    def __str__(self):
        return f"{self.sponsor}: {self.description}"


class ContributionQuerySet(OwnedQuerySet):
    def standing(self):
        """Entries that hold: no row takes them back, or one that was taken back itself."""
        taken_back = Contribution.objects.filter(corrects=OuterRef("pk"), corrections=None)
        return self.filter(~Exists(taken_back), corrects=None)


class Contribution(Gift):
    """Something that really came: from a sponsor, from the people, from another locality."""

    giver = models.CharField(_("bên đóng góp"), max_length=10, choices=Giver)
    giver_name = models.CharField(_("tên bên đóng góp"), max_length=200, blank=True)
    sponsor = models.ForeignKey(
        Sponsor, on_delete=models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="contributions")
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    update = models.ForeignKey(
        TaskUpdate, on_delete=models.PROTECT, null=True, blank=True, related_name="contributions"
    )

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("đóng góp")
        verbose_name_plural = _("đóng góp")
        ordering = ["effective_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(giver="sponsor", sponsor__isnull=False)
                | (~Q(giver="sponsor") & Q(sponsor=None)),
                name="contribution_giver",
            )
        ]

    def __str__(self):
        return f"{self.sponsor or self.giver_name}: {self.description}"
