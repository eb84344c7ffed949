"""The benchmark itself, on a world small enough for the suite."""

import pytest
from django.test import Client

from criteria.selectors.history import standing_differences
from ntm_tracker.core.models import ImportBatch
from sponsors.selectors.history import task_differences
from tests.bench import intake, report
from tests.bench.closing import measure_closing
from tests.bench.floor import check_same, floor_matrix, matrix_cells
from tests.bench.measure import Figure, Start, measure
from tests.bench.pages import NONE, Budget, Page, pages
from tests.bench.world import OTHER, REPORTING, Size, build

SMALL = Size(communes=3, days=3)


@pytest.fixture
def world(db):
    return build(SMALL)


@pytest.fixture
def client(world):
    client = Client()
    client.force_login(world.office)
    return client


def matrix(client, **query) -> str:
    headers = {"HX-Request": "true", "HX-Target": "matrix"}
    return client.get("/board/", query, headers=headers).content.decode()


def test_the_present_of_a_world_equals_its_history(world):
    assert standing_differences(REPORTING) == []
    assert task_differences(REPORTING) == []


def test_the_floor_draws_the_matrix_of_the_page(world, client):
    floor = floor_matrix(world.criteria_set, REPORTING)

    assert matrix_cells(matrix(client)) == matrix_cells(floor)
    assert matrix_cells(matrix(client, as_of=OTHER.isoformat())) == matrix_cells(floor)
    assert len(matrix_cells(floor)) == SMALL.communes
    assert "quá hạn" in floor


def test_a_different_cell_is_noticed(world, client):
    page = matrix(client)
    floor = floor_matrix(world.criteria_set, REPORTING)
    check_same(page, floor, SMALL.communes)
    cell = "<td class=m1>Đạt, tự đánh giá"
    assert cell in floor

    with pytest.raises(AssertionError, match="differ"):
        check_same(page, floor.replace(cell, "<td class=no>Chưa báo cáo", 1), SMALL.communes)


def test_every_page_is_measured_and_printed(world, client):
    figures = [measure(client, page, world, runs=1) for page in pages(world)]

    table = [report.row(figure) for figure in figures]

    assert len(table) >= 20
    for figure, line in zip(figures, table, strict=True):
        assert line.split()[0] == "3"
        assert figure.page.title in line
        assert figure.queries > 0
        assert figure.raw >= figure.sent
        assert figure.sent > 0 or figure.page.form
    assert [row["page"] for row in report.as_json(figures, None)["pages"]] == [
        figure.page.title for figure in figures
    ]


def test_closing_a_month_is_measured(world):
    said = []

    figures = measure_closing(world, "closing", said.append)

    assert figures == said
    assert [figure.page.title for figure in figures] == [
        "closing: whole",
        "closing: lock",
        "closing: file",
        "closing: page",
    ]
    assert figures[1].ms < figures[0].ms
    # The whole are workbook and letter; served is the workbook.
    assert 0 < figures[2].raw < figures[0].raw


def test_importing_is_measured_and_leaves_nothing(world, monkeypatch):
    monkeypatch.setattr(intake, "SIZES", {30: Budget(ms=500)})
    said = []

    figures = intake.measure_intake(world, "import", said.append)

    assert figures == said
    assert [figure.page.title for figure in figures] == ["import: 30 results"]
    assert 0 < figures[0].floor_ms < figures[0].ms
    assert not ImportBatch.objects.exists()
    assert intake.measure_intake(world, "closing", said.append) == []


@pytest.mark.parametrize(
    ("budget", "verdict"),
    [
        (NONE, ""),
        (Budget(ms=40, queries=15, kb=120, ratio=4), "ok"),
        (Budget(ms=39), "OVER: ms"),
        (Budget(queries=14, kb=119), "OVER: queries, kB"),
        (Budget(ratio=3.9), "OVER: floor"),
    ],
)
def test_a_figure_says_what_is_over_budget(budget, verdict):
    figure = Figure(209, Page("xã", "/", budget), 15, 40.0, 120_000, 9_000, 5, floor_ms=10.0)

    assert report.row(figure).endswith(verdict or "9.0")
    assert bool(figure.over) is verdict.startswith("OVER")


def test_queries_that_grow_with_the_world_are_named():
    def figure(communes, queries):
        return Figure(communes, Page("xã", "/"), queries, 1.0, 1, 1, 1)

    assert report.query_notes([figure(8, 5), figure(209, 5)]) == []
    assert report.query_notes([figure(8, 5), figure(209, 6)]) == [
        "queries depend on the size: xã: 5 at 8, 6 at 209"
    ]


@pytest.mark.parametrize(("heavy", "verdict"), [([], "ok"), (["pandas"], "OVER: imports pandas")])
def test_a_heavy_start_is_over_budget(heavy, verdict):
    assert report.start_row(Start(ms=300, mb=50, heavy=heavy)).endswith(verdict)
