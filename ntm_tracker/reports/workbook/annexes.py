"""The annexes: criteria, funding, sponsors, villages, late tasks."""

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import wrap

from criteria.choices import Cell, DossierState
from criteria.selectors.funding import Money
from criteria.selectors.standings import CommuneStanding
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.numbers import TRIEU, TY, vi_number
from ntm_tracker.core.sheets import (
    Column,
    Figure,
    GroupRow,
    KeyFigure,
    KeyFigures,
    Notes,
    Paragraph,
    Sheet,
    Signature,
    Table,
)
from ntm_tracker.reports.selectors.rows import MonthRows
from sponsors.selectors.reviews import seen_words, verdict_words

# What a cell says on paper, in black and white: Đ met, x not met, with the rung as a small letter.
SIGNS = {
    Cell.MET_SELF: "Đ",
    Cell.MET_VERIFIED: "Đk",
    Cell.MET_APPRAISED: "Đt",
    Cell.NOT_MET_SELF: "x",
    Cell.NOT_MET_VERIFIED: "xk",
    Cell.NOT_MET_APPRAISED: "xt",
    Cell.OVERDUE_SELF: "x!",
    Cell.OVERDUE_VERIFIED: "xk!",
    Cell.OVERDUE_APPRAISED: "xt!",
    Cell.NOT_APPLICABLE: "–",
    Cell.RETURNED: "TL",
    Cell.OVERDUE_RETURNED: "TL!",
    Cell.UNREPORTED: "",
    Cell.OVERDUE_UNREPORTED: "!",
}
LEGEND = (
    "Đ: đạt; x: chưa đạt; không thêm chữ: tự đánh giá; k: đã kiểm tra; t: đã thẩm định; "
    "!: quá hạn theo lộ trình; –: không áp dụng; TL: trả lại; ô trống: chưa báo cáo."
)


@dataclass(frozen=True)
class Numbered:
    """A row of the funding detail: a commune (1) or one of its work items (1.1)."""

    number: str
    label: str
    money: Money


def criteria_sheet(rows: MonthRows) -> Sheet:
    """Tiến độ tiêu chí: commune × criterion, counts, overdue criteria."""
    label, title = "Phụ lục I", "TIẾN ĐỘ THỰC HIỆN TIÊU CHÍ NÔNG THÔN MỚI CỦA CÁC XÃ"
    if rows.in_force is None:
        nothing = Paragraph("Chưa có bộ tiêu chí nào áp dụng cho ngày này.")
        return Sheet(name="Tiến độ tiêu chí", label=label, title=title, blocks=(nothing,))
    spans = dict(rows.in_force.groups)
    columns = [Column("TT", kind="index", width=4.5), Column("Xã", "name", 14)]
    columns += [
        Column(
            # Upright headings in two lines: one line would take half the page.
            "\n".join(wrap(f"{criterion.number}. {criterion.name}", 30)), f"c{at}", 5,
            align="center", rotated=True, get=_sign(at),
            # A group of one criterion would say the same twice, in a column too narrow for it.
            group=criterion.group_name if spans[criterion.group_name] > 1 else "",
        )
        for at, criterion in enumerate(rows.in_force.criteria)
    ]  # fmt: skip
    columns += [
        Column("Số tiêu chí đạt", "met", 7, "int", align="center"),
        Column("Quá hạn", "overdue", 6, "int", align="center"),
        Column("Hồ sơ", "dossier", 13,
               get=lambda r: DossierState(r.dossier).label if r.dossier else ""),
    ]  # fmt: skip
    totals: dict[str, Figure | int] = {
        f"c{at}": Figure(met) for at, met in enumerate(rows.met_by_criterion)
    }
    totals["met"] = sum(row.met for row in rows.state.open)
    totals["overdue"] = sum(row.overdue for row in rows.state.open)
    recognised = [row.name for row in rows.state.standings if row.is_recognised]
    notes = [LEGEND]
    if recognised:
        notes.append(f"Xã đã được công nhận ({len(recognised)}): {', '.join(recognised)}.")
    overdue = (
        Column("TT", kind="index", width=4.5),
        Column("Xã", "commune_name", 14),
        Column("Tiêu chí", "criterion", 40, get=lambda o: str(o.criterion)),
        Column("Dự kiến đạt", "planned_on", 12, "date"),
        Column("Quá hạn", "days", 10, "int", unit="ngày"),
    )
    return Sheet(
        name="Tiến độ tiêu chí",
        label=label,
        title=title,
        blocks=(
            Table(
                columns, rows.state.open, "1. Hiện trạng theo xã", total=totals,
                total_label="Số xã đạt", frozen_columns=2,
            ),
            Notes(tuple(notes)),
            Table(overdue, rows.overdue, "2. Tiêu chí quá hạn theo lộ trình",
                  empty="Không có tiêu chí nào quá hạn."),
        ),
    )  # fmt: skip


