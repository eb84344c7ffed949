"""Who may read the monthly report, who may close a month and who writes its words."""

from criteria.selectors.scope import Reader
from ntm_tracker.core.models import Period, User
from ntm_tracker.core.permits import ALLOWED, Permit, refused


def may_read_reports(user: Reader) -> Permit:
    """The report speaks of the whole: it is for those who see every commune and sponsor."""
    if user.sees_all_communes and user.sees_all_sponsors:
        return ALLOWED
    return refused(
        "Báo cáo tháng tổng hợp số liệu của tất cả các xã và đơn vị đỡ đầu, nên chỉ Văn phòng "
        "Điều phối, sở ngành phụ trách và Ban Chỉ đạo xem được."
    )


def may_close(user: User | None) -> Permit:
    """Whether the account closes months, opens them again and lets communes enter late (None: a
    command)."""
    if user is None or user.is_office:
        return ALLOWED
    return refused("Chỉ Văn phòng Điều phối đặt kỳ báo cáo, khóa sổ, mở lại tháng.")


def may_write_report(user: User, period: Period) -> Permit:
    """Whether the account writes the words of a month's report."""
    if not user.is_office:
        return refused("Chỉ Văn phòng Điều phối sửa lời văn của báo cáo.")
    if period.is_closed:
        return refused(f"{period} đã khóa sổ; báo cáo đã gửi giữ nguyên lời văn.")
    return ALLOWED
