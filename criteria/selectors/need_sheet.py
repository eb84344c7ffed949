"""The needs of work items as a table to type into, or to lay a block from a spreadsheet over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from criteria.desks import desk_of
from criteria.money_rules import Entry, may_enter
from criteria.selectors.funding import ItemLine, item_lines
from criteria.selectors.funding_page import UNALLOTTED_CODE, FundingFilter
from criteria.selectors.scope import Reader, tracked_items
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.periods import LateEntry, closed_places, late_entries

MOST_ROWS = 300
"""What one form sends; beyond it, one commune or one sort of work at a time."""


@dataclass(frozen=True)
class NeedProblem:
    """What was typed into a row that is not kept, and why not. `seen` is the need to which a second
    sending answers."""

    typed: Mapping[str, str]
    errors: tuple[str, ...]
    seen: int


@dataclass(frozen=True)
class NeedRow:
    """A work item as it stands in the table."""

    line: ItemLine
    problem: NeedProblem | None = None

    @property
    def key(self) -> str:
        return key_of(self.line.pk)

    @property
    def value(self) -> str:
        """What stands in the cell of the need, in đồng."""
        if self.problem:
            return self.problem.typed["value"]
        return vi_number(self.line.money.need)

    @property
    def note(self) -> str:
        return self.problem.typed["note"] if self.problem else ""

    @property
    def seen(self) -> int:
        return self.problem.seen if self.problem else self.line.money.need


@dataclass(frozen=True)
class NeedSheet:
    """The table of one reader, as the needs stand on `day` and as they will be written for it.
    `lines` are empty where more were chosen than one form takes; `chosen` counts them all. `late`:
    the closed months that the one commune of the table may still enter into; `refusal`: why the day
    takes no more entries, or ""."""

    filters: FundingFilter
    day: date
    lines: tuple[ItemLine, ...]
    chosen: int
    communes: tuple[tuple[str, str], ...]
    categories: tuple[tuple[str, str], ...]
    late: tuple[LateEntry, ...] = ()
    refusal: str = ""

    def rows(self, problems: Mapping[int, NeedProblem]) -> list[NeedRow]:
        """The table; problems by work item id."""
        return [NeedRow(line, problems.get(line.pk)) for line in self.lines]

    @property
    def is_too_long(self) -> bool:
        return self.chosen > MOST_ROWS

    def days(self, today: date) -> list[tuple[str, str]]:
        """(value, words) of the days beside the reporting date that can be chosen."""
        days = {self.day, *(entry.day for entry in self.late)} - {today}
        return [(f"{day:%d/%m/%Y}", f"{day:%d/%m/%Y}") for day in sorted(days)]


def key_of(item_id: int) -> str:
    """What the fields of a row are named by."""
    return f"n{item_id}"


def need_sheet(
    user: Reader,
    as_of: AsOf,
    installation: Installation,
    filters: FundingFilter,
    day: date | None = None,
) -> NeedSheet:
    """The work items whose need the reader may state, by category and commune, as they stand on a
    day, the reporting date where none is named; five queries whatever their number, and up to three
    for another day.

    A day of a closed month is offered where the table holds one commune: leave to enter late is
    given to communes one by one.
    """
    today = as_of.reporting_date
    day = day or today
    desk = desk_of(user)
    items = tracked_items(user, today, installation.focus_district)
    lines = [
        line for line in item_lines(items, day) if may_enter(Entry.NEED, line.commune_id, desk)
    ]
    chosen = tuple(
        line
        for line in lines
        if filters.commune in ("", line.commune_code or UNALLOTTED_CODE)
        and filters.category in ("", line.category_code)
    )
    places = {line.commune_id for line in chosen}
    [one] = places if len(places) == 1 else [None]
    late = late_entries(one, today=today) if one else ()
    closed = closed_places([(day, place) for place in places], today=today) if day != today else {}
    communes = {
        line.commune_code or UNALLOTTED_CODE: (line.commune_sort or "", line.commune_label)
        for line in lines
    }
    ordered = sorted(communes, key=lambda code: (code == UNALLOTTED_CODE, communes[code]))
    return NeedSheet(
        filters=filters,
        day=day,
        lines=chosen if len(chosen) <= MOST_ROWS else (),
        chosen=len(chosen),
        communes=tuple((code, communes[code][1]) for code in ordered),
        categories=tuple({line.category_code: line.category_name for line in lines}.items()),
        late=late,
        refusal=next(iter(closed.values()), ""),
    )
