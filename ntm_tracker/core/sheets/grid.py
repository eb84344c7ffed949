"""The columns of a sheet: everything stacked on it, tables, lists, letterhead, shares them.

All widths are in units of column width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from ntm_tracker.core.sheets.model import Table
from ntm_tracker.core.sheets.prepare import Prepared

LEAST, MIDDLE, MOST = 0.36, 0.43, 0.52
"""Share of the width that the left half of letterhead and signature takes."""
_STATE = 45.5
"""The right half must hold the name of the state in one line."""
_POOR = 0.6  # a column that gets less than this of the width it wants is laid out badly
_NEAR = 1.5  # edges closer than this are one edge


def make_grid(prepared: Sequence[Prepared], page: float, halved: bool) -> list[float]:
    """Column widths: those of the table with most columns, stretched to fill the page.

    Other tables span several of them. Where that fits badly, and where letterhead and signature
    (`halved`) find no edge near the middle, columns are divided; the table then keeps its own as
    merged ones.
    """
    ordered = sorted(prepared, key=_columns_then_tables, reverse=True)
    if not ordered:
        left = page * _middle([page])[0]
        return [left, page - left]
    kinds = _kinds(ordered[0])
    alike = [block.wanted for block in ordered if _kinds(block) == kinds]
    grid = _stretch([max(widths) for widths in zip(*alike, strict=True)], kinds, page)
    for block in ordered[1:]:
        factor = sum(grid) / sum(block.wanted)
        spans = fit_spans(block.wanted, block.needed, grid)
        least = [
            max(need, want * factor * _POOR)
            for want, need in zip(block.wanted, block.needed, strict=True)
        ]
        given = (sum(grid[first - 1 : last]) for first, last in spans)
        if any(got < need for got, need in zip(given, least, strict=True)):
            grid = _divide(grid, (edge * factor for edge in accumulate(block.wanted)))
    middle, most = _middle(grid)
    if halved and not LEAST <= closest_cut(grid)[1] <= most:
        grid = _divide(grid, [sum(grid) * middle])
    return grid


def fit_spans(
    wanted: Sequence[float], needed: Sequence[float], grid: Sequence[float]
) -> list[tuple[int, int]]:
    """Lay columns over the columns of a grid: first and last grid column (from 1) for each.

    The choice comes closest to the wanted widths, and goes under a needed one only as a last
    resort.
    """
    if len(wanted) > len(grid):
        raise ValueError(f"{len(wanted)} columns do not fit on {len(grid)}")
    edges = [0.0, *accumulate(grid)]
    factor = edges[-1] / sum(wanted)
    steps: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for index, (want, need) in enumerate(zip(wanted, needed, strict=True)):
        left = len(wanted) - index - 1
        ends = range(index + 1, len(grid) - left + 1) if left else (len(grid),)
        step: dict[int, tuple[float, int]] = {}
        for end in ends:
            for start, (cost, _) in steps[-1].items():
                if start < end:
                    width = edges[end] - edges[start]
                    total = cost + abs(width - want * factor) + 100 * max(0.0, need - width)
                    if end not in step or total < step[end][0]:
                        step[end] = (total, start)
        steps.append(step)
    end, spans = len(grid), []
    for step in reversed(steps[1:]):
        start = step[end][1]
        spans.append((start + 1, end))
        end = start
    return spans[::-1]


def closest_cut(grid: Sequence[float]) -> tuple[int, float]:
    """The grid column after which the left half best ends, and the share of the width it takes."""
    if len(grid) == 1:
        return 1, 1.0
    edges = list(accumulate(grid))
    middle = _middle(grid)[0] * edges[-1]
    cut = min(range(len(grid) - 1), key=lambda i: abs(edges[i] - middle))
    return cut + 1, edges[cut] / edges[-1]


def _middle(grid: Sequence[float]) -> tuple[float, float]:
    """Best and greatest share of the left half; upright pages leave it less."""
    most = max(LEAST, min(MOST, 1 - _STATE / sum(grid)))
    return min(MIDDLE, most), most


def _columns_then_tables(block: Prepared) -> tuple[int, bool]:
    return len(block.columns), isinstance(block.source, Table)


def _kinds(block: Prepared) -> list[str]:
    return [column.kind for column in block.columns]


def _stretch(widths: list[float], kinds: Sequence[str], page: float) -> list[float]:
    """Widths that fill the page; the column of running numbers stays as narrow as it is."""
    elastic = [kind != "index" for kind in kinds]
    total = sum(width for width, stretch in zip(widths, elastic, strict=True) if stretch)
    factor = max(1.0, 1 + (page - sum(widths)) / total) if total else 1.0
    return [w * factor if stretch else w for w, stretch in zip(widths, elastic, strict=True)]


def _divide(grid: Sequence[float], cuts: Iterable[float]) -> list[float]:
    edges = [0.0, *accumulate(grid)]
    for cut in cuts:
        if min(abs(cut - edge) for edge in edges) > _NEAR:
            edges.append(cut)
    return [right - left for left, right in pairwise(sorted(edges))]
