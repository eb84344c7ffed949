"""The figures as a table and as JSON."""

from collections.abc import Iterable

from tests.bench.measure import Figure, Start

HEAD = ("communes", "page", "queries", "max", "ms", "max", "floor ×", "max", "kB", "max", "gzip")
WIDTHS = (8, 32, 7, 4, 8, 5, 7, 4, 7, 5, 6)
PAGE_COLUMN = 1


def line(cells: Iterable[object], verdict: str = "") -> str:
    """Cells in their columns: words to the left, figures to the right."""
    parts = [
        f"{cell:<{width}}" if place == PAGE_COLUMN else f"{cell:>{width}}"
        for place, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    ]
    return " ".join([*parts, f" {verdict}"]).rstrip()


def head() -> str:
    """The head of the table with a rule below."""
    return f"{line(HEAD)}\n{'-' * (sum(WIDTHS) + len(WIDTHS) + 8)}"


def row(figure: Figure) -> str:
    """One page."""
    budget = figure.page.budget
    has_budget = budget != type(budget)()
    verdict = f"OVER: {', '.join(figure.over)}" if figure.over else "ok" if has_budget else ""
    if figure.is_second:
        verdict += " (measured again)"
    return line(
        (
            f"{figure.communes:,}",
            figure.page.title,
            figure.queries,
            _limit(budget.queries),
            f"{figure.ms:.1f}",
            _limit(budget.ms),
            f"{figure.ratio:.1f}" if figure.ratio else "",
            _limit(budget.ratio),
            f"{figure.raw / 1000:.1f}",
            _limit(budget.kb),
            f"{figure.sent / 1000:.1f}",
        ),
        verdict,
    )


def _limit(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def start_row(start: Start) -> str:
    """What starting the application costs."""
    verdict = f"OVER: imports {', '.join(start.heavy)}" if start.heavy else "ok"
    return (
        f"start of the application: {start.ms:.0f} ms, {start.mb:.0f} MB, "
        f"without pandas and openpyxl: {verdict}"
    )


def query_notes(figures: Iterable[Figure]) -> list[str]:
    """Pages whose number of queries depends on the size of the world, which none may."""
    counts: dict[str, dict[int, int]] = {}
    for figure in figures:
        counts.setdefault(figure.page.title, {})[figure.communes] = figure.queries
    return [
        f"queries depend on the size: {title}: "
        + ", ".join(f"{queries} at {communes:,}" for communes, queries in by_size.items())
        for title, by_size in counts.items()
        if len(set(by_size.values())) > 1
    ]


def as_json(figures: Iterable[Figure], start: Start | None) -> dict:
    """Everything measured, for another program."""
    return {
        "start": None
        if start is None
        else {"ms": round(start.ms, 1), "mb": round(start.mb, 1), "heavy": start.heavy},
        "pages": [
            {
                "communes": figure.communes,
                "page": figure.page.title,
                "url": figure.page.url,
                "fragment": figure.page.target,
                "queries": figure.queries,
                "ms": round(figure.ms, 2),
                "floor_ms": None if figure.floor_ms is None else round(figure.floor_ms, 2),
                "bytes": figure.raw,
                "bytes_gzip": figure.sent,
                "runs": figure.runs,
                "budget": {
                    key: value
                    for key, value in vars(figure.page.budget).items()
                    if value is not None
                },
                "over": figure.over,
            }
            for figure in figures
        ],
    }
