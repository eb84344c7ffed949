"""The page of a month: tabs, and the chosen sheet as text."""

from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils.text import slugify

from ntm_tracker.core.models import Period
from ntm_tracker.core.sheets import Workbook, date_line, preview
from ntm_tracker.core.text import search_text


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool
    count: None = None


def month_page(book: Workbook, period: Period, wanted: str) -> dict[str, object]:
    """Context of the page; `wanted` is the address name of a sheet, "" for the first.

    Raises BadRequest with a Vietnamese sentence for a sheet that does not exist.
    """
    names = {slugify(search_text(sheet.name)): sheet for sheet in book.sheets}
    chosen = wanted or next(iter(names))
    if chosen not in names:
        raise BadRequest(f"Báo cáo không có bảng “{wanted[:40]}”. Hãy chọn một bảng.")
    address = reverse("reports:month", args=[period.slug])
    sheet = preview(names[chosen])
    letter = sheet.letterhead
    return {
        "period": period,
        "cut_off": period.cut_off_on,
        "crumbs": [
            ("Báo cáo", reverse("reports:month-list")),
            (f"Tháng {period.month.month}/{period.month.year}", ""),
        ],
        "tabs": [
            Tab(other.name, f"{address}?sheet={slug}", slug == chosen)
            for slug, other in names.items()
        ],
        "sheet": sheet,
        "letter_date": date_line(letter.place, letter.date) if letter else "",
    }
