"""The pictures in a browser: words large enough and whole at every width, bars that lead on."""

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import COMMUNE
from tests.browser.axe import violations
from tests.browser.test_back import assert_whole
from tests.browser.visitor import DESKTOP, NARROW, PHONE

pytestmark = pytest.mark.browser

PAGES = ("/board/", "/progress/", "/map/", "/forecast/", f"/communes/{COMMUNE}/")
# What is hidden at this width has no boxes.
SHOWN = (
    """(root) => [...root.querySelectorAll("text")].filter((one) => one.getClientRects().length)"""
)
# Every word of a picture: how large it is on the screen, and whether it stands inside the page.
WORDS = f"""[...document.querySelectorAll("main svg")].flatMap({SHOWN}).map((text) => {{
  const box = text.getBoundingClientRect();
  const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
  return [text.textContent, size, box.left >= 0 && box.right <= innerWidth];
}})"""
# Pairs of words of one picture that lie on each other.
OVERLAPS = f"""[...document.querySelectorAll("main svg")].map({SHOWN}).flatMap((words) => {{
  const boxes = words.map((word) => word.getBoundingClientRect());
  return words.flatMap((word, n) => words.slice(n + 1).filter((other, m) => {{
    const a = boxes[n], b = boxes[n + 1 + m];
    const beside = a.right - 1 < b.left || b.right - 1 < a.left;
    return !beside && a.top < b.bottom - 3 && b.top < a.bottom - 3;
  }}).map((other) => `${{word.textContent}} / ${{other.textContent}}`));
}})"""


@pytest.mark.parametrize("width", [DESKTOP, PHONE, NARROW])
def test_words_of_pictures_are_large_and_whole(visit, width):
    visitor = visit("vanphong", width=width)
    wrong = []
    for address in PAGES:
        page = visitor.open(address)
        wrong += [
            f"{address}: “{text}” is {size:.1f} px, inside: {inside}"
            for text, size, inside in page.evaluate(WORDS)
            if size < 11.95 or not inside
        ]
        wrong += [f"{address}: {pair}" for pair in page.evaluate(OVERLAPS)]

    assert not wrong, "\n".join(wrong)


def test_a_bar_narrows_the_page_in_place_and_back_gives_it_whole(visit):
    visitor = visit("vanphong")
    page = visitor.open("/funding/")
    page.evaluate("window.stays = true")

    page.locator("#bars-category").get_by_role("link", name="Giao thông", exact=True).click()

    expect(page).to_have_url(f"{visitor.base_url}/funding/?category=giao-thong")
    expect(page.get_by_label("Nội dung", exact=True)).to_have_value("giao-thong")
    expect(page.locator("#bars-category")).to_have_count(0)
    assert page.evaluate("window.stays")
    assert_whole(page)
    page.locator("#bars-commune").get_by_role("link", name="Xã Hà Linh", exact=True).click()
    expect(page).to_have_url(f"{visitor.base_url}/funding/?category=giao-thong&commune={COMMUNE}")
    page.go_back()
    page.go_back()
    expect(page.locator("#bars-category")).to_have_count(1)
    assert_whole(page)


def test_a_bar_leads_on_without_scripts(visit):
    visitor = visit("vanphong", js=False)
    page = visitor.open("/board/")

    page.locator("#bars-commune").get_by_role("link", name="Xã Hà Linh", exact=True).click()

    expect(page).to_have_url(f"{visitor.base_url}/funding/?commune={COMMUNE}")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_cell_of_the_matrix_opens_in_place(visit, width):
    visitor = visit("vanphong", width=width)
    page = visitor.open("/board/?as_of=2022-04-30")
    title, row = page.title(), page.locator(f"#matrix tr:has(a[href*='/{COMMUNE}/'])")

    row.locator("td:not(.num, .text)").nth(4).click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=1)).to_have_text("5. Trường học")
    expect(dialog.get_by_text("Ba bậc của kết quả")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert (visitor.path(), page.title()) == ("/board/?as_of=2022-04-30", title)
