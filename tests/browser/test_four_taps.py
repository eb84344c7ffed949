"""A sponsor's clerk reports progress with a photo in at most four taps after signing in."""

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import PASSWORD, own_tasks
from tests.browser.report_form import photo
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser


def test_a_report_with_a_photo_takes_four_taps(visit):
    task = own_tasks().get(progress=30)
    sponsor = visit(width=PHONE)
    page = sponsor.open("/")
    sponsor.sign_in_by_form("donvi-07", PASSWORD)
    card = page.locator("article", has_text=task.title)

    taps = 0
    card.get_by_role("link", name="Báo cáo").click()
    taps += 1
    page.locator(".percent label", has_text="50%").click()
    taps += 1
    with page.expect_file_chooser() as waiting:
        page.locator("input[name=photos]").click()
    taps += 1
    waiting.value.set_files([photo()])
    page.get_by_role("button", name="Gửi báo cáo").click()
    taps += 1

    expect(page.locator("#messages")).to_contain_text("50%")
    expect(page.locator(".photos img")).to_be_visible()
    assert taps <= 4
