"""The desk of a month: who has reported, what is new, what is still warned of, what was kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from criteria.choices import Level
from criteria.selectors import findings as of_criteria
from criteria.selectors.declarations import MonthReport, month_reports
from criteria.selectors.scope import tracked_communes
from criteria.selectors.sets import set_in_force
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.findings import Finding, with_explanations
from ntm_tracker.core.models import AuditEntry, Installation, Period, PeriodException, User
from ntm_tracker.core.permits import Permit
from ntm_tracker.reports.models import PeriodLook, ReportFile
from ntm_tracker.reports.rules import may_close
from ntm_tracker.reports.selectors.month import as_of_for
from sponsors.selectors import findings as of_sponsors
from sponsors.selectors.sponsors import SponsorRow, sponsor_rows

SHOWN = 20


@dataclass(frozen=True)
class CommuneLine:
    """One commune in the month; `report` is None for a recognised one, which owes none."""

    code: str
    name: str
    report: MonthReport | None
    changes: int
    warnings: int
    late_until: date | None


@dataclass(frozen=True)
class SponsorLine:
    """One sponsor in the month; `reported_on` is its last report on a task in the month."""

    pk: int
    name: str
    communes: tuple[str, ...]
    tasks: int
    reported_on: date | None
    last_on: date | None
    changes: int
    warnings: int

    @property
    def owes(self) -> bool:
        """It has tasks and said nothing in the month."""
        return self.tasks > 0 and self.reported_on is None


@dataclass(frozen=True)
class MonthDesk:
    """Context of the page. `seen` is when this reader last marked the month as seen; `news` are
    the latest of `new_entries` entries that came after."""

    period: Period
    as_of: AsOf
    communes: tuple[CommuneLine, ...]
    sponsors: tuple[SponsorLine, ...]
    warnings: int
    seen: PeriodLook | None
    news: tuple[AuditEntry, ...]
    new_entries: int
    newest: int
    exceptions: tuple[PeriodException, ...]
    files: tuple[ReportFile, ...]
    permit: Permit

    @property
    def declared(self) -> int:
        return sum(bool(line.report and line.report.is_declared) for line in self.communes)

    @property
    def owing(self) -> int:
        """Communes that owe a report of the month."""
        return sum(line.report is not None for line in self.communes)

    @property
    def owing_unit(self) -> str:
        return f"trên {self.owing} xã"

    @property
    def warning_tone(self) -> str:
        return "gap" if self.warnings else ""

    @property
    def more_news(self) -> int:
        """Entries that are new and not among `news`."""
        return self.new_entries - len(self.news)

    @property
    def seen_words(self) -> str:
        """When the reader last marked the month as seen."""
        if self.seen is None:
            return "Chưa đánh dấu lần nào: mọi lần ghi trong tháng đều là mới."
        return f"Lần xem trước: {timezone.localtime(self.seen.at):%H:%M %d/%m/%Y}."

    @property
    def next_revision(self) -> int:
        return self.period.revision + 1

    @property
    def silent_sponsors(self) -> int:
        return sum(line.owes for line in self.sponsors)


def month_desk(user: User, period: Period, installation: Installation) -> MonthDesk:
    """The desk of a month for a reader who sees the whole; a constant number of queries.

    What is new and warned of is live, also of a closed month: it is what closing it again would
    have to look at. Raises BadRequest for a month that has not begun.
    """
    as_of = as_of_for(period, installation)
    communes = tracked_communes(user, as_of.date, installation.focus_district)
    in_force = set_in_force(Level.COMMUNE, as_of.date, installation.province_code)
    # Declarations are made after the cut-off, up to the due day and later.
    today = max(as_of.reporting_date, as_of.date)
    reports = month_reports(communes, in_force, period.month, today) if in_force else []
    by_commune = {report.commune_id: report for report in reports}
    found = [row for row in _findings(user, as_of, installation) if row.is_open]
    seen = PeriodLook.objects.filter(period=period, user=user).first()
    entries = entries_of(period).filter(pk__gt=seen.entry_id if seen else 0)
    touched = list(entries.order_by().values_list("pk", "commune_id", "sponsor_id"))
    exceptions = tuple(period.exceptions.all())
    late = _late(exceptions, as_of.reporting_date)
    changes = Counter(commune for _pk, commune, _sponsor in touched)
    warnings = Counter(finding.commune_id for finding in found)
    of_sponsor = Counter(sponsor for _pk, _commune, sponsor in touched)
    sponsor_warnings = Counter(finding.sponsor_id for finding in found)
    return MonthDesk(
        period=period,
        as_of=as_of,
        communes=tuple(
            CommuneLine(code, name, by_commune.get(pk), changes[pk], warnings[pk], late.get(pk))
            for pk, code, name in communes.order_by("sort_key", "id").values_list(
                "pk", "code", "name"
            )
        ),
        sponsors=tuple(
            _sponsor(row, period, of_sponsor[row.pk], sponsor_warnings[row.pk])
            for row in sponsor_rows(user, as_of)
            if row.places
        ),
        warnings=len(found),
        seen=seen,
        news=tuple(entries.order_by("-pk")[:SHOWN]),
        new_entries=len(touched),
        newest=max((pk for pk, _commune, _sponsor in touched), default=0),
        exceptions=exceptions,
        files=tuple(period.files.defer("content").order_by("-revision", "name")),
        permit=may_close(user),
    )


def entries_of(period: Period) -> QuerySet[AuditEntry]:
    """The entries of the audit trail that speak of a day of the month, after the cut-off before it
    and up to its own; not those of the month itself, which the desk shows anyway."""
    before = Period.objects.filter(month__lt=period.month).order_by("-month").first()
    entries = AuditEntry.objects.filter(effective_on__lte=period.cut_off_on)
    entries = entries.exclude(object_type=Period._meta.label_lower)
    if before:
        return entries.filter(effective_on__gt=before.cut_off_on)
    return entries.filter(effective_on__gte=period.month)


def _findings(user: User, as_of: AsOf, installation: Installation) -> list[Finding]:
    return with_explanations(
        [
            *of_criteria.findings(user, as_of, installation),
            *of_sponsors.findings(user, as_of, installation),
        ]
    )


def _late(exceptions: Iterable[PeriodException], today: date) -> dict[int, date]:
    """Commune id → until when it may still enter, of those that still may."""
    until: dict[int, date] = defaultdict(lambda: today)
    for row in exceptions:
        if row.until >= today:
            until[row.commune_id] = max(until[row.commune_id], row.until)
    return dict(until)


def _sponsor(row: SponsorRow, period: Period, changes: int, warnings: int) -> SponsorLine:
    last = row.last_update_on
    return SponsorLine(
        pk=row.pk,
        name=row.name,
        communes=row.communes,
        tasks=row.tasks.total,
        reported_on=last if last and last >= period.month else None,
        last_on=last,
        changes=changes,
        warnings=warnings,
    )
