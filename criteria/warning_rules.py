"""The rules that warn of money, dates and verdicts which do not fit: pure, each with its sentence.

A rule returns the sentence that people read and the fingerprint of what it saw, or None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.numbers import dong_words


class Rule(models.TextChoices):
    """The codes of the rules of this app, with what a filter calls them."""

    SOURCE_OVER_NEED = "source_over_need", _("Nguồn xác định lớn hơn nhu cầu")
    PAID_OVER_SOURCE = "paid_over_source", _("Giải ngân lớn hơn nguồn xác định")
    OUTSIDE_PERIOD = "outside_period", _("Ngày ngoài kỳ báo cáo")
    MET_WITHOUT_EVIDENCE = "met_without_evidence", _("Báo đạt mà không có minh chứng")
    OVERDUE_DEBT = "overdue_debt", _("Còn nợ đọng xây dựng cơ bản")


@dataclass(frozen=True)
class Seen:
    """What a rule has to say, and the fingerprint of the figures that made it say so."""

    sentence: str
    fingerprint: str


@dataclass(frozen=True)
class Due:
    """A reporting month: what is dated up to `cut_off_on` was to be reported by `due_on`."""

    label: str
    cut_off_on: date
    due_on: date


@dataclass(frozen=True)
class Programme:
    """The first day of figures, the day by which all is to be done, and the months reported."""

    first: date
    target: date | None
    periods: Sequence[Due] = ()


def source_over_need(need: int, identified: int) -> Seen | None:
    """More money is identified than the work needs."""
    if identified <= need:
        return None
    return Seen(
        f"Nguồn xác định lớn hơn nhu cầu {dong_words(identified - need)} "
        f"(nhu cầu {dong_words(need)}, đã xác định {dong_words(identified)}).",
        f"{need}/{identified}",
    )


def paid_over_source(identified: int, disbursed: int) -> Seen | None:
    """More was paid out than has a source."""
    if disbursed <= identified:
        return None
    return Seen(
        f"Giải ngân lớn hơn nguồn xác định {dong_words(disbursed - identified)} "
        f"(đã xác định {dong_words(identified)}, đã giải ngân {dong_words(disbursed)}).",
        f"{identified}/{disbursed}",
    )


def outside_period(on: date, recorded_on: date, programme: Programme) -> Seen | None:
    """The day lies outside the programme, or in a month whose report was due when the row was
    written: it changes what has been reported."""
    if on < programme.first:
        words = f"ở trước ngày đầu có số liệu {programme.first:%d/%m/%Y}"
    elif programme.target and on > programme.target:
        words = f"ở sau ngày về đích {programme.target:%d/%m/%Y}"
    else:
        late = [
            row for row in programme.periods if on <= row.cut_off_on and row.due_on < recorded_on
        ]
        if not late:
            return None
        period = min(late, key=lambda row: row.cut_off_on)
        words = (
            f"thuộc kỳ {period.label} đã hết hạn báo cáo {period.due_on:%d/%m/%Y}; "
            "số đã báo cáo của kỳ đó thay đổi"
        )
    return Seen(f"Ngày {on:%d/%m/%Y} {words}.", f"{on:%Y-%m-%d}")


def met_without_evidence(number: int, name: str, report_id: int) -> Seen:
    """A commune says that a criterion is met, and nothing shows it."""
    return Seen(
        f"Tiêu chí {number} “{name}”: tự đánh giá đạt nhưng không có giá trị chỉ tiêu, tệp minh "
        "chứng hay ghi chú nào.",
        str(report_id),
    )


def overdue_debt(overdue: int) -> Seen | None:
    """A commune with overdue debt cannot be recognised."""
    if overdue <= 0:
        return None
    return Seen(
        f"Còn nợ đọng xây dựng cơ bản {dong_words(overdue)}; còn nợ đọng thì chưa đủ điều kiện "
        "công nhận.",
        str(overdue),
    )
