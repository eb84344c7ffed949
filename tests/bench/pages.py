"""What is measured in which world, and what it may cost (issue "The main job", Cost)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from communes.models import Village
from criteria.models import Standing
from criteria.selectors.review import waits_at
from criteria.selectors.sheet_rows import reporting_commune, sheet
from criteria.workflow import Move, Place
from ntm_tracker.core.clock import AsOf
from sponsors.choices import OPEN_STATES
from sponsors.models import Sponsor, Task
from tests.bench.world import COMMUNES_PER_DISTRICT, OTHER, PROVINCE, REPORTING, World

MONTH, MONTH_BEFORE = f"{REPORTING:%Y-%m}", "2022-11"


@dataclass(frozen=True)
class Budget:
    """The most a page may cost; None where nothing was set. `ratio` is to the floor."""

    ms: float | None = None
    queries: int | None = None
    kb: float | None = None
    ratio: float | None = None


NONE = Budget()
LIST = Budget(ms=40, kb=120)
COMMUNE = Budget(ms=40, queries=15)
DUE = Budget(ms=60)
BOOK = Budget(ms=500)
# By communes at most; the second one with the sponsors and tasks of a province.
BOOKS = {21: BOOK, 69: Budget(ms=1500), 216: Budget(ms=4000)}


def list_of(rows: int) -> Budget:
    """The budget of a list, which is set for 100 rows; lists with a row for every commune that
    are not cut into pages may cost more where there are more communes."""
    share = max(100, rows) / 100
    return Budget(ms=round(LIST.ms * share), kb=round(LIST.kb * share))


@dataclass(frozen=True)
class Page:
    """One address. `target` asks for that fragment as HTMX does; `has_matrix` says that the cells
    are compared with the floor's, `has_floor` that the floor is measured beside it; `form` makes
    what is sent by each POST (None: a GET). What `is_undone` is rolled back after each time:
    the next one finds the same rows."""

    title: str
    url: str
    budget: Budget = NONE
    target: str = ""
    has_matrix: bool = False
    has_floor: bool = False
    is_export: bool = False
    form: Callable[[], dict[str, Any]] | None = None
    is_undone: bool = False
    is_known: bool = False
    """Whether what is kept until somebody writes may answer; otherwise it is made each time."""

    @property
    def headers(self) -> dict[str, str]:
        """As a browser sends them: it takes compressed answers."""
        htmx = {"HX-Request": "true", "HX-Target": self.target} if self.target else {}
        return {"Accept-Encoding": "gzip"} | htmx


@dataclass
class _Book:
    """Collects the pages of one world."""

    found: list[Page] = field(default_factory=list)

    def add(self, title: str, name: str, *args, budget: Budget = NONE, **options) -> None:
        query = options.pop("query", {})
        url = reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")
        self.found.append(Page(title, url, budget, **options))


def pages(world: World) -> list[Page]:
    """Every page and export that is measured in this world."""
    book = _Book()
    if world.size.is_national:
        _national(book, world)
    else:
        _board(book, world)
        _lists(book, world)
    if not world.size.is_national:
        _exports(book, world)
    return book.found


def _board(book: _Book, world: World) -> None:
    other = {"as_of": OTHER.isoformat()}
    matrix = {"target": "matrix", "has_matrix": True, "has_floor": True}
    board = "dashboard:board"
    # Below a hundred communes the page around the matrix costs more than the matrix.
    present = Budget(ms=25, ratio=4 if world.size.communes >= 100 else None)
    book.add("board: matrix, the present", board, budget=present, **matrix)
    book.add("board: matrix, another date", board, budget=Budget(ms=150), query=other, **matrix)
    book.add("board: whole page", board, has_matrix=True)
    book.add("board: whole page, nothing written since", board, has_matrix=True, is_known=True)
    book.add("board: whole page, another date", board, query=other, has_matrix=True)
    if world.size.communes > COMMUNES_PER_DISTRICT:
        book.add("board: roll-up by district", board, query={"scope": "all"}, target="matrix")


def _lists(book: _Book, world: World) -> None:
    """The pages, on the objects with the most rows behind them."""
    commune = world.communes[0].code
    task = Task.objects.annotate(n=Count("updates")).order_by("-n", "pk")[0]
    open_task = Task.objects.filter(state__in=OPEN_STATES).order_by("pk")[0]
    sponsor = Sponsor.objects.annotate(n=Count("tasks")).order_by("-n", "pk")[0]
    village = Village.objects.annotate(n=Count("tasks")).order_by("-n", "pk")[0]
    communes = world.size.communes
    add = book.add
    add("commune", "dashboard:commune", commune, budget=COMMUNE)
    add(
        "commune, another date",
        "dashboard:commune",
        commune,
        budget=COMMUNE,
        query={"as_of": OTHER.isoformat()},
    )
    add("sheet of a commune", "criteria:grid", commune)
    add("month's reports", "criteria:declarations", budget=list_of(communes))
    _cell(book, world)
    _review(book, world)
    add("criteria", "criteria:criterion-list", budget=LIST)
    add("criterion", "criteria:criterion", 2, budget=list_of(communes))
    add("villages", "criteria:village-list", budget=LIST)
    add("village", "dashboard:village", village.pk)
    add("village grid, one commune", "criteria:village-grid", commune, budget=LIST)
    trail = Budget(ms=60, kb=120)
    add("audit trail", "dashboard:audit", budget=trail)
    add("audit trail, one commune", "dashboard:audit", budget=trail, query={"commune": commune})
    add("audit trail, searched", "dashboard:audit", budget=trail, query={"q": "xi mang"})
    add("dossier", "criteria:dossier", commune)
    add("funding", "criteria:funding", budget=list_of(communes))
    add(
        "funding, a category open",
        "criteria:funding",
        budget=list_of(2 * communes),
        query={"open": "giao-thong"},
    )
    add(
        "funding, one commune, all open",
        "criteria:funding",
        budget=LIST,
        query={"commune": commune, "open": "all"},
    )
    add("progress by month", "dashboard:progress", budget=Budget(ms=150, kb=120))
    add("compare two dates", "dashboard:compare", budget=Budget(ms=350, kb=120))
    add("forecast", "dashboard:forecast", budget=Budget(ms=150, kb=120))
    add("map", "dashboard:map", budget=list_of(communes))
    add("work item", "criteria:work-item", f"HM{commune}-0")
    add("money flow", "dashboard:money-flow", budget=list_of(communes))
    add("warnings", "dashboard:warnings", budget=LIST)
    add("sponsors", "sponsors:sponsor-list", budget=LIST)
    add("sponsors: picture", "sponsors:sponsor-picture", budget=list_of(2 * communes))
    add("sponsor", "sponsors:sponsor", sponsor.pk)
    add("tasks", "sponsors:task-list", budget=LIST)
    add("tasks, the late ones", "sponsors:task-list", budget=LIST, query={"late": "1"})
    for kind in ("sponsor", "commune", "department"):
        add(f"who owes what, by {kind}", "dashboard:due", budget=DUE, query={"by": kind})
    add(
        "who owes what, one sponsor",
        "dashboard:due",
        budget=DUE,
        query={"by": "sponsor", "who": sponsor.pk},
    )
    add("due for the office", "dashboard:due", budget=DUE)
    add("assignments", "sponsors:assignment-list", budget=LIST)
    add("conclusions", "sponsors:conclusion-list", budget=LIST)
    add("tasks: form to create", "sponsors:task-add")
    add("task", "sponsors:task", task.pk)
    add("task: form to report", "sponsors:task-update", open_task.pk)
    add("timeline by week", "sponsors:timeline", budget=LIST)
    add("timeline by month", "sponsors:timeline", query={"step": "month", "by": "sponsor"})
    add("difficulties", "sponsors:difficulty-list", budget=LIST)
    add("contributions", "sponsors:contribution-list", budget=LIST)
    add("assessments of sponsors", "sponsors:review-list")
    _search(book)
    add("months", "reports:month-list")
    add("report: preview", "reports:month", MONTH)


def _cell(book: _Book, world: World) -> None:
    """Saving one cell of a sheet, another value each time."""
    as_of = AsOf(REPORTING, REPORTING, REPORTING, REPORTING)
    for one in world.communes:
        commune = reporting_commune(world.office, one.code, as_of)
        found = sheet(commune, REPORTING, world.office).criteria if commune else ()
        open_cells = [cell for row in found if row.submit for cell in row.indicators]
        if key := next((cell.key for cell in open_cells if cell.is_measured), ""):
            break
    else:
        return
    turns = count()

    def form() -> dict[str, str]:
        turn = next(turns)
        typed = {"value": f"{turn % 100},5", "stamp": f"{turn}.0.0"}
        return {f"{key}-{name}": text for name, text in typed.items()}

    options = {"budget": Budget(ms=30, queries=12), "target": f"state-{key}", "form": form}
    book.add("sheet: save a cell", "criteria:grid-cell", one.code, key, **options)


def _review(book: _Book, world: World) -> None:
    """The queue of the office, one criterion of it, and many verified at once."""
    waiting = Standing.objects.filter(waits_at(Place.SUBMITTED), commune__isnull=False)
    rows = waiting.select_related("commune", "criterion").order_by("commune_id", "criterion_id")
    book.add("review", "criteria:review", query={"at": Place.SUBMITTED.value})
    if not (first := rows.first()):
        return
    book.add("judgement", "criteria:judgement", first.commune.code, first.criterion.number)
    keys = [f"{one.commune_id}-{one.criterion_id}-{one.self_row_id}" for one in islice(rows, 160)]
    book.add(
        f"review: verify {len(keys)}",
        "criteria:review",
        budget=Budget(ms=100),
        form=lambda: {"move": Move.VERIFY.value, "rows": keys},
        is_undone=True,
    )


def _exports(book: _Book, world: World) -> None:
    communes = world.size.communes
    # The letter's budget was set for 21 communes, one district.
    letter = BOOK if communes <= 21 else NONE
    budget = next((budget for limit, budget in BOOKS.items() if communes <= limit), NONE)
    export = {"is_export": True, "budget": budget}
    book.add("report: workbook", "reports:month-file", MONTH, **export)
    book.add("report: workbook, a past month", "reports:month-file", MONTH_BEFORE, **export)
    book.add("report: letter", "reports:month-letter", MONTH, budget=letter)
    book.add("report: week", "reports:week")


def _national(book: _Book, world: World) -> None:
    board = "dashboard:board"
    country, province = {"scope": "all"}, {"scope": "all", "province": PROVINCE}
    book.add("board: provinces", board, query=country)
    book.add("board: provinces, table alone", board, query=country, target="matrix")
    book.add("board: districts of a province", board, query=province, target="matrix")
    book.add("board: one province", board, query={"province": PROVINCE}, target="matrix")
    _search(book)


def _search(book: _Book) -> None:
    """What most names bear, what no single name bears whole, and what the box asks while typing."""
    for title, words in (
        ("search", "huong"),
        ("search: village of a commune", "thon 3 huong binh"),
        ("search: seven words", "lam duong giao thong xa ha linh"),
    ):
        book.add(title, "dashboard:search", query={"q": words}, budget=LIST)
    box = {"query": {"q": "t"}, "target": "search-found"}
    book.add("search: one letter, box", "dashboard:search", budget=LIST, **box)
