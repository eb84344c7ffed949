"""The sections of the report with their standard texts, and putting figures into a text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from django.core.exceptions import ValidationError

from ntm_tracker.reports.word.figures import Figure

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Section:
    """A part of the report; the opening and the closing words have no `heading`."""

    slug: str
    heading: str
    name: str
    standard: str


SECTIONS = (
    Section("mo-dau", "", "Mở đầu",
        "Thực hiện nhiệm vụ được giao, Văn phòng Điều phối nông thôn mới báo cáo kết quả xây dựng "
        "nông thôn mới và đỡ đầu, tài trợ các xã chưa đạt chuẩn tháng {thang} năm {nam} (số liệu "
        "đến ngày {ngay_chot}) như sau:"),
    Section("tieu-chi", "I. KẾT QUẢ THỰC HIỆN TIÊU CHÍ", "Kết quả tiêu chí",
        "Có {xa_dat} xã đã được công nhận đạt chuẩn nông thôn mới; còn {xa_chua_dat} xã chưa đạt "
        "chuẩn, trong đó {xa_cham_chuan} xã chạm chuẩn {so_tieu_chi}/{so_tieu_chi} tiêu chí "
        "({ten_xa_cham_chuan}), {xa_dang_trinh} xã đang trình thẩm định, xét công nhận.\n"
        "Còn {xa_chua_du} xã chưa đủ tiêu chí (số tiêu chí đạt): {ten_xa_chua_du}.\n"
        "Tổng số tiêu chí đạt của các xã chưa đạt chuẩn là {tieu_chi_dat}, {tieu_chi_tang_giam}. "
        "Các tiêu chí nhiều xã chưa đạt: {tieu_chi_kho}."),
    Section("thay-doi", "II. THAY ĐỔI SO VỚI THÁNG TRƯỚC", "Thay đổi trong tháng",
        "Tiêu chí mới đạt: {tieu_chi_moi_dat}.\n"
        "Tiêu chí không còn đạt: {tieu_chi_khong_con_dat}.\n"
        "Tiêu chí quá hạn theo lộ trình: {tieu_chi_qua_han}; cụ thể: {ten_tieu_chi_qua_han}."),
    Section("kinh-phi", "III. KINH PHÍ THỰC HIỆN", "Kinh phí",
        "Nhu cầu kinh phí là {nhu_cau} tỷ đồng; đã xác định nguồn {da_xac_dinh} tỷ đồng ({ty_le}), "
        "{kinh_phi_tang_giam}; chưa xác định nguồn {thieu} tỷ đồng."),
    Section("do-dau", "IV. KẾT QUẢ ĐỠ ĐẦU, TÀI TRỢ", "Đỡ đầu, tài trợ",
        "Có {so_don_vi} đơn vị được giao, chấp thuận đỡ đầu, tài trợ. Đã cam kết {cam_ket_tien} "
        "triệu đồng tiền, {cam_ket_hien_vat} triệu đồng hiện vật quy đổi và {cam_ket_ngay_cong} "
        "ngày công; đã thực hiện {thuc_hien_tien} triệu đồng tiền, {thuc_hien_hien_vat} triệu "
        "đồng hiện vật quy đổi và {thuc_hien_ngay_cong} ngày công.\n"
        "Các đơn vị đỡ đầu nhận {viec_don_vi} việc, trong đó {viec_cham_don_vi} việc chậm."),
    Section("khu-dan-cu", "V. KHU DÂN CƯ KIỂU MẪU, VƯỜN MẪU", "Khu dân cư, vườn mẫu",
        "Trong {thon} thôn có {thon_dat} thôn đã được công nhận, còn {thon_chua_dat} thôn chưa đạt "
        "khu dân cư nông thôn mới kiểu mẫu, {thon_tang_giam}. Có {thon_phuong_an} thôn có phương "
        "án, dự toán được duyệt; {thon_70} thôn đạt từ 70% khối lượng trở lên. Có {vuon_dat} vườn "
        "đạt chuẩn vườn mẫu trên {vuon_ke_hoach} vườn theo kế hoạch."),
    Section("kho-khan", "VI. KHÓ KHĂN, VƯỚNG MẮC, KIẾN NGHỊ", "Khó khăn, kiến nghị",
        "Còn {so_kho_khan} khó khăn, kiến nghị chưa khép lại, trong đó: {kho_khan}."),
    Section("cham", "VII. CÔNG VIỆC CHẬM TIẾN ĐỘ", "Việc chậm tiến độ",
        "Đã nghiệm thu {viec_nghiem_thu} việc; có {viec_cham} việc chậm tiến độ. Chậm lâu nhất: "
        "{viec_cham_nhat}."),
    Section("thang-toi", "VIII. NHIỆM VỤ THÁNG TỚI", "Nhiệm vụ tháng tới",
        "Đến ngày {den_ngay}, các xã dự kiến đạt thêm: {tieu_chi_thang_toi}. Có {viec_thang_toi} "
        "việc đến hạn theo danh mục kèm theo.\n"
        "Các đơn vị, địa phương tập trung xử lý các tiêu chí quá hạn và công việc chậm tiến độ nêu "
        "trên. Còn {con_lai} đến ngày phấn đấu 100% số xã đạt chuẩn ({ngay_ve_dich})."),
    Section("ket-thuc", "", "Kết thúc",
        "Trên đây là báo cáo kết quả tháng {thang} năm {nam}, kính báo cáo Ban Chỉ đạo./."),
)  # fmt: skip
BY_SLUG = {section.slug: section for section in SECTIONS}


def draft(text: str, known: Iterable[Figure]) -> str:
    """The text with its figures. Raises ValidationError for a placeholder that does not exist."""
    words = {figure.name: figure.words for figure in known}
    check(text, words)
    return PLACEHOLDER.sub(lambda match: words[match[1].strip()], text)


def check(text: str, known: Mapping[str, str]) -> None:
    """Refuse placeholders that nothing stands behind, each with the nearest there is."""
    problems = []
    for found in dict.fromkeys(PLACEHOLDER.findall(text)):
        name = found.strip()
        if name in known:
            continue
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f" Có phải {{{near[0]}}} không?" if near else " Hãy chép từ danh mục số liệu."
        problems.append(f"Không có số liệu {{{name}}}.{hint}")
    if re.search("[{}]", PLACEHOLDER.sub("", text)):
        problems.append("Có dấu { hoặc } đứng lẻ. Mỗi số liệu viết trong một cặp dấu, như {thieu}.")
    if problems:
        raise ValidationError(problems)
