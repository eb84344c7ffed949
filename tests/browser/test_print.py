"""Pages on paper, read back from the PDF that Chromium makes of them."""

import re
import shutil
import subprocess

import pytest

from tests.browser.addresses import COMMUNE, own_tasks

pytestmark = pytest.mark.browser

# Points; half a point is rounding.
A4 = (595, 842)
# What is there to be pressed, and has no sense on paper.
CONTROLS = (
    "Trình đơn",
    "Đổi mật khẩu",
    "Đăng xuất",
    "Đến nội dung chính",
    "Xem tất cả",
    "Xếp theo",
)


def run(tool: str, *arguments) -> str:
    path = shutil.which(tool)
    assert path, f"{tool} is missing: apt-get install poppler-utils"
    return subprocess.run([path, *arguments], check=True, capture_output=True, text=True).stdout


def on_paper(page, folder):
    """The printed page: its text as laid out, and the size of each sheet in points."""
    file = folder / "page.pdf"
    page.pdf(path=file, prefer_css_page_size=True, print_background=False)
    pages = re.search(r"Pages:\s+(\d+)", run("pdfinfo", file))[1]
    sizes = re.findall(r"size:\s+([\d.]+) x ([\d.]+)", run("pdfinfo", "-l", pages, file))
    return run("pdftotext", "-layout", file, "-"), [
        (round(float(width)), round(float(height))) for width, height in sizes
    ]


@pytest.mark.parametrize(
    ("address", "lies", "words"),
    [
        ("/board/", None, ["Bảng tổng hợp", "1.017,4", "Hà Linh", "Việc chậm"]),
        (f"/communes/{COMMUNE}/", None, ["Xã Hà Linh", "20 tiêu chí", "Kinh phí"]),
        (f"/communes/{COMMUNE}/villages/", True, ["Thôn 1", "31/12", "Đã duyệt"]),
        ("/reports/2022-04/", True, ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Nơi nhận"]),
        ("/reports/2022-04/?sheet=kinh-phi", True, ["Phụ lục IV", "Tổng cộng"]),
        ("/tasks/", None, ["Hạn"]),
        ("/funding/?open=all", None, ["Giao thông", "Tổng cộng"]),
    ],
)
def test_a_page_prints_as_a_document(visit, tmp_path, address, lies, words):
    page = visit("vanphong").open(address)
    navigation = page.locator("nav[aria-label='Các trang chính']").inner_text().split("\n")

    text, sizes = on_paper(page, tmp_path)

    upright, lying = {A4}, {A4[::-1]}
    assert set(sizes) <= (lying if lies else upright | lying)
    for word in words:
        assert word in text
    for control in CONTROLS:
        assert control not in text
    # The bar would stand in one line; single words of it are headings and columns of tables.
    for line in text.splitlines():
        assert len({part.strip() for part in line.split("  ")} & set(navigation)) < 3, line
    assert f"Trang 1/{len(sizes)}" in text
    assert f"Trang {len(sizes)}/{len(sizes)}" in text
    assert "30/04/2022" in text


def test_a_commune_prints_on_a_few_sheets(visit, tmp_path):
    text, sizes = on_paper(visit("vanphong").open(f"/communes/{COMMUNE}/"), tmp_path)

    assert set(sizes) == {A4}
    assert len(sizes) <= 5
    assert "Thay đổi gần đây" not in text


def test_the_sums_of_the_matrix_stand_on_its_sheet(visit, tmp_path):
    text, _sizes = on_paper(visit("vanphong").open("/board/"), tmp_path)

    first = text.split("\f")[0]
    for words in ("Phúc Đồng", "Số xã đạt", "Số xã chưa", "Hình vuông"):
        assert words in first


def test_the_summary_of_a_leader_is_one_sheet(visit, tmp_path):
    text, sizes = on_paper(visit("bcd").open("/summary/"), tmp_path)

    assert sizes == [A4]
    for words in ("Tóm tắt tình hình", "Phúc Đồng", "Ai đang chậm", "Tiền thiếu ở đâu", "Thay đổi"):
        assert words in text
    assert "Zalo" not in text


def test_a_form_does_not_print(visit, tmp_path):
    task = own_tasks().get(progress=30)
    text, sizes = on_paper(visit("donvi-07").open(f"/tasks/{task.pk}/"), tmp_path)

    assert set(sizes) == {A4}
    assert task.title in text
    assert "Gửi báo cáo" not in text
    assert "Số tiền" not in text
