"""The audit trail as people read it, cut to what the reader may see."""

from dataclasses import dataclass
from datetime import date, datetime

from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.core.selectors import recent_changes
from sponsors.models import SponsorMember

SHOWN = 10
# Before rows that a sponsor must not see are taken out.
FETCHED = 60
ACTIONS = {
    "assessment.self": "Tự đánh giá",
    "assessment.verified": "Kiểm tra",
    "assessment.appraised": "Thẩm định",
    "declaration.complete": "Xác nhận báo cáo tháng",
    "declaration.take_back": "Rút xác nhận báo cáo tháng",
    "milestone.plan": "Đặt lộ trình",
    "period.close": "Khóa sổ tháng",
    "period.reopen": "Mở lại tháng",
    "period.except": "Cho phép nhập muộn",
    "period.open": "Đặt kỳ báo cáo",
    "period.change": "Sửa kỳ báo cáo",
    "period.rule": "Quy tắc kỳ báo cáo",
    "report.text": "Lời văn báo cáo",
    "report.letterhead": "Thể thức báo cáo",
    "dossier.step": "Hồ sơ công nhận",
    "village.status": "Hiện trạng thôn",
    "village.add": "Thêm thôn",
    "village.change": "Sửa tên, số hộ, hiệu lực thôn",
    "village.remove": "Bỏ thôn",
    "unit.add": "Thêm xã",
    "unit.change": "Sửa tên, hiệu lực xã",
    "unit.remove": "Bỏ xã",
    "funding.need": "Nhu cầu kinh phí",
    "funding.source": "Nguồn kinh phí",
    "funding.disbursement": "Giải ngân",
    "funding.item": "Thêm công trình",
    "debt.state": "Nợ xây dựng cơ bản",
    "debt.take_back": "Rút lại số nợ",
    "warning.explain": "Giải trình cảnh báo",
    "document.add": "Thêm văn bản",
    "document.file": "Gửi tệp văn bản",
    "plan.create": "Thêm mẫu kế hoạch",
    "plan.update": "Sửa mẫu kế hoạch",
    "funding.reconcile": "Đối chiếu số công bố",
    "boundary.load": "Nạp ranh giới",
    "access.grant": "Cấp quyền xã",
    "access.revoke": "Thu quyền xã",
    "department.join": "Gắn tài khoản với sở, ngành",
    "department.leave": "Tách tài khoản khỏi sở, ngành",
    "sponsor.member": "Gắn tài khoản với đơn vị đỡ đầu",
    "sponsor.member_left": "Tách tài khoản khỏi đơn vị đỡ đầu",
    "reminder.send": "Gửi thư nhắc",
    "user.create": "Lập tài khoản",
    "user.remove": "Bỏ tài khoản lập nhầm",
    "user.change": "Sửa tài khoản",
    "user.invite": "Cấp lại liên kết đặt mật khẩu",
    "user.second_factor_on": "Bật mã xác thực",
    "user.second_factor_off": "Tắt mã xác thực",
    "user.sign_out_everywhere": "Đăng xuất mọi máy",
    "user.lock": "Tạm khóa đăng nhập",
    "user.activate": "Đặt mật khẩu",
    "user.deactivate": "Ngừng tài khoản",
    "user.reactivate": "Dùng lại tài khoản",
    "assignment.create": "Phân công đỡ đầu",
    "assignment.end": "Kết thúc đỡ đầu",
    "assignment.agreement_signed": "Ký kết đỡ đầu",
    "assignment.plan_done": "Kế hoạch đỡ đầu",
    "assignment.remove": "Bỏ phân công nhầm",
    "assignment.due": "Sửa hạn giấy tờ đỡ đầu",
    "commitment.record": "Cam kết",
    "commitment.identified": "Cam kết thành nguồn",
    "contribution.record": "Đóng góp",
    "contribution.take_back": "Rút lại đóng góp",
    "contribution.restore": "Ghi lại đóng góp đã rút",
    "task.assign": "Giao việc",
    "task.progress": "Cập nhật việc",
    "task.propose_done": "Đề nghị nghiệm thu",
    "task.accept": "Nghiệm thu",
    "task.return": "Trả lại việc",
    "task.cancel": "Hủy việc",
    "task.amend": "Sửa việc",
    "task.remove": "Bỏ việc giao nhầm",
    "task.receive": "Nhận việc",
    "task.take_back": "Rút lại báo cáo",
    "sponsor.review": "Đánh giá kết quả đỡ đầu",
    "difficulty.raise": "Khó khăn, kiến nghị",
    "sponsor.create": "Thêm đơn vị đỡ đầu",
    "sponsor.remove": "Bỏ đơn vị đỡ đầu",
    "import.apply": "Nhập từ tệp",
    "import.undo": "Hoàn tác nhập tệp",
    "import.start": "Bắt đầu ghi một tệp dài",
    "import.stop": "Ghi tệp không xong",
    "sponsor.update": "Sửa đơn vị đỡ đầu",
    "draft.evidence": "Tệp minh chứng",
    "difficulty.answer": "Trả lời khó khăn, kiến nghị",
    "difficulty.forward": "Chuyển khó khăn, kiến nghị",
    "difficulty.close": "Khép khó khăn, kiến nghị",
    "difficulty.reopen": "Nêu lại khó khăn, kiến nghị",
}


@dataclass(frozen=True)
class TrailRow:
    """One line of "recent changes"."""

    effective_on: date
    at: datetime
    by: str
    action: str
    subject: str
    old: str
    new: str
    note: str


def own_sponsor_id(user: User) -> int | None:
    """The sponsor that an account works for, if it works for one."""
    if user.role != Role.SPONSOR:
        return None
    return SponsorMember.objects.filter(user=user).values_list("sponsor_id", flat=True).first()


def trail(
    user: User,
    until: date,
    *,
    own_sponsor: int | None = None,
    commune_id: int | None = None,
    village_id: int | None = None,
) -> tuple[TrailRow, ...]:
    """The latest changes in one commune or village that the reader may see; one query.

    A sponsor sees what was judged and financed there, and of sponsorship only its own.
    """
    is_sponsor = user.role == Role.SPONSOR
    entries = recent_changes(
        until,
        commune_id=commune_id,
        village_id=village_id,
        only_sponsors=[own_sponsor or 0] if is_sponsor else None,
        limit=FETCHED if is_sponsor else SHOWN,
    )
    if is_sponsor:
        # Tasks and gifts of the people or the commune carry no sponsor, yet are not for sponsors.
        entries = [entry for entry in entries if entry.sponsor_id or not _is_sponsorship(entry)]
    return tuple(map(_row, entries[:SHOWN]))


def _row(entry: AuditEntry) -> TrailRow:
    """An entry in words; what the object's own name says already is not said again."""
    return TrailRow(
        entry.effective_on,
        entry.at,
        entry.by_label,
        ACTIONS.get(entry.action, "Thay đổi"),
        # A sentence is a name here, and the page goes on after it.
        entry.object_label.rstrip("."),
        entry.old,
        "" if entry.new in entry.object_label else entry.new,
        "" if entry.note in entry.object_label else entry.note,
    )


def _is_sponsorship(entry: AuditEntry) -> bool:
    return entry.object_type.startswith("sponsors.")
