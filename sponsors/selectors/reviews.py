"""What the office found on sponsors: the latest of a month counts, all of it stays readable."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from ntm_tracker.core.clock import AsOf, month_end
from sponsors.choices import Verdict
from sponsors.models import Sponsor, SponsorReview
from sponsors.rules import Reader

# The badge under which a verdict is shown: its sign and colour.
BADGES = {
    Verdict.GOOD: "met",
    Verdict.ON_PLAN: "accepted",
    Verdict.BEHIND: "late",
    Verdict.NOT_STARTED: "not_met",
}


@dataclass(frozen=True)
class ReviewLine:
    """One assessment; `commune_name` is "" where it is about all communes of the sponsor."""

    pk: int
    month: date
    commune_name: str
    verdict: str
    verdict_label: str
    seen: str
    visited_on: date | None
    inspectors: str
    document: str
    on: date
    by_label: str
    provenance: str

    @property
    def badge(self) -> str:
        return BADGES[Verdict(self.verdict)]

    @property
    def verdict_words(self) -> str:
        """The verdict, with the commune where it is about one."""
        place = f"{self.commune_name}: " if self.commune_name else ""
        return f"{place}{self.verdict_label}"

    @property
    def visit_words(self) -> str:
        """When and by whom it was seen; "" without a visit."""
        day = f"{self.visited_on:%d/%m/%Y}" if self.visited_on else ""
        return ", ".join(words for words in (day, self.inspectors) if words)

    @property
    def seen_words(self) -> str:
        """What was seen on site, when and by whom."""
        visit = f" ({self.visit_words})" if self.visit_words else ""
        return f"{self.seen}{visit}" if self.seen else self.visit_words


def month_of(as_of: AsOf, month: date) -> AsOf:
    """The day for which a month is assessed: its last, or the chosen one while it runs."""
    return as_of.on(min(month_end(month), as_of.date))


def latest_reviews(
    user: Reader, as_of: AsOf, sponsors: Iterable[int]
) -> dict[int, tuple[ReviewLine, ...]]:
    """Sponsor id → what counts for the month of the day: the latest on all its communes, then the
    latest on each commune. One query."""
    rows = _rows(user, as_of).filter(sponsor__in=sponsors, month=as_of.date.replace(day=1))
    latest: dict[int, dict[int | None, ReviewLine]] = {}
    for row in rows.order_by("effective_on", "id"):
        latest.setdefault(row.sponsor_id, {})[row.commune_id] = _line(row)
    return {
        sponsor: tuple(sorted(found.values(), key=lambda line: (line.commune_name, line.pk)))
        for sponsor, found in latest.items()
    }


def review_history(user: Reader, as_of: AsOf, sponsor: Sponsor) -> list[ReviewLine]:
    """Everything the office found on a sponsor, the latest month and entry first."""
    rows = _rows(user, as_of).filter(sponsor=sponsor)
    return [_line(row) for row in rows.order_by("-month", "-effective_on", "-id")]


def verdict_words(reviews: Sequence[ReviewLine]) -> str:
    """The verdicts of a month in a few lines, as the workbook has them."""
    return "\n".join(line.verdict_words for line in reviews)


def seen_words(reviews: Sequence[ReviewLine]) -> str:
    """What was seen on site, in as many lines as there are visits."""
    return "\n".join(line.seen_words for line in reviews if line.seen_words)


def _rows(user: Reader, as_of: AsOf) -> QuerySet[SponsorReview]:
    rows = SponsorReview.objects.visible_to(user).filter(effective_on__lte=as_of.date)
    return as_of.known(rows).select_related("commune", "document")


def _line(row: SponsorReview) -> ReviewLine:
    return ReviewLine(
        pk=row.pk,
        month=row.month,
        commune_name=row.commune.name if row.commune else "",
        verdict=row.verdict,
        verdict_label=row.get_verdict_display(),
        seen=row.seen,
        visited_on=row.visited_on,
        inspectors=row.inspectors,
        document=str(row.document or ""),
        on=row.effective_on,
        by_label=row.by_label,
        provenance=row.provenance,
    )
