"""Search over communes, villages, sponsors and tasks, with or without accents."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from communes.choices import UnitKind
from communes.models import Commune, Village, VillageMembership, valid_on
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.core.text import nfc, search_words
from sponsors.models import Sponsor, Task

SHOWN = 20
LONGEST = 100


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is called, what tells it from its namesakes, and its key."""

    key: str
    label: str
    detail: str
    provenance: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind, at most `SHOWN`. `page` is the URL name of a hit, `list_page`
    that of a list which can be searched for all of them."""

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


def search(user: User, query: str, as_of: AsOf) -> Results:
    """What bears all words of the query, among what the reader may see; four queries."""
    text = nfc(query[:LONGEST])
    words = search_words(text)
    if not words:
        return Results(text, ())
    groups = (
        _communes(user, words, as_of),
        _villages(user, words, as_of),
        _sponsors(user, words),
        _tasks(user, words, as_of),
    )
    return Results(text, tuple(group for group in groups if group.hits))


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


def _by_own_name(rows: QuerySet, words: list[str], field: str) -> QuerySet:
    """What bears all words in its own name comes before what is found by its place."""
    place = Case(
        When(_all_words(words, field), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return rows.annotate(place=place)


def _group(title: str, page: str, list_page: str, hits: list[Hit]) -> Group:
    return Group(title, page, list_page, tuple(hits[:SHOWN]), len(hits) > SHOWN)


def _communes(user: User, words: list[str], as_of: AsOf) -> Group:
    rows = (
        _by_own_name(Commune.objects.visible_to(user).active_on(as_of.date), words, "search_text")
        .filter(_all_words(words, "search_text", "district__search_text"))
        .order_by("place", "sort_key", "id")
        .values_list("code", "kind", "name", "district__name", "province__name")
    )
    return _group(
        "Xã, phường, thị trấn",
        "dashboard:commune",
        "",
        [
            Hit(code, f"{UnitKind(kind).label} {name}", district or province)
            for code, kind, name, district, province in rows[: SHOWN + 1]
        ],
    )


def _villages(user: User, words: list[str], as_of: AsOf) -> Group:
    members = VillageMembership.objects.filter(
        valid_on(as_of.date), village__in=Village.objects.visible_to(user).values("pk")
    )
    rows = (
        _by_own_name(members, words, "village__search_text")
        .filter(
            _all_words(words, "village__search_text", "commune__search_text"),
            _some_word(words, "village__search_text"),
        )
        .order_by("place", "village__sort_key", "commune__sort_key", "id")
        .values_list("village_id", "village__name", "commune__name", "village__provenance")
    )
    return _group(
        "Thôn",
        "dashboard:village",
        "criteria:village-list",
        [
            Hit(str(pk), name, f"Xã {commune}", provenance)
            for pk, name, commune, provenance in rows[: SHOWN + 1]
        ],
    )


def _sponsors(user: User, words: list[str]) -> Group:
    rows = (
        Sponsor.objects.visible_to(user)
        .filter(_all_words(words, "search_text"))
        .order_by("sort_key", "id")
    )
    return _group(
        "Đơn vị đỡ đầu",
        "sponsors:sponsor",
        "sponsors:sponsor-list",
        [
            Hit(str(sponsor.pk), sponsor.name, str(sponsor.get_kind_display()), sponsor.provenance)
            for sponsor in rows[: SHOWN + 1]
        ],
    )


def _tasks(user: User, words: list[str], as_of: AsOf) -> Group:
    tasks = Task.objects.visible_to(user).filter(assigned_on__lte=as_of.date)
    rows = (
        _by_own_name(tasks, words, "search_text")
        .filter(
            _all_words(words, "search_text", "commune__search_text", "sponsor__search_text"),
            _some_word(words, "search_text"),
        )
        .order_by("place", "due_on", "id")
        .values_list("pk", "title", "commune__name", "sponsor__name", "due_on", "provenance")
    )
    return _group(
        "Việc",
        "sponsors:task",
        "sponsors:task-list",
        [
            Hit(
                str(pk),
                title,
                " · ".join(
                    part for part in (f"Xã {commune}", sponsor, f"hạn {due:%d/%m/%Y}") if part
                ),
                provenance,
            )
            for pk, title, commune, sponsor, due, provenance in rows[: SHOWN + 1]
        ],
    )
