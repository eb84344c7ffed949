"""The lists of sponsors, tasks and what belongs to them, as files: which columns they have."""

from collections.abc import Sequence
from typing import Any

from ntm_tracker.core.list_file import PROVENANCE, ListFile
from ntm_tracker.core.sheets import Column
from sponsors.selectors import (
    AssignmentRow,
    ConclusionRow,
    ContributionRow,
    DifficultyRow,
    SponsorRow,
    TaskRow,
)

COMMUNE_CODE = Column("Mã xã", "commune_code", 9)
COMMUNE = Column("Xã", "commune_name", 16)
VILLAGE = Column("Thôn", "village_name", 16)


def _gifts(title: str, key: str) -> list[Column]:
    """Money, goods and labour of a sum, each in its column."""

    def of(part: str) -> Any:
        return lambda row: getattr(getattr(row, key), part)

    return [
        Column(f"{title}, tiền (đồng)", width=18, kind="money", get=of("money")),
        Column(f"{title}, hiện vật quy đổi (đồng)", width=18, kind="money", get=of("goods")),
        Column(f"{title}, số hiện vật", width=10, kind="int", get=of("goods_items")),
        Column(f"{title}, ngày công", width=10, kind="number", get=of("labour_days")),
    ]


def _paper(title: str, key: str) -> list[Column]:
    """The due day of a paper and the day it was done."""
    return [
        Column(f"Hạn {title}", width=12, kind="date", get=lambda row: getattr(row, key).due_on),
        Column(f"Ngày {title}", width=12, kind="date", get=lambda row: getattr(row, key).done_on),
    ]


def tasks_file(rows: Sequence[TaskRow]) -> ListFile:
    return ListFile(
        "viec",
        "Việc",
        [
            Column("Mã việc", "pk", 9, "int"),
            Column("Việc", "title", 44),
            COMMUNE_CODE,
            COMMUNE,
            VILLAGE,
            Column("Tiêu chí số", "criterion_number", 9, "int"),
            Column("Tiêu chí", "criterion_name", 28),
            Column("Bên thực hiện", "owner_label", 18),
            Column("Thực hiện", "doer", 28),
            Column("Bắt đầu", "starts_on", 12, "date"),
            Column("Hạn", "due_on", 12, "date"),
            Column("Tiến độ (%)", "progress", 9, "int"),
            Column("Trạng thái", "state_label", 16),
            Column("Chậm (ngày)", "days_late", 9, "int"),
            PROVENANCE,
        ],
        rows,
    )


def sponsors_file(rows: Sequence[SponsorRow]) -> ListFile:
    return ListFile(
        "don-vi-do-dau",
        "Đơn vị đỡ đầu",
        [
            Column("Mã đơn vị", "pk", 9, "int"),
            Column("Tên đơn vị", "name", 34),
            Column("Tên viết tắt", "short_name", 14),
            Column("Loại", "kind_label", 16),
            Column("Đầu mối", "contact", 20),
            Column("Điện thoại", "phone", 14),
            Column("Xã", width=24, get=lambda row: ", ".join(row.communes)),
            Column("Thôn", "village_words", 24),
            Column("Ký kết", width=16, get=lambda row: row.agreement.words),
            Column("Kế hoạch", width=16, get=lambda row: row.plan.words),
            *_gifts("Cam kết", "promised"),
            *_gifts("Đã thực hiện", "delivered"),
            Column("Số việc", width=8, kind="int", get=lambda row: row.tasks.total),
            Column("Việc xong", width=8, kind="int", get=lambda row: row.tasks.done),
            Column("Việc chậm", width=8, kind="int", get=lambda row: row.tasks.late),
            Column("Tiến độ (%)", "progress", 9, "int"),
            Column("Báo cáo gần nhất", "last_update_on", 12, "date"),
            PROVENANCE,
        ],
        rows,
    )


def assignments_file(rows: Sequence[AssignmentRow]) -> ListFile:
    return ListFile(
        "phan-cong",
        "Phân công đỡ đầu",
        [
            Column("Mã phân công", "pk", 10, "int"),
            Column("Tên đơn vị", "sponsor_name", 34),
            COMMUNE_CODE,
            COMMUNE,
            VILLAGE,
            Column("Chủ trì", width=8, get=lambda row: "x" if row.is_lead else ""),
            Column("Hình thức", "basis_label", 12),
            Column("Văn bản", "document", 26),
            Column("Ngày quyết định", "decided_on", 12, "date"),
            Column("Kết thúc", "ended_on", 12, "date"),
            *_paper("ký kết", "agreement"),
            *_paper("có kế hoạch", "plan"),
            *_gifts("Cam kết", "promised"),
            *_gifts("Đã thực hiện", "delivered"),
            Column("Số việc", width=8, kind="int", get=lambda row: row.tasks.total),
            Column("Việc xong", width=8, kind="int", get=lambda row: row.tasks.done),
            Column("Việc chậm", width=8, kind="int", get=lambda row: row.tasks.late),
            PROVENANCE,
        ],
        rows,
    )


