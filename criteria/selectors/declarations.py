"""Which communes have declared a month's report complete, how complete it is, and how punctual."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Case, F, Q, QuerySet, When

from communes.models import Commune
from criteria.choices import RECOGNISED_STATES, Outcome, Stage
from criteria.models import Assessment, Criterion, Declaration
from criteria.selectors.dossiers import dossier_states
from criteria.selectors.history import counting, latest_first
from criteria.selectors.scope import Reader, tracked_communes
from criteria.selectors.sets import SetInForce
from ntm_tracker.core.clock import AsOf, month_end
from ntm_tracker.core.models import Installation, Period


@dataclass(frozen=True)
class MonthReport:
    """One commune's report of one month: completeness and timeliness, each a figure of its own.

    `missing` are the criteria without a self-report dated in the month. `declaration` is the latest
    word (None: nothing was ever said). `days_late` counts from the due day of the period: of the
    declaration where there is one, else up to the day that is looked at; 0 is on time, None means
    that the month has no due day, or that it has not passed yet.
    """

    commune_id: int
    code: str
    name: str
    total: int
    missing: tuple[Criterion, ...]
    declaration: Declaration | None
    due_on: date | None
    days_late: int | None

    @property
    def reported(self) -> int:
        """Criteria that were reported in the month."""
        return self.total - len(self.missing)

    @property
    def percent(self) -> int:
        """Completeness in whole percent, rounded down: 100 means all."""
        return self.reported * 100 // self.total if self.total else 0

    @property
    def is_declared(self) -> bool:
        return self.declaration is not None and self.declaration.is_complete

    @property
    def is_overdue(self) -> bool:
        """Not declared although the due day has passed."""
        return not self.is_declared and bool(self.days_late)

    @property
    def state(self) -> str:
        """Its badge: declared, late, or open."""
        if self.is_declared:
            return "accepted"
        return "late" if self.is_overdue else "open"

    @property
    def timeliness(self) -> str:
        """In words whether it was or is on time."""
        if self.due_on is None:
            return "Chưa đặt hạn"
        if self.is_declared:
            return f"Chậm {self.days_late} ngày" if self.days_late else "Đúng hạn"
        return f"Quá hạn {self.days_late} ngày" if self.days_late else "Chưa đến hạn"


def due_month(on: date) -> date:
    """The first day of the month whose report falls due next: until 5/5 that is April. One query.
    Where no period is set up, the month of the day."""
    ahead = Period.objects.filter(due_on__gte=on).order_by("month").first()
    return ahead.month if ahead and ahead.month <= on else on.replace(day=1)


def month_reports(
    communes: QuerySet[Commune], in_force: SetInForce, month: date, on: date
) -> list[MonthReport]:
    """The reports of one month as they stood on a day, by commune name."""
    return reports_of_months(communes, in_force, (month,), on)[month]


def reports_of_months(
    communes: QuerySet[Commune], in_force: SetInForce, months: Iterable[date], on: date
) -> dict[date, list[MonthReport]]:
    """Month → its reports as they stood on a day, by commune name; five queries whatever the number
    of communes and months. Recognised communes, which carry only their dossier's state, owe none.
    """
    found: dict[date, list[MonthReport]] = {month: [] for month in months}
    reported = _reported(communes, in_force, found, on)
    said = _said(communes, found, on)
    periods = {period.month: period for period in Period.objects.filter(month__in=list(found))}
    names = _reporting(communes, in_force, on)
    for month, rows in found.items():
        period = periods.get(month)
        for pk, code, name in names:
            has = reported[month, pk]
            declaration = said.get((month, pk))
            rows.append(
                MonthReport(
                    commune_id=pk,
                    code=code,
                    name=name,
                    total=in_force.total,
                    missing=tuple(row for row in in_force.criteria if row.pk not in has),
                    declaration=declaration,
                    due_on=period.due_on if period else None,
                    days_late=_days_late(declaration, period, on),
                )
            )
    return found


def undeclared(
    communes: QuerySet[Commune], in_force: SetInForce, months: Iterable[date], on: date
) -> dict[date, list[int]]:
    """Month → the communes that owe its report and have not declared it complete: the rows of
    `reports_of_months` without what was reported. Three queries."""
    wanted = list(months)
    said = _said(communes, wanted, on)
    owing = [pk for pk, _code, _name in _reporting(communes, in_force, on)]
    return {
        month: [pk for pk in owing if not ((word := said.get((month, pk))) and word.is_complete)]
        for month in wanted
    }


def _reporting(
    communes: QuerySet[Commune], in_force: SetInForce, on: date
) -> list[tuple[int, str, str]]:
    """(id, code, name) of the communes that owe reports, by name; two queries."""
    dossiers = dossier_states(communes, in_force.criteria_set, on)
    names = communes.order_by("sort_key", "id").values_list("pk", "code", "name")
    return [
        row
        for row in names
        if row[0] not in dossiers or dossiers[row[0]][0] not in RECOGNISED_STATES
    ]


def _said(
    communes: QuerySet[Commune], months: Iterable[date], on: date
) -> dict[tuple[date, int], Declaration]:
    """(month, commune id) → the latest word on the report, in one query."""
    rows = Declaration.objects.filter(
        month__in=list(months), commune__in=communes.values("pk"), effective_on__lte=on
    ).annotate(place=latest_first(["month", "commune_id"], "effective_on"))
    return {(row.month, row.commune_id): row for row in rows.filter(place=1).order_by()}


def _reported(
    communes: QuerySet[Commune], in_force: SetInForce, months: Iterable[date], on: date
) -> dict[tuple[date, int], set[int]]:
    """(month, commune id) → the criteria with a self-report dated in the month, in one query."""
    wanted = list(months)
    spans = [Q(as_of__range=(month, min(month_end(month), on))) for month in wanted]
    # Named one by one, the criteria lead the database into its index; and a number is read faster
    # than a day where there are thousands.
    spoken = Assessment.objects.filter(
        reduce(or_, spans, Q(pk__in=[])),
        commune__in=communes.values("pk"),
        criterion__in=[criterion.pk for criterion in in_force.criteria],
        stage=Stage.SELF,
    )
    turn_of = Case(*[When(span, then=turn) for turn, span in enumerate(spans)], default=-1)
    reported: dict[tuple[date, int], set[int]] = defaultdict(set)
    for commune, criterion, turn, outcome in (
        counting(spoken, on)
        .order_by("commune_id", "criterion_id", "as_of", "id")  # the latest word comes last
        .values_list("commune_id", "criterion_id", turn_of, "outcome")
    ):
        has = reported[wanted[turn], commune]
        if outcome == Outcome.WITHDRAWN:
            has.discard(criterion)
        else:
            has.add(criterion)
    return reported


def _days_late(declaration: Declaration | None, period: Period | None, on: date) -> int | None:
    if period is None:
        return None
    if declaration is not None and declaration.is_complete:
        return max(0, (declaration.effective_on - period.due_on).days)
    return (on - period.due_on).days if on > period.due_on else None


def month_report(
    commune: Commune, in_force: SetInForce, month: date, on: date
) -> MonthReport | None:
    """The report of one commune; None where it is recognised and owes none."""
    reports = month_reports(Commune.objects.filter(pk=commune.pk), in_force, month, on)
    return reports[0] if reports else None


@dataclass(frozen=True)
class Completeness:
    """How complete the reports of a month are, over the communes that owe one."""

    communes: int
    reported: int
    total: int
    declared: int
    on_time: int
    overdue: int

    @property
    def percent(self) -> int:
        return self.reported * 100 // self.total if self.total else 0


def completeness(reports: Iterable[MonthReport]) -> Completeness:
    """The sums of the rows of `month_reports`."""
    rows = list(reports)
    return Completeness(
        communes=len(rows),
        reported=sum(row.reported for row in rows),
        total=sum(row.total for row in rows),
        declared=sum(row.is_declared for row in rows),
        on_time=sum(row.is_declared and row.days_late == 0 for row in rows),
        overdue=sum(row.is_overdue for row in rows),
    )


@dataclass(frozen=True)
class DeclarationsPage:
    """Context of the table of a month: one row per commune, and which months can be chosen."""

    month: date
    period: Period | None
    rows: tuple[MonthReport, ...]
    sums: Completeness
    months: tuple[tuple[str, str], ...]

    @property
    def slug(self) -> str:
        """The month as the address writes it."""
        return f"{self.month:%Y-%m}"

    @property
    def title(self) -> str:
        return f"Tháng {self.month:%m/%Y}"

    @property
    def due_words(self) -> str:
        """By when the reports are due."""
        if self.period is None:
            return "Tháng này chưa đặt hạn báo cáo."
        due, cut_off = self.period.due_on, self.period.cut_off_on
        return f"Hạn gửi {due:%d/%m/%Y}, chốt số liệu {cut_off:%d/%m/%Y}."


def declarations_page(
    user: Reader,
    as_of: AsOf,
    installation: Installation,
    in_force: SetInForce | None,
    month: date | None,
) -> DeclarationsPage:
    """The communes that the reader may see with their reports of a month (the current one where
    none was chosen); nine queries."""
    chosen = month or due_month(as_of.date)
    periods = list(Period.objects.filter(month__lte=as_of.date).order_by("-month"))
    communes = tracked_communes(user, as_of.date, installation.focus_district)
    rows = month_reports(communes, in_force, chosen, as_of.date) if in_force else []
    return DeclarationsPage(
        chosen,
        next((period for period in periods if period.month == chosen), None),
        tuple(rows),
        completeness(rows),
        tuple((period.slug, f"{period.month:%m/%Y}") for period in periods),
    )


def declaration_history(commune: Commune, month: date, on: date) -> list[Declaration]:
    """What a commune said of a month up to a day, the latest first."""
    return list(
        Declaration.objects.filter(commune=commune, month=month, effective_on__lte=on).order_by(
            F("effective_on").desc(), "-id"
        )
    )
