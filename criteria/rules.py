"""Pure rules on judgements: from the rows of the history to what a cell shows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, Protocol, TypeVar

from criteria.choices import (
    MET_CELLS,
    OVERDUE_CELL,
    Cell,
    IndicatorKind,
    Outcome,
    Stage,
    ThresholdOp,
)
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.text import search_text

# The highest rung first: a newer self-report never hides a verified figure.
RUNGS = (Stage.APPRAISED, Stage.VERIFIED, Stage.SELF)
CELL_OF = {
    (Stage.APPRAISED, Outcome.MET): Cell.MET_APPRAISED,
    (Stage.VERIFIED, Outcome.MET): Cell.MET_VERIFIED,
    (Stage.SELF, Outcome.MET): Cell.MET_SELF,
    (Stage.APPRAISED, Outcome.NOT_MET): Cell.NOT_MET_APPRAISED,
    (Stage.VERIFIED, Outcome.NOT_MET): Cell.NOT_MET_VERIFIED,
    (Stage.SELF, Outcome.NOT_MET): Cell.NOT_MET_SELF,
}

# How people write a verdict into a spreadsheet, without accents.
WORDS_OF_OUTCOME = {
    Outcome.MET: {"dat", "da dat", "d", "x", "1", "co", "v", "✓", "✔"},
    Outcome.NOT_MET: {"chua dat", "khong dat", "chua", "cd", "kd", "0", "khong", "✗", "✘"},
    Outcome.NOT_APPLICABLE: {"khong ap dung", "kad", "na", "n/a"},
}


def outcome_of_words(text: str) -> str:
    """The verdict that a word of a spreadsheet means; a word that means none comes back as it is,
    for the form to name it."""
    plain = search_text(text)
    found = (outcome for outcome, words in WORDS_OF_OUTCOME.items() if plain in words)
    return str(next(found, text.strip()))


class Judgement(Protocol):
    """The latest row of one stage, as far as rules look at it (an Assessment is one)."""

    @property
    def pk(self) -> int: ...
    @property
    def outcome(self) -> str: ...
    @property
    def as_of(self) -> date: ...


Said = TypeVar("Said", bound=Judgement)


class Correcting(Judgement, Protocol):
    """A judgement that may say which row it takes back."""

    @property
    def corrects_id(self) -> int | None: ...


Corrected = TypeVar("Corrected", bound=Correcting)


class StagedRow(Correcting, Protocol):
    """A judgement that says on which rung it was made."""

    @property
    def stage(self) -> str: ...


class Row(NamedTuple):
    """A judgement read without its model."""

    pk: int
    outcome: str
    as_of: date


def decide(latest: Mapping[str, Judgement]) -> tuple[Cell, Stage | None]:
    """The state of one criterion from the latest row of each stage (stage → row), and the stage
    whose row says so (None where nobody says anything).

    A withdrawn row says nothing. A return says "report again": on the rungs below it only what is
    later than the return counts, so that an older report or verification does not come back.
    """
    returned: tuple[date, int] | None = None
    returned_by: Stage | None = None
    for stage in RUNGS:
        row = latest.get(stage)
        if row is None or row.outcome == Outcome.WITHDRAWN:
            continue
        said = (row.as_of, row.pk)
        if returned is not None and said < returned:
            continue
        if row.outcome == Outcome.RETURNED:
            returned, returned_by = said, stage
        elif row.outcome == Outcome.NOT_APPLICABLE:
            return Cell.NOT_APPLICABLE, stage
        else:
            return CELL_OF[stage, Outcome(row.outcome)], stage
    return (Cell.RETURNED, returned_by) if returned else (Cell.UNREPORTED, None)


def newest(latest: Mapping[str, Said]) -> Said | None:
    """The row that speaks last, whatever its rung: it decides whose turn it is."""
    said = [row for row in latest.values() if row.outcome != Outcome.WITHDRAWN]
    return max(said, key=lambda row: (row.as_of, row.pk), default=None)


def counting(rows: Iterable[Corrected]) -> list[Corrected]:
    """The rows that still count: a withdrawn row that names another takes just that one out of the
    history, and what stood before it counts again. One that names none silences its rung."""
    rows = list(rows)
    undoing = {row.pk: row.corrects_id for row in rows if row.outcome == Outcome.WITHDRAWN}
    gone = {pk for pair in undoing.items() if pair[1] for pk in pair}
    return [row for row in rows if row.pk not in gone]


def cell_for(latest: Mapping[str, Judgement]) -> Cell:
    """The state of one criterion from the latest row of each stage (see `decide`)."""
    return decide(latest)[0]


def cells_on_days(rows: Sequence[StagedRow], days: Sequence[date]) -> list[Cell]:
    """The state of one criterion on each of some days, from all its rows in order of (as_of, pk):
    what `cell_for` says of the rows that count on that day. Overdue plans are not looked at."""
    has_undoing = any(row.outcome == Outcome.WITHDRAWN and row.corrects_id for row in rows)
    found: list[Cell] = []
    latest: dict[str, StagedRow] = {}
    cell, seen = Cell.UNREPORTED, 0
    for day in days:
        before = seen
        while seen < len(rows) and rows[seen].as_of <= day:
            latest[rows[seen].stage] = rows[seen]
            seen += 1
        if seen > before:
            # Only a row that takes another back makes the earlier ones speak again.
            said = {row.stage: row for row in counting(rows[:seen])} if has_undoing else latest
            cell = cell_for(said)
        found.append(cell)
    return found


def newer_report(latest: Mapping[str, Said]) -> Said | None:
    """A self-report later than the verified or appraised row that counts, and of another outcome:
    it is shown beside the figure, which it does not hide. One that agrees says nothing new."""
    report = latest.get(Stage.SELF)
    stage = decide(latest)[1]
    if report is None or report.outcome == Outcome.WITHDRAWN or stage in (None, Stage.SELF):
        return None
    deciding = latest[stage]
    is_newer = (report.as_of, report.pk) > (deciding.as_of, deciding.pk)
    return report if is_newer and report.outcome != deciding.outcome else None


def is_met(cell: str) -> bool:
    """Whether a cell counts as met; what does not apply does not stand in the way."""
    return cell in MET_CELLS


def shown_cell(cell: str, planned_on: date | None, on: date) -> str:
    """The cell with its overdue twin where the planned date has passed and it is not met."""
    return cell.translate(OVERDUE_CELL) if planned_on and planned_on < on else cell


def count_met(cells: str) -> int:
    """How many cells of a row count as met."""
    return sum(cells.count(code) for code in MET_CELLS)


class Figure(Protocol):
    """A measured value (an Assessment or a Draft of an indicator is one)."""

    @property
    def value(self) -> Decimal | None: ...
    @property
    def numerator(self) -> int | None: ...
    @property
    def denominator(self) -> int | None: ...


def share(numerator: int, denominator: int) -> Decimal:
    """382 of 400 as a percentage with four places, the way it is stored."""
    return (Decimal(100 * numerator) / denominator).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def typed_value(figure: Figure) -> str:
    """What stands in the box of a value: "95,5", or "382/400" where people counted; "" for none."""
    if figure.denominator:
        return f"{figure.numerator}/{figure.denominator}"
    return "" if figure.value is None else _plain(figure.value)


def value_words(figure: Figure, unit: str) -> str:
    """A value with its unit as people read it: "95,5% (382/400)"; "" for none."""
    if figure.value is None:
        return ""
    words = f"{_plain(figure.value)}%" if unit == "%" else f"{_plain(figure.value)} {unit}".strip()
    return f"{words} ({typed_value(figure)})" if figure.denominator else words


def _plain(value: Decimal) -> str:
    """As many decimals as there are, at most the four that are stored."""
    places = -int(value.normalize().as_tuple().exponent)
    return vi_number(value, min(max(places, 0), 4))


def proposed_outcome(
    kind: str, value: Decimal | None, op: str | None, threshold: Decimal | None
) -> Outcome | None:
    """What the threshold says of a measured value: met, not met, or nothing.

    Nothing where nothing was measured (a blank never becomes zero), where no threshold is in force
    for the commune's group, where the threshold is unknown, and for what is only met or not.
    """
    if kind == IndicatorKind.BOOLEAN or value is None or threshold is None:
        return None
    holds = (
        {
            ThresholdOp.AT_LEAST: value >= threshold,
            ThresholdOp.AT_MOST: value <= threshold,
            ThresholdOp.IS: value == threshold,
        }.get(ThresholdOp(op))
        if op
        else None
    )
    if holds is None:
        return None
    return Outcome.MET if holds else Outcome.NOT_MET


def criterion_outcome(indicators: Iterable[str | None]) -> Outcome | None:
    """The verdict of a criterion that follows from its indicators.

    Decided so: one that is not met makes the criterion not met, whatever is still unsaid; it is met
    when every indicator is met or does not apply; otherwise nothing follows, and nothing follows
    from no indicators. What does not apply never stands in the way.
    """
    said = list(indicators)
    if Outcome.NOT_MET in said:
        return Outcome.NOT_MET
    passes = {Outcome.MET, Outcome.NOT_APPLICABLE}
    return Outcome.MET if said and all(one in passes for one in said) else None


def village_rule_blocks(
    *,
    is_criterion_met: bool,
    villages: int,
    villages_met: int,
    gardens_met: int,
    min_villages: int | None,
    min_village_percent: int | None,
    min_gardens: int | None,
) -> str:
    """What a rule kept as data (criterion 20) still lacks, in Vietnamese; "" where nothing blocks.

    Villages that are not yet met are listed as *còn lại* everywhere; they *block* only where the
    criterion is not met and the rule has numbers (`domain.md`: Hà Tĩnh's own were not found).
    """
    if is_criterion_met:
        return ""
    wanted = max(
        min_villages or 0, -(-villages * min_village_percent // 100) if min_village_percent else 0
    )
    parts = []
    if wanted > villages_met:
        parts.append(f"thiếu {wanted - villages_met} thôn")
    if min_gardens is not None and min_gardens > gardens_met:
        parts.append(f"thiếu {min_gardens - gardens_met} vườn mẫu")
    return ", ".join(parts)


def revocation_reason(*, fallen: int, weighty: int, total: int) -> str:
    """Why the recognition of a commune comes into question, or "" (`domain.md` §5).

    At least half of the criteria have fallen; or 30% to under 50%, and `weighty` of them are among
    those that weigh (income; environment and food safety; defence and security).
    """
    if not total or fallen * 100 < 30 * total:
        return ""
    words = f"{fallen}/{total} tiêu chí không còn đạt ({vi_number(fallen * 100 / total, 1)}%)"
    if fallen * 100 >= 50 * total:
        return f"{words}, từ 50% trở lên."
    if weighty:
        return f"{words}, từ 30% đến dưới 50%, trong đó {weighty} tiêu chí trọng yếu."
    return ""
