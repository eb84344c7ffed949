"""Charts under tables, and names for cells: what Excel draws and finds by itself."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from ntm_tracker.core.sheets import cells, metrics
from ntm_tracker.core.sheets.canvas import Canvas, address
from ntm_tracker.core.sheets.model import GroupRow, SheetError, Table

LINE = 15.0  # points of the empty rows that a chart lies over
FRAME, BAR, MOST = 80.0, 15.0, 430.0  # points around the bars, of a bar, of the whole chart
BARS = 40
"""More bars than this are no picture any more; the table above them says it all the same."""
# Dark to light, so that black-and-white printers tell them apart; the numbers stand on them.
COLOURS = ("7BA6CC", "E3E9EF", "E9C46A")
CM = 2.54 / 72


def name_cells(ws: Any, found: Mapping[str, tuple[int, int]]) -> None:
    """Give cells (row, column) a name that is valid in the whole workbook."""
    from openpyxl.utils import get_column_letter, quote_sheetname
    from openpyxl.workbook.defined_name import DefinedName

    for name, (row, column) in found.items():
        where = f"{quote_sheetname(ws.title)}!${get_column_letter(column)}${row}"
        ws.parent.defined_names[name] = DefinedName(name, attr_text=where)


def draw(canvas: Canvas, table: Table, columns: Mapping[str, int], first: int) -> None:
    """Lay the chart of a table under it; `columns` are where its keys stand, `first` its first row.

    Nothing is drawn of a table that has more rows than a chart can show.
    """
    from openpyxl.chart import BarChart, Reference
    from openpyxl.chart.series import SeriesLabel

    chart = table.chart
    if chart is None or len(table.rows) > BARS:
        return
    if any(isinstance(row, GroupRow) for row in table.rows):
        raise SheetError(f"chart {chart.title!r}: the table has groups")
    last = first + len(table.rows) - 1
    bars: Any = BarChart()
    bars.type, bars.grouping = "bar", "stacked" if chart.stacked else "clustered"
    bars.overlap, bars.gapWidth = (100 if chart.stacked else 0), 45
    by_key = {column.key: column for column in table.columns}
    for at, key in enumerate(chart.values):
        values = Reference(canvas.ws, min_col=columns[key], min_row=first, max_row=last)
        bars.add_data(values)
        series, column = bars.series[-1], by_key[key]
        series.tx = SeriesLabel(v=column.title)
        series.graphicalProperties.solidFill = COLOURS[at]
        series.graphicalProperties.line.solidFill = "404040"
        _label_bars(series, column)
    bars.set_categories(
        Reference(canvas.ws, min_col=columns[chart.label], min_row=first, max_row=last)
    )
    bars.title = _title(chart.title)
    bars.x_axis.scaling.orientation = "maxMin"  # the first row on top, as in the table
    bars.x_axis.tickLblSkip = 1  # every bar has its words, however little room there is
    bars.y_axis.majorGridlines = None
    bars.x_axis.delete, bars.y_axis.delete = False, True
    if len(chart.values) == 1:
        bars.legend = None
    else:
        bars.legend.position = "b"
    height = min(FRAME + BAR * len(table.rows) * (1 if chart.stacked else len(chart.values)), MOST)
    bars.width, bars.height = sum(canvas.grid) * metrics.UNIT * 0.97 * CM, height * CM
    canvas.space(LINE / 2)
    row = canvas.next_row
    for _ in range(ceil(height / LINE) + 1):
        canvas.space(LINE)
    canvas.together.append((row, canvas.next_row - 1))
    canvas.ws.add_chart(bars, address(row, 1))


def _label_bars(series: Any, column: Any) -> None:
    """The number at the end of its bar, as the table shows it."""
    from openpyxl.chart.label import DataLabelList

    labels = series.dLbls = DataLabelList()
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    code = cells.number_format(column.kind, cells.decimals_of(column))
    labels.numFmt = f"{code};-{code};"  # a bar of nothing has no number either


def _title(text: str) -> Any:
    """The heading of a chart in the size of a table's heading, over its own room."""
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.chart.text import RichText, Text
    from openpyxl.chart.title import Title
    from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
    from openpyxl.drawing.text import RegularTextRun as Run

    look = CharacterProperties(sz=1200, b=True)
    paragraph = Paragraph(
        pPr=ParagraphProperties(defRPr=look), r=[Run(rPr=look, t=cells.clean(text))]
    )
    return Title(
        tx=Text(rich=RichText(p=[paragraph])), overlay=False, spPr=GraphicalProperties(noFill=True)
    )
