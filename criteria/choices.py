"""Codes of criteria, rungs, dossiers and money."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """What a criteria set measures."""

    COMMUNE = "commune", _("Xã")
    VILLAGE = "village", _("Thôn")
    GARDEN = "garden", _("Vườn")
    DISTRICT = "district", _("Huyện")


class IndicatorKind(models.TextChoices):
    BOOLEAN = "boolean", _("Đạt hoặc chưa")
    PERCENT = "percent", _("Tỷ lệ %")
    MONEY = "money", _("Số tiền")
    COUNT = "count", _("Số lượng")


class ThresholdOp(models.TextChoices):
    AT_LEAST = ">=", "≥"
    AT_MOST = "<=", "≤"
    IS = "=", "="
    UNKNOWN = "?", _("chưa rõ")


class Stage(models.TextChoices):
    """The rung a figure stands on. "Recognised" is no rung but a state of a dossier."""

    SELF = "self", _("Tự đánh giá")
    VERIFIED = "verified", _("Đã kiểm tra")
    APPRAISED = "appraised", _("Đã thẩm định")


class Outcome(models.TextChoices):
    """What a row of the assessment history says."""

    MET = "met", _("Đạt")
    NOT_MET = "not_met", _("Chưa đạt")
    NOT_APPLICABLE = "na", _("Không áp dụng")
    RETURNED = "returned", _("Trả lại")
    WITHDRAWN = "withdrawn", _("Rút lại")


# Asking a row for its words (`get_stage_display`) costs 70 µs each time, and many rows are written
# or shown at once.
STAGE_WORDS = {stage.value: str(stage.label) for stage in Stage}
OUTCOME_WORDS = {outcome.value: str(outcome.label) for outcome in Outcome}


class Cell(models.TextChoices):
    """One character per commune and criterion: verdict and rung, as the matrix shows them.

    The highest rung that says something counts. Where a planned date has passed and the criterion
    is not met, the matrix writes the overdue twin of the code (see `OVERDUE_CELL`).
    """

    MET_SELF = "s", _("Đạt, tự đánh giá")
    MET_VERIFIED = "v", _("Đạt, đã kiểm tra")
    MET_APPRAISED = "a", _("Đạt, đã thẩm định")
    NOT_MET_SELF = "S", _("Chưa đạt, tự đánh giá")
    NOT_MET_VERIFIED = "V", _("Chưa đạt, đã kiểm tra")
    NOT_MET_APPRAISED = "A", _("Chưa đạt, đã thẩm định")
    OVERDUE_SELF = "x", _("Chưa đạt, quá hạn kế hoạch, tự đánh giá")
    OVERDUE_VERIFIED = "y", _("Chưa đạt, quá hạn kế hoạch, đã kiểm tra")
    OVERDUE_APPRAISED = "z", _("Chưa đạt, quá hạn kế hoạch, đã thẩm định")
    NOT_APPLICABLE = "n", _("Không áp dụng")
    RETURNED = "r", _("Đã trả lại, chờ báo cáo lại")
    OVERDUE_RETURNED = "R", _("Đã trả lại, chờ báo cáo lại, quá hạn kế hoạch")
    UNREPORTED = ".", _("Chưa báo cáo")
    OVERDUE_UNREPORTED = "!", _("Chưa báo cáo, quá hạn kế hoạch")


MET_CELLS = frozenset({Cell.MET_SELF, Cell.MET_VERIFIED, Cell.MET_APPRAISED, Cell.NOT_APPLICABLE})
OVERDUE_CELL = str.maketrans({"S": "x", "V": "y", "A": "z", ".": "!", "r": "R"})
OVERDUE_CODES = frozenset(OVERDUE_CELL.values())


class DossierState(models.TextChoices):
    """A commune's way to recognition under one criteria set."""

    IN_PROGRESS = "in_progress", _("Đang xây dựng")
    SELF_DECLARED = "self_declared", _("Chạm chuẩn (tự đánh giá đủ)")
    UNDER_APPRAISAL = "under_appraisal", _("Đang trình thẩm định")
    COMPLETE = "complete", _("Hồ sơ đầy đủ")
    SURVEYED = "surveyed", _("Đã lấy ý kiến người dân")
    VOTED = "voted", _("Hội đồng đã bỏ phiếu")
    RECOGNISED = "recognised", _("Đã công nhận")
    CARRIED_OVER = "carried_over", _("Thừa nhận sau sắp xếp")
    REFUSED = "refused", _("Chưa được thông qua")
    REVOKED = "revoked", _("Bị thu hồi")


# While others read the dossier: from its submission to the decision.
READ_STATES = frozenset(
    {
        DossierState.UNDER_APPRAISAL,
        DossierState.COMPLETE,
        DossierState.SURVEYED,
        DossierState.VOTED,
    }
)
RECOGNISED_STATES = frozenset({DossierState.RECOGNISED, DossierState.CARRIED_OVER})


class VillageState(models.TextChoices):
    """Where a village stands on the way to a model residential area (khu dân cư kiểu mẫu)."""

    NOT_YET = "not_yet", _("Chưa đạt")
    DECLARED = "declared", _("Tự đánh giá đạt")
    RECOGNISED = "recognised", _("Đã công nhận")


class SourceKind(models.TextChoices):
    """Where identified money comes from. Credit dwarfs the rest, so totals are shown both ways."""

    CENTRAL = "central", _("Ngân sách trung ương")
    PROVINCIAL = "provincial", _("Ngân sách tỉnh")
    DISTRICT = "district", _("Ngân sách huyện")
    COMMUNE = "commune", _("Ngân sách xã")
    INTEGRATED = "integrated", _("Vốn lồng ghép")
    CREDIT = "credit", _("Vốn tín dụng")
    ENTERPRISE = "enterprise", _("Doanh nghiệp")
    PEOPLE = "people", _("Nhân dân đóng góp")
    SPONSOR = "sponsor", _("Đơn vị đỡ đầu, tài trợ")


class Measure(models.TextChoices):
    """What an announced figure counts. Money is in đồng, the rest in pieces."""

    NEED = "need", _("Nhu cầu")
    IDENTIFIED = "identified", _("Đã xác định nguồn")
    MISSING = "missing", _("Chưa xác định nguồn")
    COMMUNES_LEFT = "communes_left", _("Số xã chưa đạt chuẩn")
    VILLAGES_LEFT = "villages_left", _("Số thôn chưa đạt khu dân cư kiểu mẫu")
    SPONSORS = "sponsors", _("Số đơn vị đỡ đầu, tài trợ")


MONEY_MEASURES = frozenset({Measure.NEED, Measure.IDENTIFIED, Measure.MISSING})
