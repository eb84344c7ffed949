"""The one rule by which a commune's way to the target date is estimated. Pure; no fact.

The estimate is a convention of this tool, made to be understood and argued with. It knows how many
criteria were met at month ends, what money the work items lack, and how many tasks are late.

- **Pace**: criteria gained per month, over all months known and over the last two. The quicker one
  gives the earliest day, the slower one the latest.
- **Brakes** hold only the slower pace back: by half of the share of the need that has no source,
  and by half of the share of open tasks that are late, but never below a quarter.
- **Silence**: fewer than three month ends, or less than sixty days of them, are no history.

What would change the estimate is found by asking the same rule again without the brake.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from ntm_tracker.core.numbers import to_ty, vi_number

DAYS_PER_MONTH = 365 / 12
LEAST_POINTS, LEAST_DAYS = 3, 60
RECENT_POINTS = 3  # month ends of the last two months
BRAKE, SLOWEST = 0.5, 0.25
HORIZON = timedelta(days=5 * 365)  # beyond it a day would pretend to be known


class Verdict(StrEnum):
    """What the range says about the target date."""

    DONE = "done"
    LIKELY = "likely"
    UNCERTAIN = "uncertain"
    UNLIKELY = "unlikely"
    SILENT = "silent"
    NO_GOAL = "no_goal"


WORDS = {
    Verdict.DONE: "Đã đạt đủ tiêu chí",
    Verdict.LIKELY: "Có thể đạt đúng hạn",
    Verdict.UNCERTAIN: "Chưa chắc đạt đúng hạn",
    Verdict.UNLIKELY: "Khó đạt đúng hạn",
    Verdict.SILENT: "Chưa đủ số liệu để dự báo",
    Verdict.NO_GOAL: "Chưa đặt ngày về đích",
}


@dataclass(frozen=True)
class Evidence:
    """What is known of a commune on a day. `history` are (day, criteria met) in order, the last on
    that day; `self_reported` of the met ones nobody has verified; money in đồng."""

    history: tuple[tuple[date, int], ...]
    total: int
    goal: date | None
    need: int = 0
    missing: int = 0
    open_tasks: int = 0
    late_tasks: int = 0
    self_reported: int = 0


@dataclass(frozen=True)
class Forecast:
    """The range in which all criteria may be met. `earliest` and `latest` are None where no such
    day comes within five years; both are None without a range. `reasons` and `levers` (what would
    change it) are Vietnamese sentences."""

    verdict: Verdict
    earliest: date | None = None
    latest: date | None = None
    reasons: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return WORDS[self.verdict]

    @property
    def has_range(self) -> bool:
        return self.verdict not in {Verdict.DONE, Verdict.SILENT}

    @property
    def range_words(self) -> str:
        """The range as a sentence; empty without one."""
        if not self.has_range:
            return ""
        if self.earliest is None:
            return "Với đà này, năm năm tới chưa đạt đủ."
        late = f"muộn nhất {_month(self.latest)}" if self.latest else "muộn thì sau hơn năm năm"
        return f"Sớm nhất {_month(self.earliest)}, {late}."


def forecast(known: Evidence) -> Forecast:
    """The estimate for one commune, with its reasons and what would change it."""
    found = _range(known)
    if not found.has_range:
        return found
    return replace(found, reasons=_reasons(known), levers=_levers(known, found))


def _range(known: Evidence) -> Forecast:
    """The estimate without words."""
    if known.history and known.history[-1][1] >= known.total:
        return Forecast(Verdict.DONE, reasons=_unverified(known))
    span = (known.history[-1][0] - known.history[0][0]).days if known.history else 0
    if len(known.history) < LEAST_POINTS or span < LEAST_DAYS:
        return Forecast(Verdict.SILENT)
    paces = [pace(known.history), pace(known.history[-RECENT_POINTS:])]
    earliest = _reached(known, max(paces))
    latest = _reached(known, min(paces) * held_back(known))
    if known.goal is None:
        return Forecast(Verdict.NO_GOAL, earliest, latest)
    if earliest is None or earliest > known.goal:
        verdict = Verdict.UNLIKELY
    elif latest is not None and latest <= known.goal:
        verdict = Verdict.LIKELY
    else:
        verdict = Verdict.UNCERTAIN
    return Forecast(verdict, earliest, latest)


def pace(history: Sequence[tuple[date, int]]) -> float:
    """Criteria gained per month from the first to the last day; negative where some were lost."""
    (first, before), (last, now) = history[0], history[-1]
    return (now - before) * DAYS_PER_MONTH / max(1, (last - first).days)


def held_back(known: Evidence) -> float:
    """The part of the slower pace that is left by missing money and late tasks: 0.25 to 1."""
    money = known.missing / known.need if known.need else 0
    tasks = known.late_tasks / known.open_tasks if known.open_tasks else 0
    return max(SLOWEST, 1 - BRAKE * money - BRAKE * tasks)


def _reached(known: Evidence, per_month: float) -> date | None:
    """The day on which what is left is done at a pace; None beyond the horizon."""
    on, met = known.history[-1]
    if per_month <= 0:
        return None
    days = (known.total - met) / per_month * DAYS_PER_MONTH
    return on + timedelta(days=round(days)) if days <= HORIZON.days else None


def _reasons(known: Evidence) -> tuple[str, ...]:
    on, met = known.history[-1]
    left = known.total - met
    reasons = [f"Còn {left} tiêu chí chưa đạt."]
    if known.goal:
        months = (known.goal - on).days / DAYS_PER_MONTH
        reasons[0] = (
            f"Còn {left} tiêu chí, kịp hạn cần {vi_number(left / months, 1)} tiêu chí mỗi tháng."
            if months > 0
            else f"Còn {left} tiêu chí mà ngày về đích đã qua."
        )
    first = known.history[0][0]
    reasons.append(
        f"Từ {first:%d/%m/%Y} đạt thêm {vi_number(pace(known.history), 1)} tiêu chí mỗi tháng; "
        f"hai tháng gần nhất {vi_number(pace(known.history[-RECENT_POINTS:]), 1)}."
    )
    if known.missing:
        reasons.append(
            f"Thiếu {to_ty(known.missing)} trong {to_ty(known.need)} tỷ đồng nhu cầu vốn."
        )
    if known.late_tasks:
        reasons.append(f"{known.late_tasks} trong {known.open_tasks} việc đang làm bị chậm.")
    return (*reasons, *_unverified(known))


def _unverified(known: Evidence) -> tuple[str, ...]:
    if not known.self_reported:
        return ()
    return (f"{known.self_reported} tiêu chí đạt mới do xã tự đánh giá, chưa ai kiểm tra.",)


def _levers(known: Evidence, found: Forecast) -> tuple[str, ...]:
    """What the same rule says without one of the brakes."""
    levers = []
    for words, other in (
        ("Đủ nguồn vốn", replace(known, missing=0)),
        ("Không còn việc chậm", replace(known, late_tasks=0)),
    ):
        changed = _range(other)
        if changed.latest != found.latest and changed.latest is not None:
            verdict = (
                f", thành “{changed.words.lower()}”" if changed.verdict != found.verdict else ""
            )
            levers.append(f"{words}: muộn nhất {_month(changed.latest)}{verdict}.")
    on, met = known.history[-1]
    if known.goal and known.goal > on and found.verdict in {Verdict.UNCERTAIN, Verdict.UNLIKELY}:
        needed = (known.total - met) * DAYS_PER_MONTH / (known.goal - on).days
        levers.append(f"Đạt thêm {vi_number(needed, 1)} tiêu chí mỗi tháng từ nay thì kịp hạn.")
    return tuple(levers)


def _month(day: date | None) -> str:
    return f"tháng {day:%m/%Y}" if day else ""
