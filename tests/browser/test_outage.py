"""The database goes away in the middle of a form: nothing typed is lost, one press sends it."""

from contextlib import contextmanager

import psycopg2
import pytest
from playwright.sync_api import expect

from ntm_tracker.core.models import Installation
from sponsors.models import Commitment, TaskUpdate
from tests.browser.addresses import own_sponsor, own_tasks
from tests.browser.place import INSTALLATION
from tests.browser.report_form import NOTE, fill, photo, send
from tests.browser.visitor import PHONE
from tests.core.failing_urls import of_driver

pytestmark = pytest.mark.browser


@pytest.fixture
def outage(monkeypatch, settings, tmp_path):
    """`with outage():` in it, no request reads the database."""
    if INSTALLATION:
        pytest.skip("The fault is made within the process of the tests' own server.")
    settings.MEDIA_ROOT = tmp_path

    def gone():
        raise of_driver(psycopg2.OperationalError("server closed the connection unexpectedly"))

    @contextmanager
    def outage():
        with monkeypatch.context() as patch:
            patch.setattr(Installation, "current", gone)
            yield

    return outage


def test_a_report_waits_above_its_page_and_is_sent_once(visit, case, outage):
    task = own_tasks().get(progress=30)
    before = TaskUpdate.objects.count()
    sponsor = visit("donvi-07", width=PHONE)
    page = sponsor.open(f"/tasks/{task.pk}/")
    fill(page, progress=65, note=NOTE, amount="3 triệu", photos=[photo()])
    with outage(), sponsor.expecting(503):
        send(page)
        expect(page.locator("#messages")).to_contain_text("Cơ sở dữ liệu đang không trả lời")
        expect(page.locator("#messages")).to_contain_text("Mã yêu cầu")
    expect(page.locator("textarea[name=note]")).to_have_value(NOTE)

    page.locator("#messages").get_by_role("button", name="Gửi lại").click()

    expect(page.locator("#messages")).to_contain_text("65%")
    update = TaskUpdate.objects.filter(task=task).latest("id")
    assert TaskUpdate.objects.count() == before + 1
    assert (update.progress, update.note, update.attachments.count()) == (65, NOTE, 1)


@pytest.mark.parametrize("js", [True, False], ids=["scripts", "no scripts"])
def test_a_whole_form_comes_back_to_be_sent_again(visit, case, outage, js):
    before = Commitment.objects.count()
    office = visit("vanphong", js=js)
    page = office.open(f"/sponsors/{own_sponsor().pk}/commitments/")
    page.get_by_label("Nội dung cam kết").fill("Hỗ trợ làm nhà văn hóa thôn")
    page.locator("input[name=amount]").fill("50 triệu")
    with outage(), office.expecting(503):
        page.get_by_role("button", name="Ghi cam kết").click()
        expect(page.locator("h1")).to_have_text("Cơ sở dữ liệu đang không trả lời")
    assert Commitment.objects.count() == before

    page.get_by_role("button", name="Gửi lại").click()

    expect(page.locator("#messages")).to_contain_text("Đã ghi cam kết")
    assert Commitment.objects.count() == before + 1
    assert Commitment.objects.latest("id").description == "Hỗ trợ làm nhà văn hóa thôn"
