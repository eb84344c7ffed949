"""The workbook as an office gets it: opened by LibreOffice, printed to PDF, read from the pages."""

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import openpyxl
import pytest

from ntm_tracker.core.sheets import Column, Notes, Paragraph, Sheet, Table, Workbook, render
from tests.core import sheets_sample as sample

pytestmark = pytest.mark.office

# Pages of each sheet, in the order of the workbook. A change means: look at the pages again.
PAGES = [2, 1, 2, 8, 3, 3]


def run(*command: str | Path) -> str:
    """Output of a program that must be there: a test of this module never passes without it."""
    if shutil.which(str(command[0])) is None:
        pytest.fail(
            f"{command[0]} is missing: apt-get install libreoffice-calc-nogui poppler-utils"
        )
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return unicodedata.normalize("NFC", done.stdout)


def convert(folder: Path, data: bytes, target: str) -> Path:
    """What LibreOffice makes of a workbook; a profile of its own, so that runs do not meet."""
    source = folder / "workbook.xlsx"
    source.write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    out = folder / target
    run("soffice", profile, "--headless", "--convert-to", target, "--outdir", out, source)
    return out / f"workbook.{target}"


def text_of_pages(pdf: Path) -> list[str]:
    return run("pdftotext", "-layout", pdf, "-").split("\f")[:-1]


@pytest.fixture(scope="module")
def pdf(tmp_path_factory) -> Path:
    return convert(tmp_path_factory.mktemp("pdf"), render(sample.monthly()), "pdf")


@pytest.fixture(scope="module")
def sheets(pdf) -> list[list[str]]:
    """Texts of the pages, sheet by sheet."""
    pages = text_of_pages(pdf)
    assert len(pages) == sum(PAGES)
    return [[pages.pop(0) for _ in range(count)] for count in PAGES]


def first_line(page: str) -> str:
    return page.strip().splitlines()[0].strip()


def test_every_page_is_a4_landscape_with_whole_fonts(pdf):
    info = run("pdfinfo", "-l", "100", pdf)
    sizes = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+) pts", info)
    assert {(round(float(x)), round(float(y))) for x, y in sizes} == {(842, 595)}
    fonts = [line.split() for line in run("pdffonts", pdf).splitlines()[2:]]
    # One family for all letters: others would mean that accents were patched in from elsewhere.
    families = {re.sub(r"^.*\+|[-,].*$", "", font[0]) for font in fonts}
    assert families <= {"LiberationSerif", "TimesNewRoman", "TimesNewRomanPSMT"}
    assert len(families) == 1


def test_pages_are_numbered_from_the_second_on(sheets):
    for pages in sheets:
        assert [first_line(page) for page in pages[1:]] == [
            str(number) for number in range(2, len(pages) + 1)
        ]
        assert not first_line(pages[0]).isdigit()


def test_no_number_is_too_wide_for_its_column(sheets):
    assert not [page for pages in sheets for page in pages if "##" in page]


def test_heading_of_the_table_is_on_every_page(sheets):
    for pages, heading in zip(
        sheets[3:], ("Nội dung cam kết", "Tiêu chí chưa đạt", "Nội dung công việc"), strict=True
    ):
        assert [heading in page for page in pages] == [True] * len(pages)


def test_first_page_reads_like_a_document(sheets):
    page = " ".join(sheets[0][0].split())
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "VĂN PHÒNG ĐIỀU PHỐI NÔNG THÔN MỚI",
        "Số: .../BC-VPĐP",
        "Hà Tĩnh, ngày 04 tháng 5 năm 2022",
        sample.PERIOD,
        "BẢN TẠM lúc 09:30 ngày 04/5/2022",
        "31/12/2022",
    ):
        assert page.count(words) >= 1, words


def test_all_rows_are_printed_and_the_signature_is_not_alone(sheets):
    late = sheets[5]
    assert sum(page.count("834/QĐ-") for page in sheets[3]) == 60
    assert late[0].count("=1+1") == 1
    for pages in (sheets[0], sheets[3], late):
        assert [("Nơi nhận:" in page, "CHÁNH VĂN PHÒNG" in page) for page in pages] == [
            (page is pages[-1], page is pages[-1]) for page in pages
        ]
    for pages, row in ((sheets[3], "59"), (late, "39")):
        assert re.search(rf"^ *{row} ", pages[-1], re.M)  # the last two rows came along


def test_numbers_and_dates_survive_saving_by_libreoffice(tmp_path):
    data = render(sample.monthly())
    (tmp_path / "before.xlsx").write_bytes(data)
    saved = openpyxl.load_workbook(convert(tmp_path, data, "xlsx"))
    before = openpyxl.load_workbook(tmp_path / "before.xlsx")
    assert saved.sheetnames == before.sheetnames
    for name in before.sheetnames:
        old = {c.coordinate: c.value for row in before[name] for c in row if c.value is not None}
        new = {c.coordinate: c.value for row in saved[name] for c in row if c.value is not None}
        assert new.keys() == old.keys()
        for at, value in old.items():
            if isinstance(value, float):
                assert new[at] == pytest.approx(value, rel=1e-15)
            else:
                assert new[at] == value


def test_rows_hold_their_text_when_libreoffice_measures_it(tmp_path):
    """Ask LibreOffice for the height each row needs (it measures rows without one) and compare."""
    words = "Khó khăn về giải phóng mặt bằng, thiếu vốn đối ứng; đề nghị tỉnh hỗ trợ xi măng. "
    rows = [
        {"a": words * (at % 5), "b": words[: 7 * at], "c": words.upper()[: 3 * at], "d": at * 10**6}
        for at in range(1, 25)
    ]
    columns = (
        Column("TT", kind="index", width=5),
        Column("Nội dung", "a", 40),
        Column("Ghi chú", "b", 16),
        Column("Viết hoa", "c", 22),
        Column("Số", "d", 6, kind="int"),
    )
    blocks = (Paragraph(words * 6), Table(columns, rows, title=words * 2), Notes((words * 4,)))
    sheet = Sheet(name="Cao", blocks=blocks, title="Chiều cao")
    data = render(Workbook(sheets=(sheet,), title="Cao", creator="Thử", created=sample.CREATED))
    (tmp_path / "given.xlsx").write_bytes(data)
    given = openpyxl.load_workbook(tmp_path / "given.xlsx").active
    bare = openpyxl.load_workbook(tmp_path / "given.xlsx")
    for row in list(bare.active.row_dimensions):
        bare.active.row_dimensions[row].height = None
    bare.save(tmp_path / "bare.xlsx")
    measured = openpyxl.load_workbook(
        convert(tmp_path, (tmp_path / "bare.xlsx").read_bytes(), "xlsx")
    ).active
    merged = {area.min_row for area in given.merged_cells.ranges}
    compared = 0
    for row in range(1, given.max_row + 1):
        if row not in merged and measured.row_dimensions[row].height:
            compared += 1
            assert given.row_dimensions[row].height >= measured.row_dimensions[row].height
    assert compared >= len(rows)
