"""The one table of what may be done with a task: buttons and guards both read it."""

from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import PermissionDenied

from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import ALLOWED, Permit, refused
from sponsors.choices import CLOSED_STATES, OPEN_STATES, TaskState, TaskTransition
from sponsors.rules import Desk, OwnedWork, Reader, desk_of, may_assign, may_update

OFFICE = frozenset({Role.ADMIN, Role.OFFICE})
DOERS = OFFICE | {Role.SPONSOR, Role.COMMUNE, Role.DEPARTMENT}


class StatefulWork(OwnedWork, Protocol):
    """A task, or a row of a list of tasks, with the state it is in."""

    @property
    def state(self) -> str: ...


@dataclass(frozen=True)
class Transition:
    """One permitted move. Who is one of the `roles` must also be in charge of the task
    (`rules.may_update`). `progress` is what the move sets; None: what the report says. Without a
    `target` the move leads back to where the task stood before the report that it takes back."""

    name: TaskTransition
    source: frozenset[TaskState]
    target: TaskState | None
    roles: frozenset[Role]
    label: str
    note_required: bool = False
    progress: int | None = None


# What whoever does the task says, and may take back as long as nothing was written after it.
REPORTS = frozenset({TaskTransition.RECEIVE, TaskTransition.PROGRESS, TaskTransition.PROPOSE_DONE})

# Moves that say everything by themselves: buttons beside the form.
ONE_TAP = frozenset({TaskTransition.RECEIVE, TaskTransition.TAKE_BACK})

# ASSIGN is no row: it is how a task comes into being (`services.create_tasks`).
TRANSITIONS = (
    Transition(
        TaskTransition.PROGRESS,
        OPEN_STATES,
        TaskState.IN_PROGRESS,
        DOERS,
        "Cập nhật tiến độ",
    ),
    Transition(
        TaskTransition.PROPOSE_DONE,
        OPEN_STATES,
        TaskState.REPORTED,
        DOERS,
        "Đề nghị nghiệm thu",
        progress=100,
    ),
    Transition(
        TaskTransition.RECEIVE,
        frozenset({TaskState.ASSIGNED}),
        TaskState.IN_PROGRESS,
        DOERS,
        "Nhận việc",
    ),
    Transition(
        TaskTransition.ACCEPT,
        frozenset({TaskState.REPORTED}),
        TaskState.ACCEPTED,
        OFFICE,
        "Nghiệm thu",
        progress=100,
    ),
    Transition(
        TaskTransition.RETURN,
        frozenset({TaskState.REPORTED}),
        TaskState.RETURNED,
        OFFICE,
        "Trả lại",
        note_required=True,
    ),
    Transition(
        TaskTransition.CANCEL,
        OPEN_STATES | {TaskState.REPORTED},
        TaskState.CANCELLED,
        OFFICE,
        "Hủy việc",
        note_required=True,
    ),
    Transition(
        TaskTransition.TAKE_BACK,
        frozenset({TaskState.IN_PROGRESS, TaskState.REPORTED}),
        None,
        DOERS,
        "Rút lại báo cáo",
    ),
)
BY_NAME = {transition.name: transition for transition in TRANSITIONS}

WHY_NOT = {
    TaskState.ACCEPTED: "Việc đã nghiệm thu, không cập nhật được nữa.",
    TaskState.CANCELLED: "Việc đã hủy, không cập nhật được nữa.",
    TaskState.REPORTED: "Việc đang chờ Văn phòng Điều phối nghiệm thu; chưa cập nhật được.",
}


def permit(
    task: StatefulWork, transition: Transition, user: Reader | Desk, own_last: str = ""
) -> Permit:
    """Whether this account may make this move now, and if not, why.

    `own_last` is the transition of the task's latest update where this account wrote it: only such
    a report can be taken back. Lists do not ask for it, so they never offer that move.
    """
    desk = desk_of(user)
    in_charge = may_update(task, desk)
    if not in_charge:
        return in_charge
    if desk.role not in transition.roles:
        return refused(f"“{transition.label}” là việc của Văn phòng Điều phối.")
    return _state_permit(task, transition, own_last)


def allowed(task: StatefulWork, user: Reader | Desk, own_last: str = "") -> list[Transition]:
    """The moves that this account may make now, in the order of the buttons."""
    desk = desk_of(user)
    return [move for move in TRANSITIONS if permit(task, move, desk, own_last)]


def check(task: StatefulWork, name: str, user: User | None, own_last: str = "") -> Transition:
    """The row of the table for a move that may be made; PermissionDenied with the reason if not.

    `user=None` is a command: only the state counts.
    """
    transition = BY_NAME.get(TaskTransition(name))
    if transition is None:
        raise PermissionDenied("Giao việc là tạo việc mới, không phải cập nhật một việc đã có.")
    answer = (
        permit(task, transition, user, own_last)
        if user is not None
        else _state_permit(task, transition, own_last)
    )
    if not answer:
        raise PermissionDenied(answer.reason)
    return transition


def report_permit(task: StatefulWork, user: Reader | Desk) -> Permit:
    """Whether there is anything to report or decide for the account; if not, why."""
    desk = desk_of(user)
    in_charge = may_update(task, desk)
    if not in_charge:
        return in_charge
    if allowed(task, desk):
        return ALLOWED
    return refused(WHY_NOT[TaskState(task.state)])


def amend_permit(task: StatefulWork, user: User | None) -> Permit:
    """Whether the account may change title, day or doer of the task now; if not, why.

    `user=None` is a command: only the state counts.
    """
    if user is not None and not (permit := may_assign(user)):
        return permit
    state = TaskState(task.state)
    return refused(WHY_NOT[state]) if state in CLOSED_STATES else ALLOWED


def _state_permit(task: StatefulWork, transition: Transition, own_last: str) -> Permit:
    state = TaskState(task.state)
    if transition.target is None:
        return _take_back_permit(state, own_last)
    if state in transition.source:
        return ALLOWED
    if state in CLOSED_STATES or transition.name in {
        TaskTransition.PROGRESS,
        TaskTransition.PROPOSE_DONE,
    }:
        return refused(WHY_NOT[state])
    return refused(f"Việc đang ở trạng thái “{state.label}”, chưa thể “{transition.label}”.")


def _take_back_permit(state: TaskState, own_last: str) -> Permit:
    if state in BY_NAME[TaskTransition.TAKE_BACK].source and own_last in REPORTS:
        return ALLOWED
    if state in CLOSED_STATES:
        return refused(WHY_NOT[state])
    return refused(
        "Chỉ rút lại được báo cáo cuối cùng do chính tài khoản này gửi, khi Văn phòng Điều phối "
        "chưa quyết định."
    )
