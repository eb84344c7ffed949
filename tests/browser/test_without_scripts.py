"""The same work in a browser that runs no JavaScript."""

from io import BytesIO
from zipfile import is_zipfile

import pytest
from playwright.sync_api import expect

from sponsors.models import TaskUpdate
from tests.browser.addresses import PASSWORD, own_tasks
from tests.browser.report_form import NOTE, error_at, fill, no_photo, photo, send
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser


def test_the_office_works_without_scripts(visit):
    office = visit(js=False)
    page = office.open("/")
    office.sign_in_by_form("vanphong", PASSWORD)
    expect(page.locator("h1")).to_have_text("Bảng tổng hợp")

    # A filter is a form that is sent by its button.
    office.open("/tasks/")
    page.get_by_label("Xã", exact=True).select_option(label="Hà Linh")
    page.get_by_role("button", name="Lọc").click()
    assert "commune=18502" in page.url
    places = page.locator("#task-list tbody tr td:nth-child(2)").all_inner_texts()
    assert places
    assert all(place.startswith("Hà Linh") for place in places)

    # A category opens to its communes, a commune to its work items: each an address.
    office.open("/funding/")
    rows = page.locator("#funding-table tbody tr")
    categories = rows.count()
    page.locator("#funding-table").get_by_role("link", name="Giao thông", exact=True).click()
    communes = page.locator("#funding-table tr.tree-2")
    assert rows.count() == categories + communes.count() > categories
    communes.get_by_role("link", name="Hà Linh").click()
    items = page.locator("#funding-table tr.tree-3")
    assert items.count() > 0
    items.first.get_by_role("link").click()
    assert "/funding/items/" in page.url

    # Another day, and the figures of that day.
    office.open("/board/")
    page.locator("details.asof > summary").click()
    page.get_by_label("Cuối tháng").select_option(value="2022-03-31")
    page.locator("form", has=page.get_by_label("Cuối tháng")).get_by_role("button").click()
    assert "as_of=2022-03-31" in page.url
    expect(page.locator(".strip--day")).to_contain_text("31/03/2022")

    office.open("/reports/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải Excel").nth(2).click()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    assert is_zipfile(BytesIO(waiting.value.path().read_bytes()))


def test_a_sponsor_reports_without_scripts(visit):
    task = own_tasks().get(progress=30)
    sponsor = visit("donvi-07", width=PHONE, js=False)
    page = sponsor.open("/tasks/")
    card = page.locator("article", has_text=task.title)
    card.get_by_role("link", name="Báo cáo").click()

    # A refusal comes with the whole page, and what was typed stands in it.
    fill(page, progress=150, note=NOTE, amount="20 triệu", photos=[no_photo()])
    with sponsor.expecting(422):
        send(page)
        expect(error_at(page, "progress")).to_contain_text("từ 0 đến 100")
    expect(error_at(page, "photos")).to_contain_text("không phải là ảnh")
    expect(page.locator("header nav").first).to_be_attached()
    expect(page.locator("input[name=progress]")).to_have_value("150")
    expect(page.locator("textarea[name=note]")).to_have_value(NOTE)
    expect(page.locator("input[name=amount]")).to_have_value("20 triệu")

    fill(page, progress=45, photos=[photo()])
    send(page)
    expect(page.locator("#messages")).to_contain_text("45%")
    assert sponsor.path() == f"/tasks/{task.pk}/"
    update = TaskUpdate.objects.filter(task=task).latest("id")
    assert (update.progress, update.note, update.attachments.count()) == (45, NOTE, 1)
