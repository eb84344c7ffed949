"""The one table of what may be done with a criterion of a commune: buttons and guards read it.

A figure climbs three rungs: self-reported → verified by the office → appraised by the department
that leads the criterion. Where a criterion stands between them is read off its history, so that
there is no second state to keep in step. The dossier's own way is `criteria.dossier_workflow`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from criteria.choices import READ_STATES, DossierState, Outcome, Stage
from criteria.desks import OFFICE, Desk, Reader, desk_of
from criteria.models import Criterion
from criteria.rules import Judgement, newest
from ntm_tracker.core.choices import Role
from ntm_tracker.core.permits import ALLOWED, Permit, refused


class Place(models.TextChoices):
    """Whose turn it is with one criterion of one commune."""

    UNREPORTED = "unreported", _("Chưa báo cáo")
    SUBMITTED = "submitted", _("Chờ kiểm tra")
    RETURNED = "returned", _("Trả lại, chờ báo cáo lại")
    VERIFIED = "verified", _("Đã kiểm tra, chờ thẩm định")
    APPRAISED = "appraised", _("Đã thẩm định")


class Move(models.TextChoices):
    SUBMIT = "submit", _("Gửi báo cáo")
    TAKE_BACK = "take_back", _("Rút lại")
    VERIFY = "verify", _("Xác nhận")
    RETURN = "return", _("Trả lại")
    APPRAISE = "appraise", _("Thẩm định")
    UNVERIFY = "unverify", _("Rút lại xác nhận")
    UNAPPRAISE = "unappraise", _("Rút lại thẩm định")
    UNRETURN = "unreturn", _("Rút lại việc trả lại")


@dataclass(frozen=True)
class Transition:
    """One permitted move of one criterion. A department must also lead the criterion, a commune
    must be the one that reports."""

    name: Move
    source: frozenset[Place]
    target: Place | None  # None: whatever it was before the row that is taken back
    roles: frozenset[Role]
    note_required: bool = False

    @property
    def label(self) -> str:
        return str(self.name.label)


TRANSITIONS = (
    Transition(
        Move.SUBMIT,
        frozenset({Place.UNREPORTED, Place.RETURNED, Place.VERIFIED, Place.APPRAISED}),
        Place.SUBMITTED,
        OFFICE | {Role.COMMUNE},
    ),
    Transition(
        Move.TAKE_BACK,
        frozenset({Place.SUBMITTED}),
        None,
        OFFICE | {Role.COMMUNE},
    ),
    Transition(Move.VERIFY, frozenset({Place.SUBMITTED}), Place.VERIFIED, OFFICE),
    Transition(
        Move.RETURN,
        frozenset({Place.SUBMITTED, Place.VERIFIED}),
        Place.RETURNED,
        OFFICE | {Role.DEPARTMENT},
        note_required=True,
    ),
    Transition(
        Move.APPRAISE,
        frozenset({Place.VERIFIED}),
        Place.APPRAISED,
        OFFICE | {Role.DEPARTMENT},
        note_required=True,  # "đạt/chưa đạt và hiện trạng tại thời điểm đó" (domain.md §5)
    ),
    Transition(Move.UNVERIFY, frozenset({Place.VERIFIED}), None, OFFICE, note_required=True),
    Transition(
        Move.UNAPPRAISE,
        frozenset({Place.APPRAISED}),
        None,
        OFFICE | {Role.DEPARTMENT},
        note_required=True,
    ),
    Transition(
        Move.UNRETURN,
        frozenset({Place.RETURNED}),
        None,
        OFFICE | {Role.DEPARTMENT},
        note_required=True,
    ),
)
BY_NAME = {transition.name: transition for transition in TRANSITIONS}

WHY_NOT = {
    Place.UNREPORTED: "Xã chưa báo cáo tiêu chí này.",
    Place.SUBMITTED: "Tiêu chí đã gửi, đang chờ Văn phòng Điều phối kiểm tra.",
    Place.RETURNED: "Tiêu chí đã trả lại, đang chờ xã báo cáo lại.",
    Place.VERIFIED: "Tiêu chí đã kiểm tra, đang chờ sở, ngành thẩm định.",
    Place.APPRAISED: "Tiêu chí đã được thẩm định.",
}
# What rests on the figures: once the dossier is that far, a conclusion is not simply taken back.
RESTING_STATES = frozenset(
    {
        DossierState.COMPLETE,
        DossierState.SURVEYED,
        DossierState.VOTED,
        DossierState.RECOGNISED,
        DossierState.CARRIED_OVER,
    }
)
CONCLUSIONS = frozenset({Move.UNVERIFY, Move.UNAPPRAISE})
# Who judges what others report; the moves of a commune are made where it fills in its report.
JUDGES = OFFICE | {Role.DEPARTMENT}
JUDGING = (Move.VERIFY, Move.APPRAISE, Move.RETURN)
# The move that takes the newest row back, by where that row has put the criterion.
UNDOING = {
    Place.VERIFIED: Move.UNVERIFY,
    Place.APPRAISED: Move.UNAPPRAISE,
    Place.RETURNED: Move.UNRETURN,
}
PLACE_OF_STAGE = {
    Stage.SELF: Place.SUBMITTED,
    Stage.VERIFIED: Place.VERIFIED,
    Stage.APPRAISED: Place.APPRAISED,
}


def place_of(latest: Mapping[str, Judgement]) -> Place:
    """Whose turn it is, from the latest row of each stage (stage → row): the newest row that says
    something decides. A newer self-report of a verified criterion waits to be verified again."""
    row = newest(latest)
    if row is None:
        return Place.UNREPORTED
    if row.outcome == Outcome.RETURNED:
        return Place.RETURNED
    stage = next(stage for stage, said in latest.items() if said is row)
    return PLACE_OF_STAGE[Stage(stage)]


def may_judge(user: Reader | Desk) -> Permit:
    """Whether verifying, returning and appraising is the work of this account at all."""
    if desk_of(user).role in JUDGES:
        return ALLOWED
    return refused("Kiểm tra, thẩm định là việc của Văn phòng Điều phối và sở, ngành phụ trách.")


def may_report(commune_id: int, user: Reader | Desk) -> Permit:
    """Whether the account fills in this commune's report, whatever the criteria stand at."""
    desk = desk_of(user)
    if desk.role in OFFICE:
        return ALLOWED
    if desk.role == Role.COMMUNE:
        if commune_id in desk.commune_ids:
            return ALLOWED
        return refused("Tài khoản này chỉ xem, không cập nhật số liệu của xã này.")
    return refused("Số liệu tự đánh giá do xã nhập; tài khoản này chỉ xem.")


