"""What a phone needs besides room: things that a finger hits, and the situation in two taps."""

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import COMMUNE, own_sponsor, own_tasks
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser

# What one presses and is less high than a thumb. Links inside of sentences are as high as their
# line, a check box is pressed by its label as well.
TOO_SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((node) => node.checkVisibility() && getComputedStyle(node).display !== "inline"
    && !node.closest(".visually-hidden, .skip-link, .bars") && !(node.labels ?? []).length)
  .map((node) => [node.getBoundingClientRect().height, node.textContent.trim() || node.name])
  .filter(([height]) => height < 43.5)"""


@pytest.mark.parametrize("account", ["bcd", "xa-ha-linh", "donvi-07"])
def test_a_finger_hits_what_is_to_be_pressed(visit, account):
    visitor = visit(account, width=PHONE, touch=True)
    addresses = ["/due/", "/tasks/", "/funding/", "/criteria/", "/search/?q=xa", "/assignments/"]
    if account == "donvi-07":
        addresses += [f"/tasks/{own_tasks().first().pk}/", f"/sponsors/{own_sponsor().pk}/"]
    else:
        addresses += ["/board/", f"/communes/{COMMUNE}/", f"/communes/{COMMUNE}/report/"]
        addresses += [f"/communes/{COMMUNE}/villages/", f"/communes/{COMMUNE}/dossier/"]
    if account == "bcd":
        addresses += ["/warnings/", "/reports/", "/reports/week/", "/reports/2022-04/desk/"]
    wrong = []
    for address in addresses:
        found = visitor.open(address).evaluate(TOO_SMALL)
        wrong += [f"{address}: {height} px, {words}" for height, words in found]

    assert not wrong, "\n".join(wrong)


def test_a_leader_sees_the_situation_in_two_taps(visit):
    """The first page says how it stands and what is missing; a tap each leads to what blocks."""
    page = visit("bcd", width=PHONE, touch=True).open("/")
    expect(page.locator(".page-head__lead")).to_be_in_viewport()
    expect(page.locator(".page-head__lead")).to_contain_text("1.017,4 tỷ đồng")
    for word in ("Xã chưa đạt chuẩn", "Chưa xác định nguồn", "Việc chậm"):
        expect(page.locator(".stat", has_text=word)).to_be_visible()
    page.locator(".stat", has_text="Việc chậm").get_by_role("link").tap()
    expect(page.get_by_role("heading", name="Việc chậm và sắp đến hạn")).to_be_in_viewport()

    page.get_by_role("link", name="Hà Linh", exact=True).first.tap()
    expect(page.locator("h1")).to_have_text("Xã Hà Linh")
