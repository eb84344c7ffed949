"""A letter on paper: A4, margins 20-20-30-15 mm, Times New Roman 14, tables 12."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ntm_tracker.core.letters.model import Annex, Block, Letter
from ntm_tracker.core.letters.tables import table_xml
from ntm_tracker.core.sheets import (
    Heading,
    Letterhead,
    Notes,
    Paragraph,
    Signature,
    Table,
    clean,
    date_line,
)

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"
BODY, SMALL = 14, 12
LONG, SHORT, TOP, LEFT, RIGHT = 297, 210, 20, 30, 15  # millimetres
EMPTY_LINES = 4  # room for the signature


def render(letter: Letter) -> bytes:
    """The letter as the bytes of a .docx file; the same input gives the same bytes."""
    from docx import Document

    document = Document()
    _styles(document)
    _page(document.sections[0], landscape=False)
    _number_pages(document.sections[0])
    document.sections[0].different_first_page_header_footer = True
    writer = Writer(document)
    writer.letterhead(letter.letterhead)
    writer.titles((letter.kind, letter.subject), letter.notice)
    writer.blocks(letter.blocks)
    writer.signature(letter.signature)
    for annex in letter.annexes:
        writer.annex(annex, letter.notice)
    properties = document.core_properties
    properties.title = clean(f"{letter.kind}: {letter.subject}")[:255]
    properties.author = properties.last_modified_by = clean(letter.creator)[:255]
    created = letter.created
    if created.tzinfo is not None:
        created = created.astimezone(UTC).replace(tzinfo=None)
    properties.created = properties.modified = created.replace(microsecond=0)
    properties.comments = ""
    return _without_clock(document)


def _styles(document: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(script), FONT)
    language = normal.element.rPr.makeelement(qn("w:lang"), {qn("w:val"): "vi-VN"})
    normal.element.rPr.append(language)


def _page(section: Any, *, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    width, height = (LONG, SHORT) if landscape else (SHORT, LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin = section.bottom_margin = Mm(TOP)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(10)


def _number_pages(section: Any) -> None:
    """The number above the text, in the middle; the first page has none."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    run.font.size = Pt(13)
    field = run._r.makeelement(qn("w:fldSimple"), {qn("w:instr"): "PAGE"})
    paragraph._p.remove(run._r)
    field.append(run._r)
    run.text = "2"
    paragraph._p.append(field)


def _without_clock(document: Any) -> bytes:
    """Save, then pack again with entries that carry no time, so that equal letters are equal."""
    saved, packed = BytesIO(), BytesIO()
    document.save(saved)
    with ZipFile(saved) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
            target.writestr(info, source.read(name))
    return packed.getvalue()


