"""The pages that have a name of their own: where the search leads who looks for a page."""

from dataclasses import dataclass

from ntm_tracker.core.choices import Role
from ntm_tracker.core.context import EVERYONE, JUDGES, PROVINCE
from ntm_tracker.core.models import User
from ntm_tracker.core.text import search_text

OFFICE = frozenset({Role.ADMIN, Role.OFFICE})


@dataclass(frozen=True)
class Place:
    """A page: its URL name, what it is called, what is found on it, and who may open it."""

    url_name: str
    label: str
    detail: str
    roles: frozenset[Role] = EVERYONE

    def bears(self, words: list[str], *, in_name: bool = False) -> bool:
        """Whether every word begins a word of its name, or of what is found on it."""
        text = " " + search_text(self.label if in_name else f"{self.label} {self.detail}")
        return all(f" {word}" in text for word in words)


PLACES = (
    Place("dashboard:board", "Bảng tổng hợp", "các xã, tiêu chí, tiền thiếu, việc chậm"),
    Place("dashboard:summary", "Tóm tắt một trang", "tình hình trên một tờ A4, lời gửi Zalo"),
    Place("dashboard:due", "Cần làm", "việc, khó khăn, báo cáo đang chờ từng đơn vị, quá hạn"),
    Place("dashboard:warnings", "Cảnh báo", "điều cần xem lại và giải trình"),
    Place("dashboard:progress", "Tiến độ", "tiêu chí đạt từng tháng, đường tới ngày về đích"),
    Place("dashboard:compare", "So sánh hai ngày", "xã tiến nhiều nhất, thay đổi giữa hai ngày"),
    Place(
        "dashboard:forecast",
        "Dự báo",
        "xã nào kịp ngày về đích, ước tính",
        EVERYONE - {Role.SPONSOR},
    ),
    Place("dashboard:map", "Bản đồ", "xã ở đâu, tiêu chí đạt, tiền thiếu"),
    Place("dashboard:money-flow", "Tiền theo thời gian", "vốn đã xác định, giải ngân từng tháng"),
    Place("dashboard:audit", "Nhật ký", "ai đã ghi, sửa gì, lúc nào"),
    Place("dashboard:import-list", "Nhập từ tệp", "Excel, CSV", EVERYONE - {Role.VIEWER}),
    Place("dashboard:user-list", "Tài khoản", "người dùng, lời mời", OFFICE),
    Place("dashboard:user-add", "Thêm tài khoản", "người dùng, lời mời", OFFICE),
    Place(
        "dashboard:system",
        "Hệ thống",
        "máy chủ, phiên bản, sao lưu, đĩa, lỗi gần đây",
        frozenset({Role.ADMIN}),
    ),
    Place("dashboard:keys", "Phím tắt", "bàn phím, trợ giúp"),
    Place("password_change", "Đổi mật khẩu", "tài khoản của mình"),
    Place("security", "Bảo mật", "mã xác thực trên điện thoại, đăng xuất mọi máy khác"),
    Place("criteria:criterion-list", "Tiêu chí", "bộ tiêu chí, số xã đạt"),
    Place("criteria:review", "Kiểm tra, thẩm định", "tiêu chí xã gửi lên đang chờ", JUDGES),
    Place("criteria:declarations", "Báo cáo tháng các xã", "xã nào đã gửi, chưa gửi"),
    Place(
        "criteria:own-report", "Nhập số liệu", "xã tự đánh giá tiêu chí", frozenset({Role.COMMUNE})
    ),
    Place("criteria:village-list", "Thôn", "khu dân cư nông thôn mới kiểu mẫu, vườn mẫu"),
    Place("criteria:funding", "Kinh phí", "nhu cầu, đã xác định, còn thiếu, công trình"),
    Place(
        "criteria:item-add",
        "Thêm công trình",
        "hạng mục, nhu cầu kinh phí",
        OFFICE | {Role.COMMUNE},
    ),
    Place("sponsors:sponsor-list", "Đơn vị đỡ đầu", "cam kết, đóng góp, cập nhật gần nhất"),
    Place(
        "sponsors:sponsor-picture",
        "Hình đơn vị đỡ đầu",
        "hứa và đã trao, nơi chưa có ai đỡ đầu",
    ),
    Place("sponsors:sponsor-add", "Thêm đơn vị đỡ đầu", "đơn vị mới", OFFICE),
    Place("sponsors:assignment-list", "Phân công đỡ đầu", "xã, thôn chưa có đơn vị, thỏa thuận"),
    Place("sponsors:contribution-list", "Đóng góp", "tiền, vật tư, ngày công đã trao"),
    Place(
        "sponsors:review-list",
        "Đánh giá đơn vị đỡ đầu",
        "xếp loại từng kỳ",
        EVERYONE - {Role.COMMUNE},
    ),
    Place("sponsors:task-list", "Việc", "giao việc, hạn, tiến độ, quá hạn"),
    Place("sponsors:task-add", "Giao việc", "việc mới cho đơn vị, xã", OFFICE),
    Place("sponsors:timeline", "Lịch việc", "theo tuần, theo tháng"),
    Place("sponsors:difficulty-list", "Khó khăn, kiến nghị", "ai trả lời, quá hạn trả lời"),
    Place("sponsors:conclusion-list", "Kết luận, chỉ đạo", "cuộc họp, văn bản, việc giao kèm"),
    Place("sponsors:plan-list", "Mẫu kế hoạch", "việc hằng năm giao cho nhiều xã"),
    Place("reports:month-list", "Báo cáo tháng", "Excel, Word, PDF, khóa tháng", PROVINCE),
    Place("reports:week", "Báo cáo tuần", "một trang, việc tuần qua, tuần tới", PROVINCE),
    Place("reports:periods", "Kỳ báo cáo", "ngày chốt, khóa, mở lại", OFFICE),
    Place("reports:letterhead", "Thể thức", "cơ quan ban hành, người ký, nơi nhận", OFFICE),
)


def places_of(user: User, words: list[str]) -> list[Place]:
    """The pages this account may open that bear all words; what bears them in its name first."""
    found = [place for place in PLACES if user.role in place.roles and place.bears(words)]
    return sorted(found, key=lambda place: not place.bears(words, in_name=True))
