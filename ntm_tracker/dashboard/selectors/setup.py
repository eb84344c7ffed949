"""What a fresh installation still needs, in the order in which it is best done."""

from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse

from communes.models import Commune, District
from criteria.choices import Level
from criteria.models import FundingCategory
from criteria.selectors.sets import set_in_force
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import Installation, User
from sponsors.models import Assignment, Sponsor


@dataclass(frozen=True)
class Step:
    """One thing to do. `state` says in a sentence how far it is; `url` is where it is done."""

    title: str
    state: str
    is_done: bool
    url: str
    action: str


@dataclass(frozen=True)
class Checklist:
    """Context of the checklist for administrators."""

    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.steps)


def checklist(installation: Installation, on: date) -> Checklist:
    """Every step with what the database says about it; constant queries."""
    communes = Commune.objects.active_on(on).rural()
    if installation.focus_district:
        communes = communes.filter(district__code=installation.focus_district)
    count = communes.count()
    district = District.objects.filter(code=installation.focus_district).first()
    in_force = set_in_force(Level.COMMUNE, on, installation.province_code)
    accounts = dict.fromkeys(Role, 0)
    for role in User.objects.filter(is_active=True).values_list("role", flat=True):
        accounts[Role(role)] += 1
    others = sum(accounts.values()) - accounts[Role.ADMIN]
    categories = FundingCategory.objects.count()
    sponsors = Sponsor.objects.count()
    assignments = Assignment.objects.active_on(on).count()
    target = installation.target_date
    return Checklist(
        (
            Step(
                "Danh mục",
                f"Có {count} xã theo dõi{f' của {district.name}' if district else ''}."
                if count
                else "Chưa có xã nào. Người cài đặt chạy lệnh “manage.py load_catalogues” trên "
                "máy chủ để nạp đơn vị hành chính, bộ tiêu chí và nhóm kinh phí.",
                count > 0,
                _admin("communes_commune"),
                "Xem danh mục xã",
            ),
            Step(
                "Cơ quan và ngày về đích",
                f"{installation.office_name}, về đích {target:%d/%m/%Y}."
                if target
                else "Chưa có ngày về đích. Điền cùng tên cơ quan, địa danh và người ký báo cáo.",
                installation.pk is not None and target is not None,
                _admin("core_installation"),
                "Mở thiết lập",
            ),
            Step(
                "Địa bàn theo dõi",
                f"Bảng tổng hợp mở ra ở {district.name}."
                if district
                else "Bảng tổng hợp mở ra ở cả tỉnh. Muốn theo dõi một huyện, điền mã huyện.",
                district is not None or not installation.focus_district,
                _admin("core_installation"),
                "Mở thiết lập",
            ),
            Step(
                "Bộ tiêu chí đang áp dụng",
                f"{in_force.criteria_set.name}, {in_force.total} tiêu chí."
                if in_force
                else "Không có bộ tiêu chí xã nào có hiệu lực vào ngày báo cáo.",
                in_force is not None and in_force.total > 0,
                _admin("criteria_criteriaset"),
                "Xem bộ tiêu chí",
            ),
            Step(
                "Tài khoản",
                f"Có {others} tài khoản ngoài quản trị."
                if others
                else "Chưa có tài khoản nào cho Văn phòng, xã, sở, ngành và đơn vị đỡ đầu.",
                others > 0,
                _admin("core_user"),
                "Quản lý tài khoản",
            ),
            Step(
                "Đơn vị đỡ đầu",
                f"Có {sponsors} đơn vị, {assignments} phân công đang hiệu lực."
                if sponsors
                else "Chưa có đơn vị đỡ đầu nào.",
                sponsors > 0 and assignments > 0,
                _admin("sponsors_sponsor"),
                "Xem đơn vị đỡ đầu",
            ),
            Step(
                "Nhóm kinh phí",
                f"Có {categories} nhóm." if categories else "Chưa có nhóm kinh phí nào.",
                categories > 0,
                _admin("criteria_fundingcategory"),
                "Xem nhóm kinh phí",
            ),
            Step(
                "Kỳ báo cáo",
                f"Số liệu từ {installation.first_date:%d/%m/%Y}."
                if installation.first_date
                else "Chưa có ngày đầu của số liệu; báo cáo tháng bắt đầu từ ngày đó.",
                installation.first_date is not None,
                _admin("core_installation"),
                "Mở thiết lập",
            ),
        )
    )


def _admin(name: str) -> str:
    """Where reference tables are kept; empty for one that the administration does not show."""
    try:
        return reverse(f"admin:{name}_changelist")
    except NoReverseMatch:
        return ""
