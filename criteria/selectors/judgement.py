"""Everything known of one criterion in one commune, and what the reader may do with it now."""

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from communes.models import Commune
from criteria.choices import DossierState, Outcome, Stage
from criteria.desks import desk_of
from criteria.models import Assessment, Criterion
from criteria.rules import newest
from criteria.selectors import reported
from criteria.selectors.catalogue import IndicatorLine, criterion_lines
from criteria.selectors.dossiers import dossier_steps
from criteria.selectors.review import indicator_rows
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import CellDetail
from criteria.workflow import BY_NAME, JUDGING, UNDOING, Move, Place, permit, place_of
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import Permit


@dataclass(frozen=True)
class Offer:
    """A move that is the work of the reader's role: a button, or the reason why not now."""

    move: Move
    permit: Permit
    note_required: bool

    @property
    def label(self) -> str:
        return str(self.move.label)


@dataclass(frozen=True)
class RungLine:
    """One rung of the ladder, with what was last said on it (None: nothing)."""

    stage: Stage
    row: Assessment | None
    is_deciding: bool


@dataclass(frozen=True)
class Measured:
    """What an indicator must reach, and what the commune last reported of it."""

    line: IndicatorLine
    row: Assessment | None


@dataclass(frozen=True)
class JudgementPage:
    """Context of `criteria/judgement.html`."""

    commune: Commune
    criterion: Criterion
    detail: CellDetail
    place: Place
    dossier: DossierState | None
    last: Assessment | None
    rungs: tuple[RungLine, ...]
    indicators: tuple[Measured, ...]
    offers: tuple[Offer, ...]

    @property
    def key(self) -> str:
        """What a form sends of the row that spoke last when it was drawn."""
        row = self.last.pk if self.last else 0
        return f"{self.commune.pk}-{self.criterion.pk}-{row}"

    @property
    def open_offers(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.permit]

    @property
    def closed_offers(self) -> list[Offer]:
        return [offer for offer in self.offers if not offer.permit]

    @property
    def concludes(self) -> bool:
        """Whether an appraisal is among what may be done, which asks for a verdict."""
        return any(offer.move == Move.APPRAISE for offer in self.open_offers)


def judgement_page(
    user: User, commune: Commune, in_force: SetInForce, criterion: Criterion, as_of: AsOf
) -> JudgementPage:
    """The page of a criterion of the set for one reader and day, which may be closed; at most eight
    queries, on a closed day those for what was kept come to them."""
    on = as_of.date
    details = reported.criteria_of(commune, in_force, as_of)
    detail = next(one for one in details if one.criterion.pk == criterion.pk)
    prefetch_related_objects(list(detail.rungs), "attachments")
    of_set = (
        step
        for step in dossier_steps(commune, as_of)
        if step.dossier.criteria_set_id == in_force.criteria_set.pk
    )
    dossier = next((DossierState(step.state) for step in of_set), None)
    latest = {row.stage: row for row in detail.rungs}
    (line,) = criterion_lines([criterion], on)
    said = indicator_rows([commune.pk], [criterion.pk], on, as_of.known_at)
    by_indicator = {row.indicator_id: row for row in said.get((commune.pk, criterion.pk), ())}
    last = newest(latest)
    return JudgementPage(
        commune,
        criterion,
        detail,
        place_of(latest),
        dossier,
        last,
        tuple(
            RungLine(stage, _said(latest.get(stage)), detail.deciding == latest.get(stage, 0))
            for stage in Stage
        ),
        tuple(Measured(one, by_indicator.get(one.indicator.pk)) for one in line.indicators),
        _offers(user, commune, criterion, place_of(latest), dossier, last)
        if as_of.is_present
        else (),
    )


def _said(row: Assessment | None) -> Assessment | None:
    return None if row is None or row.outcome == Outcome.WITHDRAWN else row


def _offers(
    user: User,
    commune: Commune,
    criterion: Criterion,
    place: Place,
    dossier: DossierState | None,
    last: Assessment | None,
) -> tuple[Offer, ...]:
    desk = desk_of(user)
    moves = [*JUDGING, *([UNDOING[place]] if place in UNDOING else [])]
    return tuple(
        Offer(
            move,
            permit(
                move,
                place=place,
                criterion=criterion,
                commune_id=commune.pk,
                dossier=dossier,
                user=desk,
                stage=last.stage if last else None,
            ),
            BY_NAME[move].note_required,
        )
        for move in moves
        if desk.role in BY_NAME[move].roles
    )
