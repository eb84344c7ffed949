"""Codes of sponsorship: who gives, what, on what basis, and where a task stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SponsorKind(models.TextChoices):
    AGENCY = "agency", _("Sở, ban, ngành")
    ARMED = "armed", _("Lực lượng vũ trang")
    MASS = "mass", _("Mặt trận, đoàn thể")
    ENTERPRISE = "enterprise", _("Doanh nghiệp")
    LOCALITY = "locality", _("Địa phương khác")
    OTHER = "other", _("Tổ chức khác")


class Basis(models.TextChoices):
    """QĐ 834 both assigns units (giao) and approves offers (chấp thuận)."""

    ASSIGNED = "assigned", _("Giao")
    APPROVED = "approved", _("Chấp thuận")


class GiftKind(models.TextChoices):
    """What is promised or given. The three are never added together unconverted."""

    MONEY = "money", _("Tiền")
    GOODS = "goods", _("Hiện vật")
    LABOUR = "labour", _("Ngày công")


class Giver(models.TextChoices):
    SPONSOR = "sponsor", _("Đơn vị đỡ đầu")
    PEOPLE = "people", _("Nhân dân")
    LOCALITY = "locality", _("Địa phương khác")


class Owner(models.TextChoices):
    """Whose task it is. The province supports only what lies beyond a commune's own means."""

    PEOPLE = "people", _("Nhân dân, thôn")
    COMMUNE = "commune", _("Xã")
    SPONSOR = "sponsor", _("Đơn vị đỡ đầu")
    DEPARTMENT = "department", _("Sở, ngành")
    LOCALITY = "locality", _("Địa phương khác hỗ trợ")


class Pace(models.TextChoices):
    """Programmes run by week and by month (conclusion of 26/4/2022)."""

    WEEK = "week", _("Theo tuần")
    MONTH = "month", _("Theo tháng")


class TaskState(models.TextChoices):
    ASSIGNED = "assigned", _("Đã giao")
    IN_PROGRESS = "in_progress", _("Đang làm")
    REPORTED = "reported", _("Đề nghị nghiệm thu")
    RETURNED = "returned", _("Trả lại")
    ACCEPTED = "accepted", _("Đã nghiệm thu")
    CANCELLED = "cancelled", _("Hủy")


# States in which the task still waits for whoever does it; only these can be late.
OPEN_STATES = frozenset({TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.RETURNED})
# States that count as a live task: all but cancelled.
CLOSED_STATES = frozenset({TaskState.ACCEPTED, TaskState.CANCELLED})


class TaskTransition(models.TextChoices):
    """What an update does; the table of who may do it when is in `sponsors.workflow`."""

    ASSIGN = "assign", _("Giao việc")
    RECEIVE = "receive", _("Nhận việc")
    PROGRESS = "progress", _("Cập nhật tiến độ")
    PROPOSE_DONE = "propose_done", _("Đề nghị nghiệm thu")
    ACCEPT = "accept", _("Nghiệm thu")
    RETURN = "return", _("Trả lại")
    CANCEL = "cancel", _("Hủy việc")
    TAKE_BACK = "take_back", _("Rút lại báo cáo")


class DifficultyKind(models.TextChoices):
    DIFFICULTY = "difficulty", _("Khó khăn")
    REQUEST = "request", _("Kiến nghị")


class DifficultyState(models.TextChoices):
    """Whether whoever owns a difficulty has answered it."""

    OPEN = "open", _("Chưa trả lời")
    ANSWERED = "answered", _("Đã trả lời")
    CLOSED = "closed", _("Đã giải quyết xong")


class DifficultyAction(models.TextChoices):
    """One turn of a difficulty; who may make it when is in `sponsors.difficulty_workflow`."""

    RAISE = "raise", _("Nêu ra")
    ANSWER = "answer", _("Trả lời")
    FORWARD = "forward", _("Chuyển nơi khác trả lời")
    CLOSE = "close", _("Đã giải quyết xong")
    REOPEN = "reopen", _("Nêu lại")


class Answerer(models.TextChoices):
    """Who has to answer a difficulty or request."""

    OFFICE = "office", _("Văn phòng Điều phối")
    DEPARTMENT = "department", _("Sở, ngành")
    COMMUNE = "commune", _("Xã")
    SPONSOR = "sponsor", _("Đơn vị đỡ đầu")


class Verdict(models.TextChoices):
    """The office's own assessment of a sponsor's result in a period."""

    GOOD = "good", _("Thực hiện tốt")
    ON_PLAN = "on_plan", _("Đúng kế hoạch")
    BEHIND = "behind", _("Chậm so với kế hoạch")
    NOT_STARTED = "not_started", _("Chưa triển khai")
