"""One commune: criteria with who said so, money, villages, sponsors, tasks, papers, changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from communes.choices import UnitKind
from communes.models import Commune, UnitSuccession, Village
from criteria.choices import RECOGNISED_STATES, Cell, Level
from criteria.models import CriteriaSet, DossierStep, FundingCategory, WorkItem
from criteria.selectors.dossiers import dossier_steps
from criteria.selectors.funding import ItemLine, Money, group_money, item_lines, total
from criteria.selectors.sets import set_in_force
from criteria.selectors.standings import OVERDUE_CODES, CellDetail, commune_criteria
from criteria.selectors.villages import VillageCounts, VillageRow, village_counts, village_rows
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.numbers import to_ty, vi_number
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.selectors import sponsorship
from ntm_tracker.dashboard.selectors.figures import Target, target
from ntm_tracker.dashboard.selectors.progress import Rungs
from ntm_tracker.dashboard.selectors.trail import TrailRow, own_sponsor_id, trail
from ntm_tracker.dashboard.selectors.words import Stat, target_stat


@dataclass(frozen=True)
class CriterionRow:
    """One line of the criteria table. `days_overdue` counts from the planned date and is 0 where
    the criterion is met or its day has not passed."""

    detail: CellDetail
    days_overdue: int


@dataclass(frozen=True)
class CriteriaTable:
    """The criteria of one commune with the sums over them."""

    criteria_set: CriteriaSet
    rows: tuple[CriterionRow, ...]
    rungs: Rungs
    met: int
    overdue: int

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def percent(self) -> str:
        """The share met, rounded down, so that 100% means all of them."""
        return f"{self.met * 100 // self.total if self.total else 0}%"


@dataclass(frozen=True)
class MoneyGroup:
    """A category of one commune's money with its work items."""

    code: str
    name: str
    money: Money
    items: tuple[ItemLine, ...]


@dataclass(frozen=True)
class Succession:
    """A unit that this one came out of or went into. `url` leads to it on a day of its own
    validity; it is empty where the reader may not see it or there are no figures of that day."""

    commune: Commune
    on: date
    part: str
    legal_basis: str
    url: str


@dataclass(frozen=True)
class Tab:
    """A section of the page, for the row of links above."""

    anchor: str
    label: str
    count: int