def contributions_file(rows: Sequence[ContributionRow]) -> ListFile:
    def of(key: str) -> Any:
        return lambda row: getattr(row.line, key)

    return ListFile(
        "dong-gop",
        "Đóng góp",
        [
            Column("Mã khoản", width=9, kind="int", get=of("pk")),
            Column("Ngày", width=12, kind="date", get=of("on")),
            Column("Nội dung", width=34, get=of("description")),
            Column("Bên đóng góp", "giver_label", 16),
            Column("Tên bên đóng góp", width=28, get=of("giver")),
            Column("Mã xã", width=9, get=of("commune_code")),
            Column("Xã", width=16, get=of("commune_name")),
            Column("Loại", width=12, get=of("kind_label")),
            *_gifts("Đã góp", "gifts"),
            Column("Đã góp, bằng chữ", width=24, get=of("words")),
            Column("Ghi chú", width=14, get=_taken_back),
            Column("Người ghi", width=24, get=of("by_label")),
            Column(
                PROVENANCE.title,
                width=12,
                get=lambda row: "minh họa" if row.line.provenance == "illustrative" else "",
            ),
        ],
        rows,
    )


def _taken_back(row: ContributionRow) -> str:
    if row.is_restoring:
        return "ghi lại"
    return "rút lại" if row.corrects else "đã rút lại" if row.is_taken_back else ""


def difficulties_file(rows: Sequence[DifficultyRow]) -> ListFile:
    return ListFile(
        "kho-khan-kien-nghi",
        "Khó khăn, kiến nghị",
        [
            Column("Loại", "kind_label", 12),
            Column("Nội dung", "text", 48),
            COMMUNE_CODE,
            COMMUNE,
            VILLAGE,
            Column("Người nêu", "by_label", 24),
            Column("Ngày nêu", "raised_on", 12, "date"),
            Column("Việc", "task_title", 28),
            Column("Nơi trả lời", "owner", 22),
            Column("Hạn trả lời", "due_on", 12, "date"),
            Column("Trạng thái", "badge_word", 18),
            Column("Trả lời", width=40, get=lambda row: row.answer.text if row.answer else ""),
            Column(
                "Ngày trả lời",
                width=12,
                kind="date",
                get=lambda row: row.answer.on if row.answer else None,
            ),
            PROVENANCE,
        ],
        rows,
    )


def conclusions_file(rows: Sequence[ConclusionRow]) -> ListFile:
    def of(key: str) -> Any:
        return lambda row: getattr(row.document, key)

    return ListFile(
        "ket-luan",
        "Kết luận",
        [
            Column("Số, ký hiệu", width=18, get=of("number")),
            Column("Ngày ban hành", width=12, kind="date", get=of("issued_on")),
            Column("Cơ quan ban hành", width=24, get=of("issuer")),
            Column("Trích yếu", width=48, get=of("subject")),
            Column("Số việc", width=8, kind="int", get=lambda row: row.tasks.total),
            Column("Việc xong", width=8, kind="int", get=lambda row: row.tasks.done),
            Column("Việc chậm", width=8, kind="int", get=lambda row: row.tasks.late),
        ],
        rows,
    )


def reviews_file(rows: Sequence[SponsorRow]) -> ListFile:
    """One row per assessment; a sponsor that was not assessed has one that says so."""
    lines = [(row, review) for row in rows for review in row.reviews or (None,)]

    def of(key: str) -> Any:
        return lambda line: getattr(line[1], key) if line[1] else None

    return ListFile(
        "danh-gia-don-vi",
        "Đánh giá đơn vị đỡ đầu",
        [
            Column("Tên đơn vị", width=34, get=lambda line: line[0].name),
            Column("Xã", width=18, get=of("commune_name")),
            Column(
                "Kết luận",
                width=18,
                get=lambda line: line[1].verdict_label if line[1] else "Chưa đánh giá",
            ),
            Column("Thấy tại chỗ", width=44, get=of("seen")),
            Column("Ngày kiểm tra", width=12, kind="date", get=of("visited_on")),
            Column("Người kiểm tra", width=24, get=of("inspectors")),
            Column("Văn bản", width=22, get=of("document")),
            Column("Ngày ghi", width=12, kind="date", get=of("on")),
            Column("Người ghi", width=24, get=of("by_label")),
            Column(
                PROVENANCE.title,
                width=12,
                get=lambda line: (
                    "minh họa" if line[1] and line[1].provenance == "illustrative" else ""
                ),
            ),
        ],
        lines,
    )


def coverage_file(places: Sequence[Any], view: str) -> ListFile:
    """The places of one view of the coverage: without a sponsor, with many, without a lead."""
    if view == "no_lead":
        columns = [Column("Mã xã", "code", 9), Column("Xã", "name", 20)]
        return ListFile("xa-chua-co-chu-tri", "Xã chưa có chủ trì", columns, places)
    if view == "many":
        many = [
            Column("Thôn", width=20, get=lambda row: row[0].name),
            Column("Xã", width=20, get=lambda row: row[0].commune_name),
            Column("Số đơn vị", width=10, kind="int", get=lambda row: row[1]),
        ]
        return ListFile("thon-nhieu-don-vi", "Thôn có nhiều đơn vị", many, places)
    columns = [
        Column("Thôn", "name", 20),
        Column("Xã", "commune_name", 20),
        Column("Khối lượng phương án (%)", "plan_percent", 12, "int"),
    ]
    return ListFile("thon-chua-co-don-vi", "Thôn chưa có đơn vị", columns, places)
