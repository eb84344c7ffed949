"""Figures of the board put into the short words that stand beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from criteria.selectors.control import Verdict
from ntm_tracker.core.numbers import to_ty, vi_number
from ntm_tracker.dashboard.selectors.figures import Figures, MonthChanges, Target
from ntm_tracker.dashboard.selectors.money import CountCheck, MoneyTable
from ntm_tracker.dashboard.selectors.scope import ALL, Scope

TOLD = 5  # criteria that are named in a message
NAMED = 3  # and in the sentence over the figures


@dataclass(frozen=True)
class Stat:
    """One key figure; the inputs of `components/stat.html`."""

    label: str
    value: str
    unit: str
    note: str = ""
    note2: str = ""
    href: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """A figure and the words after it."""

    figure: str
    words: str


def signed(value: int) -> str:
    """+3, −2, 0."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{vi_number(abs(value))}"


def signed_ty(dong: int) -> str:
    """+12,5 or −0,3 in tỷ."""
    return f"{'+' if dong > 0 else '−' if dong < 0 else ''}{to_ty(abs(dong))}"


def lead(figures: Figures, target: Target | None) -> tuple[Line, ...]:
    """The state of the area in one sentence."""
    lines = [
        Line(f"{vi_number(stage.count)} xã{f' đạt {stage.span}' if stage.span else ''}", stage.word)
        for stage in figures.stages
        if not stage.is_recognised
    ]
    if figures.blocking:
        named = ", ".join(one.criterion.name for one in figures.blocking[:NAMED])
        lines.append(Line("vướng nhiều nhất", f"ở {named}"))
    if figures.money.sum.missing:
        lines.append(Line(f"{to_ty(figures.money.sum.missing)} tỷ đồng", "chưa xác định nguồn"))
    if target and not target.is_past:
        lines.append(Line(f"còn {vi_number(target.days)} ngày", f"đến {target.on:%d/%m/%Y}"))
    return tuple(lines)


def stats(scope: Scope, figures: Figures, target: Target | None) -> tuple[Stat, ...]:
    """The key figures over the table, in the order in which they are asked for."""
    tally, money, villages, work = figures.tally, figures.money, figures.villages, figures.work
    left, silent = tally.left, ""
    if scope.kind == ALL and tally.silent:
        # Over a whole province, who never reported is not known to lack anything.
        left -= tally.silent
        silent = f"; {vi_number(tally.silent)} xã chưa có số liệu"
    found = [
        Stat(
            "Xã chưa đạt chuẩn",
            vi_number(left),
            "xã",
            f"trong {vi_number(tally.communes)} xã; {vi_number(tally.recognised)} xã đã công nhận"
            f"{silent}",
            _count_words(figures.communes_check),
            "#matrix",
        ),
        Stat(
            "Chưa xác định nguồn",
            to_ty(money.sum.missing),
            "tỷ đồng",
            f"nhu cầu {to_ty(money.sum.need)}, đã xác định {to_ty(money.sum.identified)} "
            f"({money.sum.percent_identified}%)",
            _money_words(money),
            "#kinh-phi",
            "gap" if money.sum.missing else "",
        ),
        Stat(
            "Thôn chưa đạt kiểu mẫu",
            vi_number(villages.left),
            "thôn",
            f"trong {vi_number(villages.total)} thôn; {vi_number(villages.declared)} thôn tự đánh "
            "giá đạt",
            _count_words(figures.villages_check),
            figures.villages_url,
        ),
        Stat(
            "Việc chậm",
            vi_number(work.counts.late),
            "việc",
            f"{vi_number(work.counts.due_soon)} việc đến hạn trong 7 ngày",
            f"{vi_number(figures.overdue_count)} tiêu chí quá hạn kế hoạch",
            "#viec-cham",
            "gap" if work.counts.late else "",
        ),
    ]
    if changes := figures.changes:
        found.append(
            Stat(
                f"Thay đổi từ {changes.since:%d/%m}",
                signed(changes.gained - changes.lost),
                "tiêu chí",
                f"{signed_ty(changes.identified)} tỷ đồng nguồn xác định",
                f"{vi_number(changes.tasks_done)} việc nghiệm thu",
                "#thay-doi",
            )
        )
    if target:
        found.append(target_stat(target))
    return tuple(found)


def target_stat(target: Target) -> Stat:
    """Days left to the target date, or days since it has passed."""
    return Stat(
        "Quá ngày về đích" if target.is_past else "Còn lại",
        vi_number(abs(target.days)),
        "ngày",
        f"ngày về đích {target.on:%d/%m/%Y}",
        tone="gap" if target.is_past else "",
    )


def _count_words(check: CountCheck | None) -> str:
    """How a count stands to the announced one."""
    if check is None:
        return ""
    if check.matches:
        return "khớp số công bố"
    return f"công bố {check.control.wording}, lệch {signed(check.difference)}"


def _money_words(money: MoneyTable) -> str:
    if money.verdict is Verdict.EQUAL:
        return "khớp số công bố"
    if money.verdict is Verdict.ROUNDING:
        return "lệch số công bố trong sai số làm tròn"
    return "lệch số công bố" if money.verdict else ""


def change_lines(changes: MonthChanges) -> tuple[Line, ...]:
    """What moved beside criteria met or lost; the words stand first in the page."""
    lines = [
        (signed_ty(changes.identified), "Nguồn xác định thêm, tỷ đồng", changes.identified),
        (signed_ty(changes.need), "Nhu cầu kinh phí, tỷ đồng", changes.need),
        (signed(changes.villages), "Thôn được công nhận kiểu mẫu", changes.villages),
        (vi_number(changes.reports), "Báo cáo tiến độ việc nhận được", changes.reports),
        (vi_number(changes.tasks_done), "Việc được nghiệm thu", changes.tasks_done),
        (
            vi_number(changes.moved),
            "Tiêu chí chuyển bậc hoặc được trả lại, kết quả như cũ",
            changes.moved,
        ),
    ]
    return tuple(Line(figure, words) for figure, words, amount in lines if amount)


def area_text(
    scope: Scope, figures: Figures, stats: Iterable[Stat], *, is_demo: bool = False
) -> str:
    """The key figures of an area, to be sent by Zalo as they stand."""
    lines = [f"{stage.label}: {stage.count} xã" for stage in figures.stages]
    if figures.blocking:
        named = (
            f"{one.criterion.number}. {one.criterion.name} ({one.missing}/{one.communes} xã)"
            for one in figures.blocking[:TOLD]
        )
        lines.append(f"Tiêu chí nhiều xã chưa đạt: {'; '.join(named)}")
    name, on = scope.name or "Toàn tỉnh", scope.as_of.date
    return stats_text(name, on, stats, lines, is_demo=is_demo)


def stats_text(
    title: str,
    on: date,
    stats: Iterable[Stat],
    lines: Iterable[str] = (),
    *,
    is_demo: bool = False,
) -> str:
    """Figures one below the other, as a chat shows them. What is sent on leaves the page that says
    where they come from, so those of the demo say so themselves."""
    found = [
        f"{stat.label}: {' '.join((stat.value, stat.unit)).strip()}"
        + (f" ({stat.note})" if stat.note else "")
        for stat in stats
    ]
    kind = " minh họa" if is_demo else ""
    head = f"{title}, số liệu{kind} đến ngày {on:%d/%m/%Y}:"
    return "\n".join([head, *(f"- {one}" for one in (*found, *lines))])
