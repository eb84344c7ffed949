"""Who may touch what in sponsorship, with the sentence that people read where they may not."""

from typing import Protocol

from criteria.desks import Desk, Reader, desk_of
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import ALLOWED, Permit, refused
from sponsors.choices import GiftKind, Giver, Owner

# What a commune reports: its own work, its people's, and that of localities that help it.
COMMUNE_OWNERS = frozenset({Owner.PEOPLE, Owner.COMMUNE, Owner.LOCALITY})


class OwnedWork(Protocol):
    """As much of a task as the rules look at, so that a row of a list can be asked about too."""

    @property
    def owner(self) -> str: ...
    @property
    def commune_id(self) -> int: ...
    @property
    def sponsor_id(self) -> int | None: ...
    @property
    def department_id(self) -> int | None: ...


def may_update(task: OwnedWork, user: Reader | Desk) -> Permit:
    """Whether the account may report on this task, whatever its state.

    The office may on behalf of anybody; everyone else only on what is his own to do.
    """
    desk = desk_of(user)
    if desk.role in {Role.ADMIN, Role.OFFICE}:
        return ALLOWED
    if desk.role == Role.SPONSOR:
        if task.owner != Owner.SPONSOR:
            return refused("Việc này không do đơn vị đỡ đầu thực hiện; đơn vị chỉ theo dõi.")
        if desk.sponsor_id is None or task.sponsor_id != desk.sponsor_id:
            return refused("Việc này được giao cho đơn vị đỡ đầu khác.")
        return ALLOWED
    if desk.role == Role.COMMUNE:
        if task.owner not in COMMUNE_OWNERS:
            return refused("Việc này do đơn vị được giao báo cáo; xã chỉ theo dõi.")
        if task.commune_id not in desk.commune_ids:
            return refused("Tài khoản này không được cập nhật việc của xã này.")
        return ALLOWED
    if desk.role == Role.DEPARTMENT:
        if task.owner != Owner.DEPARTMENT:
            return refused("Việc này không do sở, ngành thực hiện; sở, ngành chỉ theo dõi.")
        if desk.department_id is None or task.department_id != desk.department_id:
            return refused("Việc này được giao cho sở, ngành khác.")
        return ALLOWED
    return refused("Tài khoản của Ban Chỉ đạo, lãnh đạo chỉ xem, không cập nhật việc.")


def may_record_commitment(user: User) -> Permit:
    """Whether the account may write down what a sponsor promised, or link it to a source."""
    if user.is_office:
        return ALLOWED
    return refused(
        "Cam kết của đơn vị đỡ đầu do Văn phòng Điều phối ghi nhận. "
        "Hãy gửi bản cam kết đã ký về Văn phòng để được ghi vào hệ thống."
    )


def may_identify(user: User, *, kind: str) -> Permit:
    """Whether the account may record a promise of this kind as a source of money."""
    if not (permit := may_record_commitment(user)):
        return permit
    if kind != GiftKind.MONEY:
        return refused("Hiện vật và ngày công không tính vào nguồn kinh phí đã xác định.")
    return ALLOWED


def may_assign(user: User) -> Permit:
    """Whether the account may create assignments, tasks and members."""
    if user.is_office:
        return ALLOWED
    return refused("Chỉ Văn phòng Điều phối phân công đỡ đầu và giao việc.")


def may_edit_sponsors(user: User) -> Permit:
    """Whether the account may enter sponsors and correct what is known of them."""
    if user.is_office:
        return ALLOWED
    return refused("Chỉ Văn phòng Điều phối thêm và sửa thông tin đơn vị đỡ đầu.")


def may_record_contribution(
    user: Reader | Desk, *, giver: str, sponsor_id: int | None, commune_id: int
) -> Permit:
    """Whether the account may write down what this giver gave to this commune.

    A sponsor speaks for itself; a commune for its people and for localities that helped it.
    """
    desk = desk_of(user)
    if desk.role in {Role.ADMIN, Role.OFFICE}:
        return ALLOWED
    if desk.role == Role.SPONSOR and giver == Giver.SPONSOR:
        if desk.sponsor_id is not None and desk.sponsor_id == sponsor_id:
            return ALLOWED
        return refused("Đơn vị đỡ đầu chỉ ghi đóng góp của chính đơn vị mình.")
    if desk.role in {Role.COMMUNE, Role.DEPARTMENT} and giver != Giver.SPONSOR:
        if desk.role == Role.DEPARTMENT or commune_id in desk.commune_ids:
            return ALLOWED
        return refused("Tài khoản này không được ghi đóng góp cho xã này.")
    return refused("Tài khoản này không được ghi đóng góp thay cho bên đó.")


class Written(Protocol):
    """As much of an entry as tells who made it."""

    @property
    def by_id(self) -> int | None: ...


def may_take_back_contribution(user: User, entry: Written) -> Permit:
    """Whether the account may take an entry back: the office any, everybody else his own."""
    if user.is_office or (entry.by_id is not None and entry.by_id == user.pk):
        return ALLOWED
    return refused("Chỉ rút lại được khoản do chính tài khoản này ghi.")


def may_raise_difficulty(
    user: Reader | Desk, *, commune_id: int | None = None, sponsor_id: int | None = None
) -> Permit:
    """Whether the account may raise a difficulty or request, and about this commune and sponsor.

    Without a commune: whether it may raise any at all.
    """
    desk = desk_of(user)
    if desk.role == Role.VIEWER:
        return refused(
            "Tài khoản của Ban Chỉ đạo, lãnh đạo chỉ xem, không nêu khó khăn, kiến nghị."
        )
    if desk.role == Role.COMMUNE:
        if not desk.commune_ids:
            return refused("Tài khoản này không được nhập cho xã nào.")
        if commune_id is not None and commune_id not in desk.commune_ids:
            return refused("Tài khoản này không được nêu thay cho xã này.")
    if desk.role == Role.SPONSOR:
        if desk.sponsor_id is None:
            return refused("Tài khoản này chưa thuộc đơn vị đỡ đầu nào.")
        if commune_id is not None and sponsor_id != desk.sponsor_id:
            return refused("Đơn vị đỡ đầu chỉ nêu khó khăn, kiến nghị của chính đơn vị mình.")
    return ALLOWED


def may_review(user: User) -> Permit:
    """Whether the account may write down the office's own assessment of sponsors."""
    if user.is_office:
        return ALLOWED
    return refused("Kết quả đỡ đầu do Văn phòng Điều phối kiểm tra, đánh giá.")


def may_read_reviews(user: User) -> Permit:
    """Whether the account may open the assessments: whoever sees all sponsors, and each sponsor its
    own. A commune knows its sponsors by their work, not by the office's verdict on all of it."""
    if user.sees_all_sponsors or user.role == Role.SPONSOR:
        return ALLOWED
    return refused("Đánh giá kết quả đỡ đầu dành cho Văn phòng Điều phối và chính đơn vị.")


def givers_of(user: User) -> tuple[str, ...]:
    """On behalf of which givers the role may write down what came."""
    everybody = (Giver.PEOPLE, Giver.LOCALITY)
    if user.is_office:
        return (Giver.SPONSOR, *everybody)
    if user.role == Role.SPONSOR:
        return (Giver.SPONSOR,)
    return everybody if user.role in {Role.COMMUNE, Role.DEPARTMENT} else ()


def may_give(user: User) -> Permit:
    """Whether the account may write down any contribution at all."""
    if givers_of(user):
        return ALLOWED
    return refused("Tài khoản của Ban Chỉ đạo, lãnh đạo chỉ xem, không ghi đóng góp.")
