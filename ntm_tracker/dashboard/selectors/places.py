"""The map: communes where they lie, with the criteria they meet and the money they lack."""

from dataclasses import dataclass

from communes.models import Boundary, BoundaryFile
from criteria.choices import Level
from criteria.selectors import reported
from criteria.selectors.funding import Money, group_money
from criteria.selectors.standings import CommuneStanding
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.pictures.places import Map, Place, draw_map
from ntm_tracker.dashboard.selectors.progress import Rungs, is_silent, rungs
from ntm_tracker.dashboard.selectors.scope import Scope, board_scope


@dataclass(frozen=True)
class PlaceRow:
    """One commune of the table behind the map."""

    standing: CommuneStanding
    total: int
    money: Money

    @property
    def is_silent(self) -> bool:
        return not self.standing.is_recognised and is_silent(self.standing)

    @property
    def rungs(self) -> Rungs:
        return rungs([self.standing])


@dataclass(frozen=True)
class MapPage:
    """Context of `map.html`. `files` are those the outlines come from; without any the map is a
    schematic from coordinates alone."""

    scope: Scope
    picture: Map
    rows: tuple[PlaceRow, ...]
    files: tuple[BoundaryFile, ...]


def map_page(user: User, as_of: AsOf, installation: Installation) -> MapPage:
    """The communes that the board opens on, recognised ones too; constant queries. Outlines and
    coordinates are those of today, figures those of the day."""
    scope = board_scope(user, installation, as_of, {})
    here = scope.communes.rural()
    in_force = reported.set_for(Level.COMMUNE, as_of, scope.province_code)
    standings = reported.standings(here, in_force, as_of) if in_force else []
    total = in_force.total if in_force else 0
    money = group_money(reported.lines_of(scope.items, as_of), lambda line: line.commune_id)
    at = {pk: (lon, lat) for pk, lon, lat in here.values_list("pk", "lon", "lat")}
    outlines = {
        row.commune_id: row
        for row in Boundary.objects.filter(commune__in=here.values("pk")).select_related("file")
    }
    rows = tuple(PlaceRow(row, total, money.get(row.commune_id, Money())) for row in standings)
    picture = draw_map(
        Place(
            name=row.standing.name,
            lon=None if lon is None else float(lon),
            lat=None if lat is None else float(lat),
            met=None if is_silent(row.standing) else row.standing.met,
            total=total,
            missing=row.money.missing,
            is_done=row.standing.is_recognised,
            rings=tuple(outline.rings) if outline else (),
        )
        for row in rows
        for lon, lat in [at.get(row.standing.commune_id, (None, None))]
        for outline in [outlines.get(row.standing.commune_id)]
    )
    files = {outline.file_id: outline.file for outline in outlines.values()}
    return MapPage(scope, picture, rows, tuple(files.values()))
