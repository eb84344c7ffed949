"""Reading the sheet of a commune: few queries, because every cell that is saved reads it anew."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from communes.models import Commune, CommuneGroup, valid_on
from criteria.choices import DossierState, Level, Outcome, Stage
from criteria.desks import Desk, Reader, desk_of
from criteria.models import (
    Assessment,
    CriteriaSet,
    Criterion,
    DossierStep,
    Draft,
    Indicator,
    Threshold,
)
from criteria.selectors.dossiers import dossier_states
from criteria.selectors.history import counting, latest_first
from criteria.selectors.sets import chosen_set
from criteria.selectors.sheet import Sheet, SheetCell, SheetCriterion
from criteria.workflow import Move, permit, place_of
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User


def with_groups(communes: QuerySet[Commune], on: date) -> QuerySet[Commune]:
    """The communes, each with the group by which its thresholds differ on a day as
    `threshold_group`; as `sheets` wants them."""
    groups = CommuneGroup.objects.filter(valid_on(on), commune=OuterRef("pk"))
    return communes.annotate(
        threshold_group=Subquery(groups.order_by("-valid_from").values("group")[:1])
    ).select_related("province", "district")


def reporting_communes(user: Reader, as_of: AsOf) -> QuerySet[Commune]:
    """The communes (xã) of a day that the reader may see, `with_groups`."""
    communes = Commune.objects.visible_to(user).active_on(as_of.date).rural()
    return with_groups(communes, as_of.date)


def reporting_commune(user: Reader, code: str, as_of: AsOf) -> Commune | None:
    """The one of `reporting_communes` that bore a code; one query."""
    return reporting_communes(user, as_of).filter(code=code).first()


def own_commune_code(user: User, as_of: AsOf) -> str | None:
    """The code of the commune that the account reports for on a day; at most two queries."""
    mine = Commune.objects.active_on(as_of.date).filter(pk__in=desk_of(user).commune_ids)
    return mine.order_by("sort_key", "id").values_list("code", flat=True).first()


def sheet(
    commune: Commune,
    on: date,
    user: Reader | Desk,
    *,
    shows_drafts: bool = True,
    locks: bool = False,
) -> Sheet:
    """The sheet of a commune of `reporting_communes` on a day; four queries, three without drafts.
    `locks` makes other writers of the same drafts wait until the transaction ends."""
    return sheets([commune], on, user, shows_drafts=shows_drafts, locks=locks)[commune.pk]


def sheets(
    communes: Sequence[Commune],
    on: date,
    user: Reader | Desk,
    *,
    shows_drafts: bool = True,
    locks: bool = False,
) -> dict[int, Sheet]:
    """Commune id → its `sheet`, in as many queries for one as for all: two, and two for each group
    of communes that the same thresholds hold for."""
    desk = desk_of(user)
    drafts: dict[int, dict[str, Draft]] = defaultdict(dict)
    if shows_drafts:
        typed = Draft.objects.filter(commune__in=communes)
        for draft in typed.select_for_update() if locks else typed:
            drafts[draft.commune_id][_key(draft)] = draft
    said: dict[int, dict[str, dict[str, Assessment]]] = defaultdict(lambda: defaultdict(dict))
    for row in latest_rows(communes, on):
        if row.commune_id:
            said[row.commune_id][_key(row)][row.stage] = row
    alike: dict[tuple[int, str], list[Commune]] = defaultdict(list)
    for commune in communes:
        alike[commune.province_id, getattr(commune, "threshold_group", None) or ""].append(commune)
    found = {}
    for members in alike.values():
        state, catalogue = _catalogue(members[0], on)
        states = {members[0].pk: state}
        if len(members) > 1 and catalogue:
            ids = Commune.objects.filter(pk__in=[commune.pk for commune in members])
            in_force = catalogue[0][0].criteria_set_id
            states = {pk: one for pk, (one, _since) in dossier_states(ids, in_force, on).items()}
        for commune in members:
            own = drafts[commune.pk], said[commune.pk]
            found[commune.pk] = _sheet(commune, on, desk, states.get(commune.pk), catalogue, *own)
    return found


def _sheet(
    commune: Commune,
    on: date,
    desk: Desk,
    dossier: DossierState | None,
    catalogue: "Catalogue",
    drafts: Mapping[str, Draft],
    said: Mapping[str, Mapping[str, Assessment]],
) -> Sheet:
    rows = []
    for criterion, indicators in catalogue:
        latest = dict(said.get(f"c{criterion.pk}", {}))
        place = place_of(latest)
        case: dict[str, Any] = {
            "place": place,
            "criterion": criterion,
            "commune_id": commune.pk,
            "dossier": dossier,
            "user": desk,
        }

        def cell(indicator: Indicator | None, threshold: Threshold | None) -> SheetCell:
            key = f"i{indicator.pk}" if indicator else f"c{criterion.pk}"  # noqa: B023
            own = said.get(key, {}).get(Stage.SELF)
            silent = own is None or own.outcome == Outcome.WITHDRAWN
            return SheetCell(
                criterion,  # noqa: B023
                indicator,
                threshold,
                drafts.get(key),
                None if silent else own,
            )

        rows.append(
            SheetCriterion(
                cell(None, None),
                tuple(cell(*pair) for pair in indicators),
                latest,
                place,
                permit(Move.SUBMIT, **case),
                permit(Move.TAKE_BACK, **case),
            )
        )
    return Sheet(commune, on, dossier, tuple(rows))


def _key(row: Draft | Assessment) -> str:
    return f"i{row.indicator_id}" if row.indicator_id else f"c{row.criterion_id}"


def latest_rows(communes: Iterable[Commune], on: date) -> Iterable[Assessment]:
    """The latest row of every criterion and indicator per commune and stage that still counts; one
    query."""
    return (
        counting(Assessment.objects.filter(commune__in=communes, as_of__lte=on), on)
        .annotate(
            latest=latest_first(["commune_id", "criterion_id", "indicator_id", "stage"], "as_of")
        )
        .filter(latest=1)
        .order_by()
    )


Catalogue = list[tuple[Criterion, list[tuple[Indicator, Threshold | None]]]]
CRITERION = ("pk", "number", "name", "group_number", "group_name", "lead_id", "criteria_set_id")
INDICATOR = ("pk", "number", "position", "text", "kind", "unit", "may_not_apply", "is_verified")
THRESHOLD = ("pk", "group", "op", "value", "text", "is_verified")


def _catalogue(commune: Commune, on: date) -> tuple[DossierState | None, Catalogue]:
    """The set in force with indicators and the threshold of the commune's group, and the state of
    the dossier under it: one query, because every cell that is saved asks for it."""
    group = getattr(commune, "threshold_group", None) or ""
    step = DossierStep.objects.filter(
        dossier__commune=commune,
        dossier__criteria_set=OuterRef("criteria_set"),
        effective_on__lte=on,
    ).order_by("-effective_on", "-id")
    limit = "indicators__thresholds__"
    in_force = Q(**{f"{limit}valid_from__lte": on, f"{limit}group__in": ["", group]}) & (
        Q(**{f"{limit}valid_to": None}) | Q(**{f"{limit}valid_to__gte": on})
    )
    names = [
        *CRITERION,
        *(f"indicators__{name}" for name in INDICATOR),
        *(f"asked__{name}" for name in THRESHOLD),
    ]
    rows = (
        Criterion.objects.filter(criteria_set=chosen_set(Level.COMMUNE, on, commune.province.code))
        .annotate(
            asked=FilteredRelation("indicators__thresholds", condition=in_force),
            dossier=Subquery(step.values("state")[:1]),
        )
        # Of a threshold for all and one for the group, the one for the group comes last and stays.
        .order_by("number", "indicators__position", "indicators__pk", F("asked__group").asc())
        .values_list(*names, "dossier")
    )
    catalogue: dict[int, tuple[Criterion, dict[int, tuple[Indicator, Threshold | None]]]] = {}
    state = None
    for *values, dossier in rows:
        state = dossier
        own, rest = values[: len(CRITERION)], values[len(CRITERION) :]
        if own[0] not in catalogue:
            catalogue[own[0]] = Criterion(**dict(zip(CRITERION, own, strict=True))), {}
        asked, limits = rest[: len(INDICATOR)], rest[len(INDICATOR) :]
        if asked[0] is None:
            continue
        fields = dict(zip(INDICATOR, asked, strict=True))
        threshold = Threshold(**dict(zip(THRESHOLD, limits, strict=True))) if limits[0] else None
        indicator = Indicator(criterion_id=own[0], **fields)
        catalogue[own[0]][1][indicator.pk] = (indicator, threshold)
    found = [(criterion, list(indicators.values())) for criterion, indicators in catalogue.values()]
    return (DossierState(state) if state else None), found


def criteria_set_of(sheet: Sheet) -> CriteriaSet | None:
    """The set that the sheet is of; one query."""
    first = next(iter(sheet.criteria), None)
    pk = first and first.criterion.criteria_set_id
    return CriteriaSet.objects.select_related("document").filter(pk=pk).first() if pk else None
