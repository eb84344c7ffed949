"""What the rules find in the figures of the present, as far as the reader may see them."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from communes.choices import unit_word
from communes.models import Commune
from criteria import warning_rules
from criteria.choices import Cell, Level
from criteria.models import (
    Assessment,
    Disbursement,
    FundingNeed,
    FundingSource,
    Standing,
    WorkItem,
)
from criteria.selectors.debts import debts_on
from criteria.selectors.funding import ItemLine, item_lines
from criteria.selectors.scope import Reader, followed, tracked_items
from criteria.selectors.sets import set_in_force
from criteria.warning_rules import Due, Programme, Rule
from ntm_tracker.core.choices import Provenance, Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.findings import Finding, Place
from ntm_tracker.core.models import Installation, Period

Amount = FundingNeed | FundingSource | Disbursement
AMOUNTS = (FundingNeed, FundingSource, Disbursement)


def findings(user: Reader, as_of: AsOf, installation: Installation) -> list[Finding]:
    """Everything the rules find in what the reader follows: money, dates, verdicts, debts; a
    constant number of queries. A sponsor reads the figures of a commune, but answers for none."""
    if user.role == Role.SPONSOR:
        return []
    communes = followed(user, as_of.date, installation.focus_district)
    items = tracked_items(user, as_of.date, installation.focus_district)
    programme = programme_of(as_of, installation)
    return [
        *money_findings(item_lines(items, as_of.date)),
        *date_findings(entered_outside(items, as_of.date, programme), programme),
        *evidence_findings(communes, as_of, installation),
        *debt_findings(communes, as_of),
    ]


def item_findings(
    lines: Iterable[ItemLine], rows: Iterable[Amount], as_of: AsOf, installation: Installation
) -> list[Finding]:
    """What the rules find at one work item, from its sums and the rows that count; one query."""
    programme = programme_of(as_of, installation)
    entered = [row for row in rows if row.provenance == Provenance.ENTERED]
    return [*money_findings(lines), *date_findings(entered, programme)]


def money_findings(lines: Iterable[ItemLine]) -> Iterable[Finding]:
    """Work items whose sums do not fit together."""
    for line in lines:
        money = line.money
        for rule, seen in (
            (
                Rule.SOURCE_OVER_NEED,
                warning_rules.source_over_need(money.need, money.identified),
            ),
            (
                Rule.PAID_OVER_SOURCE,
                warning_rules.paid_over_source(money.identified, money.disbursed),
            ),
        ):
            if seen:
                yield Finding(
                    rule=rule.value,
                    object_type=WorkItem._meta.label_lower,
                    object_id=line.pk,
                    fingerprint=seen.fingerprint,
                    sentence=seen.sentence,
                    place=Place("criteria:work-item", line.code, line.name),
                    commune_id=line.commune_id,
                    commune_code=line.commune_code or "",
                    commune_label=line.commune_label,
                )


def programme_of(as_of: AsOf, installation: Installation) -> Programme:
    """The days that figures may bear, and the months whose report had been due; one query."""
    return Programme(
        as_of.first_date.replace(day=1),
        installation.target_date,
        tuple(
            Due(f"tháng {row.month:%m/%Y}", row.cut_off_on, row.due_on)
            for row in Period.objects.filter(due_on__lt=as_of.date)
        ),
    )


def entered_outside(items: QuerySet[WorkItem], on: date, programme: Programme) -> Iterable[Amount]:
    """Rows that a unit has entered for a day outside the programme, or late for their month; three
    queries. What has been taken back says nothing any more."""
    outside = Q(effective_on__lt=programme.first)
    if programme.target:
        outside |= Q(effective_on__gt=programme.target)
    for period in programme.periods:
        day_after = datetime.combine(period.due_on + timedelta(days=1), time())
        outside |= Q(
            effective_on__lte=period.cut_off_on, recorded_at__gte=timezone.make_aware(day_after)
        )
    for model in AMOUNTS:
        rows = model.objects.filter(
            outside,
            item__in=items.values("pk"),
            effective_on__lte=on,
            provenance=Provenance.ENTERED,
            corrects=None,
            corrections=None,
        )
        yield from rows.select_related("item__commune").order_by("effective_on", "pk")


def date_findings(rows: Iterable[Amount], programme: Programme) -> Iterable[Finding]:
    """Rows for a day outside the programme, or for a month whose report had been due."""
    for row in rows:
        recorded_on = timezone.localdate(row.recorded_at)
        if seen := warning_rules.outside_period(row.effective_on, recorded_on, programme):
            yield Finding(
                rule=Rule.OUTSIDE_PERIOD.value,
                object_type=row._meta.label_lower,
                object_id=row.pk,
                fingerprint=seen.fingerprint,
                sentence=seen.sentence,
                place=Place("criteria:work-item", row.item.code, row.item.name),
                **_of_commune(row.item.commune),
            )


def evidence_findings(
    communes: QuerySet[Commune], as_of: AsOf, installation: Installation
) -> Iterable[Finding]:
    """Criteria that a commune reports as met, with nothing to show for it; two queries."""
    in_force = set_in_force(Level.COMMUNE, as_of.date, installation.province_code)
    if in_force is None:
        return
    measured = Assessment.objects.filter(
        commune=OuterRef("commune"),
        indicator__criterion__number=OuterRef("criterion__number"),
        value__isnull=False,
    )
    rows = Standing.objects.filter(
        ~Exists(measured),
        commune__in=communes.values("pk"),
        criterion__criteria_set=in_force.criteria_set,
        cell=Cell.MET_SELF,
        self_row__note="",
        self_row__value=None,
        self_row__document=None,
        self_row__attachments=None,
    ).select_related("commune", "criterion", "self_row")
    for row in rows.order_by("commune__sort_key", "commune", "criterion__number"):
        commune, report = row.commune, row.self_row
        if commune is None or report is None:
            continue
        criterion = row.criterion
        seen = warning_rules.met_without_evidence(criterion.number, criterion.name, report.pk)
        yield Finding(
            rule=Rule.MET_WITHOUT_EVIDENCE.value,
            object_type=Assessment._meta.label_lower,
            object_id=report.pk,
            fingerprint=seen.fingerprint,
            sentence=seen.sentence,
            place=Place("dashboard:commune", commune.code, str(commune)),
            **_of_commune(commune),
        )


def debt_findings(communes: QuerySet[Commune], as_of: AsOf) -> Iterable[Finding]:
    """Communes with overdue debt; two queries."""
    debts = debts_on(communes, as_of.date)
    owing = [pk for pk, debt in debts.items() if debt.overdue > 0]
    for commune in Commune.objects.filter(pk__in=owing).order_by("sort_key", "pk"):
        if seen := warning_rules.overdue_debt(debts[commune.pk].overdue):
            yield Finding(
                rule=Rule.OVERDUE_DEBT.value,
                object_type=Commune._meta.label_lower,
                object_id=commune.pk,
                fingerprint=seen.fingerprint,
                sentence=seen.sentence,
                place=Place("criteria:debt", commune.code, str(commune)),
                **_of_commune(commune),
            )


def _of_commune(commune: Commune | None) -> dict:
    if commune is None:
        return {"commune_label": "Liên xã, chưa phân bổ"}
    return {
        "commune_id": commune.pk,
        "commune_code": commune.code,
        "commune_label": f"{unit_word(commune.kind)} {commune.name}",
    }
