"""Warnings: what a rule found, and whether somebody has explained why it may stand.

A rule never refuses. What it finds is computed from the figures each time, so it cannot go stale;
only the explanation is stored, with what the rule saw when it was written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ntm_tracker.core.models import Explanation


@dataclass(frozen=True)
class Place:
    """Where what was found can be looked at: the name of an address with its argument."""

    name: str
    argument: str | int
    label: str


@dataclass(frozen=True)
class Finding:
    """One warning. `fingerprint` is what the rule saw: when it changes, the warning is open again.
    `explanation` is the latest one, also where it speaks of other figures."""

    rule: str
    object_type: str
    object_id: int
    fingerprint: str
    sentence: str
    place: Place
    commune_id: int | None = None
    commune_code: str = ""
    commune_label: str = ""
    sponsor_id: int | None = None
    explanation: Explanation | None = None

    @property
    def key(self) -> str:
        """The warning in an address."""
        return f"{self.rule}-{self.object_id}-{self.commune_id or 0}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has explained the figures as they stand now."""
        return self.explanation is None or self.explanation.fingerprint != self.fingerprint


def with_explanations(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each with its latest explanation; one query, none where nothing was found."""
    findings = list(findings)
    if not findings:
        return []
    rows = Explanation.objects.filter(rule__in={finding.rule for finding in findings})
    if len(findings) == 1:
        rows = rows.filter(object_id=findings[0].object_id)
    latest = {_key(row): row for row in rows.order_by("pk")}
    return [replace(finding, explanation=latest.get(_key(finding))) for finding in findings]


def _key(row: Finding | Explanation) -> tuple:
    return row.rule, row.object_type, row.object_id, row.commune_id
