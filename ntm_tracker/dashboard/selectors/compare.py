"""Two dates against each other: commune by commune, and the area as a whole."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.http import Http404

from communes.models import Commune
from criteria.choices import RECOGNISED_STATES, Cell, Level
from criteria.models import Criterion
from criteria.rules import is_met
from criteria.selectors import reported
from criteria.selectors.funding import total
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import CommuneStanding
from criteria.selectors.villages import village_counts
from criteria.signs import CELL_SIGN
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.numbers import to_ty, vi_number
from ntm_tracker.core.pictures.moves import Move, draw_move
from ntm_tracker.dashboard.selectors.progress import Rungs, is_silent, rungs
from ntm_tracker.dashboard.selectors.scope import Scope, board_scope
from ntm_tracker.dashboard.selectors.words import signed, signed_ty

PER_PAGE = 50
RUNG = {Cell.MET_SELF: 1, Cell.MET_VERIFIED: 2, Cell.MET_APPRAISED: 3}
# A cell without its overdue twin: a plan whose day has passed is no change of the commune.
PLAIN = str.maketrans("xyz!R", "SVA.r")


@dataclass(frozen=True)
class CellMove:
    """A criterion whose cell is not what it was."""

    criterion: Criterion
    before: str
    after: str

    @property
    def signs(self) -> tuple[tuple[str, str], ...]:
        """(class, word) of both cells, as `components/sign.html` draws them."""
        return tuple(
            (CELL_SIGN[Cell(code)], str(Cell(code).label)) for code in (self.before, self.after)
        )

    @property
    def is_gain(self) -> bool:
        return is_met(self.after) and not is_met(self.before)

    @property
    def is_loss(self) -> bool:
        return is_met(self.before) and not is_met(self.after)

    @property
    def is_rise(self) -> bool:
        """Met before and after, and now on a higher rung."""
        return 0 < RUNG.get(Cell(self.before), 0) < RUNG.get(Cell(self.after), 0)


@dataclass(frozen=True)
class CompareRow:
    """One commune on both days; `before` is None where it did not stand in the table then."""

    before: CommuneStanding | None
    after: CommuneStanding
    criteria: tuple[Criterion, ...]

    @property
    def was(self) -> int | None:
        """Criteria met on the earlier day; None where nothing was reported or counted."""
        return _met(self.before)

    @property
    def now(self) -> int | None:
        return _met(self.after)

    @property
    def change(self) -> int:
        """Criteria gained; 0 where one of the days has no count."""
        return 0 if self.was is None or self.now is None else self.now - self.was

    @property
    def change_words(self) -> str:
        if self.is_recognised_since:
            return "được công nhận"
        return "" if self.was is None or self.now is None else signed(self.change)

    @property
    def is_recognised_since(self) -> bool:
        """Whether it was recognised between the two days."""
        return self.after.is_recognised and (
            self.before is None or self.before.dossier not in RECOGNISED_STATES
        )

    @property
    def rungs(self) -> Rungs:
        """On which rung the met criteria stand today."""
        return rungs([self.after])

    @property
    def moves(self) -> tuple[CellMove, ...]:
        """The criteria that are not what they were, in order; none where a day has no cells."""
        if self.before is None or not self.before.cells or not self.after.cells:
            return ()
        pairs = zip(
            self.criteria,
            self.before.cells.translate(PLAIN),
            self.after.cells.translate(PLAIN),
            strict=True,
        )
        return tuple(CellMove(*pair) for pair in pairs if pair[1] != pair[2])

    @property
    def words(self) -> str:
        """What changed, in one line."""
        moves = self.moves
        parts = [
            f"{word} {', '.join(str(move.criterion.number) for move in found)}"
            for word, found in (
                ("đạt thêm", [move for move in moves if move.is_gain]),
                ("không còn đạt", [move for move in moves if move.is_loss]),
                ("lên bậc", [move for move in moves if move.is_rise]),
            )
            if found
        ]
        return "; ".join(parts)

    @property
    def picture(self) -> Move:
        return draw_move(self.was, self.now, len(self.criteria))


@dataclass(frozen=True)
class FigureRow:
    """One figure of the whole on both days, in words; `is_part` of the figure above it."""

    label: str
    was: str
    now: str
    change: str
    is_part: bool = False


@dataclass(frozen=True)
class ComparePage:
    """Context of `compare.html`. `since` is None where there is no earlier day; `places` is empty
    where the two days are measured by different sets."""

    scope: Scope
    commune: Commune | None
    days: tuple[date, ...]
    since: date | None
    places: Page
    figures: tuple[FigureRow, ...]
    same_set: bool
    total: int

    @property
    def row(self) -> CompareRow | None:
        """The one commune that the page is narrowed to."""
        return next(iter(self.places), None) if self.commune else None


def _met(standing: CommuneStanding | None) -> int | None:
    if standing is None or not standing.cells or is_silent(standing):
        return None
    return standing.met


def earlier_days(as_of: AsOf) -> tuple[date, ...]:
    """The month ends before the day, newest first: what it can be compared with."""
    return tuple(day for day, _label in as_of.choices if as_of.first_date <= day < as_of.date)


def compare_page(
    user: User,
    as_of: AsOf,
    installation: Installation,
    since: date | None = None,
    code: str = "",
    number: int = 1,
) -> ComparePage:
    """The communes that the board opens on, recognised ones too, or one of them; the greatest gain
    first. Without `since` the last month end before the day is taken. Constant queries.

    Raises BadRequest for a day without figures, Http404 for a commune that the reader does not see.
    """
    days = earlier_days(as_of)
    if since is not None and not as_of.first_date <= since < as_of.date:
        raise BadRequest(
            f"Không so được với ngày {since:%d/%m/%Y}. Hãy chọn một ngày từ "
            f"{as_of.first_date:%d/%m/%Y} và trước ngày {as_of.date:%d/%m/%Y}."
        )
    since = since or next(iter(days), None)
    scope = board_scope(user, installation, as_of, {})
    here = scope.communes.rural()
    commune = None
    if code:
        here = reported.units(user, as_of).rural().filter(code=code)
        commune = here.first()
        if commune is None:
            raise Http404(f"Không có xã mang mã “{code}” trong phạm vi được xem.")
    in_force = reported.set_for(Level.COMMUNE, as_of, scope.province_code)
    before = as_of.on(since) if since else None
    old_set = reported.set_for(Level.COMMUNE, before, scope.province_code) if before else None
    rows: list[CompareRow] = []
    figures: tuple[FigureRow, ...] = ()
    same_set = bool(in_force and old_set and in_force.criteria_set == old_set.criteria_set)
    if before and in_force and same_set:
        rows = _rows(here, in_force, before, as_of)
        figures = _figures(scope, commune, rows, before)
    return ComparePage(
        scope=scope,
        commune=commune,
        days=days,
        since=since,
        places=Paginator(rows, PER_PAGE).get_page(number),
        figures=figures,
        same_set=same_set,
        total=in_force.total if in_force else 0,
    )


def _rows(here: Any, in_force: SetInForce, before: AsOf, as_of: AsOf) -> list[CompareRow]:
    old = {row.commune_id: row for row in reported.standings(here, in_force, before)}
    rows = [
        CompareRow(old.get(row.commune_id), row, in_force.criteria)
        for row in reported.standings(here, in_force, as_of)
    ]
    return sorted(rows, key=lambda row: (-row.is_recognised_since, row.now is None, -row.change))


def _figures(
    scope: Scope, commune: Commune | None, rows: Iterable[CompareRow], before: AsOf
) -> tuple[FigureRow, ...]:
    """The whole on both days. Counts are over communes that are counted on both."""
    rows = list(rows)
    both = [row for row in rows if row.was is not None and row.now is not None]
    then = rungs([row.before for row in both if row.before])
    now = rungs([row.after for row in both])
    items = scope.items.filter(commune=commune) if commune else scope.items
    money = [total(reported.lines_of(items, day)) for day in (before, scope.as_of)]
    here = Commune.objects.filter(pk=commune.pk) if commune else scope.communes
    villages_then, villages_now = (
        village_counts(reported.villages_then(scope.villages, day, here)).met
        for day in (before, scope.as_of)
    )
    not_applicable = [
        ("trong đó không áp dụng", then.not_applicable, now.not_applicable),
    ] * bool(then.not_applicable or now.not_applicable)
    counts: list[tuple[str, int, int]] = [
        ("Tiêu chí đạt", sum(row.was or 0 for row in both), sum(row.now or 0 for row in both)),
        ("trong đó đã thẩm định", then.appraised, now.appraised),
        ("trong đó đã kiểm tra", then.verified, now.verified),
        ("trong đó tự đánh giá", then.self_reported, now.self_reported),
        *not_applicable,
        ("Thôn đạt kiểu mẫu", villages_then, villages_now),
    ]
    if not commune:
        recognised = sum(row.after.is_recognised for row in rows)
        newly = sum(row.is_recognised_since for row in rows)
        counts.append(("Xã được công nhận", recognised - newly, recognised))
    amounts: list[tuple[str, Callable[[Any], int]]] = [
        ("Nhu cầu vốn, tỷ đồng", lambda one: one.need),
        ("Đã xác định nguồn, tỷ đồng", lambda one: one.identified),
        ("Còn thiếu, tỷ đồng", lambda one: one.missing),
        ("Đã giải ngân, tỷ đồng", lambda one: one.disbursed),
    ]
    return (
        *(
            FigureRow(
                label,
                vi_number(was),
                vi_number(is_now),
                signed(is_now - was),
                is_part=label.startswith("trong đó"),
            )
            for label, was, is_now in counts
        ),
        *(
            FigureRow(
                label,
                to_ty(of(money[0])),
                to_ty(of(money[1])),
                signed_ty(of(money[1]) - of(money[0])),
            )
            for label, of in amounts
        ),
    )
