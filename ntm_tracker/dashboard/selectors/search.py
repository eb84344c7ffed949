"""Search over all that has a page of its own, with or without accents."""

from dataclasses import dataclass
from textwrap import shorten

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from communes.choices import UnitKind
from communes.models import Commune, VillageMembership, valid_on
from criteria.choices import Level
from criteria.models import Criterion, WorkItem
from criteria.selectors.sets import chosen_set
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.core.text import nfc, search_words
from ntm_tracker.dashboard.places import places_of
from sponsors.choices import DifficultyKind
from sponsors.models import Difficulty, Sponsor, Task

SHOWN, SUGGESTED = 20, 5
LABEL = 90  # of a difficulty, which is a text and has no name
LONGEST = 100


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is called, what tells it from its namesakes, and its key in the
    address; a page, which has none, names itself by its URL name in `page`."""

    key: str
    label: str
    detail: str
    provenance: str = ""
    page: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind, at most as many as were asked for. `page` is the URL name of a
    hit, `list_page` that of a list which can be searched for all of them."""

    title: str
    page: str
    list_page: str
    hits: tuple[Hit, ...]
    has_more: bool

    @property
    def count(self) -> str:
        return f"{len(self.hits)}+" if self.has_more else str(len(self.hits))


@dataclass(frozen=True)
class Results:
    """Context of the search page; groups without hits are left out."""

    query: str
    groups: tuple[Group, ...]

    @property
    def is_empty(self) -> bool:
        return not self.groups


def search(
    user: User, query: str, as_of: AsOf, province_code: str = "", shown: int = SHOWN
) -> Results:
    """What bears all words of the query, among what the reader may see; seven queries.

    `shown` is how many of each kind are named. The criteria are those of the set that measures
    the communes of the province on that day.
    """
    text = nfc(query[:LONGEST])
    # The longest is in the fewest names: the others are then looked for in these alone.
    words = sorted(search_words(text), key=len, reverse=True)
    if not words:
        return Results(text, ())
    asked = _Asked(user, words, as_of, shown + 1)
    groups = (
        Group(title, page, list_page, tuple(hits[:shown]), len(hits) > shown)
        for title, page, list_page, hits in (
            ("Xã, phường, thị trấn", "dashboard:commune", "", _communes(asked)),
            ("Thôn", "dashboard:village", "criteria:village-list", _villages(asked)),
            ("Đơn vị đỡ đầu", "sponsors:sponsor", "sponsors:sponsor-list", _sponsors(asked)),
            ("Việc", "sponsors:task", "sponsors:task-list", _tasks(asked)),
            ("Công trình", "criteria:work-item", "", _work_items(asked)),
            ("Tiêu chí", "criteria:criterion", "", _criteria(asked, province_code)),
            ("Khó khăn, kiến nghị", "sponsors:difficulty", "", _difficulties(asked)),
            ("Trang", "", "", _places(asked)),
        )
    )
    return Results(text, tuple(group for group in groups if group.hits))


@dataclass(frozen=True)
class _Asked:
    """Who looks for which words on which day, and how many hits of a kind are read."""

    user: User
    words: list[str]
    as_of: AsOf
    limit: int


def _all_words(words: list[str], *fields: str) -> Q:
    """Every word stands in one of the fields."""
    condition = Q()
    for word in words:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__contains": word})
        condition &= anywhere
    return condition


def _some_word(words: list[str], field: str) -> Q:
    """At least one word begins a word of the field: the others may name the place it belongs to.

    Inside a word is not enough here, or "hà linh" would find every "nhà văn hóa" of xã Hà Linh.
    """
    condition = Q()
    for word in words:
        condition |= Q(**{f"{field}__startswith": word}) | Q(**{f"{field}__contains": f" {word}"})
    return condition


def _named(words: list[str], own: str, *others: str) -> Q:
    """Every word stands in the own name or in one of the others, one of them begins a word of the
    own. A single word that does so needs no second look: these conditions cost most of the time."""
    begins = _some_word(words, own)
    return begins if len(words) == 1 else begins & _all_words(words, own, *others)


def _named_in_commune(words: list[str], own: str) -> Q:
    """As `_named` for a row of a commune, where there are tens of thousands: a word is looked for
    in the names of communes once instead of for each row, and what begins a word comes last."""
    begins = _some_word(words, own)
    if len(words) == 1:
        return begins
    condition = Q()
    for word in words:
        there = Commune.objects.filter(search_text__contains=word)
        condition &= Q(**{f"{own}__contains": word}) | Q(commune__in=there.values("pk"))
    return condition & begins


