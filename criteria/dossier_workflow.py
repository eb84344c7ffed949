"""The one table of a dossier's way to recognition: buttons and guards read it.

Which step may follow which stands here. Who may record a step, within how many days and with which
shares is configuration with its source (`ProcedureStep`), because parts of the rules are unverified
and change: a step without a row valid on a day cannot be taken on that day. The state is that of
the dossier's latest step, so there is no second one to keep in step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from criteria.choices import READ_STATES, DossierState
from criteria.desks import Desk, Reader, desk_of
from criteria.models import ProcedureStep
from ntm_tracker.core.choices import Role
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.permits import ALLOWED, Permit, refused


class Step(models.TextChoices):
    START = "start", _("Bắt đầu xây dựng")
    DECLARE = "declare", _("Tự đánh giá đủ")
    SUBMIT = "submit", _("Thẩm tra, trình thẩm định")
    COMPLETE = "complete", _("Xác nhận hồ sơ đầy đủ")
    SURVEY = "survey", _("Ghi kết quả lấy ý kiến người dân")
    VOTE = "vote", _("Ghi kết quả bỏ phiếu")
    RECOGNISE = "recognise", _("Công nhận")
    CARRY_OVER = "carry_over", _("Thừa nhận sau sắp xếp")
    REFUSE = "refuse", _("Chưa thông qua")
    REVOKE = "revoke", _("Thu hồi công nhận")


@dataclass(frozen=True)
class Passage:
    """One step: from which states (None: no dossier yet) it leads to which."""

    step: Step
    source: frozenset[DossierState | None]
    target: DossierState
    note_required: bool = False
    document_required: bool = False

    @property
    def label(self) -> str:
        return str(self.step.label)


State = DossierState
PASSAGES = (
    Passage(Step.START, frozenset({None, State.REFUSED, State.REVOKED}), State.IN_PROGRESS),
    Passage(Step.DECLARE, frozenset({None, State.IN_PROGRESS}), State.SELF_DECLARED),
    Passage(Step.SUBMIT, frozenset({State.SELF_DECLARED}), State.UNDER_APPRAISAL),
    Passage(Step.COMPLETE, frozenset({State.UNDER_APPRAISAL}), State.COMPLETE),
    Passage(Step.SURVEY, frozenset({State.COMPLETE}), State.SURVEYED),
    Passage(Step.VOTE, frozenset({State.SURVEYED}), State.VOTED),
    Passage(Step.RECOGNISE, frozenset({State.VOTED}), State.RECOGNISED, document_required=True),
    Passage(
        Step.CARRY_OVER,
        frozenset({None, State.IN_PROGRESS, State.SELF_DECLARED}),
        State.CARRIED_OVER,
        document_required=True,
    ),
    Passage(Step.REFUSE, READ_STATES, State.REFUSED, note_required=True),
    Passage(
        Step.REVOKE,
        frozenset({State.RECOGNISED, State.CARRIED_OVER}),
        State.REVOKED,
        note_required=True,
        document_required=True,
    ),
)
WAYS_OUT = frozenset({Step.REFUSE, Step.CARRY_OVER, Step.REVOKE})
BY_STEP = {passage.step: passage for passage in PASSAGES}
BY_TARGET = {passage.target: passage for passage in PASSAGES}

Procedure = Mapping[str, ProcedureStep]  # step → the configuration valid on the day


def next_on_the_way(state: DossierState) -> Passage | None:
    """The step that should follow a state; None at the end of the way."""
    ahead = (one for one in PASSAGES if state in one.source and one.step not in WAYS_OUT)
    return next(ahead, None)


@dataclass(frozen=True)
class Grounds:
    """What a commune has to show for a step, as figures. `missing` are the numbers of the criteria
    met on no rung, `unappraised` of those not yet appraised as met; `overdue_debt` is in đồng
    (None: nothing was stated); `has_recognised_origin` says that a unit of which it was made had
    been recognised."""

    total: int
    missing: tuple[int, ...]
    unappraised: tuple[int, ...]
    overdue_debt: int | None
    has_recognised_origin: bool = False


def may_record(step: Step, procedure: Procedure, user: Reader | Desk) -> Permit:
    """Whether recording this step is the work of the account's role, by the configuration."""
    row = procedure.get(step)
    if row is None:
        return refused("Vào ngày này không có quy định nào đang áp dụng cho bước này.")
    role = desk_of(user).role
    allowed = set(row.roles.split())
    if Role.OFFICE in allowed:
        allowed.add(Role.ADMIN)
    if role in allowed:
        return ALLOWED
    return refused(f"“{BY_STEP[step].label}” do {row.actor} thực hiện; tài khoản này chỉ xem.")


