"""The figures that sentences of the report may name, each as the workbook shows it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from criteria.choices import READ_STATES
from criteria.selectors.standings import Change, CommuneStanding, OverdueCriterion
from ntm_tracker.core.numbers import to_trieu, to_ty, vi_number
from ntm_tracker.reports.selectors.rows import MonthRows
from ntm_tracker.reports.workbook.criteria import criterion_lines
from sponsors.selectors.difficulties import DifficultyRow
from sponsors.selectors.tasks import TaskRow

NAMED = 5
"""How many are named in a sentence; the annexes name all."""


@dataclass(frozen=True)
class Figure:
    """A placeholder, what it stands for, and what it says this month."""

    name: str
    label: str
    words: str


def figures(rows: MonthRows) -> list[Figure]:
    """Every placeholder in the order of the report; nothing is read."""
    return [
        *_time(rows),
        *_criteria(rows),
        *_money(rows),
        *_sponsors(rows),
        *_villages(rows),
        *_work(rows),
    ]


def _time(rows: MonthRows) -> Iterator[Figure]:
    month = rows.period.month
    yield Figure("thang", "Tháng báo cáo", str(month.month))
    yield Figure("nam", "Năm báo cáo", str(month.year))
    yield Figure("ngay_chot", "Ngày chốt số liệu", f"{rows.as_of.date:%d/%m/%Y}")
    target = f"{rows.target_date:%d/%m/%Y}" if rows.target_date else "chưa đặt"
    yield Figure("ngay_ve_dich", "Ngày phấn đấu 100% số xã đạt chuẩn", target)
    left = "chưa đặt" if rows.days_left is None else f"{vi_number(rows.days_left)} ngày"
    yield Figure("con_lai", "Thời gian còn lại đến ngày về đích", left)


def _criteria(rows: MonthRows) -> Iterator[Figure]:
    state, full = rows.state, rows.in_force.total if rows.in_force else 0
    at_full = [row for row in state.open if full and row.met == full]
    rest = [row for row in state.open if row.met < full]
    met = sum(row.met for row in state.open)
    before = None
    if rows.before is not None:
        same = {row.commune_id for row in state.open}
        before = sum(row.met for row in rows.before.standings if row.commune_id in same)
    gained = [change for change in rows.turned if change.is_gain]
    lost = [change for change in rows.turned if change.is_loss]
    hard = sorted(criterion_lines(rows), key=lambda line: -line.left)[:NAMED]
    yield Figure("so_tieu_chi", "Số tiêu chí của bộ tiêu chí", str(full))
    yield Figure("xa_dat", "Số xã đã được công nhận", str(len(state.standings) - len(state.open)))
    yield Figure("xa_chua_dat", "Số xã chưa đạt chuẩn", str(len(state.open)))
    yield Figure("xa_cham_chuan", "Số xã chạm chuẩn đủ tiêu chí", str(len(at_full)))
    yield Figure("ten_xa_cham_chuan", "Tên các xã chạm chuẩn", _names(at_full))
    yield Figure(
        "xa_dang_trinh",
        "Số xã đang trình thẩm định, xét công nhận",
        str(sum(row.dossier in READ_STATES for row in state.open)),
    )
    yield Figure("xa_chua_du", "Số xã chưa đủ tiêu chí", str(len(rest)))
    yield Figure(
        "ten_xa_chua_du",
        "Tên các xã chưa đủ tiêu chí, số tiêu chí đạt",
        _listed([f"{row.name} ({row.met})" for row in rest]),
    )
    yield Figure("tieu_chi_dat", "Tổng số tiêu chí đạt của các xã chưa đạt chuẩn", vi_number(met))
    yield Figure(
        "tieu_chi_tang_giam",
        "Tiêu chí đạt so với tháng trước",
        _moved(met, before, vi_number, "tiêu chí"),
    )
    yield Figure("tieu_chi_moi_dat", "Tiêu chí mới đạt trong tháng", _by_commune(gained))
    yield Figure("tieu_chi_khong_con_dat", "Tiêu chí không còn đạt", _by_commune(lost))
    yield Figure(
        "tieu_chi_qua_han",
        "Số tiêu chí quá hạn theo lộ trình",
        vi_number(sum(row.overdue for row in state.open)),
    )
    yield Figure("ten_tieu_chi_qua_han", "Tiêu chí quá hạn theo xã", _by_commune(rows.overdue))
    yield Figure(
        "tieu_chi_kho",
        "Tiêu chí nhiều xã chưa đạt nhất",
        _listed([f"{line.criterion.name} ({line.left} xã)" for line in hard if line.left], "; "),
    )


def _money(rows: MonthRows) -> Iterator[Figure]:
    money = rows.state.money
    share = f"{vi_number(100 * money.identified / money.need)}%" if money.need else "0%"
    parts = [
        f"{node.label}: nhu cầu {to_ty(node.money.need)}, đã xác định "
        f"{to_ty(node.money.identified)}, chưa xác định {to_ty(node.money.missing)} tỷ đồng"
        for node in rows.funding
    ]
    before = rows.before.money.identified if rows.before else None
    yield Figure("nhu_cau", "Nhu cầu kinh phí (tỷ đồng)", to_ty(money.need))
    yield Figure("da_xac_dinh", "Kinh phí đã xác định nguồn (tỷ đồng)", to_ty(money.identified))
    yield Figure("thieu", "Kinh phí chưa xác định nguồn (tỷ đồng)", to_ty(money.missing))
    yield Figure("ty_le", "Tỷ lệ kinh phí đã xác định nguồn", share)
    yield Figure(
        "kinh_phi_tang_giam",
        "Kinh phí đã xác định so với tháng trước",
        _moved(money.identified, before, to_ty, "tỷ đồng"),
    )
    yield Figure("kinh_phi_linh_vuc", "Kinh phí theo từng lĩnh vực", _listed(parts, "; "))


def _sponsors(rows: MonthRows) -> Iterator[Figure]:
    promised = [row.promised for row in rows.sponsors]
    given = [row.delivered for row in rows.sponsors]
    yield Figure("so_don_vi", "Số đơn vị đỡ đầu, tài trợ", vi_number(rows.state.sponsors))
    for name, words, gifts in (("cam_ket", "Cam kết", promised), ("thuc_hien", "Thực hiện", given)):
        yield Figure(
            f"{name}_tien", f"{words}: tiền (triệu đồng)", to_trieu(sum(one.money for one in gifts))
        )
        yield Figure(
            f"{name}_hien_vat",
            f"{words}: hiện vật quy đổi (triệu đồng)",
            to_trieu(sum(one.goods for one in gifts)),
        )
        yield Figure(
            f"{name}_ngay_cong",
            f"{words}: ngày công",
            vi_number(sum(one.labour_days for one in gifts)),
        )
    yield Figure(
        "viec_don_vi",
        "Số việc của các đơn vị đỡ đầu",
        vi_number(sum(row.tasks.total for row in rows.sponsors)),
    )
    yield Figure(
        "viec_cham_don_vi",
        "Số việc chậm của các đơn vị đỡ đầu",
        vi_number(sum(row.tasks.late for row in rows.sponsors)),
    )


def _villages(rows: MonthRows) -> Iterator[Figure]:
    counts = rows.state.village_counts
    before = rows.before.village_counts.left if rows.before else None
    yield Figure("thon", "Số thôn", vi_number(counts.total))
    yield Figure("thon_chua_dat", "Số thôn chưa đạt khu dân cư kiểu mẫu", vi_number(counts.left))
    yield Figure(
        "thon_tang_giam",
        "Thôn chưa đạt so với tháng trước",
        _moved(counts.left, before, vi_number, "thôn"),
    )
    yield Figure("thon_dat", "Số thôn đã được công nhận", vi_number(counts.met))
    yield Figure(
        "thon_phuong_an",
        "Số thôn có phương án, dự toán được duyệt",
        vi_number(counts.plan_approved),
    )
    yield Figure("thon_70", "Số thôn đạt từ 70% khối lượng", vi_number(counts.plan_70))
    yield Figure("vuon_dat", "Số vườn đạt chuẩn vườn mẫu", vi_number(counts.gardens_met))
    yield Figure("vuon_ke_hoach", "Số vườn theo kế hoạch", vi_number(counts.gardens_planned))


def _work(rows: MonthRows) -> Iterator[Figure]:
    ahead, tasks = rows.outlook, rows.state.tasks
    until = f"{ahead.until:%d/%m/%Y}" if ahead.until else "hết tháng sau"
    yield Figure(
        "so_kho_khan", "Số khó khăn, kiến nghị chưa khép lại", vi_number(len(ahead.difficulties))
    )
    yield Figure(
        "kho_khan",
        "Các khó khăn, kiến nghị lâu nhất",
        _listed([_difficulty(row) for row in ahead.difficulties[:NAMED]], "; "),
    )
    yield Figure("den_ngay", "Hạn của việc tháng tới", until)
    yield Figure(
        "tieu_chi_thang_toi", "Tiêu chí dự kiến đạt trong tháng tới", _by_commune(ahead.coming)
    )
    yield Figure("viec_thang_toi", "Số việc đến hạn trong tháng tới", vi_number(len(ahead.tasks)))
    yield Figure("viec_nghiem_thu", "Số việc đã nghiệm thu", vi_number(tasks.accepted))
    yield Figure("viec_cham", "Số việc chậm tiến độ", vi_number(tasks.late))
    yield Figure(
        "viec_cham_nhat",
        "Các việc chậm lâu nhất",
        _listed([_late(task) for task in rows.late[:NAMED]], "; "),
    )


def _names(rows: Iterable[CommuneStanding]) -> str:
    return _listed([row.name for row in rows])


def _listed(words: list[str], sign: str = ", ") -> str:
    return sign.join(words) or "không có"


def _moved(now: int, before: int | None, words: Callable[[int], str], unit: str) -> str:
    """ "tăng 7 tiêu chí so với tháng trước"."""
    if before is None:
        return "chưa có số liệu tháng trước để so sánh"
    if now == before:
        return "không thay đổi so với tháng trước"
    word = "tăng" if now > before else "giảm"
    return f"{word} {words(abs(now - before))} {unit} so với tháng trước"


def _by_commune(rows: Iterable[Change | OverdueCriterion]) -> str:
    """ "Hà Linh (tiêu chí 6, 13); Hòa Hải (tiêu chí 2)"."""
    ordered = sorted(rows, key=lambda row: (row.commune_name, row.criterion.number))
    parts = [
        f"{name} (tiêu chí {', '.join(str(row.criterion.number) for row in members)})"
        for name, members in groupby(ordered, key=lambda row: row.commune_name)
    ]
    return _listed(parts, "; ")


def _difficulty(row: DifficultyRow) -> str:
    return f"{row.place}: {row.text.rstrip(' .')}"


def _late(task: TaskRow) -> str:
    return f"{task.title.rstrip(' .')} (xã {task.commune_name}, chậm {task.days_late} ngày)"