class Writer:
    """Places the parts of a letter one under the other."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.width = SHORT - LEFT - RIGHT

    def paragraph(
        self, text: str, *, to: Any = None, size: int = BODY, bold: bool = False,
        italic: bool = False, align: str = "left", after: int = 0, indent: float = 0,
        keep: bool = False,
    ) -> Any:  # fmt: skip
        """A paragraph in the document, or at the end of a cell."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm, Pt

        made = (to or self.document).add_paragraph()
        made.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
        made.paragraph_format.space_after = Pt(after)
        made.paragraph_format.first_line_indent = Mm(indent) if indent else None
        made.paragraph_format.keep_with_next = keep
        run = made.add_run(clean(text))
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)
        return made

    def rule(self, cell: Any, side: float) -> None:
        """The short line under issuer and motto: the border of an empty line, drawn in."""
        from docx.oxml import parse_xml
        from docx.shared import Mm

        line = self.paragraph("", to=cell, size=2)
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Mm(side)
        line._p.get_or_add_pPr().append(
            parse_xml(
                '<w:pBdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
                '<w:bottom w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
            )
        )

    def halves(self, left: float) -> tuple[Any, Any]:
        """Two cells side by side without a frame; `left` millimetres for the first."""
        from docx.oxml.ns import qn
        from docx.shared import Mm

        table = self.document.add_table(rows=1, cols=2)
        table.autofit = False
        row = table.rows[0]._tr.get_or_add_trPr()
        row.append(row.makeelement(qn("w:cantSplit"), {}))
        widths = (left, self.width - left)
        for column, cell, width in zip(table.columns, table.rows[0].cells, widths, strict=True):
            column.width = cell.width = Mm(width)
            cell._tc.remove(cell.paragraphs[0]._p)
        return table.rows[0].cells

    def letterhead(self, head: Letterhead) -> None:
        left, right = self.halves(70)
        for line in head.superior.splitlines():
            self.paragraph(line, to=left, size=13, align="center")
        for line in head.issuer.splitlines():
            self.paragraph(line, to=left, size=13, bold=True, align="center")
        self.rule(left, 22)
        self.paragraph(f"Số: {head.number}", to=left, size=13, align="center")
        self.paragraph(head.national_title, to=right, size=12, bold=True, align="center")
        self.paragraph(head.motto, to=right, size=13, bold=True, align="center")
        self.rule(right, 21)
        self.paragraph(
            date_line(head.place, head.date), to=right, size=13, italic=True, align="center"
        )

    def titles(self, lines: Sequence[str], notice: str) -> None:
        self.paragraph("", size=8)
        for line in lines:
            self.paragraph(line, bold=True, align="center")
        if notice:
            self.paragraph(notice, size=SMALL, bold=True, align="center")
        self.paragraph("", size=8)

    def blocks(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            match block:
                case Heading():
                    self.paragraph(block.text, bold=True, after=6, indent=12.7, keep=True)
                case Paragraph():
                    for line in block.text.splitlines():
                        self.paragraph(
                            line, italic=block.italic, align="justify", after=6, indent=12.7
                        )
                case Notes():
                    for line in block.items:
                        self.paragraph(line, size=SMALL, italic=True, after=3)
                case Table():
                    self.table(block)

    def table(self, table: Table) -> None:
        from docx.oxml import parse_xml

        if table.title:
            self.paragraph(table.title, size=13, bold=True, keep=True, after=3)
        if table.unit:
            self.paragraph(
                f"(ĐVT: {table.unit})", size=SMALL, italic=True, align="right", keep=True
            )
        end = self.paragraph("", size=6)
        end._p.addprevious(parse_xml(table_xml(table, self.width)))

    def signature(self, signature: Signature) -> None:
        """Recipients and signer in one row that no page end divides, with the last words above."""
        for last in self.document.paragraphs[-2:]:
            last.paragraph_format.keep_with_next = True
        self.paragraph("", size=8, keep=True)
        left, right = self.halves(80)
        if signature.recipients:
            self.paragraph("Nơi nhận:", to=left, size=12, bold=True, italic=True)
        for line in signature.recipients:
            self.paragraph(line, to=left, size=11)
        if not signature.recipients:
            self.paragraph("", to=left)
        for line in signature.title.splitlines():
            self.paragraph(line, to=right, bold=True, align="center")
        for _ in range(EMPTY_LINES):
            self.paragraph("", to=right)
        self.paragraph(signature.name, to=right, bold=True, align="center")

    def annex(self, annex: Annex, notice: str) -> None:
        from docx.enum.section import WD_SECTION
        from docx.shared import Pt

        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        # The end of a section is a paragraph: one of full height can fall on a page of its own.
        end = self.document.paragraphs[-1].paragraph_format
        end.space_before, end.space_after, end.line_spacing = Pt(0), Pt(0), Pt(1)
        section.different_first_page_header_footer = False
        _page(section, landscape=annex.landscape)
        self.width = (LONG if annex.landscape else SHORT) - LEFT - RIGHT
        self.titles((annex.label, annex.title), notice)
        self.blocks(annex.blocks)
