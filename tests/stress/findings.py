"""The ledger against the database: `python -m tests.stress.findings LEDGER`, where DATABASE_URL
names the installation. Prints what is wrong as JSON: kind of fault → sentences."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import django

from tests.stress.ledger import Deed, Entry, Fate, read

MARK = re.compile(r"số-\d{6}")
KINDS = ("lost", "doubled", "unasked", "halved", "present differs from history", "totals differ")


def main(path: str) -> None:
    django.setup()
    sys.stdout.write(json.dumps(faults(read(Path(path))), ensure_ascii=False))


def faults(entries: Iterable[Entry]) -> dict[str, list[str]]:
    """What the database does not hold as the ledger says, by kind; every kind is there."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    rows, details = written_rows()
    for entry in entries:
        there = rows[entry.deed][entry.mark]
        said = f"{entry.mark} ({entry.deed}, {entry.fate}): {there} rows of {entry.rows}"
        if entry.fate == Fate.WRITTEN and there < entry.rows:
            found["lost"].append(said)
        elif there > entry.rows:
            found["doubled"].append(said)
        elif entry.fate == Fate.REFUSED and there:
            found["unasked"].append(said)
        elif there not in {0, entry.rows}:
            found["halved"].append(said)
        elif there and entry.deed == Deed.REPORT:
            wanted, has = (entry.photos, entry.amount), details[entry.mark]
            if has != wanted:
                found["halved"].append(f"{entry.mark}: (photos, đồng) {has} of {wanted}")
    found["halved"] += half_imports()
    found["present differs from history"] += differences()
    found["totals differ"] += wrong_totals()
    return found


def written_rows() -> tuple[dict[Deed, Counter], dict[str, tuple[int, int]]]:
    """How many rows bear which mark, by kind of write; photos and money of each report."""
    from django.db.models import Count, Sum

    from criteria.choices import Stage
    from criteria.models import Assessment, FundingNeed
    from ntm_tracker.core.models import AuditEntry
    from sponsors.models import Contribution, TaskUpdate

    reports = TaskUpdate.objects.filter(note__startswith="số-")
    conclusions = Assessment.objects.filter(note__startswith="số-", criterion__isnull=False)
    said = {
        Deed.REPORT: reports.values_list("note", flat=True),
        # A cell goes when its criterion is sent; the trail holds every text it had.
        Deed.CELL: AuditEntry.objects.filter(action="draft.save", new__contains="số-").values_list(
            "new", flat=True
        ),
        Deed.SUBMIT: conclusions.filter(stage=Stage.SELF).values_list("note", flat=True),
        Deed.JUDGE: conclusions.exclude(stage=Stage.SELF).values_list("note", flat=True),
        Deed.IMPORT: FundingNeed.objects.filter(note__startswith="số-").values_list(
            "note", flat=True
        ),
    }
    rows = {
        deed: Counter(mark for note in notes for mark in MARK.findall(note))
        for deed, notes in said.items()
    }
    photos = dict(reports.annotate(n=Count("attachments")).values_list("note", "n"))
    gifts = Contribution.objects.filter(update__note__startswith="số-")
    money = dict(gifts.values_list("update__note").annotate(sum=Sum("amount")))
    return rows, {mark: (photos[mark], int(money.get(mark) or 0)) for mark in photos}


def half_imports() -> list[str]:
    """Files of which a part was written, or whose state says otherwise than their rows."""
    from django.db.models import Count

    from criteria.models import FundingNeed
    from ntm_tracker.core.models import AuditEntry, ImportBatch
    from ntm_tracker.core.models.intake import BatchState

    needs = Counter(FundingNeed.objects.values_list("note", flat=True))
    trail = Counter(
        AuditEntry.objects.filter(action="import.apply").values_list("object_id", flat=True)
    )
    found = []
    for batch in ImportBatch.objects.filter(kind="needs").annotate(n=Count("changes")):
        (mark,) = MARK.findall(batch.name) or [""]
        wanted = batch.n if batch.state == BatchState.APPLIED else 0
        seen = (needs[mark], batch.n, trail[batch.pk])
        if seen != (wanted, wanted, bool(wanted)):
            found.append(f"{batch.name} ({batch.state}): needs, changes, trail {seen}")
    return found


def differences() -> list[str]:
    """Where the present is not what the history says."""
    from criteria.selectors.history import standing_differences
    from ntm_tracker.core.clock import reporting_date
    from sponsors.selectors.history import task_differences

    today = reporting_date()
    return [*standing_differences(today), *task_differences(today), *draft_differences()]


def draft_differences() -> list[str]:
    """Cells that do not say what was written into them last."""
    from criteria.models import Draft
    from ntm_tracker.core.models import AuditEntry

    found = []
    for draft in Draft.objects.filter(note__startswith="số-"):
        target = draft.indicator or draft.criterion
        last = (
            AuditEntry.objects.filter(
                action="draft.save",
                commune_id=draft.commune_id,
                object_type=target._meta.label_lower,
                object_id=target.pk,
            )
            .order_by("-pk")
            .first()
        )
        if last is None or draft.note not in last.new:
            found.append(f"{draft.commune_id} {target}: {draft.note}, last {last and last.new}")
    return found


def wrong_totals() -> list[str]:
    """Where what the pages add up is not the sum of the rows."""
    from django.db.models import Sum

    from criteria.models import FundingNeed, FundingSource, WorkItem
    from criteria.selectors.funding import item_lines, total
    from ntm_tracker.core.clock import reporting_date

    today = reporting_date()
    shown = total(item_lines(WorkItem.objects.all(), today))
    pairs = {"need": (FundingNeed, shown.need), "identified": (FundingSource, shown.identified)}
    found = []
    for name, (model, figure) in pairs.items():
        counted = model.objects.filter(effective_on__lte=today)
        rows = counted.aggregate(sum=Sum("amount", default=0))["sum"]
        if rows != figure:
            found.append(f"{name}: {figure} shown, {rows} in rows")
    return found


if __name__ == "__main__":
    main(sys.argv[1])
