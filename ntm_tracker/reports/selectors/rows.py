"""What the report of a month is made of. No Excel here, and no reading either."""

from dataclasses import dataclass, field
from datetime import date, datetime

from criteria.models import ControlTotal
from criteria.selectors.control import ControlLine
from criteria.selectors.funding import FundingNode, ItemLine, KindLine, Money
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import (
    Change,
    CommuneStanding,
    OverdueCriterion,
    met_by_criterion,
)
from criteria.selectors.villages import VillageCounts, VillageRow
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Period
from ntm_tracker.reports.selectors.outlook import Outlook
from sponsors.selectors.gifts import Gifts
from sponsors.selectors.sponsors import SponsorRow
from sponsors.selectors.tasks import TaskCounts, TaskRow


@dataclass(frozen=True)
class KeyLine:
    """One key figure of the month and of the month before; money is in đồng."""

    label: str
    unit: str
    before: int | None
    now: int
    note: str = ""
    is_money: bool = False

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.now - self.before


@dataclass(frozen=True)
class State:
    """The figures of one day that a month is compared by."""

    standings: tuple[CommuneStanding, ...]
    villages: tuple[VillageRow, ...]
    village_counts: VillageCounts
    lines: tuple[ItemLine, ...]
    money: Money
    tasks: TaskCounts
    sponsors: int

    @property
    def open(self) -> tuple[CommuneStanding, ...]:
        """Communes not yet recognised."""
        return tuple(row for row in self.standings if not row.is_recognised)


@dataclass(frozen=True)
class Adjustment:
    """What a closed month said of one thing, and what the figures say of the same day since.

    `difference` is in đồng, for amounts of money.
    """

    subject: str
    place: str
    what: str
    before: str
    after: str
    difference: int | None = None
    commune_code: str = ""


@dataclass(frozen=True)
class SponsorBefore:
    """What a sponsor had delivered by the day of the month before, as its report said; `pk` is the
    sponsor's."""

    pk: int
    delivered: Gifts


@dataclass(frozen=True)
class Closing:
    """When a month was closed, by whom, for which time."""

    at: datetime
    by_label: str
    revision: int


@dataclass(frozen=True)
class MonthRows:
    """Everything the report of a month says, as of its cut-off day.

    `closing` is empty while the month is open; `adjustments` is what the month before would say
    otherwise than it did when it was closed, so that its column stands beside this month's.
    `before` is the state of that month as it was reported, `sponsors_before` what had been given
    by then.
    """

    period: Period
    as_of: AsOf
    days_left: int | None
    target_date: date | None
    in_force: SetInForce | None
    state: State
    key_lines: tuple[KeyLine, ...]
    changes: tuple[Change, ...]
    overdue: tuple[OverdueCriterion, ...]
    funding: tuple[FundingNode, ...]
    by_commune: tuple[FundingNode, ...]
    by_kind: tuple[KindLine, ...]
    control: tuple[ControlLine, ...]
    announced: tuple[ControlTotal, ...]
    sponsors: tuple[SponsorRow, ...]
    late: tuple[TaskRow, ...]
    adjustments: tuple[Adjustment, ...] = ()
    closing: Closing | None = None
    before: State | None = None
    sponsors_before: tuple[SponsorBefore, ...] = ()
    outlook: Outlook = field(default_factory=Outlook)

    @property
    def turned(self) -> tuple[Change, ...]:
        """Criteria that became met or are no longer met since the month before."""
        return tuple(change for change in self.changes if change.is_gain or change.is_loss)

    @property
    def met_by_criterion(self) -> list[int]:
        """Per criterion, how many of the open communes meet it."""
        return met_by_criterion(self.state.open, self.in_force) if self.in_force else []