def funding_sheet(rows: MonthRows) -> Sheet:
    """Kinh phí: by category, commune, kind of source and work item; money in tỷ and triệu."""

    def amounts(scale: int) -> tuple[Column, ...]:
        return (
            Column("Nhu cầu", "need", 15, "money", get=lambda n: n.money.need, scale=scale),
            Column("Đã xác định nguồn", "identified", 15, "money",
                   get=lambda n: n.money.identified, group="Trong đó", scale=scale),
            Column("Chưa xác định nguồn", "missing", 15, "money",
                   get=lambda n: n.money.missing, group="Trong đó", scale=scale),
            *(
                (Column("Vượt nhu cầu", "surplus", 15, "money",
                        get=lambda n: n.money.surplus, scale=scale),)
                if total.surplus
                else ()
            ),
            Column("Tỷ lệ đã xác định", "share", 10, "percent",
                   get=lambda n: n.money.identified / n.money.need if n.money.need else None),
        )  # fmt: skip

    def sums(money: Money) -> dict[str, int | float | None]:
        share = money.identified / money.need if money.need else None
        sums = {
            "need": money.need, "identified": money.identified, "missing": money.missing,
            "share": share,
        }  # fmt: skip
        if total.surplus:
            sums["surplus"] = money.surplus
        return sums

    index, total = Column("TT", kind="index", width=5), rows.state.money
    detail: list[object] = []
    for category in rows.funding:
        detail.append(GroupRow(category.label, sums(category.money)))
        for number, commune in enumerate(category.children, 1):
            detail.append(Numbered(str(number), commune.label, commune.money))
            detail += [
                Numbered(f"{number}.{at}", _marked(item.label, item.provenance), item.money)
                for at, item in enumerate(commune.children, 1)
            ]
    kinds = (
        index,
        Column("Nguồn vốn", "kind", 34, get=lambda k: k.kind.label),
        Column("Đã xác định", "amount", 15, "money", scale=TY),
    )
    credit = f"{vi_number(total.without_credit / TY, 1)} tỷ đồng"
    return Sheet(
        name="Kinh phí",
        label="Phụ lục II",
        title="KINH PHÍ THỰC HIỆN CÁC TIÊU CHÍ Ở CÁC XÃ CHƯA ĐẠT CHUẨN",
        blocks=(
            Table((index, Column("Lĩnh vực", "label", 34), *amounts(TY)), rows.funding,
                  "1. Theo lĩnh vực", "tỷ đồng", sums(total)),
            Table((index, Column("Xã", "label", 34), *amounts(TY)), rows.by_commune,
                  "2. Theo xã", "tỷ đồng", sums(total)),
            Table(kinds, rows.by_kind, "3. Đã xác định theo nguồn vốn", "tỷ đồng",
                  {"amount": total.identified}),
            Paragraph(f"Đã xác định không kể vốn tín dụng: {credit}.", italic=True),
            Table((Column("TT", "number", 6, align="center"),
                   Column("Xã, hạng mục", "label", 34), *amounts(TRIEU)), detail,
                  "4. Theo lĩnh vực, xã và hạng mục", "triệu đồng", sums(total)),
        ),
    )  # fmt: skip


