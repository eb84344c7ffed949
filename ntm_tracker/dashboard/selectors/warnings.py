"""Every warning that the reader may see: what the rules of all apps find, open or explained."""

from collections.abc import Iterable
from dataclasses import dataclass

from criteria.desks import Desk, desk_of
from criteria.money_rules import may_explain
from criteria.selectors import findings as of_criteria
from criteria.warning_rules import Rule
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.findings import Finding, with_explanations
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.permits import Permit
from sponsors.selectors import findings as of_sponsors
from sponsors.warning_rules import Rule as SponsorRule

OPEN, EXPLAINED = "open", "explained"
RULES = [*Rule.choices, *SponsorRule.choices]
UNALLOTTED = "lien-xa"


@dataclass(frozen=True)
class WarningFilter:
    """What the address asks for; "" means everything."""

    state: str = OPEN
    rule: str = ""
    commune: str = ""


@dataclass(frozen=True)
class WarningRow:
    """One warning with whether this reader answers for it."""

    finding: Finding
    permit: Permit


@dataclass(frozen=True)
class WarningPage:
    """The warnings of one tab, with how many stand in each under the same filters."""

    filters: WarningFilter
    rows: tuple[WarningRow, ...]
    open: int
    explained: int
    communes: tuple[tuple[str, str], ...]

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters.rule or self.filters.commune)


def all_warnings(user: User, as_of: AsOf, installation: Installation) -> list[Finding]:
    """What all rules find for this reader, each with its latest explanation; constant queries."""
    return with_explanations(
        [
            *of_criteria.findings(user, as_of, installation),
            *of_sponsors.findings(user, as_of, installation),
        ]
    )


def warning_page(
    user: User, as_of: AsOf, installation: Installation, filters: WarningFilter
) -> WarningPage:
    """The page for one reader."""
    everything = all_warnings(user, as_of, installation)
    found = [row for row in everything if _is_wanted(row, filters)]
    by_state: dict[str, list[Finding]] = {OPEN: [], EXPLAINED: []}
    for finding in found:
        by_state[OPEN if finding.is_open else EXPLAINED].append(finding)
    return WarningPage(
        filters=filters,
        rows=tuple(warning_rows(desk_of(user), by_state[filters.state])),
        open=len(by_state[OPEN]),
        explained=len(by_state[EXPLAINED]),
        communes=tuple(
            sorted(
                {(row.commune_code or UNALLOTTED, row.commune_label) for row in everything},
                key=lambda pair: (pair[0] == UNALLOTTED, pair[1]),
            )
        ),
    )


def warning_rows(desk: Desk, findings: Iterable[Finding]) -> Iterable[WarningRow]:
    """The findings with whether this desk answers for them."""
    for finding in findings:
        yield WarningRow(
            finding,
            may_explain(desk, commune_id=finding.commune_id, sponsor_id=finding.sponsor_id),
        )


def find_warning(
    user: User, as_of: AsOf, installation: Installation, key: str
) -> WarningRow | None:
    """The warning of an address, if it stands and the reader may see it."""
    found = [row for row in all_warnings(user, as_of, installation) if row.key == key]
    return next(iter(warning_rows(desk_of(user), found)), None)


def _is_wanted(finding: Finding, filters: WarningFilter) -> bool:
    return filters.rule in ("", finding.rule) and filters.commune in (
        "",
        finding.commune_code or UNALLOTTED,
    )
