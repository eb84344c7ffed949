"""The funding page: category → commune → work item, opened as far as the address says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import BadRequest

from communes.models import Commune
from criteria.models import FundingCategory, WorkItem
from criteria.selectors import reported
from criteria.selectors.control import ControlLine, Verdict, announced, control_lines
from criteria.selectors.debts import Debt
from criteria.selectors.funding import (
    FundingNode,
    ItemLine,
    KindLine,
    Money,
    funding_tree,
    total,
)
from criteria.selectors.scope import Reader
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation

# A table of this many work items can be opened at once; beyond it, one commune at a time.
MAX_OPEN_ITEMS = 300
ALL, NONE, UNALLOTTED_CODE = "all", "-", "lien-xa"


@dataclass(frozen=True)
class FundingFilter:
    """What the address asks for; "" means everything. `open` lists the rows that stand open, or is
    "all" with the rows that do not ("all,-giao-thong"), or "-" for none."""

    category: str = ""
    commune: str = ""
    open: str = ""


@dataclass(frozen=True)
class TreeRow:
    """A row of the table as it stands: 1 category, 2 commune, 3 work item. `toggle` is the value
    of `open` that a press on it leads to; empty for work items and rows without anything below."""

    level: int
    key: str
    label: str
    money: Money
    is_open: bool = False
    toggle: str = ""
    provenance: str = ""


@dataclass(frozen=True)
class CommuneMoney:
    """The sums of one commune; `code` is empty for what is inter-commune or not yet allotted."""

    code: str
    name: str
    money: Money
    debt: Debt | None = None


@dataclass(frozen=True)
class FundingPage:
    """Everything on the page; `sees_whole` is false for who sees the money of single communes."""

    filters: FundingFilter
    sees_whole: bool
    money: Money
    lines: tuple[ItemLine, ...]
    rows: tuple[TreeRow, ...]
    kinds: tuple[KindLine, ...]
    communes: tuple[CommuneMoney, ...]
    controls: tuple[ControlLine, ...]
    may_open_all: bool
    illustrative: int
    categories: tuple[FundingCategory, ...]
    choices: tuple[tuple[str, str], ...]
    commune: Commune | None
    debts: tuple[Debt, ...] = ()

    @property
    def items(self) -> int:
        """How many work items the table adds up."""
        return len(self.lines)

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters.category or self.filters.commune)

    @property
    def debt(self) -> int:
        """What the communes of the table owe, in đồng, as far as they have stated it."""
        return sum(debt.total for debt in self.debts)

    @property
    def overdue_debt(self) -> int:
        return sum(debt.overdue for debt in self.debts)

    @property
    def has_surplus(self) -> bool:
        return self.money.surplus > 0

    @property
    def differences(self) -> tuple[ControlLine, ...]:
        """The announced figures from which ours differ, or behind which some work item moved."""
        return tuple(
            line for line in self.controls if line.rows or line.verdict is not Verdict.EQUAL
        )

    @property
    def matching(self) -> int:
        """How many announced figures ours equal, with nothing moved behind them."""
        return len(self.controls) - len(self.differences)

    @property
    def is_all_open(self) -> bool:
        return all(row.is_open for row in self.rows if row.toggle)

    @property
    def category(self) -> FundingCategory | None:
        """The category that the page is narrowed to."""
        return next((row for row in self.categories if row.code == self.filters.category), None)


def funding_page(
    user: Reader, as_of: AsOf, installation: Installation, filters: FundingFilter
) -> FundingPage:
    """The page for one reader and day; at most eleven queries, whatever the number of items.

    Raises BadRequest with a Vietnamese sentence for a category or commune that does not exist or
    that the reader may not see (the answer is the same, so it confirms nothing).
    """
    categories = tuple(FundingCategory.objects.all())
    if filters.category and filters.category not in {row.code for row in categories}:
        raise BadRequest(f"Không có nội dung kinh phí nào mang mã “{filters.category[:40]}”.")
    commune = _chosen_commune(user, as_of, filters.commune)
    whole = reported.followed_items(user, as_of, installation.focus_district)
    items = WorkItem.objects.visible_to(user).filter(commune=commune) if commune else whole
    lines = reported.lines_of(items, as_of)
    choices = _choices(lines, commune)
    controls = []
    if user.sees_all_communes and not filters.commune:
        controls = control_lines(lines, announced(as_of.date))
        controls = [row for row in controls if _speaks_of(row, filters.category)]
    if filters.commune == UNALLOTTED_CODE:
        items, lines = items.filter(commune=None), [row for row in lines if not row.commune_id]
    if filters.category:
        wanted = next(row.pk for row in categories if row.code == filters.category)
        items = items.filter(category=wanted)
        lines = [row for row in lines if row.category_id == wanted]
    debts = _debts(lines, as_of)
    tree = [row for row in funding_tree(lines) if filters.category in ("", row.key)]
    may_open_all = len(lines) <= MAX_OPEN_ITEMS
    opened = _opened(tree, filters, may_open_all)
    return FundingPage(
        filters=filters,
        sees_whole=user.sees_all_communes,
        money=total(lines),
        lines=tuple(lines),
        rows=tuple(tree_rows(tree, opened, may_open_all=may_open_all)),
        kinds=tuple(reported.kinds_of(items, as_of)),
        communes=tuple(_by_commune(lines, debts)),
        debts=tuple(debts.values()),
        controls=tuple(controls),
        may_open_all=may_open_all,
        illustrative=sum(line.provenance == "illustrative" for line in lines),
        categories=categories,
        choices=tuple(choices),
        commune=commune,
    )


def _chosen_commune(user: Reader, as_of: AsOf, code: str) -> Commune | None:
    if not code or (code == UNALLOTTED_CODE and user.sees_all_communes):
        return None
    found = reported.units(user, as_of).filter(code=code[:10]).first()
    if found is None:
        raise BadRequest(f"Không có xã nào mang mã “{code[:10]}” trong phạm vi bạn theo dõi.")
    return reported.name_then(found, as_of)


def _speaks_of(line: ControlLine, category: str) -> bool:
    """Whether an announced figure belongs beside the chosen category (all without one)."""
    if not category:
        return True
    return line.control.category is not None and line.control.category.code == category


def _choices(lines: Iterable[ItemLine], commune: Commune | None) -> list[tuple[str, str]]:
    """(code, words) of the communes that have items, by name; what is not allotted comes last."""
    keyed = {
        line.commune_code or UNALLOTTED_CODE: (line.commune_sort or "", line.commune_label)
        for line in lines
    }
    if commune:
        keyed.setdefault(commune.code, (commune.sort_key, str(commune)))
    ordered = sorted(keyed.items(), key=lambda pair: (pair[0] == UNALLOTTED_CODE, pair[1][0]))
    return [(code, label) for code, (_sort, label) in ordered]


def _debts(lines: Iterable[ItemLine], as_of: AsOf) -> dict[int, Debt]:
    """What the communes of these lines owe, by commune; one query."""
    ids = {line.commune_id for line in lines if line.commune_id}
    return reported.debts(Commune.objects.filter(pk__in=ids), as_of)


def _by_commune(lines: Sequence[ItemLine], debts: Mapping[int, Debt]) -> list[CommuneMoney]:
    sums: dict[str, tuple[str, str, Money]] = {}
    owing = {line.commune_code: debts.get(line.commune_id or 0) for line in lines}
    for line in lines:
        code = line.commune_code or ""
        money = sums[code][2] if code in sums else Money()
        sums[code] = (line.commune_sort or "", line.commune_label, money + line.money)
    ordered = sorted(sums.items(), key=lambda pair: (pair[0] == "", pair[1][0]))
    return [
        CommuneMoney(code, label, money, owing.get(code)) for code, (_sort, label, money) in ordered
    ]


def _keys(tree: Iterable[FundingNode]) -> set[str]:
    """The keys of the rows that can stand open."""
    return {key for node in tree for key in (node.key, *(child.key for child in node.children))}


def _opened(tree: list[FundingNode], filters: FundingFilter, may_open_all: bool) -> set[str]:
    """The keys of the rows that stand open. Without a word in the address: the chosen category, or
    everything of the chosen commune."""
    keys = _keys(tree)
    wanted = (filters.open or (ALL if filters.commune else filters.category)).split(",")
    if wanted[0] != ALL:
        return set(wanted) & keys
    if not may_open_all:
        keys = {node.key for node in tree}
    return keys - {word.removeprefix(NONE) for word in wanted[1:]}


def tree_rows(
    tree: Iterable[FundingNode], opened: set[str], *, may_open_all: bool = True
) -> Iterable[TreeRow]:
    """The rows that can be seen, from the top down, each with the value of `open` that its press
    leads to: the rows that are open, or "all" and those that are not, whichever is shorter.

    Closing a category keeps its communes as they were: opening it again shows the same.
    """
    tree = list(tree)
    keys = _keys(tree)

    def toggled(key: str) -> str:
        after = opened ^ {key}
        closed = keys - after
        if may_open_all and len(closed) < len(after):
            return ",".join([ALL, *(f"{NONE}{word}" for word in sorted(closed))])
        return ",".join(sorted(after)) or NONE

    for node in tree:
        is_open = node.key in opened
        toggle = toggled(node.key) if node.children else ""
        yield TreeRow(1, node.key, node.label, node.money, is_open, toggle)
        if not is_open:
            continue
        for commune in node.children:
            shows_items = commune.key in opened
            yield TreeRow(
                2, commune.key, commune.label, commune.money, shows_items, toggled(commune.key)
            )
            if shows_items:
                for item in commune.children:
                    yield TreeRow(3, item.key, item.label, item.money, provenance=item.provenance)
