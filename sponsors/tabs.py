"""The pages beside each other under one entry of the main menu, in one place."""

from dataclasses import dataclass

from django.urls import reverse

from ntm_tracker.core.choices import Role

EVERYONE = frozenset(Role)
OFFICE = frozenset({Role.ADMIN, Role.OFFICE})

# section → (label, URL name, roles that are shown it); the first is the page of the main menu.
SECTIONS: dict[str, tuple[tuple[str, str, frozenset[Role]], ...]] = {
    "board": (
        ("Bảng", "dashboard:board", EVERYONE),
        ("Một trang", "dashboard:summary", EVERYONE),
        ("Tiến độ", "dashboard:progress", EVERYONE),
        ("So sánh", "dashboard:compare", EVERYONE),
        ("Dự báo", "dashboard:forecast", EVERYONE - {Role.SPONSOR}),
        ("Bản đồ", "dashboard:map", EVERYONE),
    ),
    "tasks": (
        ("Danh sách", "sponsors:task-list", EVERYONE),
        ("Kết luận", "sponsors:conclusion-list", EVERYONE),
        ("Mẫu kế hoạch", "sponsors:plan-list", OFFICE),
        ("Khung tiến độ", "sponsors:timeline", EVERYONE),
        ("Khó khăn, kiến nghị", "sponsors:difficulty-list", EVERYONE),
    ),
    "sponsors": (
        ("Danh sách", "sponsors:sponsor-list", EVERYONE),
        ("Cam kết, thực hiện", "sponsors:sponsor-picture", EVERYONE),
        ("Phân công", "sponsors:assignment-list", EVERYONE),
        ("Đóng góp", "sponsors:contribution-list", EVERYONE),
        ("Đánh giá", "sponsors:review-list", EVERYONE - {Role.COMMUNE}),
    ),
    "funding": (
        ("Bảng kinh phí", "criteria:funding", EVERYONE),
        ("Cam kết, giải ngân", "dashboard:money-flow", EVERYONE),
        ("Cảnh báo", "dashboard:warnings", EVERYONE),
    ),
}


@dataclass(frozen=True)
class SectionTab:
    """One page of a section, as `components/tabs.html` draws it."""

    label: str
    url: str
    current: bool
    count: int | None = None


def section_tabs(section: str, role: str, here: str, query: str) -> list[SectionTab]:
    """The pages of a section that a role is shown; none where there is nothing to choose from.

    `here` is the URL name of this page, `query` what keeps the chosen day.
    """
    tabs = [
        SectionTab(label, f"{reverse(name)}?{query}" if query else reverse(name), name == here)
        for label, name, roles in SECTIONS[section]
        if role in roles
    ]
    return tabs if len(tabs) > 1 else []
