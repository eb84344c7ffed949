"""What a file costs from its upload to the last written row, with history and trail."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from openpyxl import Workbook

from criteria.choices import IndicatorKind, Stage
from criteria.importers import ResultImporter
from criteria.models import Assessment, DossierStep, Indicator, Standing
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.intake.batches import apply_batch, check_batch, keep_file
from ntm_tracker.core.models import Installation
from tests.bench.measure import Figure, counted
from tests.bench.pages import Budget, Page
from tests.bench.world import NOW, World

SIZES = {500: Budget(ms=500), 20_000: Budget(ms=6000)}
WIDE = 110
"""Cells per commune, so that 209 communes have more than the larger file needs."""


def measure_intake(world: World, word: str, say: Callable[[Figure], None]) -> list[Figure]:
    """Results of criteria and indicators as files of two sizes, every row a change; beside each the
    floor: reading the same file and writing as many bare rows. Only where the world has as many
    cells, and the word is in the title; nothing of it stays."""
    figures = []
    for rows, budget in SIZES.items():
        title = f"import: {rows} results"
        if word in title and rows <= world.size.communes * WIDE and not world.size.is_national:
            page = Page(title, reverse("dashboard:import-list"), budget)
            with transaction.atomic():
                figures.append(_figure(world, page, rows))
                transaction.set_rollback(True)
            say(figures[-1])
    return figures


def _figure(world: World, page: Page, rows: int) -> Figure:
    _open_cells(world)
    importer, as_of = ResultImporter(), as_of_on(None, Installation.current())
    data = _file(importer, importer.current(world.office, as_of)[:rows])
    with counted() as captured:
        began = perf_counter()
        batch = keep_file(importer, data, "a.xlsx", by=world.office, now=NOW)
        checked = check_batch(batch, importer, world.office, as_of)
        apply_batch(
            batch,
            importer,
            mark=checked.mark,
            skips_bad=False,
            by=world.office,
            as_of=as_of,
            now=NOW,
        )
        done = perf_counter()
    if (written := batch.changes.count()) != rows:
        raise AssertionError(f"Of {rows} rows {written} were written.")
    batch.file.delete(save=False)
    return Figure(
        communes=world.size.communes,
        page=page,
        queries=len(captured),
        ms=(done - began) * 1000,
        raw=len(data),
        sent=len(data),
        runs=1,
        floor_ms=_floor(data),
    )


def _open_cells(world: World) -> None:
    """Let every commune report everything, in WIDE cells."""
    Standing.objects.update(self_row=None)
    Assessment.objects.filter(stage=Stage.SELF).delete()
    DossierStep.objects.all().delete()
    criteria = list(world.criteria_set.criteria.order_by("number"))
    there = Indicator.objects.filter(criterion__in=criteria).count()
    Indicator.objects.bulk_create(
        Indicator(
            criterion=criteria[place % len(criteria)],
            number=f"{criteria[place % len(criteria)].number}.x{place}",
            position=100 + place,
            text=f"Chỉ tiêu thêm {place}",
            kind=IndicatorKind.COUNT,
        )
        for place in range(WIDE - len(criteria) - there)
    )


def _file(importer: ResultImporter, rows: Sequence[Mapping[str, Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kết quả")
    sheet.append([field.title for field in importer.fields])
    for place, row in enumerate(rows):
        cells = row | {"note": f"Hiện trạng mới {place}"}
        sheet.append([cells[field.key] for field in importer.fields])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _floor(data: bytes) -> float:
    """Milliseconds for reading the cells and writing each row three times (figure, trail, batch)
    into a table without anything."""
    from python_calamine import CalamineWorkbook

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (a text, b text, c text)")
        began = perf_counter()
        rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
        bare = [row[:3] for row in rows for _copy in range(3)]
        cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s)", bare)
        done = perf_counter()
        cursor.execute("DROP TABLE bare")
    return (done - began) * 1000
