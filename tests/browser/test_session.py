"""A session that ends, and an account that changes, in the middle of a form."""

import shutil

import pytest
from playwright.sync_api import expect

from sponsors.models import Commitment, TaskUpdate
from tests.browser.addresses import PASSWORD, own_sponsor, own_tasks
from tests.browser.report_form import NOTE, fill, photo, send
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def task(case):
    return own_tasks().get(progress=30)


@pytest.fixture
def waiting(visit, task):
    """A report with a photo that could not be sent: the session has ended."""
    sponsor = visit("donvi-07", width=PHONE)
    page = sponsor.open(f"/tasks/{task.pk}/")
    fill(page, progress=65, note=NOTE, amount="3 triệu", photos=[photo()])
    sponsor.lose_session()
    with sponsor.expecting(401):
        send(page)
        expect(page.locator("#sign-in-panel")).to_be_visible()
    return sponsor


def sign_in(page, password=PASSWORD, username=""):
    panel = page.locator("#sign-in-panel")
    if username:
        panel.get_by_label("Tên đăng nhập").fill(username)
    panel.get_by_label("Mật khẩu").fill(password)
    panel.get_by_role("button", name="Đăng nhập").click()


def test_a_form_waits_for_the_sign_in_above_it_and_is_sent_once(waiting, task):
    page = waiting.page
    before = TaskUpdate.objects.count()
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("donvi-07")
    expect(page.locator("input[name=progress]")).to_have_value("65")

    with waiting.expecting(422):
        sign_in(page, "sai-mat-khau")
        expect(page.locator("#sign-in-panel")).to_contain_text("chưa đúng")
    expect(page.locator("textarea[name=note]")).to_have_value(NOTE)
    sign_in(page)

    expect(page.locator("#messages")).to_contain_text("65%")
    assert TaskUpdate.objects.count() == before + 1
    update = TaskUpdate.objects.filter(task=task).latest("id")
    assert (update.progress, update.note, update.attachments.count()) == (65, NOTE, 1)
    assert update.contributions.count() == 1


def test_another_account_does_not_send_what_the_first_has_typed(waiting, task):
    page = waiting.page
    before = TaskUpdate.objects.count()
    with waiting.expecting(409):
        sign_in(page, username="vanphong")
        expect(page.locator("#messages")).to_contain_text("Trang mở bằng tài khoản donvi-07")
        # Nor by the button of the form itself.
        with page.expect_response(lambda answer: answer.status == 409):
            send(page)
        expect(page.locator("#messages")).to_contain_text("nay đang đăng nhập là vanphong")
    expect(page.locator("textarea[name=note]")).to_have_value(NOTE)
    assert TaskUpdate.objects.count() == before

    page.get_by_role("link", name="Tải lại trang").click()
    expect(page.locator("textarea[name=note]")).to_have_value("")


def test_whoever_signed_in_again_in_another_tab_just_sends_again(waiting, task):
    tab = waiting.context.new_page()
    tab.goto("/accounts/login/")
    waiting.sign_in_by_form("donvi-07", PASSWORD, page=tab)
    expect(tab.locator("h1")).to_have_text("Việc được giao")

    send(waiting.page)

    expect(waiting.page.locator("#messages")).to_contain_text("65%")
    assert TaskUpdate.objects.filter(task=task).latest("id").note == NOTE


def test_a_filter_that_was_refused_is_asked_again(visit):
    office = visit("vanphong")
    page = office.open("/tasks/")
    office.lose_session()
    with office.expecting(401):
        page.locator("select[name=commune]").select_option("18502")
        expect(page.locator("#sign-in-panel")).to_be_visible()
    sign_in(page)

    page.wait_for_url("**/tasks/?commune=18502")
    expect(page.locator("#messages")).to_contain_text("Đã đăng nhập lại")


@pytest.mark.parametrize("js", [True, False], ids=["scripts", "no scripts"])
def test_a_whole_form_is_kept_over_the_sign_in(visit, js):
    sponsor = own_sponsor()
    office = visit("vanphong", js=js)
    page = office.open(f"/sponsors/{sponsor.pk}/commitments/")
    page.get_by_label("Nội dung cam kết").fill("Hỗ trợ làm nhà văn hóa thôn")
    page.locator("input[name=amount]").fill("50 triệu")
    office.lose_session()
    before = Commitment.objects.count()

    with office.expecting(401):
        page.get_by_role("button", name="Ghi cam kết").click()
        expect(page.locator("h1")).to_have_text("Đăng nhập")
    office.sign_in_by_form("vanphong", PASSWORD)
    expect(page.locator("h1")).to_have_text("Gửi lại nội dung đã nhập")
    assert Commitment.objects.count() == before
    page.get_by_role("button", name="Gửi lại").click()

    expect(page.locator("#messages")).to_contain_text("Đã ghi cam kết")
    assert Commitment.objects.count() == before + 1


@pytest.fixture
def chromium_that_keeps_pages(chromium):
    """As people have it: Back shows a page as it was left. Playwright turns that off."""
    browser = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


@pytest.mark.usefixtures("case")
def test_back_after_signing_out_shows_nothing_any_more(chromium_that_keeps_pages, server_url):
    office = Visitor(chromium_that_keeps_pages, server_url).sign_in("vanphong")
    page = office.open("/board/")
    page.evaluate("window.stays = true")
    office.open("/tasks/")
    page.go_back(wait_until="commit")
    assert page.evaluate("window.stays"), "pages are not kept: the test shows nothing"
    page.locator("details.account summary").click()
    page.locator("details.account").get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("h1")).to_have_text("Đăng nhập")

    page.go_back(wait_until="commit")

    expect(page.locator("h1")).to_have_text("Đăng nhập")
    assert "/accounts/login/" in page.url


def test_no_page_is_kept_in_the_storage_of_the_browser(visit):
    page = visit("vanphong").open("/tasks/")
    page.locator("select[name=commune]").select_option("18502")
    page.wait_for_url("**/tasks/?commune=18502")

    assert page.evaluate("sessionStorage.getItem('htmx-history-cache')") is None
