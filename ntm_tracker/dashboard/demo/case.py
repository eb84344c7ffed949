"""What every part of the demo case needs: the files, the days, and what is already stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import TextChoices

from communes.models import Commune, Village
from criteria.models import CriteriaSet, Criterion
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.fields import MAX_DONG
from ntm_tracker.core.models import Document
from ntm_tracker.core.numbers import TRIEU
from ntm_tracker.dashboard.catalogues import FIXTURES, documents_by_code
from ntm_tracker.dashboard.catalogues.files import Row, RowError, read

FIRST = date(2022, 1, 31)
REPORTING = date(2022, 4, 30)
ANNOUNCED = date(2022, 4, 26)
LAST = date(2022, 6, 30)
TARGET = date(2022, 12, 31)
DISTRICT = "444"
CRITERIA_SET = "HT20"
# The units of the case, as they were from the reorganisation of 2020 on.
VALID_FROM = date(2020, 1, 1)

Code = TypeVar("Code", bound=TextChoices)
Object = TypeVar("Object")
OFFICE_LABEL = "Văn phòng Điều phối (minh họa)"


@dataclass
class Case:
    """One run of the seed. `now` is the real time of recording; figures may reach to LAST."""

    folder: Path
    now: datetime
    today: date = LAST
    counts: dict[str, int] = field(default_factory=dict)
    villages: dict[tuple[str, str], Village] = field(default_factory=dict)

    @cached_property
    def communes(self) -> dict[str, Commune]:
        """Units by code, as valid in 2022."""
        rows = Commune.objects.filter(district__code=DISTRICT, valid_from=VALID_FROM)
        return {commune.code: commune for commune in rows}

    @cached_property
    def criteria_set(self) -> CriteriaSet:
        return CriteriaSet.objects.get(code=CRITERIA_SET)

    @cached_property
    def criteria(self) -> dict[int, Criterion]:
        """Criteria of Hà Tĩnh's set by number."""
        rows = Criterion.objects.filter(criteria_set=self.criteria_set).select_related("lead")
        return {criterion.number: criterion for criterion in rows}

    @cached_property
    def documents(self) -> dict[str, Document]:
        """Documents of the catalogues and of the case, by the codes that the files speak in."""
        return documents_by_code(FIXTURES) | documents_by_code(self.folder)

    @property
    def written(self) -> dict[str, Any]:
        """Who writes, and when, as services take it: a command, now, up to the last day."""
        return {"by": None, "now": self.now, "today": self.today}

    def read(self, file: str, columns: str, build: Callable[[Row], Object]) -> list[Object]:
        """The rows of a file as `build` makes them; every file has `provenance` and `source`."""
        return [made for _, made in read(self.folder, file, f"{columns} provenance", build)]

    def wrote(self, what: str, number: int) -> None:
        """Count what was written, for the summary."""
        self.counts[what] = self.counts.get(what, 0) + number

    def commune(self, row: Row) -> Commune:
        """The commune of a row; the name beside the code guards against a wrong code."""
        commune = row.find(row.text("commune_code"), self.communes, "xã")
        if commune.name != row.text("commune"):
            raise RowError(f"mã {commune.code} là {commune}, không phải {row.text('commune')}")
        return commune

    def village(self, row: Row) -> Village | None:
        """The village named in a row, within the commune of the row."""
        if not row.optional("village"):
            return None
        key = (row.text("commune_code"), row.text("village"))
        return row.find(key, self.villages, "thôn")

    def criterion(self, row: Row) -> Criterion | None:
        number = row.optional_whole("criterion")
        return None if number is None else row.find(number, self.criteria, "tiêu chí")

    def document(self, row: Row) -> Document | None:
        return row.optional_find("document", self.documents, "văn bản")

    def origin(self, row: Row) -> dict[str, Any]:
        """Where the row comes from, as services take it."""
        if row.text("provenance") not in {Provenance.SOURCED, Provenance.ILLUSTRATIVE}:
            raise RowError("cột “provenance” phải là sourced hoặc illustrative")
        return {"provenance": row.text("provenance"), "source": row.text("source")}


def code(row: Row, column: str, codes: type[Code]) -> Code:
    """A stored code of a list of choices."""
    try:
        return codes(row.text(column))
    except ValueError:
        raise RowError(f"cột “{column}”: không có mã “{row.text(column)}”") from None


def dong(row: Row, column: str) -> int:
    """An amount written in whole triệu (a minus sign is a downward adjustment), in đồng."""
    text = row.optional(column)
    if not text:
        return 0
    try:
        amount = int(text) * TRIEU
    except ValueError:
        raise RowError(f"cột “{column}”: “{text}” không phải là số nguyên") from None
    if abs(amount) > MAX_DONG:
        raise RowError(f"cột “{column}”: “{text}” quá lớn")
    return amount
