"""The one table of what may be done with a difficulty or request, and by which side of it."""

from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import PermissionDenied

from criteria.desks import OFFICE, Desk, desk_of
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import ALLOWED, Permit, refused
from sponsors.choices import Answerer, DifficultyAction, DifficultyState

# The sides of a difficulty: who has to answer it, who raised it, and the office, which sees to it.
OWNER, ASKER, COORDINATOR = "owner", "asker", "coordinator"


class Addressed(Protocol):
    """As much of a difficulty as the table looks at."""

    @property
    def state(self) -> str: ...
    @property
    def answerer(self) -> str: ...
    @property
    def department_id(self) -> int | None: ...
    @property
    def commune_id(self) -> int: ...
    @property
    def sponsor_id(self) -> int | None: ...
    @property
    def by_id(self) -> int | None: ...


@dataclass(frozen=True)
class Turn:
    """One permitted move of whoever is on one of the `sides`."""

    name: DifficultyAction
    source: frozenset[DifficultyState]
    target: DifficultyState
    sides: frozenset[str]
    label: str
    text_required: bool = True


OPEN, ANSWERED, CLOSED = DifficultyState.OPEN, DifficultyState.ANSWERED, DifficultyState.CLOSED
# RAISE is no row: it is how a difficulty comes into being (`services.raise_difficulty`).
TURNS = (
    Turn(
        DifficultyAction.ANSWER,
        frozenset({OPEN, ANSWERED}),
        ANSWERED,
        frozenset({OWNER, COORDINATOR}),
        "Trả lời",
    ),
    Turn(
        DifficultyAction.FORWARD,
        frozenset({OPEN, ANSWERED}),
        OPEN,
        frozenset({OWNER, COORDINATOR}),
        "Chuyển nơi khác trả lời",
    ),
    Turn(
        DifficultyAction.CLOSE,
        frozenset({OPEN, ANSWERED}),
        CLOSED,
        frozenset({ASKER, COORDINATOR}),
        "Đã giải quyết xong",
        text_required=False,
    ),
    Turn(
        DifficultyAction.REOPEN,
        frozenset({ANSWERED, CLOSED}),
        OPEN,
        frozenset({ASKER, COORDINATOR}),
        "Nêu lại, chưa được giải quyết",
    ),
)
BY_NAME = {turn.name: turn for turn in TURNS}
WHOSE = {
    OWNER: "nơi phải trả lời và Văn phòng Điều phối",
    ASKER: "bên đã nêu và Văn phòng Điều phối",
}


def sides_of(difficulty: Addressed, user: User, desk: Desk | None = None) -> frozenset[str]:
    """On which sides of a difficulty an account stands; none: it only reads."""
    desk = desk or desk_of(user)
    sides = set()
    if desk.role in OFFICE:
        sides.add(COORDINATOR)
    if _owns(difficulty, desk):
        sides.add(OWNER)
    if _asked(difficulty, user, desk):
        sides.add(ASKER)
    return frozenset(sides)


def _owns(difficulty: Addressed, desk: Desk) -> bool:
    if desk.role == Role.DEPARTMENT:
        return (
            difficulty.answerer == Answerer.DEPARTMENT
            and desk.department_id is not None
            and difficulty.department_id == desk.department_id
        )
    if desk.role == Role.COMMUNE:
        is_there = difficulty.commune_id in desk.commune_ids
        return difficulty.answerer == Answerer.COMMUNE and is_there
    if desk.role == Role.SPONSOR:
        return difficulty.answerer == Answerer.SPONSOR and _is_own_sponsor(difficulty, desk)
    return desk.role in OFFICE and difficulty.answerer == Answerer.OFFICE


def _asked(difficulty: Addressed, user: User, desk: Desk) -> bool:
    """The account that raised it, or any account of the same unit, where another answers it."""
    if desk.role == Role.VIEWER:
        return False
    if difficulty.by_id is not None and difficulty.by_id == user.pk:
        return True
    if desk.role == Role.SPONSOR:
        return difficulty.answerer != Answerer.SPONSOR and _is_own_sponsor(difficulty, desk)
    if desk.role == Role.COMMUNE:
        is_there = difficulty.commune_id in desk.commune_ids and difficulty.sponsor_id is None
        return difficulty.answerer != Answerer.COMMUNE and is_there
    return False


def _is_own_sponsor(difficulty: Addressed, desk: Desk) -> bool:
    return desk.sponsor_id is not None and difficulty.sponsor_id == desk.sponsor_id


def permit(
    difficulty: Addressed, turn: Turn, user: User | None, desk: Desk | None = None
) -> Permit:
    """Whether this account may make this turn now, and if not, why. `None` is a command: only the
    state counts."""
    if user is not None and not turn.sides & sides_of(difficulty, user, desk):
        whose = WHOSE[OWNER if OWNER in turn.sides else ASKER]
        return refused(f"“{turn.label}” là việc của {whose}.")
    state = DifficultyState(difficulty.state)
    if state in turn.source:
        return ALLOWED
    return refused(f"Đang ở trạng thái “{state.label}”, chưa thể “{turn.label}”.")


def allowed(difficulty: Addressed, user: User) -> list[Turn]:
    """The turns that this account may make now, in the order of the buttons."""
    desk = desk_of(user)
    return [turn for turn in TURNS if permit(difficulty, turn, user, desk)]


def check(difficulty: Addressed, name: str, user: User | None) -> Turn:
    """The row of the table for a turn that may be made; PermissionDenied with the reason if not."""
    turn = BY_NAME.get(DifficultyAction(name))
    if turn is None:
        raise PermissionDenied("Nêu khó khăn, kiến nghị là ghi một việc mới.")
    if not (answer := permit(difficulty, turn, user)):
        raise PermissionDenied(answer.reason)
    return turn
