"""Our rows held against the figures that were announced in a document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from criteria.choices import MONEY_MEASURES, Measure
from criteria.models import ControlTotal, ControlTotalLine, WorkItem
from criteria.selectors.funding import ItemLine, Money, group_money

MEASURES = [measure.value for measure in Measure]


class Verdict(Enum):
    """How a sum stands to the announced figure."""

    EQUAL = "khớp"
    ROUNDING = "trong sai số làm tròn"
    DIFFERENT = "lệch"


@dataclass(frozen=True)
class ItemDifference:
    """A work item that moved since the announced figures were reconciled (đồng)."""

    code: str
    name: str
    commune_name: str | None
    need: int
    identified: int
    missing: int


@dataclass(frozen=True)
class ControlLine:
    """One announced figure beside ours. `difference` = ours − announced, in đồng."""

    control: ControlTotal
    ours: int
    difference: int
    verdict: Verdict
    rows: tuple[ItemDifference, ...]


def judge(difference: int, precision: int) -> Verdict:
    """Below the step to which the document rounded, a difference says nothing; from it on, it
    does."""
    if difference == 0:
        return Verdict.EQUAL
    return Verdict.ROUNDING if abs(difference) < precision else Verdict.DIFFERENT


def announced(on: date) -> list[ControlTotal]:
    """The latest announcement up to a day: all its figures, money and counts, those of the whole
    before those of the categories, each in the order of `Measure`."""
    latest = (
        ControlTotal.objects.filter(announced_on__lte=on)
        .order_by("-announced_on")
        .values("announced_on")[:1]
    )
    totals = ControlTotal.objects.filter(announced_on__in=latest)
    # Sorted here: databases differ in where they put the rows without a category.
    return sorted(
        totals.select_related("category", "document"),
        key=lambda control: (
            (control.category.position, control.category.pk) if control.category else (-1, 0),
            MEASURES.index(control.measure),
        ),
    )


def control_lines(lines: Iterable[ItemLine], totals: Iterable[ControlTotal]) -> list[ControlLine]:
    """Each announced amount beside our sum, with the work items that moved since it was reconciled.

    `lines` must cover everything the announcement speaks of (a reader who sees the whole). Moves
    are found against the amounts kept at reconciliation, so every kind of change is named.
    """
    lines = list(lines)
    totals = [control for control in totals if control.measure in MONEY_MEASURES]
    if not totals:
        return []
    by_category = group_money(lines, lambda line: line.category_id)
    everything = sum(by_category.values(), Money())
    kept = {
        item: (need, identified)
        for item, need, identified in ControlTotalLine.objects.filter(
            announced_on=totals[0].announced_on
        ).values_list("item_id", "need", "identified")
    }
    moves = _moves(lines, kept)
    result = []
    for control in totals:
        money = by_category.get(control.category_id, Money()) if control.category_id else everything
        ours = getattr(money, control.measure)
        rows = tuple(
            move
            for category, move in moves
            if control.category_id in (None, category) and getattr(move, control.measure)
        )
        difference = ours - control.amount
        result.append(
            ControlLine(control, ours, difference, judge(difference, control.precision), rows)
        )
    return result


def _moves(
    lines: list[ItemLine], kept: dict[int, tuple[int, int]]
) -> list[tuple[int, ItemDifference]]:
    """Per work item that moved, how far it is from what was kept at reconciliation (item id →
    need, identified), with its category. One query where items are gone since."""
    moves = []
    gone = dict(kept)
    for line in lines:
        need, identified = gone.pop(line.pk, (0, 0))
        change = (
            line.money.need - need,
            line.money.identified - identified,
            line.money.missing - max(0, need - identified),
        )
        if any(change):
            difference = ItemDifference(line.code, line.name, line.commune_name, *change)
            moves.append((line.category_id, difference))
    for item in WorkItem.objects.filter(pk__in=gone).select_related("commune").order_by("pk"):
        need, identified = gone[item.pk]
        change = (-need, -identified, -max(0, need - identified))
        if any(change):
            name = item.commune.name if item.commune else None
            moves.append((item.category_id, ItemDifference(item.code, item.name, name, *change)))
    return moves


def announced_count(totals: Iterable[ControlTotal], measure: Measure) -> ControlTotal | None:
    """The announced figure of one count ("8 xã", "50 thôn", "hơn 60"), if there is one."""
    return next((control for control in totals if control.measure == measure), None)