def _by_own_name(rows: QuerySet, words: list[str], field: str) -> QuerySet:
    """What bears all words in its own name comes before what is found by its place."""
    place = Case(
        When(_all_words(words, field), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return rows.annotate(place=place)


def _best_first(rows: QuerySet, words: list[str], field: str, *order: str) -> QuerySet:
    """Rows that are `_named`, by own name before the order. A single word stands in the own name
    of each: without sorting all for nothing, the database stops at the first that are shown."""
    if len(words) == 1:
        return rows.order_by(*order)
    return _by_own_name(rows, words, field).order_by("place", *order)


def _communes(asked: _Asked) -> list[Hit]:
    communes = Commune.objects.visible_to(asked.user).active_on(asked.as_of.date)
    rows = (
        _by_own_name(communes, asked.words, "search_text")
        .filter(_all_words(asked.words, "search_text", "district__search_text"))
        .order_by("place", "sort_key", "id")
        .values_list("code", "kind", "name", "district__name", "province__name")
    )
    return [
        Hit(code, f"{UnitKind(kind).label} {name}", district or province)
        for code, kind, name, district, province in rows[: asked.limit]
    ]


def _villages(asked: _Asked) -> list[Hit]:
    members = VillageMembership.objects.visible_to(asked.user).filter(valid_on(asked.as_of.date))
    found = members.filter(_named_in_commune(asked.words, "village__search_text"))
    order = ("village__sort_key", "commune__sort_key", "id")
    rows = _best_first(found, asked.words, "village__search_text", *order).values_list(
        "village_id", "village__name", "commune__name", "village__provenance"
    )
    return [
        Hit(str(pk), name, f"Xã {commune}", provenance)
        for pk, name, commune, provenance in rows[: asked.limit]
    ]


def _sponsors(asked: _Asked) -> list[Hit]:
    rows = (
        Sponsor.objects.visible_to(asked.user)
        .filter(_all_words(asked.words, "search_text"))
        .order_by("sort_key", "id")
    )
    return [
        Hit(str(sponsor.pk), sponsor.name, str(sponsor.get_kind_display()), sponsor.provenance)
        for sponsor in rows[: asked.limit]
    ]


def _tasks(asked: _Asked) -> list[Hit]:
    tasks = Task.objects.visible_to(asked.user).filter(assigned_on__lte=asked.as_of.date)
    found = tasks.filter(
        _named(asked.words, "search_text", "commune__search_text", "sponsor__search_text")
    )
    rows = _best_first(found, asked.words, "search_text", "due_on", "id").values_list(
        "pk", "title", "commune__name", "sponsor__name", "due_on", "provenance"
    )
    return [
        Hit(
            str(pk),
            title,
            " · ".join(part for part in (f"Xã {commune}", sponsor, f"hạn {due:%d/%m/%Y}") if part),
            provenance,
        )
        for pk, title, commune, sponsor, due, provenance in rows[: asked.limit]
    ]


def _work_items(asked: _Asked) -> list[Hit]:
    found = WorkItem.objects.visible_to(asked.user).filter(
        _named_in_commune(asked.words, "search_text")
    )
    rows = _best_first(found, asked.words, "search_text", "sort_key", "id").values_list(
        "code", "name", "commune__name", "category__name", "provenance"
    )
    return [
        Hit(code, name, f"{f'Xã {commune}' if commune else 'Liên xã'} · {category}", provenance)
        for code, name, commune, category, provenance in rows[: asked.limit]
    ]


def _criteria(asked: _Asked, province_code: str) -> list[Hit]:
    rows = (
        Criterion.objects.filter(
            _all_words(asked.words, "search_text"),
            criteria_set=chosen_set(Level.COMMUNE, asked.as_of.date, province_code),
        )
        .order_by("number")
        .values_list("number", "name", "criteria_set__code")
    )
    return [
        Hit(str(number), f"{number}. {name}", f"Bộ tiêu chí {code}")
        for number, name, code in rows[: asked.limit]
    ]


def _difficulties(asked: _Asked) -> list[Hit]:
    found = Difficulty.objects.visible_to(asked.user).filter(
        _named(asked.words, "search_text", "commune__search_text", "sponsor__search_text"),
        effective_on__lte=asked.as_of.date,
    )
    rows = _best_first(found, asked.words, "search_text", "-effective_on", "-id").values_list(
        "pk", "text", "kind", "commune__name", "effective_on", "provenance"
    )
    return [
        Hit(
            str(pk),
            shorten(text, LABEL, placeholder="…"),
            f"{DifficultyKind(kind).label}, xã {commune}, {on:%d/%m/%Y}",
            provenance,
        )
        for pk, text, kind, commune, on, provenance in rows[: asked.limit]
    ]


def _places(asked: _Asked) -> list[Hit]:
    found = places_of(asked.user, asked.words)
    return [Hit("", place.label, place.detail, page=place.url_name) for place in found]
