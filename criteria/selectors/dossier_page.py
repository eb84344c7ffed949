"""The dossier of one commune: what was done and how long it took, what may be done now and why
not, and what the commune has to show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from communes.models import Commune
from criteria.choices import RECOGNISED_STATES, DossierState
from criteria.desks import Desk, desk_of
from criteria.dossier_workflow import (
    BY_TARGET,
    PASSAGES,
    WAYS_OUT,
    Grounds,
    Passage,
    Procedure,
    may_record,
    may_take_back,
    permit,
)
from criteria.models import CouncilVote, DossierStep, ProcedureStep, Survey
from criteria.selectors.debts import Debt
from criteria.selectors.grounds import grounds_of
from criteria.selectors.reported import debts
from criteria.selectors.revocation import Fallen, fallen_communes
from criteria.selectors.sets import SetInForce
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import Permit
from ntm_tracker.core.working_days import working_days_between


@dataclass(frozen=True)
class Spell:
    """How many days passed or are passing, out of how many the configuration gives (None: no
    limit is set)."""

    days: int
    limit: int | None
    in_working_days: bool

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.days > self.limit

    @property
    def words(self) -> str:
        unit = "ngày làm việc" if self.in_working_days else "ngày"
        return f"{self.days}/{self.limit} {unit}" if self.limit else f"{self.days} {unit}"


@dataclass(frozen=True)
class StepLine:
    """One step that was taken. `rule` is the configuration of its day (None: there is none)."""

    step: DossierStep
    rule: ProcedureStep | None
    spell: Spell | None
    survey: Survey | None
    vote: CouncilVote | None
    is_taken_back: bool

    @property
    def title(self) -> str:
        if self.step.corrects_id:
            return f"Rút lại bước trước, trở về “{self.step.get_state_display()}”"
        return self.rule.name if self.rule else str(self.step.get_state_display())


@dataclass(frozen=True)
class NextStep:
    """A step that could follow: a form, or the reason why not now."""

    passage: Passage
    rule: ProcedureStep | None
    permit: Permit

    @property
    def is_way_out(self) -> bool:
        """Whether it leads off the way to recognition."""
        return self.passage.step in WAYS_OUT


@dataclass(frozen=True)
class DossierPage:
    """Context of `criteria/dossier.html`."""

    commune: Commune
    in_force: SetInForce
    state: DossierState | None
    last: DossierStep | None
    lines: tuple[StepLine, ...]
    waiting: tuple[NextStep, Spell] | None
    next_steps: tuple[NextStep, ...]
    take_back: Permit | None
    grounds: Grounds
    debt: Debt | None
    fallen: Fallen | None
    rules: tuple[ProcedureStep, ...]

    @property
    def seen(self) -> int:
        """What a form sends of the step that it was drawn for."""
        return self.last.pk if self.last else 0

    @property
    def met(self) -> int:
        return self.grounds.total - len(self.grounds.missing)

    @property
    def appraised(self) -> int:
        return self.grounds.total - len(self.grounds.unappraised)

    @property
    def unverified_rules(self) -> int:
        return sum(not rule.is_verified for rule in self.rules)


def dossier_page(user: User, commune: Commune, in_force: SetInForce, as_of: AsOf) -> DossierPage:
    """The page for one reader and day; a constant number of queries."""
    on = as_of.date
    configured = list(ProcedureStep.objects.order_by("valid_from", "position"))
    found = DossierStep.objects.filter(
        dossier__commune=commune, dossier__criteria_set=in_force.criteria_set, effective_on__lte=on
    )
    steps = list(
        as_of.known(found)
        .select_related("document", "survey", "vote")
        .prefetch_related("survey__contents")
    )
    last = steps[-1] if steps else None
    state = DossierState(last.state) if last else None
    procedure = _valid_on(configured, on)
    grounds = grounds_of(commune, in_force, as_of)
    desk = desk_of(user)
    following = tuple(
        NextStep(
            passage,
            procedure.get(passage.step),
            permit(
                passage.step,
                state=state,
                commune_id=commune.pk,
                procedure=procedure,
                grounds=grounds,
                user=desk,
            ),
        )
        for passage in PASSAGES
        if state in passage.source
    )
    alone = Commune.objects.filter(pk=commune.pk)
    recognised = state in RECOGNISED_STATES
    fallen = fallen_communes(alone, in_force, on, as_of.known_at) if recognised else []
    return DossierPage(
        commune,
        in_force,
        state,
        last,
        tuple(_lines(steps, configured)),
        _waiting(following, last, on),
        following if as_of.is_present else (),
        _take_back(last, commune, configured, desk) if as_of.is_present else None,
        grounds,
        debts(alone, as_of).get(commune.pk),
        fallen[0] if fallen else None,
        tuple(sorted(procedure.values(), key=lambda rule: rule.position)),
    )


def _valid_on(configured: Iterable[ProcedureStep], day: date) -> Procedure:
    return {
        row.code: row
        for row in configured
        if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
    }


def _lines(steps: Sequence[DossierStep], configured: Iterable[ProcedureStep]) -> list[StepLine]:
    """The steps with the days that each took, the first one first."""
    undone = {step.corrects_id for step in steps}
    lines = []
    for before, step in zip([None, *steps], steps, strict=False):
        rule = _valid_on(configured, step.effective_on).get(
            BY_TARGET[DossierState(step.state)].step
        )
        spell = None
        if before and not step.corrects_id:
            spell = _spell(rule, before.effective_on, step.effective_on)
        lines.append(
            StepLine(
                step,
                rule,
                spell,
                getattr(step, "survey", None),
                getattr(step, "vote", None),
                step.pk in undone,
            )
        )
    return lines


def _spell(rule: ProcedureStep | None, since: date, until: date) -> Spell:
    limit = rule.day_limit if rule else None
    if rule is not None and rule.counts_working_days:
        return Spell(working_days_between(since, until), limit, in_working_days=True)
    return Spell((until - since).days, limit, in_working_days=False)


def _waiting(
    following: Iterable[NextStep], last: DossierStep | None, on: date
) -> tuple[NextStep, Spell] | None:
    """The step that should come next, and since how long it is waited for."""
    if last is None:
        return None
    for one in following:
        if not one.is_way_out:
            return one, _spell(one.rule, last.effective_on, on)
    return None


def _take_back(
    last: DossierStep | None, commune: Commune, configured: Iterable[ProcedureStep], desk: Desk
) -> Permit | None:
    """None where the role has nothing to take back at all."""
    if last is None or last.corrects_id:
        return None
    procedure = _valid_on(configured, last.effective_on)
    if not may_record(BY_TARGET[DossierState(last.state)].step, procedure, desk):
        return None
    return may_take_back(
        DossierState(last.state),
        is_undoing=False,
        commune_id=commune.pk,
        procedure=procedure,
        user=desk,
    )