def sponsors_sheet(rows: MonthRows) -> Sheet:
    """Đơn vị đỡ đầu: promised, delivered, progress, difficulties; money in triệu."""
    columns = (
        Column("TT", kind="index", width=4.5),
        Column("Đơn vị đỡ đầu", "name", 19, get=lambda s: _marked(s.name, s.provenance)),
        Column("Xã, thôn", "places", 16, get=lambda s: "; ".join(p.name for p in s.places)),
        Column("Số quyết định", "documents", 12, align="center",
               get=lambda s: "; ".join(s.documents)),
        Column("Ngày ký kết", "signed_on", 10, "date", get=lambda s: s.agreement.last_done_on),
        Column("Có kế hoạch", "planned_on", 10, "date", get=lambda s: s.plan.last_done_on),
        Column("Tiền", "promised_money", 8, "money", group="Cam kết", scale=TRIEU,
               get=lambda s: s.promised.money or None),
        Column("Hiện vật quy đổi", "promised_goods", 8, "money", group="Cam kết", scale=TRIEU,
               get=lambda s: s.promised.goods or None),
        Column("Ngày công", "promised_days", 7, "number", group="Cam kết", decimals=0,
               get=lambda s: s.promised.labour_days or None),
        Column("Tiền", "money", 8, "money", group="Đã thực hiện", scale=TRIEU,
               get=lambda s: s.delivered.money or None),
        Column("Hiện vật quy đổi", "goods", 8, "money", group="Đã thực hiện", scale=TRIEU,
               get=lambda s: s.delivered.goods or None),
        Column("Ngày công", "days", 7, "number", group="Đã thực hiện", decimals=0,
               get=lambda s: s.delivered.labour_days or None),
        Column("Số việc", "tasks", 6, "int", get=lambda s: s.tasks.total),
        Column("Chậm", "late", 6, "int", get=lambda s: s.tasks.late),
        Column("Tiến độ", "progress", 7, "percent",
               get=lambda s: None if s.progress is None else s.progress / 100),
        Column("Khó khăn, kiến nghị", "difficulties", 22, get=lambda s: "\n".join(s.difficulties)),
        Column("Đánh giá của Văn phòng", "verdict", 11, get=lambda s: verdict_words(s.reviews)),
        Column("Kết quả kiểm tra", "seen", 20, get=lambda s: seen_words(s.reviews)),
    )  # fmt: skip
    promised = [row.promised for row in rows.sponsors]
    delivered = [row.delivered for row in rows.sponsors]
    totals = {
        "promised_money": sum(gifts.money for gifts in promised),
        "promised_goods": sum(gifts.goods for gifts in promised),
        "promised_days": sum(gifts.labour_days for gifts in promised),
        "money": sum(gifts.money for gifts in delivered),
        "goods": sum(gifts.goods for gifts in delivered),
        "days": sum(gifts.labour_days for gifts in delivered),
        "tasks": sum(row.tasks.total for row in rows.sponsors),
        "late": sum(row.tasks.late for row in rows.sponsors),
    }
    return Sheet(
        name="Đơn vị đỡ đầu",
        label="Phụ lục III",
        title="KẾT QUẢ ĐỠ ĐẦU, TÀI TRỢ CỦA CÁC ĐƠN VỊ",
        blocks=(
            Table(columns, rows.sponsors, unit="triệu đồng", total=totals, frozen_columns=2,
                  filterable=True, empty="Chưa có đơn vị đỡ đầu nào."),
            Notes((
                "Cam kết và đóng góp của đơn vị đỡ đầu không tự cộng vào kinh phí đã xác định "
                "nguồn; chỉ tính khi được ghi nhận thành một nguồn.",
            )),
        ),
    )  # fmt: skip


