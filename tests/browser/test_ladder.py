"""One criterion from the commune to recognition, with a return on the way, by five accounts."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from communes.models import Commune
from criteria.choices import DossierState, Outcome, Stage
from criteria.models import Assessment, Criterion, DebtStatement, DossierStep, Indicator, Standing
from criteria.services.assessments import AssessmentEntry, record_assessments
from tests.browser.addresses import COMMUNE
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser
NUMBER = 2
REPORTING = date(2022, 4, 30)
NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
QUEUE = f"/review/?commune={COMMUNE}&criterion={NUMBER}"
PAGE = f"/communes/{COMMUNE}/criteria/{NUMBER}/"
DOSSIER = f"/communes/{COMMUNE}/dossier/"
REASON = "Chưa có ảnh đường trục thôn."


@pytest.fixture
def commune(case):
    """Hà Linh, whose other nineteen criteria have been appraised as met."""
    found = Commune.objects.get(code=COMMUNE, valid_from=date(2020, 1, 1))
    others = Criterion.objects.filter(criteria_set__code="HT20").exclude(number=NUMBER)
    entries = [
        AssessmentEntry(
            criterion, Stage.APPRAISED, Outcome.MET, REPORTING, commune=found, note="Đạt."
        )
        for criterion in others.select_related("criteria_set")
    ]
    record_assessments(entries, by=None, by_label="Sở, ngành", now=NOW, today=REPORTING)
    return found


def cell(commune) -> str:
    return Standing.objects.get(commune=commune, criterion__number=NUMBER).cell


def judge(page, button: str, note: str = "", verdict: str = "") -> None:
    """Tick all that the queue shows, write the note, press the button."""
    page.get_by_role("link", name="Chọn cả").click()
    if verdict:
        page.get_by_role("radio", name=verdict, exact=True).check()
    if note:
        page.get_by_label("Hiện trạng, lý do").fill(note)
    page.get_by_role("button", name=button).click()


def report(page) -> None:
    """What the clerk does: every indicator of the criterion met, its verdict, and off it goes."""
    numbers = Indicator.objects.filter(
        criterion__criteria_set__code="HT20", criterion__number=NUMBER
    )
    for indicator in numbers.order_by("position"):
        page.locator(f"#i{indicator.pk}-outcome").select_option("met")
        page.keyboard.press("Tab")
        expect(page.locator(f"#state-i{indicator.pk}")).to_contain_text("Đã lưu, chưa gửi")
    page.get_by_role("button", name=f"Gửi tiêu chí {NUMBER}", exact=True).click()


def step(page, button: str, **fields: str) -> None:
    """Take a step of the dossier: fill in what is asked by the names of the fields."""
    form = page.locator("form", has=page.get_by_role("button", name=button, exact=True))
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name=button, exact=True).click()


def test_a_criterion_goes_from_the_commune_to_recognition(visit, commune):
    office, clerk = visit("vanphong"), visit("xa-ha-linh")
    department, leader = visit("nganh-giao-thong"), visit("bcd", width=PHONE)
    sponsor = visit("donvi-07", width=PHONE)

    # The office returns what waits, and only that opens again.
    page = office.open(QUEUE)
    judge(page, "Trả lại đã chọn", REASON)
    expect(page.locator("#messages")).to_contain_text("Đã trả lại 1 tiêu chí")
    assert office.path() == QUEUE
    assert cell(commune) == "r"
    page = clerk.open(f"/communes/{COMMUNE}/report/")
    expect(page.locator("#main")).to_contain_text(REASON)
    report(page)
    expect(page.locator("#messages")).to_contain_text("Đã gửi")

    # Verified by the office, appraised by the department that leads it.
    page = department.open("/review/?criterion=2")
    expect(page.locator("#review-rows")).not_to_contain_text("Hà Linh")
    page = office.open(QUEUE)
    expect(page.locator("#review-rows")).to_contain_text(REASON)
    judge(page, "Xác nhận đã chọn")
    expect(page.locator("#messages")).to_contain_text("Đã xác nhận 1 tiêu chí")
    assert cell(commune) == "v"
    page = department.open(QUEUE)
    with department.expecting(422):
        judge(page, "Ghi thẩm định đã chọn", verdict="Đạt")
    expect(page.locator(".form-errors")).to_contain_text("Hãy ghi hiện trạng")
    expect(page.get_by_role("radio", name="Đạt", exact=True)).to_be_checked()
    page.get_by_label("Hiện trạng, lý do").fill("14/14 km đường trục thôn đã cứng hóa.")
    page.get_by_role("button", name="Ghi thẩm định đã chọn").click()
    expect(page.locator("#messages")).to_contain_text("Đã ghi thẩm định 1 tiêu chí")
    assert cell(commune) == "a"

    # The dossier, with what is still lacking said in figures.
    page = clerk.open(DOSSIER)
    step(page, "Tự đánh giá đủ")
    expect(page.locator("#messages")).to_contain_text("Chạm chuẩn")
    page = office.open(DOSSIER)
    step(page, "Thẩm tra, trình thẩm định")
    step(page, "Xác nhận hồ sơ đầy đủ")
    with office.expecting(422):
        step(page, "Ghi kết quả lấy ý kiến người dân", asked="400", answered="380", satisfied="300")
        expect(page.locator(".form-errors")).to_contain_text("300/380 (78,9%), dưới mức 90%")
    step(page, "Ghi kết quả lấy ý kiến người dân", satisfied="361")
    step(page, "Ghi kết quả bỏ phiếu", members="15", present="14", in_favour="13")
    # The demo has overdue debt here: it blocks, with its figure, until it is paid.
    expect(page.locator("#main")).to_contain_text("Xã còn nợ đọng xây dựng cơ bản")
    debt = {"by_label": "UBND xã", "recorded_at": NOW, "effective_on": REPORTING}
    DebtStatement.objects.create(commune=commune, total=0, overdue=0, **debt)
    page = office.open(DOSSIER)
    step(page, "Công nhận", number="Minh họa 99/QĐ", issued_on="30/04/2022")
    expect(page.locator("#messages")).to_contain_text("Đã công nhận")
    assert DossierStep.objects.filter(
        dossier__commune=commune, state=DossierState.RECOGNISED, document__number="Minh họa 99/QĐ"
    ).exists()

    # Who only reads sees it at once, and nothing to press.
    for reader in (leader, sponsor):
        page = reader.open(f"/communes/{COMMUNE}/")
        expect(page.locator(".standing")).to_contain_text("Đã công nhận")
        page = reader.open(DOSSIER)
        expect(page.locator("#main")).to_contain_text("361 hộ hài lòng")
        expect(page.locator("#main form")).to_have_count(0)
        page = reader.open(PAGE)
        expect(page.locator("#main")).to_contain_text("14/14 km")
        expect(page.locator("#main form")).to_have_count(0)


def test_of_two_offices_the_second_sees_what_the_first_wrote(visit, case):
    first, second = visit("vanphong"), visit("quantri")
    one, other = first.open(QUEUE), second.open(QUEUE)
    judge(one, "Trả lại đã chọn", REASON)
    expect(one.locator("#messages")).to_contain_text("Đã trả lại")

    with second.expecting(409):
        judge(other, "Xác nhận đã chọn", "đã xem tại chỗ")
    expect(other.locator(".form-errors, .notice")).to_contain_text("vừa ghi Trả lại")
    assert not Assessment.objects.filter(by__username="quantri").exists()


def test_the_queue_works_without_scripts(visit, case):
    office = visit("vanphong", js=False)
    page = office.open(QUEUE)
    judge(page, "Xác nhận đã chọn")
    expect(page.locator("#messages")).to_contain_text("Đã xác nhận 1 tiêu chí")
