"""The main table of the board: the matrix, or its roll-up by district or province."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from communes.choices import UnitKind
from communes.models import Commune, District, Province
from criteria.choices import MET_CELLS, DossierState, Level
from criteria.models import CriteriaSet, DossierStep, FundingNeed, FundingSource, Standing, WorkItem
from criteria.rules import is_met
from criteria.selectors.funding import ItemLine, item_lines
from criteria.selectors.history import latest_first, standings_from_history
from criteria.selectors.sets import SetInForce, set_in_force
from criteria.selectors.standings import CommuneStanding, commune_standings
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.dashboard import matrix
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.selectors.progress import (
    Rollup,
    RollupRow,
    Tally,
    rollup,
    sort_standings,
    tally,
    tally_one,
)
from ntm_tracker.dashboard.selectors.scope import ALL, DISTRICT, LEFT, MAX_ROWS, SORTS, Scope


@dataclass(frozen=True)
class Choice:
    """A link of the table's own navigation: which communes, in which order. `is_fragment` says
    that the figures around the table stay as they are, so that HTMX may swap it alone."""

    label: str
    url: str
    is_current: bool
    is_fragment: bool = True


@dataclass(frozen=True)
class Empty:
    """Why there is no table, and what to do next; the inputs of `components/empty.html`."""

    title: str
    text: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True)
class Table:
    """Context of `_matrix.html`: one of `matrix` and `rollup`, or neither where nothing is."""

    title: str
    scopes: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    matrix: matrix.Matrix | None
    rollup: Rollup | None
    empty: Empty | None
    criteria_set: CriteriaSet | None


@dataclass(frozen=True)
class Ground:
    """What table and figures both rest on, read once. `standings` are all measured communes of
    the area; they are empty where several provinces are looked at together."""

    scope: Scope
    in_force: SetInForce | None
    standings: tuple[CommuneStanding, ...]
    provinces: tuple[Province, ...]

    @property
    def is_national(self) -> bool:
        """Whether several provinces are looked at together, each with its own criteria set."""
        return bool(self.provinces)


def ground(scope: Scope) -> Ground:
    """The standings of the area. Constant queries, whatever the number of communes."""
    if scope.kind == ALL and scope.district is None and scope.province is None:
        provinces = tuple(Province.objects.filter(pk__in=scope.communes.values("province")))
        if len(provinces) > 1:
            return Ground(scope, None, (), provinces)
    in_force = set_in_force(Level.COMMUNE, scope.as_of.date, scope.province_code)
    if in_force is None:
        return Ground(scope, None, (), ())
    standings = commune_standings(scope.communes.rural(), in_force, scope.as_of)
    return Ground(scope, in_force, tuple(standings), ())


def board_table(base: Ground, lines: Iterable[ItemLine] | None = None) -> Table:
    """The table for a ground. `lines` are the work items of the area where the caller has them;
    only the roll-up needs them."""
    scope, in_force = base.scope, base.in_force
    rows = [row for row in base.standings if scope.shows_recognised or not row.is_recognised]
    by_district = len({row.district_id for row in rows}) > 1
    table = rolled_up = None
    if base.is_national:
        rolled_up = by_province(base)
    elif in_force and by_district and (scope.kind == ALL or len(rows) > MAX_ROWS):
        if lines is None:
            lines = item_lines(scope.items, scope.as_of.date)
        rolled_up = by_districts(scope, in_force, rows, lines)
    elif in_force:
        outside = _outside(scope) if scope.shows_recognised else []
        if rows or outside:
            # Where nothing can be rolled up, a cut table is better than one no browser draws.
            shown = sort_standings(rows, scope.sort)[:MAX_ROWS]
            table = matrix.build(shown, outside, in_force, scope.as_of)
    return Table(
        title=_title(scope, rolled_up=rolled_up is not None),
        scopes=_scopes(scope),
        sorts=_sorts(scope, is_matrix=rolled_up is None),
        matrix=table,
        rollup=rolled_up,
        empty=None if table or rolled_up else _empty(base),
        criteria_set=in_force.criteria_set if in_force else None,
    )


def _empty(base: Ground) -> Empty:
    """The one sentence that fits: nothing to do, nothing set up, or nothing to see."""
    scope = base.scope
    as_of = scope.as_of
    if base.standings:
        return Empty(
            "Không còn xã nào chưa đạt chuẩn",
            "Mọi xã trong phạm vi này đã được công nhận.",
            address("dashboard:board", as_of, scope=DISTRICT, **_here(scope)),
            "Xem tất cả xã",
        )
    if not scope.user.sees_all_communes:
        return Empty(
            "Tài khoản này chưa theo dõi xã nào",
            "Việc được giao và thôn đỡ đầu vẫn có ở trang Việc và trang Thôn. Nếu thiếu xã, hãy "
            "báo Văn phòng Điều phối.",
            address("sponsors:task-list", as_of),
            "Xem việc",
        )
    if base.in_force is None:
        title = f"Không có bộ tiêu chí xã có hiệu lực ngày {as_of.date:%d/%m/%Y}"
    else:
        title = "Chưa có xã nào để theo dõi"
    if scope.user.role == Role.ADMIN:
        return Empty(
            title,
            "Làm lần lượt các bước chuẩn bị; bảng tổng hợp hiện ra khi có xã và bộ tiêu chí.",
            address("dashboard:setup", as_of),
            "Mở các bước chuẩn bị",
        )
    return Empty(title, "Hãy báo tài khoản quản trị hoàn thành các bước chuẩn bị hệ thống.")


def _outside(scope: Scope) -> list[tuple[str, str]]:
    """Towns and wards: no commune set measures them."""
    units = scope.communes.exclude(kind=UnitKind.XA).order_by("sort_key", "id")
    return [
        (code, f"{UnitKind(kind).label} {name}")
        for code, kind, name in units.values_list("code", "kind", "name")
    ]


def _title(scope: Scope, *, rolled_up: bool) -> str:
    place = f" – {scope.name}" if scope.name else ""
    if rolled_up:
        return f"Tổng hợp theo địa bàn{place}"
    if scope.shows_recognised:
        return f"Xã theo tiêu chí{place}"
    return f"Xã chưa đạt chuẩn theo tiêu chí{place}"


def _here(scope: Scope) -> dict[str, str]:
    """The query that keeps the chosen area."""
    if scope.district and not scope.is_focus:
        return {"district": scope.district.code}
    if scope.province:
        return {"province": scope.province.code}
    return {}


def _scopes(scope: Scope) -> tuple[Choice, ...]:
    if not scope.user.sees_all_communes:
        return ()
    area = "Cả huyện" if scope.district else "Tất cả xã"
    sort = "" if scope.sort == "name" else scope.sort
    return tuple(
        Choice(
            label, address("dashboard:board", scope.as_of, sort=sort, **query), scope.kind == kind
        )
        for kind, label, query in (
            (LEFT, "Xã chưa đạt chuẩn", _here(scope) if scope.kind != ALL else {}),
            (DISTRICT, area, {"scope": DISTRICT} | _here(scope)),
            (ALL, "Toàn tỉnh, theo huyện", {"scope": ALL}),
        )
    )


def _sorts(scope: Scope, *, is_matrix: bool) -> tuple[Choice, ...]:
    labels = SORTS if is_matrix else SORTS | {"name": "Tên", "missing": "Thiếu vốn nhiều nhất"}
    return tuple(
        Choice(
            label,
            address(
                "dashboard:board",
                scope.as_of,
                scope=scope.kind,
                sort="" if sort == "name" else sort,
                **_here(scope),
            ),
            scope.sort == sort,
        )
        for sort, label in labels.items()
    )


def by_districts(
    scope: Scope,
    in_force: SetInForce,
    rows: Iterable[CommuneStanding],
    lines: Iterable[ItemLine],
) -> Rollup:
    """One row per district of the area; districts have ended, so some communes have none."""
    as_of = scope.as_of
    groups: dict[int | None, list[CommuneStanding]] = {}
    district_of = {}
    for row in rows:
        groups.setdefault(row.district_id, []).append(row)
        district_of[row.commune_id] = row.district_id
    missing: dict[int | None, int] = {}
    for line in lines:
        if line.commune_id in district_of:
            district = district_of[line.commune_id]
            missing[district] = missing.get(district, 0) + line.money.missing
    result = [
        RollupRow(
            district.name,
            address("dashboard:board", as_of, scope=DISTRICT, district=district.code),
            tally(groups[district.pk]),
            in_force.total,
            missing.get(district.pk, 0),
        )
        for district in District.objects.filter(pk__in=[pk for pk in groups if pk])
    ]
    if None in groups:
        result.append(
            RollupRow(
                "Không thuộc huyện", "", tally(groups[None]), in_force.total, missing.get(None, 0)
            )
        )
    return rollup("Huyện", result, scope.sort)


def by_province(base: Ground) -> Rollup:
    """One row per province, each measured by its own set; seven queries for the whole country."""
    scope, as_of = base.scope, base.scope.as_of
    sets = _set_by_province(base.provinces, as_of.date)
    counts = _counts(scope.communes, {chosen.pk for chosen in sets.values()}, as_of)
    states = _dossiers(scope.communes, {chosen.pk for chosen in sets.values()}, as_of.date)
    tallies = {province.pk: Tally() for province in base.provinces}
    for commune, province in scope.communes.rural().values_list("pk", "province_id"):
        chosen = sets.get(province)
        key = (commune, chosen.pk if chosen else None)
        met, overdue, reported = counts.get(key, (0, 0, 0))
        tallies[province] += tally_one(states.get(key), met, overdue, has_data=reported > 0)
    missing = missing_by(scope.items, as_of.date, "commune__province")
    return rollup(
        "Tỉnh",
        [
            RollupRow(
                province.name,
                address("dashboard:board", as_of, scope=ALL, province=province.code),
                tallies[province.pk],
                sets[province.pk].size if province.pk in sets else 0,
                missing.get(province.pk, 0),
            )
            for province in base.provinces
        ],
        scope.sort,
    )


def _set_by_province(provinces: Iterable[Province], on: date) -> dict[int, CriteriaSet]:
    """Province id → the set that measures its communes, chosen as `set_in_force` does."""
    sets = list(
        CriteriaSet.objects.in_force(Level.COMMUNE, on)
        .annotate(size=Count("criteria"))
        .order_by("-valid_from", "code")
    )
    chosen = {}
    for province in provinces:
        own = [each for each in sets if each.province_id == province.pk]
        national = [each for each in sets if each.province_id is None]
        if own or national:
            chosen[province.pk] = (own or national)[0]
    return chosen


Counts = dict[tuple[int, int | None], tuple[int, int, int]]


def _counts(communes: QuerySet[Commune], sets: set[int], as_of: AsOf) -> Counts:
    """(commune, set) → (met, overdue, reported), grouped in SQL for the present."""
    if as_of.is_present:
        not_met = ~Q(cell__in=[cell.value for cell in MET_CELLS])
        rows = (
            Standing.objects.filter(
                commune__in=communes.values("pk"), criterion__criteria_set__in=sets
            )
            .order_by()
            .values_list("commune_id", "criterion__criteria_set_id")
            .annotate(
                met=Count("pk", filter=~not_met),
                overdue=Count("pk", filter=not_met & Q(planned_on__lt=as_of.date)),
                reported=Count("pk", filter=~Q(cell=".")),
            )
        )
        return {(commune, chosen): (m, o, r) for commune, chosen, m, o, r in rows}
    set_of = dict(
        CriteriaSet.objects.filter(pk__in=sets).values_list("criteria__pk", "pk").order_by()
    )
    counts: Counts = {}
    states = standings_from_history(
        as_of.date, communes=communes.values("pk"), criteria=[pk for pk in set_of if pk]
    )
    for (commune, _village, criterion), state in states.items():
        key = (commune, set_of[criterion])
        m, o, r = counts.get(key, (0, 0, 0))
        met = is_met(state.cell)
        late = bool(state.planned_on and state.planned_on < as_of.date and not met)
        counts[key] = (m + met, o + late, r + (state.cell != "."))
    return counts


def _dossiers(
    communes: QuerySet[Commune], sets: set[int], on: date
) -> dict[tuple[int, int], DossierState]:
    """(commune, set) → state of the dossier, over several sets in one query."""
    rows = (
        DossierStep.objects.filter(
            dossier__commune__in=communes.values("pk"),
            dossier__criteria_set__in=sets,
            effective_on__lte=on,
        )
        .annotate(place=latest_first(["dossier_id"], "effective_on"))
        .filter(place=1)
        .order_by()
        .values_list("dossier__commune_id", "dossier__criteria_set_id", "state")
    )
    return {(commune, chosen): DossierState(state) for commune, chosen, state in rows}


def missing_by(items: QuerySet[WorkItem], on: date, field: str) -> dict[int | None, int]:
    """Missing money in đồng by a field of the work item, added up per item in the database."""

    def amounts(model: type[FundingNeed] | type[FundingSource]) -> Coalesce:
        rows = model.objects.filter(item=OuterRef("pk"), effective_on__lte=on).order_by()
        sums = rows.values("item").annotate(sum=Sum("amount")).values("sum")
        return Coalesce(Subquery(sums), Value(0), output_field=BigIntegerField())

    return dict(
        items.annotate(need=amounts(FundingNeed), have=amounts(FundingSource))
        .order_by()
        .values_list(field)
        .annotate(sum=Sum(Greatest(F("need") - F("have"), Value(0))))
    )
