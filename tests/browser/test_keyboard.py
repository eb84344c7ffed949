"""Everything without a mouse."""

import pytest
from playwright.sync_api import expect

from sponsors.models import TaskUpdate
from tests.browser.addresses import PASSWORD, own_tasks
from tests.browser.report_form import NOTE
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser

# What has the focus: enough to tell it, and whether one sees that it has it.
FOCUSED = """() => {
  const field = document.activeElement, style = getComputedStyle(field);
  if (field === document.body) return null;  // past the last stop, before the first
  return {
    name: field.name || field.textContent.trim(),
    seen: field.matches(":focus-visible")
      && (style.outlineStyle !== "none" || style.boxShadow !== "none"),
  };
}"""


def tab_to(page, name: str, *, limit: int = 60) -> None:
    """Press Tab until what has this name has the focus; on the way the focus must be seen."""
    passed = []
    for _press in range(limit):
        page.keyboard.press("Tab")
        if not (focused := page.evaluate(FOCUSED)):
            continue
        assert focused["seen"], f"one does not see where one is: {focused['name']}"
        if focused["name"] == name:
            return
        passed.append(focused["name"])
    raise AssertionError(f"no way by Tab to {name}, only to {passed}")


@pytest.mark.parametrize("width", [1440, PHONE])
def test_the_first_stop_leads_past_the_navigation(visit, width):
    page = visit("vanphong", width=width).open("/board/")
    page.keyboard.press("Tab")

    skip = page.get_by_role("link", name="Đến nội dung chính")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_slash_goes_to_the_search_field(visit):
    page = visit("vanphong").open("/board/")
    page.keyboard.press("/")
    search = page.locator("#search")
    expect(search).to_be_focused()
    expect(search).to_have_value("")

    # Where one types, a slash is a slash.
    page.keyboard.type("1/2")
    expect(search).to_have_value("1/2")
    search.fill("ha linh")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("ha linh")
    expect(page.locator("main").get_by_role("link", name="Xã Hà Linh").first).to_be_visible()


def test_what_hangs_open_closes_with_escape(visit):
    page = visit("vanphong").open("/board/")
    day = page.locator("details.asof > summary")
    day.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Cuối tháng")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Cuối tháng")).to_be_hidden()
    expect(day).to_be_focused()


def test_a_sponsor_signs_in_and_reports_by_keyboard_alone(visit):
    task = own_tasks().get(progress=30)
    sponsor = visit()
    page = sponsor.open("/accounts/login/")
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    page.keyboard.type("donvi-07")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Việc được giao")

    tab_to(page, f"Báo cáo: {task.title}")
    page.keyboard.press("Enter")
    expect(page.locator("#task-form")).to_be_visible()
    tab_to(page, "progress")
    page.keyboard.type("55")
    tab_to(page, "note")
    page.keyboard.type(NOTE)
    tab_to(page, "Đóng góp, khó khăn, kiến nghị")
    page.keyboard.press("Enter")
    tab_to(page, "amount")
    page.keyboard.type("2 triệu")
    tab_to(page, "Gửi báo cáo")
    page.keyboard.press("Enter")

    expect(page.locator("#messages")).to_contain_text("55%")
    update = TaskUpdate.objects.filter(task=task).latest("id")
    assert (update.progress, update.note) == (55, NOTE)
    assert [gift.amount for gift in update.contributions.all()] == [2_000_000]


def test_a_swap_keeps_the_focus(visit):
    page = visit("vanphong").open("/funding/")
    toggle = page.locator("#funding-table").get_by_role("link", name="Giao thông", exact=True)
    toggle.focus()
    page.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(toggle).to_be_focused()

    page.goto("/tasks/")
    commune = page.get_by_label("Xã", exact=True)
    commune.focus()
    with page.expect_response(lambda answer: "commune=" in answer.url):
        page.keyboard.press("ArrowDown")
    expect(commune).to_be_focused()
