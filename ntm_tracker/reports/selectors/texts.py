"""The words of the written report that hold for a month."""

from dataclasses import dataclass
from datetime import date

from ntm_tracker.reports.models import ReportText


@dataclass(frozen=True)
class TextRow:
    """The latest words of a section up to a month; `text` is empty where the standard holds."""

    pk: int
    text: str
    since: date
    by_label: str


def texts_for(month: date) -> dict[str, TextRow]:
    """Section → what was written last for this month or an earlier one; one query."""
    rows = ReportText.objects.filter(since__lte=month).order_by("since", "pk")
    return {
        row.section: TextRow(row.pk, row.text, row.since, row.by_label)
        for row in rows  # the latest is the last to be put in
    }


def words_for(month: date) -> dict[str, str]:
    """Section → text, where it is not the standard one."""
    return {section: row.text for section, row in texts_for(month).items() if row.text}
