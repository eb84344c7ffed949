"""Invented rows for the pattern page: each picture in its states."""

from dataclasses import dataclass

from ntm_tracker.core.pictures.bars import Bars, Row, money_bars

TY = 10**9


@dataclass(frozen=True)
class SampleSums:
    """Sums as `bars.Sums` wants them, in đồng."""

    need: int
    identified: int
    missing: int
    surplus: int = 0


@dataclass(frozen=True)
class Samples:
    """One picture of every kind."""

    bars: Bars


def samples() -> Samples:
    """The pictures of the pattern page."""
    return Samples(
        bars=money_bars(
            [
                Row("Giao thông", SampleSums(1142 * TY, 328 * TY, 814 * TY)),
                Row("Chưa có nguồn nào", SampleSums(300 * TY, 0, 300 * TY)),
                Row("Đủ nguồn, có phần vượt", SampleSums(210 * TY, 260 * TY, 0, 50 * TY)),
            ]
        )
    )
