"""What is needed, what has a source, and what was announced. Every amount is in whole đồng."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Village
from criteria.choices import Measure, SourceKind
from criteria.models.sets import Criterion
from ntm_tracker.core.fields import Correctable, Dated, DongField, Named, Sourced
from ntm_tracker.core.models import Document


class FundingCategory(models.Model):
    """A line of the funding table. Its own list: the published groups are no commune criteria
    ("Kinh tế" and "Y tế - văn hóa - giáo dục" are of the district set), so criteria are mapped."""

    code = models.SlugField(_("mã"), max_length=40, unique=True)
    name = models.CharField(_("tên"), max_length=120)
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    criteria = models.ManyToManyField(Criterion, blank=True, related_name="funding_categories")
    source = models.TextField(_("nguồn"), blank=True)

    class Meta:
        verbose_name = _("nhóm kinh phí")
        verbose_name_plural = _("nhóm kinh phí")
        ordering = ["position", "id"]

    def __str__(self):
        return self.name


class WorkItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Items of the communes `user` may see. Inter-commune items belong to the whole, so only
        those who see every commune see them."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_all_communes:
            return self
        return self.filter(commune__in=Commune.objects.visible_to(user).values("pk"))


class WorkItem(Named, Sourced):
    """A piece of work that costs money, in one commune, or inter-commune / not yet allotted."""

    code = models.CharField(_("mã"), max_length=40, unique=True)
    category = models.ForeignKey(
        FundingCategory, on_delete=models.PROTECT, related_name="items", verbose_name=_("nhóm")
    )
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="work_items",
        verbose_name=_("xã"),
        help_text=_("Để trống: liên xã, chưa phân bổ."),
    )
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, null=True, blank=True, related_name="work_items"
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="work_items"
    )

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("hạng mục")
        verbose_name_plural = _("hạng mục")
        ordering = ["sort_key", "id"]
        indexes = [models.Index(fields=["category", "commune"], name="work_item_place")]

    def __str__(self):
        return self.name


class Amount(Correctable, Dated, Sourced):
    """A signed amount that adds to what its work item had: the first row is the amount, later ones
    are adjustments (điều chỉnh). The figure on a date is the sum of the rows up to that date."""

    amount = DongField(_("số tiền (đồng)"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người ghi"), max_length=200)
    note = models.TextField(_("ghi chú"), blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class FundingNeed(Amount):
    """What a work item needs."""

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="needs")

    class Meta:
        verbose_name = _("nhu cầu kinh phí")
        verbose_name_plural = _("nhu cầu kinh phí")
        ordering = ["effective_on", "id"]
        indexes = [models.Index(fields=["item", "effective_on", "amount"], name="need_item_date")]

    def __str__(self):
        return f"{self.item}: {self.amount}"


class FundingSource(Amount):
    """Money that has a source: a kind and, as a rule, a document. Only these rows are
    *identified*; a sponsor's pledge counts when the office records it here."""

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="sources")
    kind = models.CharField(_("nguồn vốn"), max_length=12, choices=SourceKind)

    class Meta:
        verbose_name = _("nguồn đã xác định")
        verbose_name_plural = _("nguồn đã xác định")
        ordering = ["effective_on", "id"]
        indexes = [
            models.Index(fields=["item", "effective_on", "kind", "amount"], name="source_item_date")
        ]

    def __str__(self):
        return f"{self.item}: {self.get_kind_display()} {self.amount}"


class Disbursement(Amount):
    """Money of a work item that was really paid out (giải ngân), by the kind of its source. It is
    kept apart from what is identified, and from what sponsors promised and delivered."""

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="disbursements")
    kind = models.CharField(_("nguồn vốn"), max_length=12, choices=SourceKind)

    class Meta:
        verbose_name = _("giải ngân")
        verbose_name_plural = _("giải ngân")
        ordering = ["effective_on", "id"]
        indexes = [
            models.Index(
                fields=["item", "effective_on", "kind", "amount"], name="disbursement_item_date"
            )
        ]

    def __str__(self):
        return f"{self.item}: {self.get_kind_display()} {self.amount}"


class DebtStatement(Correctable, Dated, Sourced):
    """What a commune owes for construction of the programme on a day; the latest (effective_on,
    id) counts. Two numbers: debt (nợ xây dựng cơ bản) and the overdue part of it (nợ đọng), which
    alone stands in the way of recognition (`domain.md` §6)."""

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="debts")
    total = DongField(_("nợ xây dựng cơ bản (đồng)"))
    overdue = DongField(_("trong đó nợ đọng (đồng)"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_label = models.CharField(_("người ghi"), max_length=200)
    note = models.TextField(_("ghi chú"), blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("nợ xây dựng cơ bản")
        verbose_name_plural = _("nợ xây dựng cơ bản")
        ordering = ["effective_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(overdue__gte=0) & Q(total__gte=F("overdue")), name="debt_overdue_part"
            )
        ]
        indexes = [models.Index(fields=["commune", "effective_on", "id"], name="debt_latest")]

    def __str__(self):
        return f"{self.commune}: {self.total}"


class ControlTotal(Sourced):
    """A figure announced in a document, against which our own rows are held.

    `amount` is in đồng for money and in pieces otherwise; `precision` is the step to which the
    document rounded (100 triệu for figures in tỷ with one decimal).
    """

    measure = models.CharField(_("chỉ số"), max_length=14, choices=Measure)
    category = models.ForeignKey(
        FundingCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="totals"
    )
    announced_on = models.DateField(_("ngày công bố"))
    amount = models.BigIntegerField(_("số công bố"))
    precision = models.BigIntegerField(_("độ làm tròn"), default=0)
    is_approximate = models.BooleanField(_("số ước"), default=False)
    wording = models.CharField(_("nguyên văn"), max_length=120)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("số công bố")
        verbose_name_plural = _("số công bố")
        ordering = ["announced_on", "category__position", "measure"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "category", "announced_on"],
                condition=Q(category__isnull=False),
                name="control_total_category_once",
            ),
            models.UniqueConstraint(
                fields=["measure", "announced_on"],
                condition=Q(category=None),
                name="control_total_once",
            ),
            models.CheckConstraint(condition=Q(precision__gte=0), name="control_total_precision"),
        ]

    def __str__(self):
        return f"{self.get_measure_display()}: {self.wording}"


class ControlTotalLine(models.Model):
    """What each work item stood at when the announced figure was reconciled, so that a later
    difference can be named down to the row. `need` and `identified` are in đồng."""

    announced_on = models.DateField(_("ngày công bố"))
    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="control_lines")
    need = DongField(_("nhu cầu"))
    identified = DongField(_("đã xác định"))

    class Meta:
        verbose_name = _("dòng đối chiếu")
        verbose_name_plural = _("dòng đối chiếu")
        constraints = [
            models.UniqueConstraint(fields=["announced_on", "item"], name="control_line_once")
        ]

    def __str__(self):
        return f"{self.item} ({self.announced_on:%d/%m/%Y})"
