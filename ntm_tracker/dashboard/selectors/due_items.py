"""One thing that somebody owes by a day, whatever it is, and whose it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ntm_tracker.core.working_days import working_days_between
from sponsors.selectors import DUE_SOON_DAYS

SPONSOR, COMMUNE, DEPARTMENT, OFFICE = "sponsor", "commune", "department", "office"


@dataclass(frozen=True)
class Unit:
    """Whose turn it is. `kind` is one of the constants above, `pk` that of the unit (0: office)."""

    kind: str
    pk: int
    name: str = ""


THE_OFFICE = Unit(OFFICE, 0, "Văn phòng Điều phối")


@dataclass(frozen=True)
class DueItem:
    """One thing to do. `days_late` counts calendar days past its day, negative while there are
    days left, None where no day was set; `kind` is a word that people read."""

    kind: str
    title: str
    place: str
    due_on: date | None
    days_late: int | None
    working_days_late: int
    url: str
    who: Unit

    @property
    def is_late(self) -> bool:
        return self.days_late is not None and self.days_late > 0

    @property
    def is_due_soon(self) -> bool:
        return self.days_late is not None and -DUE_SOON_DAYS <= self.days_late <= 0

    @property
    def state(self) -> str:
        """The code of its badge."""
        return "late" if self.is_late else "due_soon" if self.is_due_soon else "open"

    @property
    def words(self) -> str:
        """How it stands, in calendar days; `working_days_late` stands beside it."""
        if self.days_late is None:
            return "Chờ xử lý"
        if self.is_late:
            return f"Chậm {self.days_late} ngày"
        return f"Còn {-self.days_late} ngày" if self.days_late else "Hạn hôm nay"


def due_item(
    kind: str, title: str, place: str, due_on: date | None, url: str, who: Unit, on: date
) -> DueItem:
    """An item as it stands on a day."""
    days = None if due_on is None else (on - due_on).days
    working = 0 if due_on is None else working_days_between(due_on, on)
    return DueItem(kind, title, place, due_on, days, working, url, who)


def last_due_day(on: date) -> date:
    """The last day of "this week": what is due later is not shown yet."""
    return on + timedelta(days=DUE_SOON_DAYS)


def in_order(items: Iterable[DueItem]) -> list[DueItem]:
    """The longest late first, then by day, then what has none; equals by name."""
    return sorted(items, key=lambda item: (item.due_on or date.max, item.place, item.title))


@dataclass(frozen=True)
class DueCounts:
    """How many things stand where, and since when the oldest is late."""

    late: int = 0
    due_soon: int = 0
    waiting: int = 0
    oldest: date | None = None

    def __add__(self, other: "DueCounts") -> "DueCounts":
        days = [day for day in (self.oldest, other.oldest) if day]
        return DueCounts(
            self.late + other.late,
            self.due_soon + other.due_soon,
            self.waiting + other.waiting,
            min(days, default=None),
        )

    @property
    def total(self) -> int:
        return self.late + self.due_soon + self.waiting


def count(items: Iterable[DueItem]) -> DueCounts:
    """The counts of some items."""
    found = list(items)
    late = [item.due_on for item in found if item.is_late and item.due_on]
    soon = sum(item.is_due_soon for item in found)
    return DueCounts(len(late), soon, len(found) - len(late) - soon, min(late, default=None))
