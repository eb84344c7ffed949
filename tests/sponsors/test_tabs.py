"""The pages beside each other under "Việc" and "Đơn vị đỡ đầu"."""

import pytest

from ntm_tracker.core.choices import Role
from ntm_tracker.core.context import navigation
from sponsors import tabs
from sponsors.tabs import EVERYONE, OFFICE, SectionTab, section_tabs
from tests.factories import make_user

PAGES = {
    "tasks": (
        ("Danh sách", "sponsors:task-list", EVERYONE),
        ("Chỉ Văn phòng", "sponsors:sponsor-list", OFFICE),
    )
}


def test_each_role_is_shown_its_pages(monkeypatch):
    monkeypatch.setattr(tabs, "SECTIONS", PAGES)

    assert section_tabs("tasks", Role.OFFICE, "sponsors:task-list", "as_of=2022-03-31") == [
        SectionTab("Danh sách", "/tasks/?as_of=2022-03-31", True),
        SectionTab("Chỉ Văn phòng", "/sponsors/?as_of=2022-03-31", False),
    ]


def test_one_page_alone_needs_no_tabs(monkeypatch):
    monkeypatch.setattr(tabs, "SECTIONS", PAGES)

    assert section_tabs("tasks", Role.COMMUNE, "sponsors:task-list", "") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "path", "label"),
    [
        (Role.OFFICE, "/plans/3/", "Việc"),
        (Role.OFFICE, "/summary/", "Bảng tổng hợp"),
        (Role.OFFICE, "/communes/18502/dossier/", "Bảng tổng hợp"),
        (Role.OFFICE, "/communes/18502/report/", "Bảng tổng hợp"),
        (Role.COMMUNE, "/communes/18502/report/", "Nhập số liệu"),
        (Role.COMMUNE, "/communes/18502/", "Bảng tổng hợp"),
        (Role.SPONSOR, "/communes/18502/", "Xã"),
    ],
)
def test_menu_marks_the_place_of_a_page_with_another_beginning(role, path, label):
    menu = navigation(make_user(role=role), path, "")

    assert [item.label for item in menu if item.current] == [label]
