"""Back and Forward after many swaps: always a whole page, and the one that the address names."""

from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Error, expect

from criteria.models import Indicator

pytestmark = pytest.mark.browser


def assert_whole(page) -> None:
    """Header, navigation, one heading, footer, styles: not a fragment alone in the window."""
    expect(page.locator("header.site-head")).to_have_count(1)
    expect(page.locator("nav[aria-label='Các trang chính']")).to_have_count(1)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("footer.site-foot")).to_have_count(1)
    assert page.locator("link[rel=stylesheet]").count() > 0


def walk_back_and_forth(visitor, trail, shown, fields=()) -> None:
    """Go back to the first address of the trail and forth again. `shown` tells which one it is,
    and each field must say what the address says."""
    page = visitor.page
    steps = [(page.go_back, step) for step in reversed(trail[:-1])]
    steps += [(page.go_forward, step) for step in trail[1:]]
    for go, (address, mark) in steps:
        go()
        expect(page).to_have_url(f"{visitor.base_url}{address}")
        assert_whole(page)
        expect(shown).to_have_text(mark)
        asked = parse_qs(urlsplit(address).query)
        for name, field in fields:
            expect(field).to_have_value(asked.get(name, [""])[0])


def test_back_through_orders_and_scopes_of_the_matrix(visit):
    visitor = visit("vanphong")
    page = visitor.open("/board/")
    page.evaluate("window.stays = true")  # gone as soon as a whole page is loaded
    orders = page.locator("#matrix [aria-current=true]")
    matrix = page.locator("#matrix")
    trail = [("/board/", orders.inner_text())]

    names = ["Đạt nhiều nhất", "Còn thiếu nhiều nhất", "Quá hạn nhiều nhất", "Tên xã"]
    for name in [*names, "Cả huyện", *names, "Xã chưa đạt chuẩn", *names[:3]]:
        before = page.url
        matrix.get_by_role("link", name=name, exact=True).click()
        expect(page).not_to_have_url(before)
        if name in names:
            expect(orders).to_have_text(name)
        else:
            expect(matrix.locator("nav [aria-current=page]")).to_have_text(name)
        trail.append((visitor.path(), orders.inner_text()))

    assert page.evaluate("window.stays"), "the page was loaded as a whole: no swap was tried"
    assert len(trail) > 10
    walk_back_and_forth(visitor, trail, orders)


def test_back_through_filters_of_the_task_list(visit):
    visitor = visit("vanphong")
    page = visitor.open("/tasks/")
    page.evaluate("window.stays = true")
    count = page.locator("#task-list [aria-current=page] .tabs__count")
    commune = page.get_by_label("Xã", exact=True)
    criterion = page.get_by_label("Tiêu chí", exact=True)
    trail = [("/tasks/", count.inner_text())]

    for field, at in [(commune, 1), (criterion, 1), (commune, 2), (criterion, 2), (commune, 0)] * 2:
        before = page.url
        value = field.locator("option").nth(at).get_attribute("value")
        with page.expect_response(lambda answer: "/tasks/" in answer.url) as waiting:
            field.select_option(value=value)
        assert waiting.value.request.headers["hx-target"] == "task-list"
        expect(page).not_to_have_url(before)
        page.wait_for_load_state()
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        trail.append((visitor.path(), count.inner_text()))

    assert page.evaluate("window.stays")
    assert len({mark for _address, mark in trail}) > 2
    fields = (("commune", commune), ("criterion", criterion))
    walk_back_and_forth(visitor, trail, count, fields)


def test_back_from_a_page_that_a_link_leads_to(visit):
    visitor = visit("vanphong")
    page = visitor.open("/funding/")
    for name in ("Giao thông", "Xã Hà Linh"):
        toggle = page.locator("#funding-table").get_by_role("link", name=name, exact=True)
        toggle.click()
        expect(toggle).to_have_attribute("aria-expanded", "true")
    page.locator("#funding-table tr.tree-3 a").first.click()
    expect(page.locator("h1")).not_to_have_text("Kinh phí")

    page.go_back()
    assert_whole(page)
    assert page.locator("#funding-table tr.tree-3").count() > 0
    page.go_back()
    assert_whole(page)
    expect(page.locator("#funding-table tr.tree-3")).to_have_count(0)


def test_of_two_steps_the_later_counts_whichever_answer_comes_last(visit):
    page = visit("vanphong").open("/board/")
    orders = page.locator("#matrix [aria-current=true]")
    for name in ("Đạt nhiều nhất", "Còn thiếu nhiều nhất"):
        page.locator("#matrix").get_by_role("link", name=name, exact=True).click()
        expect(orders).to_have_text(name)

    held = []
    page.route("**/board/?sort=met", lambda route: held.append(route))
    with page.expect_request("**/board/?sort=met"):
        page.go_back()
    while not held:  # asked for, hence held in a moment
        page.wait_for_timeout(20)
    page.go_back()
    expect(orders).to_have_text("Tên xã")
    with suppress(Error):  # the browser has given the request up
        held[0].continue_()
    page.wait_for_load_state("networkidle")

    assert orders.inner_text() == "Tên xã"
    assert_whole(page)


def test_back_through_all_that_a_commune_does_in_a_morning(visit):
    """Orders, a criterion and the commune, filters, what the search hangs under its box and finds
    on its page, a sheet in which a cell is typed, and money opened in place: eleven steps."""
    visitor = visit("xa-ha-linh")
    page = visitor.open("/board/")
    trail = []

    def step(act, *waits) -> None:
        trail.append((visitor.path(), page.locator("h1").inner_text()))
        before = page.url
        act()
        expect(page).not_to_have_url(before)
        for wait in waits:
            expect(wait).to_be_visible()

    def link(name, within="main"):
        return page.locator(within).get_by_role("link", name=name, exact=True)

    criterion = page.get_by_label("Tiêu chí", exact=True)
    step(link("Còn thiếu nhiều nhất").click, link("Tên xã"))
    step(page.locator("#matrix .matrix__criterion").nth(3).click)
    step(link("quá hạn, chưa đạt trước").click, link("theo tên xã"))
    step(link("Hà Linh").click)
    step(link("Việc", "nav[aria-label='Các trang chính']").click)
    step(lambda: criterion.select_option(index=1))
    found = page.locator("#search-found")
    page.locator("#search").fill("thon 3")
    expect(found).to_contain_text("Thôn 3")
    step(lambda: page.locator("#search").press("Enter"))
    step(link("Thôn 3").first.click)
    step(link("Nhập số liệu", "nav[aria-label='Các trang chính']").click)
    power = Indicator.objects.get(criterion__criteria_set__code="HT20", number="4.2")
    cell = page.locator(f"#i{power.pk}-value")
    cell.fill("97,5")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        cell.press("Tab")
    step(link("Kinh phí", "nav[aria-label='Các trang chính']").click)
    step(link("Giao thông").first.click)
    trail.append((visitor.path(), page.locator("h1").inner_text()))

    assert len(trail) == 12
    for address, heading in reversed(trail[:-1]):
        page.go_back()
        expect(page).to_have_url(f"{visitor.base_url}{address}")
        assert_whole(page)
        expect(page.locator("h1")).to_have_text(heading)
        expect(found).to_be_empty()
        if address.endswith("/report/"):
            expect(cell).to_have_value("97,5")
        elif address.startswith("/tasks/?"):
            asked = parse_qs(urlsplit(address).query)
            expect(criterion).to_have_value(asked["criterion"][0])
