"""What pages show for a day: what was kept where the day is the cut-off of a closed month, the live
rows otherwise. One name for both, so that no page has to know.

What a month keeps is what its report covered (`tracked_communes`); a wider area, another province
say, answers live beside it.
"""

from collections import Counter
from dataclasses import replace

from django.db.models import Exists, Q, QuerySet

from communes.models import Commune, CommuneQuerySet, District, Province, Village, valid_on
from criteria.choices import Level, SourceKind
from criteria.models import WorkItem
from criteria.selectors import kept
from criteria.selectors.debts import Debt, debts_on
from criteria.selectors.funding import (
    ItemLine,
    KindLine,
    identified_by_kind,
    item_lines,
)
from criteria.selectors.scope import Reader
from criteria.selectors.sets import SetInForce, set_in_force
from criteria.selectors.standings import (
    CellDetail,
    Change,
    CommuneStanding,
    OverdueCriterion,
    changes_between,
    commune_criteria,
    commune_standings,
    overdue_criteria,
)
from criteria.selectors.villages import VillageRow, village_rows
from ntm_tracker.core.clock import AsOf


def _standings(as_of: AsOf) -> dict[int, CommuneStanding]:
    """Commune id → what was kept of it; nothing on a day of no closed month."""
    if as_of.closed is None:
        return {}
    return {row.commune_id: row for row in as_of.closed.rows(kept.COMMUNE, kept.CODEC)}


def units(user: Reader, as_of: AsOf) -> CommuneQuerySet:
    """All units of a day that the reader may see: those in force, and those that were when the
    month was closed."""
    return all_units(as_of).visible_to(user)


def all_units(as_of: AsOf) -> CommuneQuerySet:
    """The same whoever reads: narrow it to what the reader may see."""
    communes: CommuneQuerySet = Commune.objects.all()
    if as_of.closed is None:
        return communes.active_on(as_of.date)
    return communes.filter(valid_on(as_of.date) | Q(pk__in=list(_standings(as_of))))


def followed_units(user: Reader, as_of: AsOf, focus_district: str = "") -> CommuneQuerySet:
    """`scope.followed` for a day that may be closed."""
    communes = units(user, as_of)
    if not focus_district or not user.sees_all_communes:
        return communes
    lives = District.objects.filter(code=focus_district).exclude(valid_to__lt=as_of.date)
    return communes.filter(Q(district__code=focus_district) | ~Exists(lives))


def followed_items(user: Reader, as_of: AsOf, focus_district: str = "") -> QuerySet[WorkItem]:
    """`scope.tracked_items` for a day that may be closed."""
    here = followed_units(user, as_of, focus_district).values("pk")
    return WorkItem.objects.visible_to(user).filter(Q(commune__in=here) | Q(commune=None))


def name_then(commune: Commune, as_of: AsOf) -> Commune:
    """The commune under the name that it bore when the month was closed; for showing, not for
    saving."""
    if row := _standings(as_of).get(commune.pk):
        commune.name = row.name
    return commune


def set_for(level: Level, as_of: AsOf, province_code: str = "") -> SetInForce | None:
    """The criteria set that measures a level on the day."""
    if as_of.closed is not None and level == Level.COMMUNE:
        for found in as_of.closed.rows(kept.IN_FORCE, kept.CODEC):
            own = found.criteria_set.province_id
            if own is None or Province.objects.filter(pk=own, code=province_code).exists():
                return found
    return set_in_force(level, as_of.date, province_code)


def standings(
    communes: QuerySet[Commune], in_force: SetInForce, as_of: AsOf
) -> list[CommuneStanding]:
    """The matrix over `communes` on the day, by name."""
    known = _standings(as_of)
    if not known:
        return commune_standings(communes, in_force, as_of)
    order = list(communes.order_by("sort_key", "id").values_list("pk", flat=True))
    if set(order) - set(known):
        rest = commune_standings(communes.exclude(pk__in=list(known)), in_force, as_of)
        known = known | {row.commune_id: row for row in rest}
    return [known[pk] for pk in order]


def criteria_of(commune: Commune, in_force: SetInForce, as_of: AsOf) -> list[CellDetail]:
    """Every criterion of a commune: the cells that were kept, with what was known then."""
    details = commune_criteria(commune, in_force, as_of)
    row = _standings(as_of).get(commune.pk)
    if row is None or len(row.cells) != len(details):
        return details
    return [replace(detail, cell=cell) for detail, cell in zip(details, row.cells, strict=True)]


