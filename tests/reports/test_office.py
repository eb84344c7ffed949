"""Workbook and letter as an office gets them: turned to pages by LibreOffice and read there."""

# Fixtures are imported by name and asked for by name.
# ruff: noqa: F811

import re
import unicodedata

import pytest

from ntm_tracker.core import office as libreoffice
from ntm_tracker.reports.services.letters import month_letter_file
from ntm_tracker.reports.services.months import month_file
from tests import factories
from tests.core.test_sheets_office import run
from tests.reports.test_month import OFFICE, april, case  # noqa: F401 (fixtures)

pytestmark = pytest.mark.office


def pages(tmp_path, settings, file, suffix):
    """Sizes and texts of the pages."""
    settings.LIBREOFFICE = "soffice"
    pdf = tmp_path / "pages.pdf"
    pdf.write_bytes(libreoffice.to_pdf(file.content, suffix))
    info = run("pdfinfo", "-l", "100", pdf)
    sizes = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+) pts", info)
    text = unicodedata.normalize("NFC", run("pdftotext", "-layout", pdf, "-"))
    return {tuple(round(float(side)) for side in size) for size in sizes}, text.split("\f")[:-1]


def test_the_workbook_prints_whole_on_a4(case, installation, tmp_path, settings):
    file = month_file(case, installation, by=OFFICE, now=factories.NOW)

    sizes, texts = pages(tmp_path, settings, file, ".xlsx")

    assert sizes == {(842, 595), (595, 842)}
    assert not [text for text in texts if "##" in text]
    whole = "\n".join(texts)
    for number in ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"):
        assert re.search(rf"Phụ lục {number}\s*$", whole, re.M)
    assert whole.count("Nơi nhận:") == 1
    assert "đều khớp đến từng đồng" in " ".join(whole.split())


def test_the_letter_reads_like_an_official_one(case, installation, tmp_path, settings):
    file = month_letter_file(case, installation, by=OFFICE, now=factories.NOW)

    sizes, texts = pages(tmp_path, settings, file, ".docx")

    assert sizes == {(595, 842), (842, 595)}
    first = " ".join(texts[0].split())
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
                  "Số: .../BC-VPĐP", "BÁO CÁO", "I. KẾT QUẢ THỰC HIỆN TIÊU CHÍ"):  # fmt: skip
        assert words in first
    numbers = [text.strip().splitlines()[0].strip() for text in texts[1:]]
    assert numbers == [str(number) for number in range(2, len(texts) + 1)]
    body = next(at for at, text in enumerate(texts) if "Nơi nhận:" in text)
    assert "Trên đây là báo cáo" in texts[body]
    assert "Phụ lục I" in texts[body + 1]