def permit(
    name: str,
    *,
    place: Place,
    criterion: Criterion,
    commune_id: int,
    dossier: str | None,
    user: Reader | Desk,
    stage: str | None = None,
) -> Permit:
    """Whether this account may make this move with this criterion of this commune now.

    `dossier` is the state of the commune's dossier (None: none), which locks self-reports while
    the papers are being read, except for what was returned. `stage` is that of the newest row: a
    department takes back only the return that it made itself.
    """
    move = BY_NAME[Move(name)]
    desk = desk_of(user)
    if desk.role not in move.roles:
        whose = "của xã" if Role.COMMUNE in move.roles else "của Văn phòng Điều phối"
        if Role.DEPARTMENT in move.roles:
            whose = "của sở, ngành phụ trách và Văn phòng Điều phối"
        return refused(f"“{move.label}” là việc {whose}.")
    if desk.role == Role.COMMUNE and not (answer := may_report(commune_id, desk)):
        return answer
    if desk.role == Role.DEPARTMENT and (
        desk.department_id is None or criterion.lead_id != desk.department_id
    ):
        return refused("Tiêu chí này do sở, ngành khác phụ trách.")
    if place not in move.source:
        return refused(f"{WHY_NOT[place]} Chưa thể “{move.label}”.")
    if desk.role == Role.DEPARTMENT and place == Place.SUBMITTED:
        return refused("Văn phòng Điều phối chưa kiểm tra; sở, ngành thẩm định sau.")
    if desk.role == Role.DEPARTMENT and move.name == Move.UNRETURN and stage != Stage.APPRAISED:
        return refused("Văn phòng Điều phối đã trả lại tiêu chí này; chỉ Văn phòng rút lại được.")
    if dossier in RESTING_STATES and move.name in CONCLUSIONS:
        return refused(
            f"Hồ sơ của xã đã ở bước “{DossierState(dossier).label}”, dựa trên kết luận này; "
            "không rút lại được nữa."
        )
    is_open = dossier not in READ_STATES or place == Place.RETURNED
    if dossier and not is_open and move.name in {Move.SUBMIT, Move.TAKE_BACK}:
        return refused(
            f"Hồ sơ của xã ở bước “{DossierState(dossier).label}”; chỉ tiêu chí bị trả lại mới "
            "được sửa. Cần mở lại, hãy liên hệ Văn phòng Điều phối."
        )
    return ALLOWED


def check(
    name: str,
    *,
    place: Place,
    criterion: Criterion,
    commune_id: int,
    dossier: str | None,
    user: Reader | Desk,
    stage: str | None = None,
) -> Transition:
    """The row of the table for a move that may be made; PermissionDenied with the reason if not."""
    answer = permit(
        name,
        place=place,
        criterion=criterion,
        commune_id=commune_id,
        dossier=dossier,
        user=user,
        stage=stage,
    )
    if not answer:
        raise PermissionDenied(answer.reason)
    return BY_NAME[Move(name)]
