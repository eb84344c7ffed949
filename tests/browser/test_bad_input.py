"""What is wrong gets a sentence at its place, and nothing that was typed is lost."""

import pytest
from playwright.sync_api import expect

from sponsors.models import TaskUpdate
from tests.browser.addresses import own_sponsor, own_tasks
from tests.browser.report_form import NOTE, error_at, fill, no_photo, photo, send, unfold
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser


@pytest.fixture
def task(case):
    return own_tasks().get(progress=30)


@pytest.fixture
def nothing_written(task):
    """How many reports there are stays the same."""
    before = TaskUpdate.objects.count()
    yield
    assert TaskUpdate.objects.count() == before


@pytest.mark.parametrize("where", ["", "report/"], ids=["beside the task", "page of its own"])
@pytest.mark.usefixtures("nothing_written")
def test_wrong_values_are_named_at_their_fields(visit, task, where):
    sponsor = visit("donvi-07", width=PHONE)
    page = sponsor.open(f"/tasks/{task.pk}/{where}")
    page.evaluate("window.stays = true")
    fill(page, progress=150, note=NOTE, amount="abc", photos=[no_photo()])
    with sponsor.expecting(422):
        send(page)
        expect(page.locator(".form-errors")).to_be_focused()

    expect(error_at(page, "progress")).to_have_text("Phần trăm là số nguyên từ 0 đến 100.")
    expect(error_at(page, "amount")).to_contain_text("abc")
    expect(error_at(page, "photos")).to_contain_text("“anh.jpg” không phải là ảnh")
    expect(page.locator("input[name=progress]")).to_have_value("150")
    expect(page.locator("textarea[name=note]")).to_have_value(NOTE)
    expect(page.locator("input[name=amount]")).to_have_value("abc")
    expect(page.locator("input[name=amount]")).to_be_visible()
    # The summary leads to the fields, and the page is still the same one.
    page.locator(".form-errors a").first.click()
    expect(page.locator("input[name=progress]")).to_be_focused()
    assert page.evaluate("window.stays")


def test_a_corrected_form_is_taken(visit, task):
    sponsor = visit("donvi-07", width=PHONE)
    page = sponsor.open(f"/tasks/{task.pk}/")
    fill(page, progress=150, note=NOTE, amount="-5", photos=[photo()])
    with sponsor.expecting(422):
        send(page)
        expect(page.locator(".form-errors")).to_be_visible()

    # A photo that was good need not be chosen again.
    assert page.locator("input[name=photos]").evaluate("input => input.files.length") == 1
    fill(page, progress=50, amount="5 triệu")
    send(page)
    expect(page.locator("#messages")).to_contain_text("50%")
    update = TaskUpdate.objects.filter(task=task).latest("id")
    assert (update.progress, update.note, update.attachments.count()) == (50, NOTE, 1)
    # The form that comes back is empty again, its photos too.
    assert page.locator("input[name=photos]").evaluate("input => input.files.length") == 0
    expect(page.locator("textarea[name=note]")).to_have_value("")


def test_who_was_slower_is_told_and_keeps_his_text(visit, task):
    sponsor = visit("donvi-07")
    slow = sponsor.open(f"/tasks/{task.pk}/")
    fill(slow, progress=70, note=NOTE)
    quick = visit("vanphong").open(f"/tasks/{task.pk}/")
    fill(quick, progress=40, note="Văn phòng ghi thay.")
    send(quick)
    expect(quick.locator("#messages")).to_contain_text("40%")

    with sponsor.expecting(409):
        send(slow)
        summary = slow.locator(".form-errors")
        expect(summary).to_contain_text("đã cập nhật việc này")
    expect(summary).to_contain_text("40%")
    expect(summary).to_contain_text("Văn phòng Điều phối")
    expect(slow.locator("input[name=progress]")).to_have_value("70")
    expect(slow.locator("textarea[name=note]")).to_have_value(NOTE)

    # Sent once more, knowing what the other wrote, it is taken.
    send(slow)
    expect(slow.locator("#messages")).to_contain_text("70%")


@pytest.mark.usefixtures("nothing_written")
def test_a_server_that_does_not_answer_keeps_the_form(visit, task):
    sponsor = visit("donvi-07", width=PHONE)
    page = sponsor.open(f"/tasks/{task.pk}/")
    fill(page, progress=65, note=NOTE)
    with sponsor.offline():
        send(page)
        expect(page.locator("#messages")).to_contain_text("Mất kết nối")
    expect(page.locator("textarea[name=note]")).to_have_value(NOTE)
    expect(page.locator("#task-form")).not_to_have_attribute("aria-busy", "true")


def test_a_pledge_without_sense_is_refused_at_its_field(visit):
    sponsor = own_sponsor()
    office = visit("vanphong")
    page = office.open(f"/sponsors/{sponsor.pk}/commitments/")
    page.get_by_label("Nội dung cam kết").fill("Hỗ trợ làm nhà văn hóa thôn")
    page.locator("input[name=amount]").fill("abc")
    page.locator("input[name=effective_on]").fill("31/02/2022")
    with office.expecting(422):
        page.get_by_role("button", name="Ghi cam kết").click()
        expect(error_at(page, "amount")).to_contain_text("abc")
    expect(error_at(page, "effective_on")).to_contain_text("26/04/2022")
    expect(page.get_by_label("Nội dung cam kết")).to_have_value("Hỗ trợ làm nhà văn hóa thôn")
    expect(page.locator("input[name=amount]")).to_have_value("abc")


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/board/?as_of=2022-13-45", 400, "2022-13-45"),
        ("/board/?as_of=2021-01-31", 400, "31/01/2022"),
        ("/tasks/?late=vang", 400, "vang"),
        ("/reports/2019-01/", 404, "01/2019"),
    ],
)
def test_an_address_without_sense_has_a_page_with_a_sentence(visit, address, status, words):
    page = visit("vanphong").open(address, status)

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("nav[aria-label='Các trang chính']")).to_be_visible()


def test_a_wrong_password_is_said_and_the_name_kept(visit):
    visitor = visit()
    page = visitor.open("/accounts/login/")
    visitor.sign_in_by_form("vanphong", "sai-mat-khau")

    expect(page.locator("[role=alert]")).to_contain_text("Chưa đăng nhập được")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("vanphong")


def test_unfolding_shows_what_is_folded(visit, task):
    page = visit("donvi-07", width=PHONE).open(f"/tasks/{task.pk}/")
    expect(page.locator("input[name=amount]")).to_be_hidden()
    unfold(page)
    expect(page.locator("input[name=amount]")).to_be_visible()
