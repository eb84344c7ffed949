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
def test_menu_marks_the_place_of_a_page_with_another_beginning():
    here = [item.label for item in navigation(make_user(), "/plans/3/", "") if item.current]

    assert here == ["Việc"]
