"""What waits to be verified or appraised: the queue of the office and of each department."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet

from communes.models import Commune
from criteria.choices import Level, Outcome, Stage
from criteria.desks import OFFICE, Desk, desk_of
from criteria.models import Assessment, Criterion, Standing
from criteria.selectors.history import counting, latest_first
from criteria.selectors.revocation import Fallen, fallen_communes
from criteria.selectors.scope import tracked_communes
from criteria.selectors.sets import SetInForce, set_in_force
from criteria.workflow import Place
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Attachment, Installation, User

PER_PAGE = 200  # the office verifies what eight communes report on twenty criteria in one go
STAGE_AT = {Place.SUBMITTED: Stage.SELF, Place.VERIFIED: Stage.VERIFIED}
ROWS = {
    Stage.SELF: "self_row",
    Stage.VERIFIED: "verified_row",
    Stage.APPRAISED: "appraised_row",
}


@dataclass(frozen=True)
class ReviewFilter:
    """What the address asks for; "" means what is usual for the reader."""

    at: str = ""
    commune: str = ""
    criterion: str = ""
    group: str = ""
    tick: str = ""


@dataclass(frozen=True)
class Waiting:
    """One criterion of one commune. `row` is what is to be judged, `before` what was said on a
    higher or the same rung before it; `indicators` are what the commune reported of each, `files`
    the evidence of its report."""

    commune: Commune
    criterion: Criterion
    row: Assessment
    before: Assessment | None
    indicators: tuple[Assessment, ...]
    files: tuple[Attachment, ...]

    @property
    def key(self) -> str:
        """What a tick sends: the criterion of the commune, and the row that was seen."""
        return f"{self.commune.pk}-{self.criterion.pk}-{self.row.pk}"

    @property
    def has_turned(self) -> bool:
        """Whether the outcome is another than before."""
        return self.before is not None and self.before.outcome != self.row.outcome


@dataclass(frozen=True)
class WaitingGroup:
    """The waiting criteria of one commune, or the communes that wait with one criterion."""

    title: str
    rows: tuple[Waiting, ...]


@dataclass(frozen=True)
class ReviewPage:
    """The queue. `counts` says how many wait at each place, before the other filters."""

    place: Place
    groups: tuple[WaitingGroup, ...]
    page: Page
    counts: tuple[tuple[Place, int], ...]
    by_criterion: bool
    communes: tuple[tuple[str, str], ...]
    criteria: tuple[tuple[str, str], ...]
    revocations: tuple[Fallen, ...]

    @property
    def total(self) -> int:
        return self.page.paginator.count


def waits_at(place: Place) -> Q:
    """The condition on Standing that whose turn it is reads `place`: the same as
    `workflow.place_of` says, asked of the database."""
    stage = STAGE_AT[place]
    row = ROWS[stage]
    silent = {Outcome.WITHDRAWN, Outcome.RETURNED}
    condition = Q(**{f"{row}__isnull": False}) & ~Q(**{f"{row}__outcome__in": silent})
    for other in (name for name in ROWS.values() if name != row):
        same_day = Q(**{f"{other}__as_of": F(f"{row}__as_of"), f"{other}_id__lt": F(f"{row}_id")})
        condition &= (
            Q(**{f"{other}__isnull": True})
            | Q(**{f"{other}__outcome": Outcome.WITHDRAWN})
            | Q(**{f"{other}__as_of__lt": F(f"{row}__as_of")})
            | same_day
        )
    return condition


def review_page(
    user: User,
    as_of: AsOf,
    installation: Installation,
    filters: ReviewFilter,
    number: str | None = None,
) -> ReviewPage:
    """The queue for the office (everything) or a department (what it leads), by name and number.

    A constant number of queries. Raises BadRequest for a commune or criterion that is not there.
    """
    desk = desk_of(user)
    communes = tracked_communes(user, as_of.date, installation.focus_district)
    in_force = set_in_force(Level.COMMUNE, as_of.date, installation.province_code)
    place = _place(filters, desk)
    criteria = _criteria(in_force, desk)
    waiting = Standing.objects.filter(
        commune__in=communes.values("pk"), criterion__in=[criterion.pk for criterion in criteria]
    )
    counts = tuple((one, waiting.filter(waits_at(one)).count()) for one in _places(desk))
    choices = tuple((code, str(name)) for code, name in communes.values_list("code", "name"))
    waiting = _narrowed(waiting.filter(waits_at(place)), filters, choices, criteria)
    by_criterion = filters.group == "criterion"
    order = ["commune__sort_key", "commune_id", "criterion__number"]
    if by_criterion:
        order = ["criterion__number", "commune__sort_key", "commune_id"]
    found = waiting.order_by(*order).select_related("commune", *ROWS.values())
    found = found.prefetch_related("self_row__attachments")
    page = Paginator(found, PER_PAGE).get_page(number)
    rows = _rows(list(page), place, {one.pk: one for one in criteria}, as_of.date)
    return ReviewPage(
        place,
        tuple(_groups(rows, by_criterion=by_criterion)),
        page,
        counts,
        by_criterion,
        choices,
        tuple((str(one.number), str(one)) for one in criteria),
        _revocations(communes, in_force, as_of.date, desk),
    )


def _revocations(
    communes: QuerySet[Commune], in_force: SetInForce | None, on: date, desk: Desk
) -> tuple[Fallen, ...]:
    if in_force is None or desk.role not in OFFICE:
        return ()
    return tuple(fallen for fallen in fallen_communes(communes, in_force, on) if fallen.reason)


def _places(desk: Desk) -> tuple[Place, ...]:
    if desk.role == Role.DEPARTMENT:
        return (Place.VERIFIED,)
    return (Place.SUBMITTED, Place.VERIFIED)


def _place(filters: ReviewFilter, desk: Desk) -> Place:
    places = _places(desk)
    return Place(filters.at) if filters.at in places else places[0]


def _criteria(in_force: SetInForce | None, desk: Desk) -> list[Criterion]:
    criteria = in_force.criteria if in_force else ()
    if desk.role != Role.DEPARTMENT:
        return list(criteria)
    return [one for one in criteria if one.lead_id and one.lead_id == desk.department_id]


def _narrowed(
    waiting: QuerySet[Standing],
    filters: ReviewFilter,
    communes: Iterable[tuple[str, str]],
    criteria: Iterable[Criterion],
) -> QuerySet[Standing]:
    if filters.commune:
        if filters.commune not in dict(communes):
            raise BadRequest(f"Không có xã nào mang mã “{filters.commune}” trong phạm vi theo dõi.")
        waiting = waiting.filter(commune__code=filters.commune)
    if filters.criterion:
        if filters.criterion not in {str(one.number) for one in criteria}:
            raise BadRequest(f"Không có tiêu chí số “{filters.criterion}” trong phạm vi được xem.")
        waiting = waiting.filter(criterion__number=int(filters.criterion))
    return waiting


def _rows(
    standings: list[Standing], place: Place, criteria: dict[int, Criterion], on: date
) -> list[Waiting]:
    indicators = indicator_rows(
        {row.commune_id for row in standings if row.commune_id},
        {row.criterion_id for row in standings},
        on,
    )
    rows = []
    for standing in standings:
        said = {stage: getattr(standing, name) for stage, name in ROWS.items()}
        row = said.pop(STAGE_AT[place])
        if standing.commune is None:
            continue
        earlier = [one for one in said.values() if one and one.outcome != Outcome.WITHDRAWN]
        if place == Place.VERIFIED:  # the report that was verified says nothing more
            earlier = [one for one in earlier if one.stage != Stage.SELF]
        rows.append(
            Waiting(
                standing.commune,
                criteria[standing.criterion_id],
                row,
                max(earlier, key=lambda one: (one.as_of, one.pk), default=None),
                indicators.get((standing.commune_id, standing.criterion_id), ()),
                tuple(standing.self_row.attachments.all()) if standing.self_row else (),
            )
        )
    return rows


def _groups(rows: list[Waiting], *, by_criterion: bool) -> Iterable[WaitingGroup]:
    def key(row: Waiting) -> tuple[int, str]:
        what = row.criterion if by_criterion else row.commune
        return what.pk, str(what)

    return [WaitingGroup(title, tuple(found)) for (_pk, title), found in groupby(rows, key=key)]


def indicator_rows(
    communes: Iterable[int], criteria: Iterable[int], on: date, known_at: datetime | None = None
) -> dict[tuple[int | None, int], tuple[Assessment, ...]]:
    """(commune id, criterion id) → the latest self-report of each indicator, in their order, with
    its files; two queries, one where there are none. With `known_at`, as far as was known then."""
    latest = (
        counting(
            Assessment.objects.filter(
                commune__in=communes,
                indicator__criterion__in=criteria,
                stage=Stage.SELF,
                as_of__lte=on,
            ),
            on,
            known_at,
        )
        .annotate(place=latest_first(["commune_id", "indicator_id"], "as_of"))
        .filter(place=1)
        .order_by()
    )
    found = defaultdict(list)
    for row in (
        Assessment.objects.filter(pk__in=latest.values("pk"))
        .exclude(outcome=Outcome.WITHDRAWN)
        .select_related("indicator")
        .prefetch_related("attachments")
        .order_by("indicator__position", "indicator_id")
    ):
        if row.indicator:
            found[row.commune_id, row.indicator.criterion_id].append(row)
    return {key: tuple(rows) for key, rows in found.items()}
