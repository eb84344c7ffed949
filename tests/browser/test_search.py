"""Finding things from any page: what hangs under the box, and the keys that are told."""

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser


def test_what_is_found_is_walked_through_by_arrows_and_closed_by_escape(visit):
    visitor = visit("vanphong")
    page = visitor.open("/funding/")
    page.keyboard.press("/")
    page.keyboard.type("ha linh")
    found = page.locator("#search-found")
    expect(found.get_by_text("Xã, phường, thị trấn")).to_be_visible()

    page.keyboard.press("ArrowDown")
    expect(found.get_by_role("link").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(page.locator("#search")).to_be_focused()

    page.locator("#search").fill("thon 3 ha linh")
    expect(found.get_by_role("link", name="Thôn 3 Xã Hà Linh")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Thôn 3")


def test_only_what_one_may_see_hangs_under_the_box(visit):
    page = visit("xa-huong-binh").open("/tasks/")
    page.locator("#search").fill("ha linh")
    expect(page.locator("#search-found")).to_have_text("Không tìm thấy gì")


def test_a_question_mark_tells_the_keys(visit):
    page = visit("vanphong").open("/tasks/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Tới ô tìm kiếm")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("?")
    dialog.get_by_role("button", name="Đóng").click()
    expect(dialog).to_be_hidden()

    # Where one types, it is a question mark.
    page.keyboard.press("/")
    page.keyboard.type("?")
    expect(page.locator("#search")).to_have_value("?")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("js", [True, False], ids=["scripts", "no scripts"])
def test_the_search_of_a_phone_is_one_tap_away(visit, js):
    page = visit("bcd", width=PHONE, js=js).open("/board/")
    page.get_by_role("link", name="Tìm kiếm").click()
    field = page.locator("#search-page")
    expect(field).to_be_focused()
    field.fill("ha linh")
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_role("link", name="Xã Hà Linh").first).to_be_visible()
    page.locator("footer").get_by_role("link", name="Phím tắt").click()
    expect(page.locator("h1")).to_have_text("Phím tắt")
