"""The cells of a village: ten criteria (`c1` … `c10`) and what its plan and gardens stand at.

A cell is known by its field; its value is the text that its control sends, "" where nothing has
been said. Values are compared as these texts, so that blank, zero and "không áp dụng" stay apart.
"""

from dataclasses import dataclass
from datetime import datetime

from criteria.choices import Outcome
from criteria.models import VillageStatus

OUTCOMES = (
    (Outcome.MET.value, "Đạt"),
    (Outcome.NOT_MET.value, "Chưa đạt"),
    (Outcome.NOT_APPLICABLE.value, "Không áp dụng"),
    ("", "Chưa báo cáo"),
)
APPROVED = (("yes", "Đã duyệt"), ("no", "Chưa duyệt"))


@dataclass(frozen=True)
class StatusField:
    """A column of `VillageStatus` that stands in the grid; `most` is what it may reach."""

    field: str
    column: str
    title: str
    unit: str = ""
    most: int = 100_000

    @property
    def is_choice(self) -> bool:
        return self.column == "is_plan_approved"


STATUS_FIELDS = (
    StatusField("approved", "is_plan_approved", "Phương án, dự toán"),
    StatusField("percent", "plan_percent", "Khối lượng theo phương án", "%", 100),
    StatusField("planned", "gardens_planned", "Vườn mẫu theo kế hoạch", "vườn"),
    StatusField("met", "gardens_met", "Vườn mẫu đạt chuẩn", "vườn"),
)
BY_FIELD = {status.field: status for status in STATUS_FIELDS}


def criterion_field(number: int) -> str:
    """The field of a criterion by its number."""
    return f"c{number}"


def status_value(status: VillageStatus | None, field: str) -> str:
    """What the control of a status field shows; "" for a village that nobody has reported on."""
    if status is None:
        return ""
    value = getattr(status, BY_FIELD[field].column)
    if BY_FIELD[field].is_choice:
        return "yes" if value else "no"
    return str(value)


def in_words(field: str, value: str) -> str:
    """A value as people read it."""
    if field in BY_FIELD:
        if value == "":
            return "Chưa báo cáo"
        if BY_FIELD[field].is_choice:
            return dict(APPROVED)[value]
        unit = BY_FIELD[field].unit
        return f"{value}%" if unit == "%" else f"{value} {unit}"
    return dict(OUTCOMES)[value]


@dataclass(frozen=True)
class Typed:
    """What a person typed into a cell, and what the cell showed him before."""

    field: str
    value: str
    seen: str


@dataclass(frozen=True)
class Conflict:
    """A cell that somebody else changed meanwhile: both values, who, and when."""

    field: str
    title: str
    mine: str
    theirs: str
    by: str
    at: datetime | None

    @property
    def mine_words(self) -> str:
        return in_words(self.field, self.mine)

    @property
    def theirs_words(self) -> str:
        return in_words(self.field, self.theirs)
