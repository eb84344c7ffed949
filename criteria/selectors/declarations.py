"""Which communes have declared a month's report complete, how complete it is, and how punctual."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

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
    """The reports of one month as they stood on a day, by commune name; five queries whatever the
    number of communes. Recognised communes, which carry only their dossier's state, owe none."""
    dossiers = dossier_states(communes, in_force.criteria_set, on)
    reported: dict[int | None, set[int | None]] = defaultdict(set)
    spoken = Assessment.objects.filter(
        commune__in=communes.values("pk"),
        criterion__criteria_set=in_force.criteria_set,
        stage=Stage.SELF,
        as_of__range=(month, min(month_end(month), on)),
    )
    for commune, criterion, outcome in (
        counting(spoken, on)
        .annotate(place=latest_first(["commune_id", "criterion_id"], "as_of"))
        .filter(place=1)
        .order_by()
        .values_list("commune_id", "criterion_id", "outcome")
    ):
        if outcome != Outcome.WITHDRAWN:
            reported[commune].add(criterion)
    said = {
        row.commune_id: row
        for row in Declaration.objects.filter(
            month=month, commune__in=communes.values("pk"), effective_on__lte=on
        )
        .annotate(place=latest_first(["commune_id"], "effective_on"))
        .filter(place=1)
        .order_by()
    }
    period = Period.objects.filter(month=month).first()
    rows = []
    for pk, code, name in communes.order_by("sort_key", "id").values_list("pk", "code", "name"):
        if pk in dossiers and dossiers[pk][0] in RECOGNISED_STATES:
            continue
        missing = tuple(row for row in in_force.criteria if row.pk not in reported[pk])
        declaration = said.get(pk)
        rows.append(
            MonthReport(
                commune_id=pk,
                code=code,
                name=name,
                total=in_force.total,
                missing=missing,
                declaration=declaration,
                due_on=period.due_on if period else None,
                days_late=_days_late(declaration, period, on),
            )
        )
    return rows


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
