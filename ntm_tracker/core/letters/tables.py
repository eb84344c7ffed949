"""A table of a letter as the XML of Word: cell by cell through python-docx takes minutes."""

from __future__ import annotations

from xml.sax.saxutils import escape

from ntm_tracker.core.sheets import Sheet, Table, clean, preview
from ntm_tracker.core.sheets.metrics import UNIT
from ntm_tracker.core.sheets.prepare import prepare

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TWIPS = 1440 / 25.4
SIZE = 22  # half points: 11 pt, the size of tables in the workbook
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def table_xml(table: Table, width: float) -> str:
    """`<w:tbl>` with the words that page and workbook show; `width` is in millimetres."""
    block = preview(Sheet(name="", blocks=(table,))).blocks[0]
    total = round(width * TWIPS)
    widths = _widths(table, total)
    rows = []
    open_below: dict[int, int] = {}  # columns of a heading that goes on in the next row
    for line in block.head:
        cells, at = [], 0
        for cell in line:
            while open_below.pop(at, 0):
                cells.append(_cell("", widths[at : at + 1], merge="continue"))
                at += 1
            merge = "restart" if cell.rowspan > 1 else ""
            if merge:
                open_below[at] = 1
            span = widths[at : at + cell.colspan]
            cells.append(_cell(cell.text, span, "center", bold=True, merge=merge, fill=True))
            at += cell.colspan
        while at < len(widths):
            merge = "continue" if open_below.pop(at, 0) else ""
            cells.append(_cell("", widths[at : at + 1], merge=merge))
            at += 1
        rows.append(_row(cells, heading=True))
    for row in block.rows:
        cells, at = [], 0
        for body in row.cells:
            span = widths[at : at + body.colspan]
            cells.append(_cell(body.text, span, body.align, bold=row.kind != "row"))
            at += body.colspan
        rows.append(_row(cells))
    if block.empty:
        rows.append(_row([_cell(block.empty, widths, "center")]))
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    return (
        f'<w:tbl xmlns:w="{W}"><w:tblPr><w:tblW w:w="{total}" w:type="dxa"/>'
        f'<w:tblBorders>{BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _widths(table: Table, total: int) -> list[int]:
    """Widths in twips: as wished where there is room, else no number and no word of a heading is
    cut while the texts wrap."""
    prepared = prepare(table)
    room, wanted, needed = total / (20 * UNIT), prepared.wanted, prepared.needed
    spare = room - sum(needed)
    if sum(wanted) > room and spare > 0:
        more = [want - need for want, need in zip(wanted, needed, strict=True)]
        shares = [need + spare * one / sum(more) for need, one in zip(needed, more, strict=True)]
    else:
        shares = list(wanted)
    return [round(total * share / sum(shares)) for share in shares]


def _row(cells: list[str], *, heading: bool = False) -> str:
    again = "<w:tblHeader/>" if heading else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{again}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(
    text: str, widths: list[int], align: str = "left", *, bold: bool = False, merge: str = "",
    fill: bool = False,
) -> str:  # fmt: skip
    span = f'<w:gridSpan w:val="{len(widths)}"/>' if len(widths) > 1 else ""
    down = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>' if fill else ""
    look = ("<w:b/>" if bold else "") + f'<w:sz w:val="{SIZE}"/><w:szCs w:val="{SIZE}"/>'
    runs = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in clean(text).split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/>{span}{down}{shade}'
        '<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:spacing w:before="20" w:after="20"/>'
        f'<w:jc w:val="{align}"/></w:pPr><w:r><w:rPr>{look}</w:rPr>{runs}</w:r></w:p></w:tc>'
    )
