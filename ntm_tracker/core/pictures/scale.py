"""Where a value lies along the width or height of a picture."""

from collections.abc import Sequence

STEPS = (1, 2, 5, 10)


def percent(part: float, whole: float) -> float:
    """A share in percent with two places, finer than a pixel of any page; 0 of nothing."""
    return round(100 * part / whole, 2) if whole else 0.0


def attribute(value: float, unit: str = "") -> str:
    """A length as SVG wants it, whatever the language of the page: "28.7%", "12"."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + unit


def edges(parts: Sequence[float], whole: float) -> list[float]:
    """Where parts that follow each other begin and end, in percent: one more edge than parts.

    Each edge is rounded by itself: neighbours meet, and the last one ends where the sum does.
    """
    found, reached = [0.0], 0.0
    for part in parts:
        reached += part
        found.append(percent(reached, whole))
    return found


def ticks(most: int, wanted: int = 4) -> tuple[int, ...]:
    """Round values from 0 to at least `most`, about `wanted` steps apart: 20 → 0, 5, 10, 15, 20."""
    if most <= 0:
        return (0,)
    size = 1
    while most > 10 * size * wanted:
        size *= 10
    step = next(size * one for one in STEPS if size * one * wanted >= most)
    return tuple(range(0, most + step, step))
