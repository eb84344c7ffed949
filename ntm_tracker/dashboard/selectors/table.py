"""The main table of the board: the matrix, or its roll-up by district or province."""

from collections.abc import Iterable
from dataclasses import dataclass

from communes.choices import UnitKind
from communes.models import District, Province
from criteria.choices import Level
from criteria.models import CriteriaSet
from criteria.selectors import reported
from criteria.selectors.funding import ItemLine
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import CommuneStanding
from ntm_tracker.core.choices import Role
from ntm_tracker.dashboard import matrix
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.selectors.national import by_province
from ntm_tracker.dashboard.selectors.progress import (
    Rollup,
    RollupRow,
    rollup,
    sort_standings,
    tally,
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
    in_force = reported.set_for(Level.COMMUNE, scope.as_of, scope.province_code)
    if in_force is None:
        return Ground(scope, None, (), ())
    standings = reported.standings(scope.communes.rural(), in_force, scope.as_of)
    return Ground(scope, in_force, tuple(standings), ())


def board_table(base: Ground, lines: Iterable[ItemLine] | None = None) -> Table:
    """The table for a ground. `lines` are the work items of the area where the caller has them;
    only the roll-up needs them."""
    scope, in_force = base.scope, base.in_force
    rows = [row for row in base.standings if scope.shows_recognised or not row.is_recognised]
    by_district = len({row.district_id for row in rows}) > 1
    table = rolled_up = None
    if base.is_national:
        rolled_up = by_province(scope, base.provinces)
    elif in_force and by_district and (scope.kind == ALL or len(rows) > MAX_ROWS):
        if lines is None:
            lines = reported.lines_of(scope.items, scope.as_of)
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
    if scope.district and not scope.is_whole:
        return {"district": scope.district.code}
    if scope.province:
        return {"province": scope.province.code}
    return {}


def _scopes(scope: Scope) -> tuple[Choice, ...]:
    if not scope.user.sees_all_communes:
        return ()
    area = "Cả huyện" if scope.district or (scope.has_focus and not scope.province) else "Tất cả xã"
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
    """One row per district of the area; districts have ended, so some communes have none. Money of
    towns counts with their district, and what no commune has yet stands in a row of its own."""
    groups: dict[int | None, list[CommuneStanding]] = {}
    for row in rows:
        groups.setdefault(row.district_id, []).append(row)
    district_of = dict(scope.communes.values_list("pk", "district_id"))
    missing: dict[int | None, int] = {}
    unallotted = 0
    for line in lines:
        if line.commune_id is None:
            unallotted += line.money.missing
        else:
            district_id = district_of[line.commune_id]
            missing[district_id] = missing.get(district_id, 0) + line.money.missing
    total = in_force.total
    districts = District.objects.filter(pk__in=[pk for pk in {*groups, *missing} if pk is not None])
    result = [
        RollupRow(
            district.name,
            address("dashboard:board", scope.as_of, scope=DISTRICT, district=district.code),
            tally(groups.get(district.pk, ())),
            total,
            missing.get(district.pk, 0),
        )
        for district in districts
    ]
    if None in groups or None in missing:
        rest = tally(groups.get(None, ()))
        result.append(RollupRow("Không thuộc huyện", "", rest, total, missing.get(None, 0)))
    return rollup("Huyện", result, scope.sort, unallotted)
