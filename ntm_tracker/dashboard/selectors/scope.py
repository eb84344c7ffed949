"""Which communes the board speaks of, and how its matrix shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet

from communes.models import CommuneQuerySet, District, Province, Village
from criteria.models import WorkItem
from criteria.selectors.reported import units
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.text import search_text

# A browser draws 200 rows of the matrix at once and needs seconds for 3,000: beyond this many
# communes the matrix is rolled up by district or province.
MAX_ROWS = 300
LEFT, DISTRICT, ALL = "", "district", "all"
SORTS = {
    "name": "Tên xã",
    "met": "Đạt nhiều nhất",
    "missing": "Còn thiếu nhiều nhất",
    "overdue": "Quá hạn nhiều nhất",
}


Area = TypeVar("Area", District, Province)


@dataclass(frozen=True)
class Scope:
    """`communes` are those of the area that the reader may see; figures of money, villages and
    tasks speak of all of them, while the matrix leaves out the recognised ones unless asked.

    `is_whole`: the area is, or contains, what the office follows, so work that is not yet allotted
    to a commune belongs to it. `is_announced`: it is just that, so announced figures may be held
    against it, by a reader who sees all of it."""

    user: User
    as_of: AsOf
    kind: str
    sort: str
    district: District | None
    province: Province | None
    province_code: str
    has_focus: bool
    is_whole: bool
    is_announced: bool
    communes: CommuneQuerySet

    @property
    def name(self) -> str:
        """The area in words, to stand after "của" or alone."""
        if self.district:
            name = self.district.name
            return name if search_text(name).startswith("huyen ") else f"Huyện {name}"
        if self.province:
            return f"Tỉnh {self.province.name}"
        return "" if self.user.sees_all_communes else "Các xã bạn theo dõi"

    @property
    def shows_recognised(self) -> bool:
        """Whether recognised communes and units outside the sets stand in the matrix."""
        return self.kind != LEFT or not self.user.sees_all_communes

    @property
    def items(self) -> QuerySet[WorkItem]:
        """Work items of the area, and of the whole also those not yet allotted to a commune."""
        here = Q(commune__in=self.communes.values("pk"))
        if self.is_whole:
            here |= Q(commune=None)
        return WorkItem.objects.visible_to(self.user).filter(here)

    @property
    def villages(self) -> QuerySet[Village]:
        """Villages the reader may see; `village_rows` narrows them to the communes of the area."""
        return Village.objects.visible_to(self.user)


def board_scope(
    user: User, installation: Installation, as_of: AsOf, query: Mapping[str, str]
) -> Scope:
    """The scope that the query parameters scope, district, province and sort name.

    Raises BadRequest with a Vietnamese sentence for a value that does not exist. At most two
    queries. Who sees single communes only sees all of these, wherever they lie.
    """
    kind = query.get("scope", "")
    if kind not in {LEFT, DISTRICT, ALL}:
        raise BadRequest(
            "Phạm vi xem không có. Hãy chọn “Xã chưa đạt chuẩn”, “Cả huyện” hoặc “Toàn tỉnh”."
        )
    sort = query.get("sort", "") or "name"
    if sort not in SORTS:
        raise BadRequest("Cách sắp xếp không có. Hãy chọn một cách trong danh sách trên bảng.")
    district = province = None
    code = query.get("district", "")
    if code:
        district = _one(District.objects.select_related("province"), code, "huyện")
    elif query.get("province"):
        province = _one(Province.objects.all(), query["province"], "tỉnh")
    is_default = not code and province is None
    if is_default and kind != ALL and installation.focus_district and user.sees_all_communes:
        # Districts ended on 30/6/2025: from then on the board opens on the whole province.
        district = (
            District.objects.select_related("province")
            .filter(code=installation.focus_district)
            .exclude(valid_to__lt=as_of.date)
            .first()
        )
    communes = units(user, as_of)
    if district:
        communes = communes.filter(district=district)
    elif province:
        communes = communes.filter(province=province)
    elif kind != ALL and user.sees_all_communes:
        communes = communes.filter(province__code=installation.province_code)
    if district:
        is_whole = district.code == installation.focus_district
    else:
        is_whole = province is None or province.code == installation.province_code
    return Scope(
        user=user,
        as_of=as_of,
        kind=kind,
        sort=sort,
        district=district,
        province=province,
        province_code=(
            district.province.code
            if district
            else province.code
            if province
            else installation.province_code
        ),
        has_focus=bool(installation.focus_district),
        is_whole=is_whole,
        is_announced=(
            is_whole
            and user.sees_all_communes
            and (district is not None or not installation.focus_district)
        ),
        communes=communes,
    )


def _one(rows: QuerySet[Area], code: str, word: str) -> Area:
    found = rows.filter(code=code[:20]).first()
    if found is None:
        raise BadRequest(f"Không có {word} nào mang mã “{code[:20]}”. Hãy kiểm tra lại địa chỉ.")
    return found
