"""*Điều chỉnh*: what a closed month would say otherwise if it were closed today."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from criteria.choices import Cell, DossierState
from criteria.selectors.funding import ItemLine
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import CommuneStanding
from criteria.selectors.villages import VillageRow
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.reports.selectors.rows import Adjustment, State
from sponsors.selectors.sponsors import SponsorRow
from sponsors.selectors.tasks import TaskRow

Row = TypeVar("Row")
NOTHING = "không có"


@dataclass(frozen=True)
class Figures:
    """What one day said, as far as it is held against what it says now."""

    state: State
    in_force: SetInForce | None
    sponsors: tuple[SponsorRow, ...]
    tasks: tuple[TaskRow, ...]


def adjustments(reported: Figures, live: Figures) -> list[Adjustment]:
    """What differs, by subject, in the order of the tables of the report; nothing is read."""
    return [
        *_units(reported.state.standings, live.state.standings),
        *_criteria(reported.state.standings, live.state.standings, reported.in_force),
        *_money(reported.state.lines, live.state.lines),
        *_villages(reported.state.villages, live.state.villages),
        *_sponsors(reported.sponsors, live.sponsors),
        *_tasks(reported.tasks, live.tasks),
    ]


def _pairs(
    before: Iterable[Row], after: Iterable[Row], key: Callable[[Row], object]
) -> Iterator[tuple[Row, Row | None, Row | None]]:
    """Each thing (as it was, where it was there) with its row on either side."""
    now = {key(row): row for row in after}
    for row in before:
        yield row, row, now.pop(key(row), None)
    for left in now.values():
        yield left, None, left


def _units(
    before: Iterable[CommuneStanding], after: Iterable[CommuneStanding]
) -> Iterator[Adjustment]:
    for one, was, now in _pairs(before, after, lambda row: row.commune_id):
        if was is None or now is None or was.name != now.name:
            yield Adjustment(
                "Đơn vị hành chính", one.name, "Tên xã trong báo cáo",
                was.name if was else NOTHING, now.name if now else NOTHING, None, one.code,
            )  # fmt: skip
        if was and now and was.dossier != now.dossier:
            yield Adjustment(
                "Hồ sơ công nhận", was.name, "Tình trạng hồ sơ",
                _dossier(was.dossier), _dossier(now.dossier), None, was.code,
            )  # fmt: skip


def _dossier(state: DossierState | None) -> str:
    return str(state.label) if state else "chưa trình"


def _criteria(
    before: Iterable[CommuneStanding],
    after: Iterable[CommuneStanding],
    in_force: SetInForce | None,
) -> Iterator[Adjustment]:
    criteria = in_force.criteria if in_force else ()
    for _one, was, now in _pairs(before, after, lambda row: row.commune_id):
        if was is None or now is None:
            continue
        for criterion, old, new in zip(criteria, was.cells, now.cells, strict=False):
            if old != new:
                yield Adjustment(
                    "Tiêu chí", was.name, str(criterion),
                    str(Cell(old).label), str(Cell(new).label), None, was.code,
                )  # fmt: skip


def _money(before: Iterable[ItemLine], after: Iterable[ItemLine]) -> Iterator[Adjustment]:
    for one, was, now in _pairs(before, after, lambda row: row.pk):
        for field, word in (
            ("need", "nhu cầu"),
            ("identified", "đã xác định nguồn"),
            ("disbursed", "đã giải ngân"),
        ):
            old = getattr(was.money, field) if was else 0
            new = getattr(now.money, field) if now else 0
            if old != new:
                yield _amount("Kinh phí", one.commune_label, f"{one.name}: {word}", old, new,
                              one.commune_code or "")  # fmt: skip


def _amount(
    subject: str, place: str, what: str, old: int, new: int, commune_code: str = ""
) -> Adjustment:
    words = (f"{vi_number(old)} đồng", f"{vi_number(new)} đồng")
    return Adjustment(subject, place, what, *words, new - old, commune_code)


def _villages(before: Iterable[VillageRow], after: Iterable[VillageRow]) -> Iterator[Adjustment]:
    for one, was, now in _pairs(before, after, lambda row: row.pk):
        old, new = _village_words(was), _village_words(now)
        for what in dict.fromkeys((*old, *new)):
            if old.get(what) != new.get(what):
                yield Adjustment(
                    "Thôn", one.commune_name, f"{one.name}: {what}",
                    old.get(what, NOTHING), new.get(what, NOTHING), None, one.commune_code,
                )  # fmt: skip


def _village_words(row: VillageRow | None) -> dict[str, str]:
    if row is None:
        return {}
    return {
        "kết quả": str(row.state.label),
        "phê duyệt kế hoạch, dự toán": "đã phê duyệt" if row.is_plan_approved else "chưa phê duyệt",
        "khối lượng thực hiện": f"{row.plan_percent}%",
        "vườn mẫu kế hoạch": vi_number(row.gardens_planned),
        "vườn đạt chuẩn vườn mẫu": vi_number(row.gardens_met),
        "xã": row.commune_name,
    }


def _sponsors(before: Iterable[SponsorRow], after: Iterable[SponsorRow]) -> Iterator[Adjustment]:
    for one, was, now in _pairs(before, after, lambda row: row.pk):
        place = ", ".join(one.communes)
        if was is None or now is None or was.name != now.name:
            yield Adjustment(
                "Đơn vị đỡ đầu", place, "Tên đơn vị",
                was.name if was else NOTHING, now.name if now else NOTHING,
            )  # fmt: skip
        for field, word in (("promised", "cam kết"), ("delivered", "đã đóng góp")):
            old, new = getattr(was, field, None), getattr(now, field, None)
            for part, unit in (("money", "tiền"), ("goods", "hiện vật quy đổi")):
                amounts = getattr(old, part, 0), getattr(new, part, 0)
                if amounts[0] != amounts[1]:
                    what = f"{one.name}: {word} ({unit})"
                    yield _amount("Đơn vị đỡ đầu", place, what, *amounts)
            days = getattr(old, "labour_days", 0), getattr(new, "labour_days", 0)
            if days[0] != days[1]:
                what = f"{one.name}: {word} (ngày công)"
                before_words, after_words = (f"{vi_number(number, 1)} ngày" for number in days)
                yield Adjustment("Đơn vị đỡ đầu", place, what, before_words, after_words)


def _tasks(before: Iterable[TaskRow], after: Iterable[TaskRow]) -> Iterator[Adjustment]:
    for one, was, now in _pairs(before, after, lambda row: row.pk):
        old, new = _task_words(was), _task_words(now)
        if old != new:
            yield Adjustment("Việc", one.place, one.title, old, new, None, one.commune_code)


def _task_words(row: TaskRow | None) -> str:
    if row is None:
        return NOTHING
    return f"{row.state_label}, {row.progress}%, hạn {row.due_on:%d/%m/%Y}"