def overdue(
    communes: QuerySet[Commune], in_force: SetInForce, as_of: AsOf
) -> list[OverdueCriterion]:
    """The overdue criteria of the communes on the day, the longest overdue first."""
    known = _standings(as_of)
    if as_of.closed is None or not known:
        return overdue_criteria(communes, in_force, as_of)
    ids = set(communes.values_list("pk", flat=True))
    rows = as_of.closed.rows(kept.OVERDUE, kept.CODEC)
    found = [row for row in rows if row.commune_id in ids]
    if ids - set(known):
        found += overdue_criteria(communes.exclude(pk__in=list(known)), in_force, as_of)
    return found


def changes(
    communes: QuerySet[Commune], in_force: SetInForce, before: AsOf, as_of: AsOf
) -> list[Change]:
    """What turned between two days; of a closed month what its report said."""
    if as_of.closed is None:
        return changes_between(
            communes, in_force, before.date, as_of.date, is_present=as_of.is_present
        )
    ids = set(communes.values_list("pk", flat=True))
    return [row for row in as_of.closed.rows(kept.CHANGE, kept.CODEC) if row.commune_id in ids]


def villages_then(
    villages: QuerySet[Village], as_of: AsOf, communes: QuerySet[Commune] | None = None
) -> list[VillageRow]:
    """The villages of a day, by commune and name; `communes` narrows as in `village_rows`."""
    known = _standings(as_of)
    if as_of.closed is None or not known:
        return village_rows(villages, as_of.date, communes)
    here = Commune.objects.active_on(as_of.date) if communes is None else communes
    ids = None if communes is None else set(here.values_list("pk", flat=True))
    seen = set(villages.values_list("pk", flat=True))
    rows = [
        row
        for row in as_of.closed.rows(kept.VILLAGE, kept.CODEC)
        if row.pk in seen and (ids is None or row.commune_id in ids)
    ]
    if ids is None or ids - set(known):
        rows += village_rows(villages, as_of.date, here.exclude(pk__in=list(known)))
    return rows


def lines_of(items: QuerySet[WorkItem], as_of: AsOf) -> list[ItemLine]:
    """Each work item with its sums on the day."""
    if as_of.closed is None:
        return item_lines(items, as_of.date)
    seen, others = _seen(items, as_of)
    rows = [row for row in as_of.closed.rows(kept.ITEM, kept.CODEC) if row.pk in seen]
    return [*rows, *item_lines(others, as_of.date)]


def kinds_of(items: QuerySet[WorkItem], as_of: AsOf) -> list[KindLine]:
    """Identified and paid out money by kind of source on the day, in the fixed order of kinds."""
    if as_of.closed is None:
        return identified_by_kind(items, as_of.date)
    seen, others = _seen(items, as_of)
    identified: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for row in as_of.closed.rows(kept.ITEM_KIND, kept.CODEC):
        if row.item_id in seen:
            identified[row.kind] += row.amount
            paid[row.kind] += row.disbursed
    for line in identified_by_kind(others, as_of.date):
        identified[line.kind] += line.amount
        paid[line.kind] += line.disbursed
    return [KindLine(kind, identified[kind], paid[kind]) for kind in SourceKind]


def _seen(items: QuerySet[WorkItem], as_of: AsOf) -> tuple[set[int], QuerySet[WorkItem]]:
    """The ids of these items, and those of them that the closed month did not cover."""
    covered = set(_standings(as_of))
    if as_of.closed is not None:
        lines = as_of.closed.rows(kept.ITEM, kept.CODEC)
        covered |= {row.commune_id for row in lines if row.commune_id}
    others = items.exclude(commune=None).exclude(commune__in=list(covered))
    return set(items.values_list("pk", flat=True)), others


def debts(communes: QuerySet[Commune], as_of: AsOf) -> dict[int, Debt]:
    """Commune id → its debt on the day."""
    known = _standings(as_of)
    if as_of.closed is None or not known:
        return debts_on(communes, as_of.date)
    ids = set(communes.values_list("pk", flat=True))
    rows = as_of.closed.rows(kept.DEBT, kept.CODEC)
    found = {commune: debt for commune, debt in rows if commune in ids}
    return found | debts_on(communes.exclude(pk__in=list(known)), as_of.date)
