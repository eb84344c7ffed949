"""The office's own assessment of sponsors: append-only, the latest of a month counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.models import Commune
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.clock import month_end
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.periods import require_open
from sponsors import rules
from sponsors.choices import Verdict
from sponsors.models import Assignment, Sponsor, SponsorReview

# Verdicts that nobody may pass without saying what was seen.
TO_BE_EXPLAINED = frozenset({Verdict.BEHIND, Verdict.NOT_STARTED})


@dataclass(frozen=True)
class ReviewEntry:
    """One assessment of a sponsor in the month that begins on `month`; `commune` None: all its
    communes together."""

    sponsor: Sponsor
    month: date
    verdict: str
    seen: str = ""
    commune: Commune | None = None
    visited_on: date | None = None
    inspectors: str = ""
    document: Document | None = None
    provenance: str = Provenance.ENTERED
    source: str = ""


@transaction.atomic
def record_reviews(
    entries: Sequence[ReviewEntry],
    *,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> list[SponsorReview]:
    """Write assessments, all or none. They hold from the end of their month, or from today while
    the month runs, so that the report of the month finds what is written in the days after it.

    Raises PermissionDenied for anybody but the office, ValidationError per field where an entry
    makes no sense.
    """
    if by is not None and not (permit := rules.may_review(by)):
        raise PermissionDenied(permit.reason)
    for entry in entries:
        _refuse_wrong(entry, today)
    require_open(
        [
            (min(today, month_end(entry.month)), entry.commune.pk if entry.commune else None)
            for entry in entries
        ],
        today=today,
    )
    rows = SponsorReview.objects.bulk_create(
        [
            SponsorReview(
                sponsor=entry.sponsor,
                commune=entry.commune,
                month=entry.month,
                verdict=entry.verdict,
                seen=entry.seen.strip(),
                visited_on=entry.visited_on,
                inspectors=entry.inspectors.strip(),
                document=entry.document,
                effective_on=min(today, month_end(entry.month)),
                recorded_at=now,
                by=by,
                by_label=by_label or str(by or "Lệnh hệ thống"),
                provenance=entry.provenance,
                source=entry.source,
            )
            for entry in entries
        ],
        batch_size=500,
    )
    audit.record_all(
        audit.entry(
            by=by,
            action="sponsor.review",
            obj=row,
            now=now,
            effective_on=row.effective_on,
            new=f"{row.get_verdict_display()}, tháng {row.month:%m/%Y}",
            note=row.seen,
            commune_id=row.commune_id,
            sponsor_id=row.sponsor_id,
        )
        for row in rows
    )
    return rows


def _refuse_wrong(entry: ReviewEntry, today: date) -> None:
    errors = {}
    if entry.month.day != 1 or entry.month > today:
        errors["month"] = f"Tháng {entry.month:%m/%Y} chưa bắt đầu, chưa đánh giá được."
    if entry.verdict in TO_BE_EXPLAINED and not entry.seen.strip():
        verdict = Verdict(entry.verdict).label
        errors["seen"] = f"Đánh giá “{verdict}” phải ghi rõ đã thấy gì, vì sao."
    if entry.visited_on is not None:
        try:
            refuse_future(entry.visited_on, today)
        except ValidationError as error:
            errors["visited_on"] = " ".join(error.messages)
        if not entry.seen.strip():
            errors["seen"] = "Đã đi kiểm tra thì hãy ghi kết quả kiểm tra."
    there = Assignment.objects.filter(sponsor=entry.sponsor, commune=entry.commune)
    if entry.commune is not None and not there.exists():
        errors["commune"] = f"{entry.sponsor} không đỡ đầu xã {entry.commune.name}."
    if errors:
        raise ValidationError(errors)