def may_record_any(commune_id: int, procedure: Procedure, user: Reader | Desk) -> Permit:
    """Whether any step of this commune's dossier is the account's to record."""
    desk = desk_of(user)
    if desk.role == Role.COMMUNE and commune_id not in desk.commune_ids:
        return refused("Tài khoản này chỉ xem, không ghi hồ sơ của xã này.")
    if any(may_record(step, procedure, desk) for step in Step):
        return ALLOWED
    return refused("Hồ sơ do xã và Văn phòng Điều phối ghi; tài khoản này chỉ xem.")


def permit(
    step: str,
    *,
    state: DossierState | None,
    commune_id: int,
    procedure: Procedure,
    grounds: Grounds,
    user: Reader | Desk,
) -> Permit:
    """Whether this account may take this step with this commune's dossier now, and if not, why."""
    passage = BY_STEP[Step(step)]
    desk = desk_of(user)
    if not (answer := may_record(passage.step, procedure, desk)):
        return answer
    if desk.role == Role.COMMUNE and commune_id not in desk.commune_ids:
        return refused("Tài khoản này chỉ xem, không ghi hồ sơ của xã này.")
    if state not in passage.source:
        here = f"Hồ sơ đang ở bước “{state.label}”" if state else "Xã chưa có hồ sơ"
        return refused(f"{here}; chưa thể “{passage.label}”.")
    return _grounds_permit(passage.step, grounds)


def check(
    step: str,
    *,
    state: DossierState | None,
    commune_id: int,
    procedure: Procedure,
    grounds: Grounds,
    user: Reader | Desk,
) -> Passage:
    """The row of the table for a step that may be taken; PermissionDenied with the reason if
    not."""
    answer = permit(
        step,
        state=state,
        commune_id=commune_id,
        procedure=procedure,
        grounds=grounds,
        user=user,
    )
    if not answer:
        raise PermissionDenied(answer.reason)
    return BY_STEP[Step(step)]


def may_take_back(
    state: DossierState,
    *,
    is_undoing: bool,
    commune_id: int,
    procedure: Procedure,
    user: Reader | Desk,
) -> Permit:
    """Whether this account may take back the latest step, which led to `state`: who may record
    such a step may. What has been taken back once stays so; the step is taken anew instead."""
    desk = desk_of(user)
    if is_undoing:
        return refused("Bước gần nhất vừa được rút lại; hãy ghi lại bước cần thiết.")
    if desk.role == Role.COMMUNE and commune_id not in desk.commune_ids:
        return refused("Tài khoản này chỉ xem, không ghi hồ sơ của xã này.")
    return may_record(BY_TARGET[state].step, procedure, desk)


def _grounds_permit(step: Step, grounds: Grounds) -> Permit:
    if step in {Step.DECLARE, Step.SUBMIT} and grounds.missing:
        met = grounds.total - len(grounds.missing)
        return refused(
            f"Mới đạt {met}/{grounds.total} tiêu chí; còn tiêu chí {_numbers(grounds.missing)}."
        )
    if step == Step.COMPLETE and grounds.unappraised:
        done = grounds.total - len(grounds.unappraised)
        left = f"; còn tiêu chí {_numbers(grounds.unappraised)}" if done else ""
        return refused(f"Mới {done}/{grounds.total} tiêu chí được thẩm định đạt{left}.")
    if step == Step.RECOGNISE and grounds.overdue_debt:
        return refused(
            f"Xã còn nợ đọng xây dựng cơ bản {vi_number(grounds.overdue_debt)} đồng; phải trả hết "
            "trước khi công nhận."
        )
    if step == Step.CARRY_OVER and not grounds.has_recognised_origin:
        return refused(
            "Chỉ thừa nhận xã được lập từ đơn vị đã công nhận; không thấy đơn vị nào như vậy."
        )
    return ALLOWED


def _numbers(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


def share_refusal(what: str, part: int, whole: int, least: Decimal | None) -> str:
    """Why a share does not suffice, with its figures; "" where it does or nothing is asked for."""
    if least is None or (whole and part * 100 >= least * whole):
        return ""
    share = Decimal(part * 100) / whole if whole else Decimal(0)
    places = 0 if least == int(least) else 2
    return (
        f"{what}: {vi_number(part)}/{vi_number(whole)} ({vi_number(share, 1)}%), dưới mức "
        f"{vi_number(least, places)}%."
    )
