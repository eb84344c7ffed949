"""The one table of how a village becomes a model residential area: buttons and guards read it.

The state is that of the village's latest status row. Recognising confirms (rung "đã kiểm tra") what
the village criteria say, revoking takes that back: see `criteria.services.village_moves`.
"""

from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from criteria.choices import VillageState
from criteria.desks import OFFICE, Desk, Reader, desk_of
from criteria.workflow import may_report
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import ALLOWED, Permit, refused


class VillageMove(models.TextChoices):
    DECLARE = "declare", _("Tự đánh giá đạt")
    WITHDRAW = "withdraw", _("Rút tự đánh giá")
    RECOGNISE = "recognise", _("Công nhận")
    RETURN = "return", _("Trả lại")
    REVOKE = "revoke", _("Rút công nhận")


@dataclass(frozen=True)
class VillageTransition:
    """One permitted move; a commune must also be the one to which the village belongs."""

    name: VillageMove
    source: VillageState
    target: VillageState
    roles: frozenset[Role]
    note_required: bool = False
    document_required: bool = False

    @property
    def label(self) -> str:
        return str(self.name.label)


REPORTERS = OFFICE | {Role.COMMUNE}
TRANSITIONS = (
    VillageTransition(VillageMove.DECLARE, VillageState.NOT_YET, VillageState.DECLARED, REPORTERS),
    VillageTransition(VillageMove.WITHDRAW, VillageState.DECLARED, VillageState.NOT_YET, REPORTERS),
    VillageTransition(
        VillageMove.RECOGNISE,
        VillageState.DECLARED,
        VillageState.RECOGNISED,
        OFFICE,
        document_required=True,
    ),
    VillageTransition(
        VillageMove.RETURN,
        VillageState.DECLARED,
        VillageState.NOT_YET,
        OFFICE,
        note_required=True,
    ),
    VillageTransition(
        VillageMove.REVOKE,
        VillageState.RECOGNISED,
        VillageState.NOT_YET,
        OFFICE,
        note_required=True,
    ),
)
BY_NAME = {transition.name: transition for transition in TRANSITIONS}
WHY_NOT = {
    VillageState.NOT_YET: "Thôn chưa được xã tự đánh giá đạt.",
    VillageState.DECLARED: "Thôn đã được tự đánh giá đạt, đang chờ Văn phòng Điều phối công nhận.",
    VillageState.RECOGNISED: "Thôn đã được công nhận.",
}


def permit(name: str, *, state: str, commune_id: int, user: Reader | Desk) -> Permit:
    """Whether this account may make this move with a village of this commune now."""
    move = BY_NAME[VillageMove(name)]
    desk = desk_of(user)
    if desk.role not in move.roles:
        whose = "xã và Văn phòng" if Role.COMMUNE in move.roles else "Văn phòng"
        return refused(f"“{move.label}” là việc của {whose} Điều phối.")
    if not (answer := may_report(commune_id, desk)):
        return answer
    if state != move.source:
        return refused(f"{WHY_NOT[VillageState(state)]} Chưa thể “{move.label}”.")
    return ALLOWED


def allowed(*, state: str, commune_id: int, user: Reader | Desk) -> list[VillageTransition]:
    """The moves that this account may make now, in the order of the buttons."""
    desk = desk_of(user)
    return [
        move
        for move in TRANSITIONS
        if permit(move.name, state=state, commune_id=commune_id, user=desk)
    ]


def check(name: str, *, state: str, commune_id: int, user: Reader | Desk) -> VillageTransition:
    """The row of the table for a move that may be made; PermissionDenied with the reason if not."""
    answer = permit(name, state=state, commune_id=commune_id, user=user)
    if not answer:
        raise PermissionDenied(answer.reason)
    return BY_NAME[VillageMove(name)]


def may_fill(*, state: str, commune_id: int, user: Reader | Desk) -> Permit:
    """Whether the account may change the ten criteria of a village: not while it is recognised.
    Plan and gardens stay open (`may_report`), since gardens go on being made."""
    if not (answer := may_report(commune_id, user)):
        return answer
    if state == VillageState.RECOGNISED:
        return refused(
            "Thôn đã được công nhận nên các tiêu chí được khóa; cần sửa thì Văn phòng Điều phối "
            "rút công nhận trước."
        )
    return ALLOWED


class Entry(Protocol):
    """A row that somebody may want to take back."""

    @property
    def by_id(self) -> int | None: ...
    @property
    def corrects_id(self) -> int | None: ...


class StatusEntry(Entry, Protocol):
    """A status row, with the state it says."""

    @property
    def state(self) -> str: ...


def may_take_back(row: Entry | None, user: User) -> Permit:
    """Whether the latest entry of a cell is the account's own and no correction itself."""
    if row is None:
        return refused("Ô này chưa có mục nào để rút lại.")
    if row.by_id != user.pk:
        return refused("Mục mới nhất do người khác ghi; chỉ rút lại được mục của chính mình.")
    if row.corrects_id is not None:
        return refused("Mục mới nhất đã là mục rút lại; muốn đổi thì nhập giá trị mới.")
    return ALLOWED


def may_take_back_status(
    last: StatusEntry | None, before: StatusEntry | None, user: User
) -> Permit:
    """The same for plan and gardens; a step of the recognition has a move of its own."""
    if answer := may_take_back(last, user):
        state = before.state if before else VillageState.NOT_YET
        if last is not None and last.state != state:
            return refused(
                "Mục mới nhất là một bước công nhận thôn; hãy dùng nút ở trang thôn để rút."
            )
    return answer
