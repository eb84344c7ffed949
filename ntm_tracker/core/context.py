"""What every page knows: where one can go, which day it speaks of, whose installation it is."""

import re
from dataclasses import dataclass

from django.urls import reverse

from ntm_tracker.core.choices import Role
from ntm_tracker.core.kept import page_account
from ntm_tracker.core.requests import id_of

EVERYONE = frozenset(Role)
PROVINCE = frozenset({Role.ADMIN, Role.OFFICE, Role.DEPARTMENT, Role.VIEWER})
JUDGES = frozenset({Role.ADMIN, Role.OFFICE, Role.DEPARTMENT})
# (label, URL name, roles that see it in the navigation)
NAVIGATION = (
    ("Bảng tổng hợp", "dashboard:board", EVERYONE - {Role.SPONSOR}),
    ("Nhập số liệu", "criteria:own-report", frozenset({Role.COMMUNE})),
    ("Việc", "sponsors:task-list", frozenset({Role.SPONSOR})),
    ("Cần làm", "dashboard:due", EVERYONE),
    ("Việc", "sponsors:task-list", EVERYONE - {Role.SPONSOR}),
    ("Xã", "dashboard:board", frozenset({Role.SPONSOR})),
    ("Tiêu chí", "criteria:criterion-list", EVERYONE),
    ("Kiểm tra", "criteria:review", JUDGES),
    ("Kinh phí", "criteria:funding", EVERYONE),
    ("Thôn", "criteria:village-list", EVERYONE),
    ("Đơn vị đỡ đầu", "sponsors:sponsor-list", EVERYONE),
    ("Báo cáo", "reports:month-list", PROVINCE),
)
# Addresses that belong to a place without beginning like it. A path belongs to the place that says
# most of it: the sheet of a commune to "Nhập số liệu" for who has that, else to the board.
ALSO_THERE = {
    "dashboard:board": ("/(progress|compare|forecast|map|summary|communes)/",),
    "criteria:own-report": (r"/communes/[^/]+/report/",),
    "sponsors:task-list": ("/timeline/", "/difficulties/", "/conclusions/", "/plans/"),
    "sponsors:sponsor-list": ("/assignments/", "/reviews/", "/contributions/"),
}


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    current: bool


def navigation(user, path: str, query: str) -> list[NavItem]:
    """The places this user can go, with the chosen day kept in every link; one at most is current,
    that whose address says most of the path."""
    places = [(label, name) for label, name, roles in NAVIGATION if user.role in roles]
    said = [_said(path, name) for _label, name in places]
    items = []
    for (label, name), length in zip(places, said, strict=True):
        url = reverse(name)
        items.append(NavItem(label, f"{url}?{query}" if query else url, 0 < length == max(said)))
    return items


def _said(path: str, name: str) -> int:
    """How much of the path the addresses of a place say; 0 where it is not there."""
    starts = (re.escape(reverse(name)), *ALSO_THERE.get(name, ()))
    return max((found.end() for start in starts if (found := re.match(start, path))), default=0)


def page(request) -> dict[str, object]:
    """Context processor of every page."""
    user = getattr(request, "user", None)
    as_of = getattr(request, "as_of", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "installation": getattr(request, "installation", None),
        "request_id": id_of(request),
        "page_account": page_account(user.get_username()) if user and signed_in else "",
        "as_of": as_of if signed_in else None,
        "nav": navigation(user, request.path, as_of.query) if signed_in and as_of else [],
    }
