"""A block from Excel on the table of needs, in a browser."""

import pytest
from playwright.sync_api import expect

from criteria.models import WorkItem

pytestmark = pytest.mark.browser
PASTE = """(cell) => {
    const data = new DataTransfer();
    data.setData("text/plain", "1,5 tỷ\\tDự toán mới\\nnhiều\\t");
    const how = { clipboardData: data, bubbles: true, cancelable: true };
    cell.dispatchEvent(new ClipboardEvent("paste", how));
}"""


def test_a_block_lands_on_the_needs_and_is_undone(visit, case):
    clerk = visit("xa-ha-linh")
    page = clerk.open("/funding/needs/")
    cell = page.locator("[data-cell] input[type=text]").first
    before, key = cell.input_value(), cell.get_attribute("id")
    item = WorkItem.objects.get(pk=int(key.removeprefix("n").removesuffix("-value")))
    rows = item.needs.count()
    with clerk.expecting(422):
        cell.evaluate(PASTE)
        expect(page.get_by_text("Đã ghi nhu cầu của 1 công trình.")).to_be_visible()
    expect(page.locator(f"#{key}")).to_have_value("1.500.000.000")
    expect(page.get_by_text("Không đọc được số tiền “nhiều”")).to_be_visible()
    assert item.needs.count() == rows + 1

    page.get_by_role("button", name="Hoàn tác lần ghi").click()
    expect(page.locator(f"#{key}")).to_have_value(before)


def test_enter_goes_down_the_column_and_typing_alone_writes_nothing(visit, case):
    page = visit("xa-ha-linh").open("/funding/needs/")
    cells = page.locator("[data-cell] input[type=text]")
    cells.nth(0).fill("7 tỷ")
    cells.nth(0).press("Enter")

    expect(cells.nth(1)).to_be_focused()
    page.reload()
    expect(cells.nth(0)).not_to_have_value("7 tỷ")
