"""From which form an entry of the audit trail comes, in words: the one table of URL names."""

ORIGINS = {
    "": "Lệnh hệ thống",
    "login": "Đăng nhập",
    "logout": "Đăng xuất",
    "password_change": "Đổi mật khẩu",
    "dashboard:setup": "Chuẩn bị hệ thống",
    "dashboard:user-add": "Lập tài khoản",
    "dashboard:user": "Sửa tài khoản",
    "dashboard:user-invite": "Cấp liên kết mới",
    "dashboard:user-deactivate": "Ngừng tài khoản",
    "dashboard:user-reactivate": "Dùng lại tài khoản",
    "dashboard:invite": "Đặt mật khẩu theo liên kết",
    "criteria:grid": "Bảng tự đánh giá của xã",
    "criteria:grid-cell": "Ô của bảng tự đánh giá",
    "criteria:grid-evidence": "Minh chứng",
    "criteria:grid-paste": "Dán vào bảng tự đánh giá",
    "criteria:grid-submit": "Gửi báo cáo tiêu chí",
    "criteria:grid-take-back": "Rút báo cáo tiêu chí",
    "criteria:review": "Kiểm tra nhiều tiêu chí",
    "criteria:judgement": "Kiểm tra, thẩm định tiêu chí",
    "criteria:dossier-step": "Bước hồ sơ công nhận",
    "criteria:declare": "Báo cáo tháng",
    "criteria:village-cell": "Bảng thôn",
    "criteria:village-take-back": "Lịch sử ô của thôn",
    "criteria:village-move": "Công nhận thôn",
    "sponsors:commitment-add": "Ghi cam kết",
    "sponsors:task-update": "Báo cáo việc",
    "sponsors:sponsor-add": "Thêm đơn vị đỡ đầu",
    "sponsors:sponsor-edit": "Sửa đơn vị đỡ đầu",
    "sponsors:assignment": "Phân công đỡ đầu",
    "sponsors:assignment-add": "Thêm phân công đỡ đầu",
    "sponsors:task-add": "Giao việc",
    "sponsors:task-edit": "Sửa hạn, bên thực hiện",
    "sponsors:conclusion-add": "Ghi kết luận",
    "sponsors:plan-add": "Thêm mẫu kế hoạch",
    "sponsors:plan-edit": "Sửa mẫu kế hoạch",
    "sponsors:plan-lay": "Lập kế hoạch theo mẫu",
    "sponsors:commitment-identify": "Ghi cam kết thành nguồn",
    "sponsors:contribution-add": "Ghi đóng góp",
    "sponsors:contribution-take-back": "Rút lại đóng góp",
    "sponsors:difficulty-add": "Gửi khó khăn, kiến nghị",
    "sponsors:difficulty": "Khó khăn, kiến nghị",
    "sponsors:review-list": "Đánh giá nhiều đơn vị đỡ đầu",
    "sponsors:review-add": "Đánh giá đơn vị đỡ đầu",
    "dashboard:warning-explain": "Giải trình cảnh báo",
    "criteria:item-add": "Thêm hạng mục",
    "criteria:item-entry": "Ghi kinh phí hạng mục",
    "criteria:item-take-back": "Rút lại kinh phí",
    "criteria:debt": "Nợ xây dựng cơ bản",
}


def origin_words(origin: str) -> str:
    """The form in words; the admin site by its name, a file as it is called."""
    if origin.startswith("admin:"):
        return "Trang quản trị danh mục"
    return ORIGINS.get(origin, origin)