def villages_sheet(rows: MonthRows) -> Sheet:
    """Khu dân cư kiểu mẫu: the villages of the communes followed."""
    columns = (
        Column("TT", kind="index", width=5),
        Column("Thôn", "name", 22, get=lambda v: _marked(v.name, v.provenance)),
        Column("Số hộ", "households", 9, "int"),
        Column("Kết quả", "state", 18, get=lambda v: v.state.label),
        Column("Phương án được duyệt", "is_plan_approved", 11, align="center",
               get=lambda v: "x" if v.is_plan_approved else ""),
        Column("Khối lượng theo phương án", "plan_percent", 11, "percent",
               get=lambda v: v.plan_percent / 100),
        Column("Kế hoạch", "gardens_planned", 10, "int", group="Vườn mẫu"),
        Column("Đạt chuẩn", "gardens_met", 10, "int", group="Vườn mẫu"),
        Column("Từ ngày", "since", 12, "date"),
    )  # fmt: skip
    lines: list[object] = []
    for commune in dict.fromkeys(row.commune_name for row in rows.state.villages):
        members = [row for row in rows.state.villages if row.commune_name == commune]
        left = sum(not row.is_met for row in members)
        sums = {
            "gardens_planned": sum(row.gardens_planned for row in members),
            "gardens_met": sum(row.gardens_met for row in members),
        }
        lines.append(GroupRow(f"Xã {commune}: còn lại {left}/{len(members)} thôn", sums))
        lines.extend(members)
    counts = rows.state.village_counts
    return Sheet(
        name="Khu dân cư kiểu mẫu",
        label="Phụ lục IV",
        title="TIẾN ĐỘ XÂY DỰNG KHU DÂN CƯ NÔNG THÔN MỚI KIỂU MẪU",
        blocks=(
            KeyFigures((
                KeyFigure("Số thôn", counts.total, "thôn"),
                KeyFigure("Chưa đạt khu dân cư kiểu mẫu", counts.left, "thôn"),
                KeyFigure("Đã được công nhận", counts.met, "thôn"),
                KeyFigure("Có phương án, dự toán được duyệt", counts.plan_approved, "thôn"),
                KeyFigure("Đạt từ 70% khối lượng trở lên", counts.plan_70, "thôn"),
            )),
            Table(columns, lines, empty="Chưa có thôn nào.", total={
                "gardens_planned": counts.gardens_planned, "gardens_met": counts.gardens_met,
            }),
        ),
    )  # fmt: skip


def late_sheet(rows: MonthRows, signature: Signature) -> Sheet:
    """Việc chậm tiến độ: the longest late first."""
    columns = (
        Column("TT", kind="index", width=5),
        Column("Nội dung công việc", "title", 34, get=lambda t: _marked(t.title, t.provenance)),
        Column("Xã, thôn", "commune", 16,
               get=lambda t: f"{t.village_name}, {t.commune_name}" if t.village_name
               else t.commune_name),
        Column("Tiêu chí", "criterion", 18,
               get=lambda t: f"{t.criterion_number}. {t.criterion_name}"
               if t.criterion_number else ""),
        Column("Bên thực hiện", "doer", 20),
        Column("Thời hạn", "due_on", 11, "date"),
        Column("Chậm", "days_late", 7, "int", unit="ngày"),
        Column("Tiến độ", "progress", 8, "percent", get=lambda t: t.progress / 100),
        Column("Trạng thái", "state_label", 12),
        Column("Ghi chú", "note", 22),
    )  # fmt: skip
    return Sheet(
        name="Việc chậm tiến độ",
        label="Phụ lục V",
        title="DANH MỤC CÔNG VIỆC CHẬM TIẾN ĐỘ",
        signature=signature,
        blocks=(Table(columns, rows.late, empty="Không có việc nào chậm."),),
    )


def _sign(at: int) -> Callable[[CommuneStanding], str]:
    """What the cell at a place of a commune's row says on paper."""
    return lambda row: SIGNS[Cell(row.cells[at])]


def _marked(text: str, provenance: str) -> str:
    """Illustrative rows carry their mark into the file too."""
    return f"{text} ◇" if provenance == Provenance.ILLUSTRATIVE else text
