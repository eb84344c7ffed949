"""A map: where communes lie, how many criteria they meet, how much money they lack.

The picture has a `viewBox` of WIDTH units, because outlines cannot stand in percent. The style
sheet sets the words larger where the picture is smaller; a label is placed with the room that it
takes on a phone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import cos, radians, sqrt

WIDTH, MOST_HEIGHT, MARGIN = 640, 720, 56
# The badge with the count, that of a recognised commune, and the widest ring around one.
BADGE, DONE, MOST = 17, 12, 42
# Screen → (width of a letter, height of a line): as on the narrowest phone, where 27 units make
# 12 px, on a usual one, where 22 do, and on a desk. The style sheet has the same sizes.
ROOM = {"narrow": (15.5, 32), "usual": (12.5, 26), "wide": (8.5, 18)}
# The part of a name that stands at a place → the share of the name that lies before it.
START, MIDDLE, END = "start", "middle", "end"
BEFORE = {START: 0, MIDDLE: 0.5, END: 1}
# Coordinates are known to about a kilometre: a single place is no reason to look closer.
NEAREST = 0.02

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Place:
    """One commune: `lon` and `lat` in degrees (None: not known), criteria `met` out of `total`
    (None: nothing reported), `missing` money in đồng. `is_done`: recognised, it has no count."""

    name: str
    lon: float | None
    lat: float | None
    met: int | None
    total: int
    missing: int
    is_done: bool = False
    rings: tuple[Ring, ...] = ()

    @property
    def kind(self) -> str:
        """The class that draws colour and sign."""
        if self.is_done:
            return "done"
        if self.met is None:
            return "silent"
        if self.met >= self.total:
            return "all"
        return "most" if 2 * self.met >= self.total else "few"

    @property
    def badge(self) -> int:
        """The radius of the badge."""
        return DONE if self.is_done else BADGE

    @property
    def text(self) -> str:
        """What stands in the badge."""
        return "✓" if self.is_done else "?" if self.met is None else str(self.met)


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture, in units from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class Mark:
    """A place in the picture. The area of the ring around the badge is as large as the gap."""

    place: Place
    x: int
    y: int
    radius: int
    label: "NameLabel | None" = None


@dataclass(frozen=True)
class NameLabel:
    """Where the name of a place stands free of all others; `box` is the room it takes.
    `anchor`: which part of the name stands at `x`, so that it is as near in small letters.
    `screen`: the smallest in ROOM on which it is free."""

    x: int
    y: int
    anchor: str
    box: Box
    screen: str


@dataclass(frozen=True)
class Land:
    """The outline of a unit as an SVG path, with the class of its place."""

    path: str
    kind: str


@dataclass(frozen=True)
class Map:
    """The picture; `unplaced` are those whose coordinates nobody knows."""

    height: int
    lands: tuple[Land, ...]
    marks: tuple[Mark, ...]
    unplaced: tuple[Place, ...]

    @property
    def width(self) -> int:
        return WIDTH


@dataclass(frozen=True)
class _Frame:
    """From degrees to units; a degree of longitude is shorter the further from the equator."""

    west: float
    north: float
    scale: float
    squeeze: float
    shift: float

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        x = self.shift + (lon - self.west) * self.squeeze * self.scale
        return round(x), round(MARGIN + (self.north - lat) * self.scale)


def draw_map(places: Iterable[Place]) -> Map:
    """Places → picture, the largest gap at the bottom of the pile, so that small ones stay seen."""
    places = list(places)
    known = [place for place in places if place.lon is not None and place.lat is not None]
    unplaced = tuple(place for place in places if place not in known)
    points = [(place.lon or 0.0, place.lat or 0.0) for place in known]
    points += [(one[0], one[1]) for place in places for ring in place.rings for one in ring]
    if not points:
        return Map(0, (), (), unplaced)
    frame, height = _frame(points)
    most = max((place.missing for place in known), default=0)
    marks = [
        Mark(place, *frame.at(place.lon or 0.0, place.lat or 0.0), _radius(place, most))
        for place in sorted(known, key=lambda place: -place.missing)
    ]
    lands = tuple(Land(_path(place.rings, frame), place.kind) for place in places if place.rings)
    return Map(height, lands, tuple(_labelled(marks, height)), unplaced)


def _frame(points: Sequence[tuple[float, float]]) -> tuple[_Frame, int]:
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    west, north = min(lons), max(lats)
    squeeze = cos(radians((north + min(lats)) / 2))
    wide, high = (max(lons) - west) * squeeze, north - min(lats)
    inner = WIDTH - 2 * MARGIN
    scale = min(inner / max(wide, NEAREST), (MOST_HEIGHT - 2 * MARGIN) / max(high, NEAREST))
    shift = (WIDTH - wide * scale) / 2
    return _Frame(west, north, scale, squeeze, shift), round(high * scale) + 2 * MARGIN


def _radius(place: Place, most: int) -> int:
    """The outer radius: the area between it and the badge is in proportion to the gap."""
    ring = (MOST**2 - BADGE**2) * place.missing / most if most else 0
    return round(sqrt(place.badge**2 + ring))


def _path(rings: Iterable[Ring], frame: _Frame) -> str:
    """Closed outlines in whole units; what falls onto the point before is left out."""
    parts = []
    for ring in rings:
        found: list[tuple[int, int]] = []
        for lon, lat, *_height in ring:
            at = frame.at(lon, lat)
            if not found or at != found[-1]:
                found.append(at)
        if len(found) > 2:
            parts.append("M" + "L".join(f"{x},{y}" for x, y in found) + "Z")
    return "".join(parts)


def _labelled(marks: Sequence[Mark], height: int) -> Iterable[Mark]:
    """The marks with their names where there is room: below, above, to the right or left, above
    or below to one side. First the communes on their way, then the recognised ones; of each first
    the names that have it at every width, then those that have it on wider screens alone. A name
    that finds none stands in the table alone. Whoever has the fewest places to choose from chooses
    first."""
    taken = [_around(mark) for mark in marks]
    labels: dict[int, NameLabel] = {}
    choices = [
        sum(_is_free(one.box, taken, height) for one in _choices(mark, "usual")) for mark in marks
    ]
    in_turn = sorted(enumerate(marks), key=lambda pair: choices[pair[0]])
    for is_done, screen in product((False, True), ROOM):
        for number, mark in in_turn:
            if number in labels or mark.place.is_done != is_done:
                continue
            free = (one for one in _choices(mark, screen) if _is_free(one.box, taken, height))
            if label := next(free, None):
                labels[number] = label
                taken.append(label.box)
    for number, mark in enumerate(marks):
        yield replace(mark, label=labels.get(number))


def _is_free(box: Box, taken: Iterable[Box], height: int) -> bool:
    is_inside = box.left >= 0 and box.right <= WIDTH and box.top >= 0 and box.bottom <= height
    return is_inside and not any(box.meets(other) for other in taken)


def _around(mark: Mark) -> Box:
    r = mark.radius
    return Box(mark.x - r, mark.y - r, mark.x + r, mark.y + r)


def _choices(mark: Mark, screen: str) -> Iterable[NameLabel]:
    letter, line = ROOM[screen]
    wide, r = letter * len(mark.place.name), mark.radius
    middle, below, above = mark.y - line / 2, mark.y + r, mark.y - r - line
    for x, anchor, top in (
        (mark.x, MIDDLE, below),
        (mark.x, MIDDLE, above),
        (mark.x + r + 4, START, middle),
        (mark.x - r - 4, END, middle),
        *((mark.x, anchor, top) for top in (above, below) for anchor in (START, END)),
    ):
        left = x - wide * BEFORE[anchor]
        box = Box(left, top, left + wide, top + line)
        yield NameLabel(x, round(top + line / 2), anchor, box, screen)
