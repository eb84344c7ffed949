"""The main job: a sponsor reports on a phone, the office finds it on every page and in the file."""

from datetime import date

import pandas as pd
import pytest
from django.db.models import Sum
from openpyxl import load_workbook
from playwright.sync_api import expect

from criteria.models import FundingNeed, FundingSource
from ntm_tracker.core.models import User
from ntm_tracker.core.numbers import TRIEU, TY, to_ty
from sponsors.models import Assignment, Contribution, Task
from tests.browser.addresses import COMMUNE, PASSWORD, own_sponsor, own_tasks
from tests.browser.report_form import NOTE, fill, photo, send
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser

REPORTING = date(2022, 4, 30)
GIVEN = 150 * TRIEU


def stat(page, label: str):
    """The figure that stands under a label at the head of a page."""
    return page.locator(".stat", has=page.get_by_text(label, exact=True)).locator(".stat__value")


def changed(page, words: str):
    """The figure beside some words among the changes since last month."""
    return page.locator("#thay-doi li", has_text=words).locator(".row__figure")


def number(text: str) -> int:
    """The first whole number in a text written the Vietnamese way."""
    return int(text.split()[0].replace(".", ""))


def download_month(page, folder):
    """The workbook of April, by the button on its page."""
    page.goto("/reports/2022-04/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải Excel").click()
    path = folder / "thang-4.xlsx"
    waiting.value.save_as(path)
    return path


def test_a_sponsor_reports_on_a_phone_and_the_office_sees_it(visit, tmp_path):
    task = own_tasks().get(progress=30)
    office = visit("vanphong")
    before = number(changed(office.open("/board/"), "Báo cáo tiến độ").inner_text())
    sponsor = visit(width=PHONE)
    page = sponsor.open("/")
    sponsor.sign_in_by_form("donvi-07", PASSWORD)

    # It lands on its own tasks and sees no others.
    expect(page).to_have_url(f"{sponsor.base_url}/tasks/")
    shown = page.locator("article h2").all_inner_texts()
    own = own_tasks().on_date(REPORTING, is_present=True)
    assert sorted(shown) == sorted(own.values_list("title", flat=True))

    page.locator("article", has_text=task.title).get_by_role("link", name="Báo cáo").click()
    fill(page, progress=60, note=NOTE, amount="150 triệu", photos=[photo()])
    send(page)
    expect(page.locator("#messages")).to_contain_text("60%")
    expect(page).to_have_url(f"{sponsor.base_url}/tasks/{task.pk}/")
    expect(page.locator(".timeline")).to_contain_text(NOTE)
    expect(page.locator(".timeline")).to_contain_text("150.000.000 đồng")
    picture = page.locator(".photos img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") == 640

    page = office.open("/board/")
    assert number(changed(page, "Báo cáo tiến độ").inner_text()) == before + 1
    page = office.open(f"/communes/{COMMUNE}/")
    expect(page.locator("#viec tr", has_text=task.title)).to_contain_text("60%")
    expect(page.locator("#do-dau")).to_contain_text("150.000.000 đồng")
    page = office.open(f"/sponsors/{own_sponsor().pk}/")
    expect(stat(page, "Đã thực hiện bằng tiền")).to_contain_text("150")
    expect(page.locator("tr", has_text=task.title)).to_contain_text("60%")
    check_workbook(download_month(page, tmp_path))


def check_workbook(path):
    """The file says what the database says, to a reader of tables and to one of cells."""
    given = Contribution.objects.filter(effective_on__lte=REPORTING, kind="money")
    own = given.filter(sponsor=own_sponsor()).aggregate(sum=Sum("amount"))["sum"]
    of_sponsors = given.filter(giver="sponsor").aggregate(sum=Sum("amount"))["sum"]
    need, identified = (
        model.objects.filter(effective_on__lte=REPORTING).aggregate(sum=Sum("amount"))["sum"]
        for model in (FundingNeed, FundingSource)
    )
    assert own == GIVEN

    sheet = load_workbook(path)["Đơn vị đỡ đầu"]
    rows = {row[1]: row for row in sheet.iter_rows(values_only=True) if row[1]}
    total = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Tổng cộng")
    mine = next(row for name, row in rows.items() if str(name).startswith(own_sponsor().name))
    money = list(rows["Đơn vị đỡ đầu"]).index("Đã thực hiện")
    assert mine[money] * TRIEU == own
    assert total[money] * TRIEU == of_sponsors

    table = pd.read_excel(path, sheet_name="Kinh phí", header=None, engine="openpyxl")
    totals = table[table[0] == "Tổng cộng"].iloc[0]
    assert [round(amount * TY) for amount in totals[[3, 4]]] == [need, identified]
    categories = table.iloc[: totals.name].dropna(subset=[0, 3])
    categories = categories[categories[0].map(lambda cell: isinstance(cell, int))]
    assert round(categories[3].iloc[1:].sum() * TY) == need


def test_work_that_is_done_moves_the_counts_of_the_board(visit):
    late = own_tasks().on_date(REPORTING, is_present=True).late(REPORTING).get()
    office, sponsor = visit("vanphong"), visit("donvi-07", width=PHONE)
    page = office.open("/board/")
    before = number(stat(page, "Việc chậm").inner_text())

    form = sponsor.open(f"/tasks/{late.pk}/report/")
    form.get_by_role("radio", name="Đề nghị nghiệm thu").check()
    fill(form, note="Đã khảo sát xong cả xã.")
    send(form)
    expect(form.locator("#messages")).to_contain_text("100%")
    page.reload()
    assert number(stat(page, "Việc chậm").inner_text()) == before - 1

    count = changed(page, "Việc được nghiệm thu")
    before = number(count.inner_text())
    page.goto(f"/tasks/{late.pk}/")
    page.get_by_role("radio", name="Nghiệm thu", exact=True).check()
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("Đã nghiệm thu")
    page.goto("/board/")
    assert number(count.inner_text()) == before + 1


def test_what_belongs_to_others_does_not_exist_for_a_sponsor(visit):
    other = User.objects.get(username="donvi-12").sponsor_member.sponsor
    theirs = Task.objects.filter(sponsor=other).first()
    sponsor = visit("donvi-07", width=PHONE)

    for address in (f"/tasks/{theirs.pk}/", f"/tasks/{theirs.pk}/report/"):
        page = sponsor.open(address, 404)
        expect(page.locator("h1")).to_be_visible()
        assert theirs.title not in page.content()


def test_a_pledge_changes_what_is_promised_and_not_what_is_identified(visit):
    sponsor = own_sponsor()
    identified = FundingSource.objects.filter(effective_on__lte=REPORTING).aggregate(
        sum=Sum("amount")
    )["sum"]
    office = visit("vanphong")
    page = office.open(f"/sponsors/{sponsor.pk}/")
    promised = number(stat(page, "Cam kết bằng tiền").inner_text())

    page.get_by_role("link", name="Ghi cam kết").click()
    page.get_by_label("Nội dung cam kết").fill("Hỗ trợ làm nhà văn hóa thôn")
    page.locator("input[name=amount]").fill("200 triệu")
    page.get_by_role("button", name="Ghi cam kết").click()

    expect(page.locator("#messages")).to_contain_text("200")
    assert number(stat(page, "Cam kết bằng tiền").inner_text()) == promised + 200
    assert Assignment.objects.filter(sponsor=sponsor, commitments__amount=200 * TRIEU).exists()
    for address in ("/board/", "/funding/"):
        page = office.open(address)
        total = page.locator("tfoot tr", has_text="Tổng cộng").first
        expect(total.locator("td").nth(1)).to_have_text(to_ty(identified))
