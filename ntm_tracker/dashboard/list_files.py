"""The lists of pages that join several apps, as files: which columns they have."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from ntm_tracker.core.list_file import ListFile
from ntm_tracker.core.sheets import Column
from ntm_tracker.dashboard.selectors.accounts import AccountRow
from ntm_tracker.dashboard.selectors.audit import AuditRow
from ntm_tracker.dashboard.selectors.due import UnitLine
from ntm_tracker.dashboard.selectors.due_items import DueItem
from ntm_tracker.dashboard.selectors.money_flow import Flow
from ntm_tracker.dashboard.selectors.warnings import RULES, WarningRow

RULE_WORDS = {rule: str(words) for rule, words in RULES}


def audit_file(rows: Sequence[AuditRow]) -> ListFile:
    return ListFile(
        "nhat-ky",
        "Nhật ký",
        [
            Column("Ghi lúc", width=19, get=lambda row: _moment(row.at)),
            Column("Tính cho ngày", "effective_on", 12, "date"),
            Column("Người ghi", "by_label", 20),
            Column("Việc", "action_words", 18),
            Column("Đối tượng", "object_label", 34),
            Column("Trước", "old", 26),
            Column("Sau", "new", 26),
            Column("Lý do, ghi chú", "note", 30),
            Column("Từ biểu mẫu, tệp", "origin_words", 20),
        ],
        rows,
    )


def warnings_file(rows: Sequence[WarningRow]) -> ListFile:
    def of(key: str) -> Any:
        return lambda row: getattr(row.finding, key)

    return ListFile(
        "canh-bao",
        "Cảnh báo",
        [
            Column("Loại", width=30, get=lambda row: RULE_WORDS[row.finding.rule]),
            Column("Nơi", width=34, get=lambda row: row.finding.place.label),
            Column("Mã xã", width=9, get=of("commune_code")),
            Column("Xã", width=18, get=of("commune_label")),
            Column("Cảnh báo", width=56, get=of("sentence")),
            Column(
                "Giải trình",
                width=44,
                get=lambda row: row.finding.explanation.text if row.finding.explanation else "",
            ),
            Column(
                "Người giải trình",
                width=24,
                get=lambda row: row.finding.explanation.by_label if row.finding.explanation else "",
            ),
            Column(
                "Tình trạng", width=14, get=lambda row: "mở" if row.finding.is_open else "đã rõ"
            ),
        ],
        rows,
    )


def due_file(items: Sequence[DueItem]) -> ListFile:
    """What one unit owes."""
    return ListFile(
        "can-lam",
        "Cần làm",
        [
            Column("Loại", "kind", 18),
            Column("Nội dung", "title", 48),
            Column("Nơi", "place", 28),
            Column("Hạn", "due_on", 12, "date"),
            Column("Tình trạng", "words", 16),
            Column(
                "Chậm (ngày làm việc)",
                width=12,
                kind="int",
                get=lambda item: item.working_days_late if item.is_late else None,
            ),
        ],
        items,
    )


def due_units_file(lines: Sequence[UnitLine]) -> ListFile:
    """Who owes how much, and how to reach them."""
    return ListFile(
        "don-vi-can-nhac",
        "Đơn vị cần nhắc",
        [
            Column("Đơn vị", width=34, get=lambda line: line.unit.name),
            Column("Quá hạn", width=9, kind="int", get=lambda line: line.counts.late),
            Column("Đến hạn", width=9, kind="int", get=lambda line: line.counts.due_soon),
            Column("Chậm nhất (ngày)", "days_late", 10, "int"),
            Column("Chậm nhất (ngày làm việc)", "working_days_late", 12, "int"),
            Column("Đầu mối", width=24, get=lambda line: line.contact.person),
            Column("Điện thoại", width=20, get=lambda line: ", ".join(line.contact.phones)),
            Column("Thư điện tử", width=28, get=lambda line: ", ".join(line.contact.emails)),
        ],
        lines,
    )


def flow_file(rows: Sequence[Flow]) -> ListFile:
    """Money from promise to payment; the columns are never added to each other."""

    def money(title: str, of: Any) -> Column:
        return Column(f"{title} (đồng)", width=20, kind="money", get=of)

    return ListFile(
        "cam-ket-giai-ngan",
        "Cam kết, giải ngân",
        [
            Column("Mã xã", "code", 9),
            Column("Xã", "name", 22),
            money("Cam kết bằng tiền", lambda row: row.promised.money),
            money("Cam kết hiện vật, quy đổi", lambda row: row.promised.goods),
            Column(
                "Cam kết, ngày công",
                width=10,
                kind="number",
                get=lambda row: row.promised.labour_days,
            ),
            money("Đã thực hiện bằng tiền", lambda row: row.delivered.money),
            money("Đã thực hiện hiện vật, quy đổi", lambda row: row.delivered.goods),
            Column(
                "Đã thực hiện, ngày công",
                width=10,
                kind="number",
                get=lambda row: row.delivered.labour_days,
            ),
            money("Cam kết đã ghi thành nguồn", lambda row: row.from_sponsors),
            money("Đã xác định, mọi nguồn", lambda row: row.money.identified),
            money("Đã giải ngân", lambda row: row.money.disbursed),
            money("Giải ngân, không kể tín dụng", lambda row: row.money.disbursed_without_credit),
            money("Nợ xây dựng cơ bản", lambda row: row.debt.total if row.debt else None),
            money("Trong đó nợ đọng", lambda row: row.debt.overdue if row.debt else None),
        ],
        rows,
    )


def accounts_file(rows: Sequence[AccountRow]) -> ListFile:
    return ListFile(
        "tai-khoan",
        "Tài khoản",
        [
            Column("Tên đăng nhập", "username", 22),
            Column("Tên hiển thị", "name", 30),
            Column("Vai trò", "role_label", 18),
            Column("Đơn vị", "unit", 30),
            Column("Điện thoại", "phone", 16),
            Column("Thư điện tử", "email", 26),
            Column("Đăng nhập gần nhất", width=19, get=lambda row: _moment(row.last_login)),
            Column("Tình trạng", "state_label", 14),
        ],
        rows,
    )


def _moment(at: datetime | None) -> str:
    """To the second, in Vietnam's time: the order of what happened in one minute matters."""
    return f"{timezone.localtime(at):%d/%m/%Y %H:%M:%S}" if at else ""