@dataclass(frozen=True)
class CommunePage:
    """Context of `commune.html`. `criteria` is None for recognised communes, for units that the
    sets do not measure, and where no set is in force."""

    commune: Commune
    as_of: AsOf
    dossier: DossierStep | None
    steps: tuple[DossierStep, ...]
    criteria: CriteriaTable | None
    money: Money
    money_groups: tuple[MoneyGroup, ...]
    villages: tuple[VillageRow, ...]
    village_sum: VillageCounts
    work: sponsorship.PlaceWork
    changes: tuple[TrailRow, ...]
    predecessors: tuple[Succession, ...]
    successors: tuple[Succession, ...]
    stats: tuple[Stat, ...]

    @property
    def is_measured(self) -> bool:
        """Whether commune criteria are for this kind of unit at all."""
        return self.commune.kind == UnitKind.XA

    @property
    def shows_money(self) -> bool:
        """A commune on its way says that nothing is stated yet; others keep silent about it."""
        return bool(self.money_groups) or self.criteria is not None

    @property
    def shows_work(self) -> bool:
        work = self.work
        return self.criteria is not None or bool(work.sponsors or work.tasks or work.gifts)

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The sections that stand below, in their order."""
        tabs = []
        if self.criteria:
            tabs.append(Tab("tieu-chi", "Tiêu chí", self.criteria.total))
        if self.shows_money:
            tabs.append(Tab("kinh-phi", "Kinh phí", 0))
        if self.villages:
            tabs.append(Tab("thon", "Thôn", len(self.villages)))
        if self.shows_work:
            tabs.append(Tab("do-dau", "Đơn vị đỡ đầu", self.work.sponsor_count))
            tabs.append(Tab("viec", "Việc", len(self.work.tasks)))
        tabs.append(Tab("ho-so", "Hồ sơ", len(self.steps)))
        tabs.append(Tab("thay-doi", "Thay đổi", 0))
        return tuple(tabs)


def commune_page(
    user: User, commune: Commune, as_of: AsOf, installation: Installation
) -> CommunePage:
    """Everything about a commune that `user` (who may see it) may see; constant queries."""
    on = as_of.date
    in_force = (
        set_in_force(Level.COMMUNE, on, commune.province.code)
        if commune.kind == UnitKind.XA
        else None
    )
    steps = tuple(dossier_steps(commune, on))
    dossier = next(
        (
            step
            for step in steps
            if in_force and step.dossier.criteria_set_id == in_force.criteria_set.pk
        ),
        None,
    )
    criteria = None
    if in_force and not (dossier and dossier.state in RECOGNISED_STATES):
        details = commune_criteria(commune, in_force, as_of)
        criteria = criteria_table(in_force.criteria_set, details, on)
    lines = item_lines(WorkItem.objects.visible_to(user).filter(commune=commune), on)
    villages = village_rows(
        Village.objects.visible_to(user), on, Commune.objects.filter(pk=commune.pk)
    )
    village_sum = village_counts(villages)
    work = sponsorship.commune_work(user, commune, as_of)
    predecessors, successors = successions(user, commune, as_of)
    return CommunePage(
        commune=commune,
        as_of=as_of,
        dossier=dossier,
        steps=steps,
        criteria=criteria,
        money=total(lines),
        money_groups=money_groups(lines),
        villages=tuple(villages),
        village_sum=village_sum,
        work=work,
        changes=trail(user, on, own_sponsor=own_sponsor_id(user), commune_id=commune.pk),
        predecessors=predecessors,
        successors=successors,
        stats=_stats(criteria, total(lines), village_sum, work, target(installation, on)),
    )


def criteria_table(
    criteria_set: CriteriaSet, details: Sequence[CellDetail], on: date
) -> CriteriaTable:
    """The details as rows of a table, with their sums."""
    cells = [Cell(detail.cell) for detail in details]
    return CriteriaTable(
        criteria_set=criteria_set,
        rows=tuple(
            CriterionRow(
                detail,
                (on - detail.planned_on).days if cell in OVERDUE_CODES and detail.planned_on else 0,
            )
            for detail, cell in zip(details, cells, strict=True)
        ),
        rungs=Rungs(
            *(cells.count(code) for code in (Cell.MET_SELF, Cell.MET_VERIFIED, Cell.MET_APPRAISED))
        ),
        met=sum(detail.is_met for detail in details),
        overdue=sum(cell in OVERDUE_CODES for cell in cells),
    )


def money_groups(lines: Iterable[ItemLine]) -> tuple[MoneyGroup, ...]:
    """The categories that have work items, with these; one query."""
    lines = list(lines)
    sums = group_money(lines, lambda line: line.category_id)
    names = {category.pk: category for category in FundingCategory.objects.all()}
    return tuple(
        MoneyGroup(
            names[pk].code,
            names[pk].name,
            money,
            tuple(line for line in lines if line.category_id == pk),
        )
        for pk, money in sums.items()
    )


def _stats(
    criteria: CriteriaTable | None,
    money: Money,
    villages: VillageCounts,
    work: sponsorship.PlaceWork,
    goal: Target | None,
) -> tuple[Stat, ...]:
    """Key figures of a commune on its way; a recognised one has only its dossier."""
    if criteria is None:
        return ()
    found = [
        Stat(
            "Chưa xác định nguồn",
            to_ty(money.missing),
            "tỷ đồng",
            f"nhu cầu {to_ty(money.need)}, đã xác định {to_ty(money.identified)}",
            href="#kinh-phi",
            tone="gap" if money.missing else "",
        ),
        Stat(
            "Thôn chưa đạt kiểu mẫu",
            vi_number(villages.left),
            "thôn",
            f"trong {vi_number(villages.total)} thôn",
            href="#thon" if villages.total else "",
        ),
        Stat(
            "Việc chậm",
            vi_number(work.late),
            "việc",
            f"trong {vi_number(len(work.tasks))} việc",
            f"{vi_number(criteria.overdue)} tiêu chí quá hạn kế hoạch",
            "#viec",
            "gap" if work.late else "",
        ),
    ]
    if goal:
        found.append(target_stat(goal))
    return tuple(found)


def successions(
    user: User, commune: Commune, as_of: AsOf
) -> tuple[tuple[Succession, ...], tuple[Succession, ...]]:
    """What a unit came out of and what it went into, the latest first; at most two queries.

    A change after the last day with figures is not yet known here.
    """
    steps = list(
        UnitSuccession.objects.filter(Q(old=commune) | Q(new=commune), on__lte=as_of.last_date)
        .select_related("old", "new")
        .order_by("-on", "old__sort_key", "new__sort_key", "id")
    )
    others = {step.old_id for step in steps} | {step.new_id for step in steps}
    opened = (
        set(Commune.objects.visible_to(user).filter(pk__in=others).values_list("pk", flat=True))
        if others
        else set()
    )
    before, after = [], []
    for step in steps:
        # A unit may go on under its own code: then old and new differ only in validity.
        if step.new_id == commune.pk:
            day = step.old.valid_to or step.on
            before.append(_succession(step, step.old, day, as_of, step.old_id in opened))
        else:
            day = step.new.valid_from
            after.append(_succession(step, step.new, day, as_of, step.new_id in opened))
    return tuple(before), tuple(after)


def _succession(
    step: UnitSuccession, other: Commune, day: date, as_of: AsOf, is_open: bool
) -> Succession:
    url = ""
    if is_open and as_of.first_date <= day <= as_of.last_date:
        there = replace(as_of, date=day)
        url = address("dashboard:commune", there, other.code)
    return Succession(other, step.on, str(step.get_part_display()), step.legal_basis, url)
