"""One commune: criteria with who said so, money, villages, sponsors, tasks, papers, changes."""

from collections.abc import Iterable
from dataclasses import dataclass

from communes.choices import UnitKind
from communes.models import Commune, Village, VillageMembership
from criteria.choices import RECOGNISED_STATES, Level
from criteria.models import DossierStep, WorkItem
from criteria.selectors import reported
from criteria.selectors.dossiers import dossier_steps
from criteria.selectors.funding import ItemLine, Money, total
from criteria.selectors.grid import may_fill
from criteria.selectors.revocation import Fallen, fallen_communes
from criteria.selectors.sets import SetInForce
from criteria.selectors.villages import VillageCounts, VillageRow, village_counts
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.numbers import to_ty, vi_number
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.rules import may_see_everybody_due, may_see_forecast
from ntm_tracker.dashboard.selectors import sponsorship
from ntm_tracker.dashboard.selectors.criteria_table import CriteriaTable, criteria_table
from ntm_tracker.dashboard.selectors.figures import Target, target
from ntm_tracker.dashboard.selectors.forecasts import Outlook, outlook
from ntm_tracker.dashboard.selectors.money_flow import Flow, commune_flow
from ntm_tracker.dashboard.selectors.successions import Succession, successions, with_changes
from ntm_tracker.dashboard.selectors.trail import TrailRow, own_sponsor_id, trail
from ntm_tracker.dashboard.selectors.trends import Trend, commune_trend
from ntm_tracker.dashboard.selectors.words import Stat, stats_text, target_stat
from sponsors.selectors import Gifts
from sponsors.selectors.assignments import TaskSums


@dataclass(frozen=True)
class MoneyGroup:
    """A category of one commune's money with its work items."""

    code: str
    name: str
    money: Money
    items: tuple[ItemLine, ...]


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
    fallen: Fallen | None
    criteria: CriteriaTable | None
    trend: Trend | None
    outlook: Outlook | None
    money: Money
    money_groups: tuple[MoneyGroup, ...]
    villages: tuple[VillageRow, ...]
    village_sum: VillageCounts
    work: sponsorship.PlaceWork
    flow: Flow
    changes: tuple[TrailRow, ...]
    predecessors: tuple[Succession, ...]
    successors: tuple[Succession, ...]
    stats: tuple[Stat, ...]
    due_url: str = ""
    may_report: bool = False
    is_demo: bool = False

    @property
    def text(self) -> str:
        """The key figures as they are sent on."""
        lines = []
        if self.criteria:
            lines.append(f"Tiêu chí đạt: {self.criteria.met}/{self.criteria.total}")
        if self.dossier:
            lines.append(f"Hồ sơ: {self.dossier.get_state_display()}")
        name, on = str(self.commune), self.as_of.date
        return stats_text(name, on, self.stats, lines, is_demo=self.is_demo)

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
        if self.trend:
            tabs.append(Tab("tien-do", "Tiến độ", 0))
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


def find_commune(user: User, code: str, as_of: AsOf) -> Commune | None:
    """The unit that bore a code on a day, if `user` may see it: a code names another territory
    after each change of units."""
    communes = reported.units(user, as_of).filter(code=code)
    found = with_changes(communes, as_of).select_related("district", "province").first()
    return reported.name_then(found, as_of) if found else None


def commune_page(
    user: User, commune: Commune, as_of: AsOf, installation: Installation
) -> CommunePage:
    """Everything about a commune (of `find_commune`) that `user` may see; constant queries."""
    on = as_of.date
    in_force = (
        reported.set_for(Level.COMMUNE, as_of, commune.province.code)
        if commune.kind == UnitKind.XA
        else None
    )
    steps = tuple(dossier_steps(commune, as_of))
    dossier = next(
        (
            step
            for step in steps
            if in_force and step.dossier.criteria_set_id == in_force.criteria_set.pk
        ),
        None,
    )
    criteria = trend = None
    if in_force and not (dossier and dossier.state in RECOGNISED_STATES):
        details = reported.criteria_of(commune, in_force, as_of)
        criteria = criteria_table(in_force.criteria_set, details, on)
        trend = commune_trend(commune.code, commune.name, in_force, details, as_of, installation)
    lines = reported.lines_of(WorkItem.objects.visible_to(user).filter(commune=commune), as_of)
    there = VillageMembership.objects.filter(commune=commune).values("village")
    villages = reported.villages_then(
        Village.objects.visible_to(user).filter(pk__in=there),
        as_of,
        Commune.objects.filter(pk=commune.pk),
    )
    village_sum = village_counts(villages)
    work = sponsorship.commune_page_work(user, commune, as_of)
    predecessors, successors = successions(user, commune, as_of)
    return CommunePage(
        commune=commune,
        as_of=as_of,
        dossier=dossier,
        steps=steps,
        fallen=_fallen(commune, in_force, dossier, as_of),
        criteria=criteria,
        trend=trend,
        outlook=_outlook(user, trend, total(lines), work),
        money=total(lines),
        money_groups=money_groups(lines),
        villages=tuple(villages),
        village_sum=village_sum,
        work=work,
        flow=commune_flow(
            user,
            commune,
            as_of,
            money=total(lines),
            promised=work.promised,
            delivered=work.totals.sponsors if work.totals else Gifts(),
        ),
        changes=trail(user, on, own_sponsor=own_sponsor_id(user), commune_id=commune.pk),
        predecessors=predecessors,
        successors=successors,
        stats=_stats(criteria, total(lines), village_sum, work, target(installation, on)),
        due_url=_due_url(user, commune, as_of),
        is_demo=installation.is_demo,
        may_report=commune.kind == UnitKind.XA and bool(may_fill(commune, user, as_of)),
    )


def _outlook(
    user: User, trend: Trend | None, money: Money, work: sponsorship.PlaceWork
) -> Outlook | None:
    """The estimate, for who may see it."""
    if trend is None or not may_see_forecast(user):
        return None
    late = sum(task.is_late for task in work.tasks)
    return outlook(trend, money, TaskSums(late=late, open=sum(row.is_open for row in work.tasks)))


def _due_url(user: User, commune: Commune, as_of: AsOf) -> str:
    """Where the list of what is to be done lies: for who follows everybody that of the commune,
    for everyone else his own."""
    if may_see_everybody_due(user):
        return address("dashboard:due", as_of, by="commune", who=str(commune.pk))
    return address("dashboard:due", as_of)


def _fallen(
    commune: Commune, in_force: SetInForce | None, dossier: DossierStep | None, as_of: AsOf
) -> Fallen | None:
    """What has fallen since recognition; only recognised communes are asked about."""
    if in_force is None or dossier is None or dossier.state not in RECOGNISED_STATES:
        return None
    alone = Commune.objects.filter(pk=commune.pk)
    return next(iter(fallen_communes(alone, in_force, as_of.date, as_of.known_at)), None)


def money_groups(lines: Iterable[ItemLine]) -> tuple[MoneyGroup, ...]:
    """The categories that have work items, with these, in the order of the lines."""
    groups: dict[tuple[str, str], list[ItemLine]] = {}
    for line in lines:
        groups.setdefault((line.category_code, line.category_name), []).append(line)
    return tuple(
        MoneyGroup(code, name, total(members), tuple(members))
        for (code, name), members in groups.items()
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
