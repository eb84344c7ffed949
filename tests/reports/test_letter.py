"""The written report: its numbers, its layout, and the words that the office gives it."""

# Fixtures are imported by name and asked for by name.
# ruff: noqa: F811

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from docx import Document
from docx.shared import Mm, Pt

from ntm_tracker.core.models import AuditEntry, Installation, Period
from ntm_tracker.core.sheets import preview
from ntm_tracker.reports.models import ReportText
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.selectors.texts import words_for
from ntm_tracker.reports.services.letters import month_letter_file, write_text
from ntm_tracker.reports.services.months import find_period, month_sheets
from ntm_tracker.reports.word.figures import figures
from ntm_tracker.reports.word.texts import SECTIONS, draft
from tests import factories
from tests.reports.test_month import OFFICE, april, case  # noqa: F401 (fixtures)

NUMBER = re.compile(r"\d[\d.,/]*")


def letter(period, installation):
    file = month_letter_file(period, installation, by=OFFICE, now=factories.NOW)
    return Document(BytesIO(file.content))


def texts_of(document):
    """Every paragraph, in the body and in the cells of its tables."""
    for paragraph in document.element.body.iter(
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
    ):
        yield "".join(node.text or "" for node in paragraph.iter(
            "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"))  # fmt: skip


def numbers(texts):
    return {found.rstrip(".,/") for text in texts for found in NUMBER.findall(text)}


def shown(book):
    """Every text of the workbook, cells as they are displayed."""
    for sheet in book.sheets:
        page = preview(sheet)
        yield from (page.label, page.title, page.period, page.notice)
        for block in page.blocks:
            yield block.text
            yield from block.lines
            for row in (*block.head, *(row.cells for row in block.rows)):
                yield from (cell.text for cell in row)


def write(period, text, by, section="kinh-phi", seen=0, **overrides):
    fields = {
        "section": section, "text": text, "seen": seen, "by": by, "now": factories.NOW,
        "today": date(2022, 4, 30), "rows": month_rows(OFFICE, period, Installation.current()),
    } | overrides  # fmt: skip
    return write_text(period, **fields)


def test_every_number_of_the_letter_stands_in_the_workbook(case, installation):
    book = month_sheets(case, installation, by=OFFICE, now=factories.NOW)

    found = numbers(texts_of(letter(case, installation)))

    assert len(found) > 15
    assert found - numbers(shown(book)) == set()


def test_the_letter_is_laid_out_as_the_decree_asks(case, installation):
    document = letter(case, installation)

    section = document.sections[0]
    sides = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    assert [round(side / Mm(1)) for side in sides] == [30, 15, 20, 20]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
    assert section.different_first_page_header_footer
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert document.styles["Normal"].font.size == Pt(14)
    text = "\n".join(texts_of(document))
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
                  "Số: .../BC-VPĐP", "BÁO CÁO", "Nơi nhận:", "CHÁNH VĂN PHÒNG", "Phụ lục I",
                  "BẢN TẠM"):  # fmt: skip
        assert words in text


def test_the_same_letter_is_the_same_bytes(case, installation):
    one = month_letter_file(case, installation, by=OFFICE, now=factories.NOW)
    two = month_letter_file(case, installation, by=OFFICE, now=factories.NOW)

    assert one.content == two.content
    assert one.name == "bao-cao-ntm-2022-04.docx"


def test_standard_texts_use_every_section_and_leave_no_brace(case, installation):
    known = figures(month_rows(OFFICE, case, installation))

    drafts = [draft(section.standard, known) for section in SECTIONS]

    assert not [text for text in drafts if "{" in text or "}" in text]
    assert len({figure.name for figure in known}) == len(known)


def test_an_unknown_placeholder_names_the_nearest(case, installation):
    known = figures(month_rows(OFFICE, case, installation))

    with pytest.raises(ValidationError, match=r"Không có số liệu \{nhu_cu\}. Có phải \{nhu_cau\}"):
        draft("Cần {nhu_cu} tỷ", known)
    with pytest.raises(ValidationError, match="đứng lẻ"):
        draft("Cần {nhu_cau tỷ", known)


def test_edited_words_hold_for_later_months_until_edited_again(case, office, installation):
    march = find_period("2022-03")
    write(case, "Thiếu {thieu} tỷ đồng.", office)

    assert words_for(march.month) == {}
    assert words_for(date(2022, 5, 1)) == {"kinh-phi": "Thiếu {thieu} tỷ đồng."}
    assert "Thiếu 5,7 tỷ đồng." in list(texts_of(letter(case, installation)))
    entry = AuditEntry.objects.get(action="report.text")
    assert entry.new == "Thiếu {thieu} tỷ đồng."


def test_the_standard_text_comes_back(case, office):
    row = write(case, "Thiếu {thieu} tỷ đồng.", office)
    write(case, next(s for s in SECTIONS if s.slug == "kinh-phi").standard, office, seen=row.pk)

    assert words_for(case.month) == {}
    assert ReportText.objects.count() == 2


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(case, office):
    write(case, "Thiếu {thieu} tỷ đồng.", office)

    with pytest.raises(ValidationError, match="Vừa có người sửa"):
        write(case, "Còn thiếu {thieu} tỷ đồng.", office, seen=0)


def test_only_the_office_writes_and_only_in_an_open_month(case, office, viewer):
    with pytest.raises(PermissionDenied):
        write(case, "Thiếu {thieu}.", viewer)
    Period.objects.filter(pk=case.pk).update(closed_at=factories.NOW, revision=1)
    case.refresh_from_db()
    with pytest.raises(PermissionDenied, match="đã khóa sổ"):
        write(case, "Thiếu {thieu}.", office)


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(case, client, office):
    client.force_login(office)
    address = reverse("reports:text", args=["2022-04", "kinh-phi"])

    bad = client.post(address, {"text": "Cần {nhu_cu} tỷ", "seen": 0})
    good = client.post(address, {"text": "Cần {nhu_cau} tỷ", "seen": 0})

    assert bad.status_code == 422
    assert "Cần {nhu_cu} tỷ" in bad.content.decode()
    assert "Có phải {nhu_cau} không?" in bad.content.decode()
    assert good.status_code == 303
    page = client.get(reverse("reports:texts", args=["2022-04"])).content.decode()
    assert "Cần 7,8 tỷ" in page
    assert client.get(reverse("reports:text", args=["2022-04", "khac"])).status_code == 404


def test_the_letter_is_downloaded_from_the_page_of_the_month(case, client, office):
    client.force_login(office)

    page = client.get(reverse("reports:month", args=["2022-04"])).content.decode()
    file = client.get(reverse("reports:month-letter", args=["2022-04"]))

    assert reverse("reports:month-letter", args=["2022-04"]) in page
    assert file["Content-Disposition"] == 'attachment; filename="bao-cao-ntm-2022-04.docx"'
    assert file.content.startswith(b"PK")
