"""The annexes on sponsors, villages, tasks and difficulties."""

from collections.abc import Mapping, Sequence

from criteria.selectors.villages import VillageRow
from ntm_tracker.core.numbers import TRIEU
from ntm_tracker.core.sheets import (
    Column,
    GroupRow,
    KeyFigure,
    KeyFigures,
    Notes,
    Sheet,
    Table,
)
from ntm_tracker.reports.selectors.rows import MonthRows
from ntm_tracker.reports.workbook.marks import marked
from sponsors.selectors.gifts import Gifts
from sponsors.selectors.reviews import seen_words, verdict_words
from sponsors.selectors.sponsors import SponsorRow
from sponsors.selectors.tasks import TaskRow


def sponsors_sheet(rows: MonthRows) -> Sheet:
    """Đơn vị đỡ đầu: promised, delivered, against the month before, progress, difficulties; money
    in triệu."""
    before = {row.pk: _value(row.delivered) for row in rows.sponsors_before}

    def was(sponsor: SponsorRow) -> int:
        return before.get(sponsor.pk, 0)

    compared: tuple[Column, ...] = ()
    if rows.before is not None:
        group = "Đã thực hiện cả tiền và hiện vật"
        compared = (
            Column("Tháng trước", "value_before", 8, "money", group=group, scale=TRIEU, get=was),
            Column("Tăng, giảm", "value_change", 8, "money", group=group, scale=TRIEU, signed=True,
                   get=lambda s: _value(s.delivered) - was(s)),
        )  # fmt: skip
    columns = (
        Column("TT", kind="index", width=4.5),
        Column("Đơn vị đỡ đầu", "name", 19, get=lambda s: marked(s.name, s.provenance)),
        Column("Xã, thôn", "places", 16, get=lambda s: "; ".join(p.name for p in s.places)),
        Column("Số quyết định", "documents", 15, align="center",
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
        *compared,
        Column("Số việc", "tasks", 6, "int", get=lambda s: s.tasks.total),
        Column("Chậm", "late", 6, "int", get=lambda s: s.tasks.late),
        Column("Tiến độ", "progress", 7, "percent",
               get=lambda s: None if s.progress is None else s.progress / 100),
        Column("Khó khăn, kiến nghị", "difficulties", 20, get=lambda s: "\n".join(s.difficulties)),
        Column("Đánh giá của Văn phòng", "verdict", 11, get=lambda s: verdict_words(s.reviews)),
        Column("Kết quả kiểm tra", "seen", 19, get=lambda s: seen_words(s.reviews)),
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
    if compared:
        totals["value_before"] = sum(was(row) for row in rows.sponsors)
        totals["value_change"] = sum(_value(row.delivered) - was(row) for row in rows.sponsors)
    return Sheet(
        name="Đơn vị đỡ đầu",
        title="KẾT QUẢ ĐỠ ĐẦU, TÀI TRỢ CỦA CÁC ĐƠN VỊ",
        blocks=(
            Table(columns, rows.sponsors, unit="triệu đồng", total=totals, frozen_columns=2,
                  filterable=True, empty="Chưa có đơn vị đỡ đầu nào.",
                  names={"promised_money": "CAM_KET_TIEN", "money": "DA_THUC_HIEN_TIEN"}),
            Notes((
                "Cam kết và đóng góp của đơn vị đỡ đầu không tự cộng vào kinh phí đã xác định "
                "nguồn; chỉ tính khi được ghi nhận thành một nguồn.",
            )),
        ),
    )  # fmt: skip


def _value(gifts: Gifts) -> int:
    """Money and goods at their value, in đồng; labour is counted in days and has none."""
    return gifts.money + gifts.goods


def villages_sheet(rows: MonthRows) -> Sheet:
    """Khu dân cư kiểu mẫu: the villages of the communes followed, each beside the month before."""
    known = {row.pk: row for row in rows.before.villages} if rows.before else None
    compared: tuple[Column, ...] = ()
    if known is not None:
        compared = (
            Column("Kết quả", "state_before", 14, group="Tháng trước",
                   get=lambda v: known[v.pk].state.label if v.pk in known else ""),
            Column("Khối lượng", "plan_before", 8, "percent", group="Tháng trước",
                   get=lambda v: known[v.pk].plan_percent / 100 if v.pk in known else None),
            Column("Vườn đạt", "gardens_before", 7, "int", group="Tháng trước",
                   get=lambda v: known[v.pk].gardens_met if v.pk in known else None),
            Column("Vườn đạt tăng, giảm", "gardens_change", 8, "int", signed=True,
                   get=lambda v: v.gardens_met - _gardens_of(known, v)),
        )  # fmt: skip
    columns = (
        Column("TT", kind="index", width=5),
        Column("Thôn", "name", 22, get=lambda v: marked(v.name, v.provenance)),
        Column("Số hộ", "households", 9, "int"),
        Column("Kết quả", "state", 14, get=lambda v: v.state.label),
        Column("Phương án được duyệt", "is_plan_approved", 11, align="center",
               get=lambda v: "x" if v.is_plan_approved else ""),
        Column("Khối lượng theo phương án", "plan_percent", 11, "percent",
               get=lambda v: v.plan_percent / 100),
        Column("Kế hoạch", "gardens_planned", 10, "int", group="Vườn mẫu"),
        Column("Đạt chuẩn", "gardens_met", 10, "int", group="Vườn mẫu"),
        *compared,
        Column("Từ ngày", "since", 12, "date"),
    )  # fmt: skip
    lines: list[object] = []
    for commune in dict.fromkeys(row.commune_name for row in rows.state.villages):
        members = [row for row in rows.state.villages if row.commune_name == commune]
        left = sum(not row.is_met for row in members)
        title = f"Xã {commune}: còn lại {left}/{len(members)} thôn"
        lines.append(GroupRow(title, _gardens(members, known)))
        lines.extend(members)
    counts = rows.state.village_counts
    return Sheet(
        name="Khu dân cư kiểu mẫu",
        title="TIẾN ĐỘ XÂY DỰNG KHU DÂN CƯ NÔNG THÔN MỚI KIỂU MẪU",
        blocks=(
            KeyFigures((
                KeyFigure("Số thôn", counts.total, "thôn"),
                KeyFigure("Chưa đạt khu dân cư kiểu mẫu", counts.left, "thôn"),
                KeyFigure("Đã được công nhận", counts.met, "thôn"),
                KeyFigure("Có phương án, dự toán được duyệt", counts.plan_approved, "thôn"),
                KeyFigure("Đạt từ 70% khối lượng trở lên", counts.plan_70, "thôn"),
            )),
            Table(columns, lines, empty="Chưa có thôn nào.", frozen_columns=2, filterable=True,
                  total=_gardens(rows.state.villages, known),
                  names={"gardens_met": "VUON_MAU_DAT"}),
        ),
    )  # fmt: skip


def _gardens(
    villages: Sequence[VillageRow], before: Mapping[int, VillageRow] | None
) -> dict[str, int]:
    """The sums of the garden columns over these villages; None: no month before to compare with."""
    met = sum(row.gardens_met for row in villages)
    planned = sum(row.gardens_planned for row in villages)
    sums = {"gardens_planned": planned, "gardens_met": met}
    if before is None:
        return sums
    was = sum(_gardens_of(before, row) for row in villages)
    return sums | {"gardens_before": was, "gardens_change": met - was}


def _gardens_of(before: Mapping[int, VillageRow], village: VillageRow) -> int:
    return before[village.pk].gardens_met if village.pk in before else 0


def _place(task: TaskRow) -> str:
    return f"{task.village_name}, {task.commune_name}" if task.village_name else task.commune_name


def _criterion(task: TaskRow) -> str:
    return f"{task.criterion_number}. {task.criterion_name}" if task.criterion_number else ""


def late_sheet(rows: MonthRows) -> Sheet:
    """Việc chậm tiến độ: the longest late first."""
    columns = (
        Column("TT", kind="index", width=5),
        Column("Nội dung công việc", "title", 34, get=lambda t: marked(t.title, t.provenance)),
        Column("Xã, thôn", "commune", 16, get=_place),
        Column("Tiêu chí", "criterion", 18, get=_criterion),
        Column("Bên thực hiện", "doer", 20),
        Column("Thời hạn", "due_on", 11, "date"),
        Column("Chậm", "days_late", 7, "int", unit="ngày"),
        Column("Tiến độ", "progress", 8, "percent", get=lambda t: t.progress / 100),
        Column("Trạng thái", "state_label", 12),
        Column("Ghi chú", "note", 22),
    )
    return Sheet(
        name="Việc chậm tiến độ",
        title="DANH MỤC CÔNG VIỆC CHẬM TIẾN ĐỘ",
        blocks=(
            Table(columns, rows.late, frozen_columns=2, filterable=True,
                  empty="Không có việc nào chậm."),
        ),
    )  # fmt: skip


def coming_sheet(rows: MonthRows) -> Sheet:
    """Việc tháng tới: criteria and tasks due by the end of the next month."""
    until = rows.outlook.until
    criteria = (
        Column("TT", kind="index", width=5),
        Column("Xã", "commune_name", 20),
        Column("Tiêu chí", "criterion", 50, get=lambda x: str(x.criterion)),
        Column("Dự kiến đạt", "planned_on", 12, "date"),
    )
    tasks = (
        Column("TT", kind="index", width=5),
        Column("Nội dung công việc", "title", 38, get=lambda t: marked(t.title, t.provenance)),
        Column("Xã, thôn", "commune", 18, get=_place),
        Column("Tiêu chí", "criterion", 20, get=_criterion),
        Column("Bên thực hiện", "doer", 22),
        Column("Thời hạn", "due_on", 12, "date"),
        Column("Tiến độ", "progress", 9, "percent", get=lambda t: t.progress / 100),
    )
    return Sheet(
        name="Việc tháng tới",
        title=f"TIÊU CHÍ VÀ CÔNG VIỆC ĐẾN HẠN ĐẾN NGÀY {until:%d/%m/%Y}"
        if until
        else "TIÊU CHÍ VÀ CÔNG VIỆC ĐẾN HẠN",
        blocks=(
            Table(criteria, rows.outlook.coming, "1. Tiêu chí dự kiến đạt",
                  empty="Không có tiêu chí nào dự kiến đạt trong thời gian này."),
            Table(tasks, rows.outlook.tasks, "2. Công việc đến hạn", frozen_columns=2,
                  empty="Không có việc nào đến hạn trong thời gian này."),
        ),
    )  # fmt: skip


def difficulties_sheet(rows: MonthRows) -> Sheet:
    """Khó khăn, kiến nghị: what is not closed, the oldest first."""
    columns = (
        Column("TT", kind="index", width=5),
        Column("Loại", "kind_label", 9),
        Column("Nội dung", "text", 30, get=lambda d: marked(d.text, d.provenance)),
        Column("Xã, thôn", "place", 14),
        Column("Nêu ngày", "raised_on", 11, "date"),
        Column("Bên trả lời", "owner", 15),
        Column("Hạn trả lời", "due_on", 11, "date"),
        Column("Tình trạng", "badge_word", 10),
        Column("Trả lời", "answer", 20, get=lambda d: d.answer.text if d.answer else ""),
    )
    return Sheet(
        name="Khó khăn, kiến nghị",
        title="KHÓ KHĂN, VƯỚNG MẮC VÀ KIẾN NGHỊ CHƯA KHÉP LẠI",
        blocks=(
            Table(columns, rows.outlook.difficulties, frozen_columns=3, filterable=True,
                  empty="Không còn khó khăn, kiến nghị nào chưa khép lại."),
        ),
    )  # fmt: skip
