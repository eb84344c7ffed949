"""Invented rows for the pattern page: each picture in its states."""

from dataclasses import dataclass
from datetime import date

from ntm_tracker.core.pictures.bars import Bars, Row, money_bars
from ntm_tracker.core.pictures.lines import Chart, line_chart
from ntm_tracker.core.pictures.places import Map, Place, draw_map
from ntm_tracker.core.pictures.spans import Span, draw_span

TY = 10**9
DAYS = (date(2022, 1, 31), date(2022, 2, 28), date(2022, 3, 31), date(2022, 4, 30))

GOAL = date(2022, 12, 31)


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
    lines: tuple[tuple[str, Chart], ...]
    map: Map
    spans: tuple[tuple[str, Span], ...]
    now: date
    goal: date


def samples() -> Samples:
    """The pictures of the pattern page."""
    return Samples(
        bars=money_bars(
            [
                Row("Giao thông", SampleSums(1142 * TY, 328 * TY, 814 * TY)),
                Row("Chưa có nguồn nào", SampleSums(300 * TY, 0, 300 * TY)),
                Row("Đủ nguồn, có phần vượt", SampleSums(210 * TY, 260 * TY, 0, 50 * TY)),
            ]
        ),
        lines=tuple(
            (
                title,
                line_chart(
                    [(day, value) for day, value in zip(DAYS, values, strict=True)],
                    top=20,
                    goal=goal,
                    last=f"{values[-1]}/20",
                    top_label="20 tiêu chí",
                    words=title,
                ),
            )
            for title, values, goal in (
                ("Đang trên đường", (9, 10, 10, 12), date(2022, 12, 31)),
                ("Chưa báo cáo hai tháng đầu", (None, None, 3, 3), date(2022, 12, 31)),
                ("Đã đạt đủ", (15, 16, 18, 20), date(2022, 12, 31)),
                ("Không có ngày về đích", (9, 12, 12, 14), None),
            )
        ),
        map=draw_map(
            [
                Place("Đạt đủ", 105.52, 18.26, 20, 20, 98 * TY),
                Place("Từ một nửa", 105.70, 18.31, 11, 20, 188 * TY),
                Place("Dưới một nửa", 105.67, 18.22, 7, 20, 60 * TY),
                Place("Chưa báo cáo", 105.77, 18.25, None, 20, 0),
                Place("Đã công nhận", 105.61, 18.30, 0, 20, 0, is_done=True),
            ]
        ),
        spans=tuple(
            (title, draw_span(DAYS[-1], GOAL, *days))
            for title, days in (
                ("Trước hạn", (date(2022, 9, 1), date(2022, 12, 1))),
                ("Muộn thì không rõ", (date(2022, 12, 1), None)),
                ("Sau hạn nhiều năm", (date(2025, 1, 1), None)),
            )
        ),
        now=DAYS[-1],
        goal=GOAL,
    )
