"""Who may write down which money, with the sentence that people read where they may not.

A commune knows what its work costs and what it has paid, so it states needs, payments and debts of
its own. Whether money *has a source* is said by whoever holds the papers that allot it: a plan or a
promise is no source until the office has recorded it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from criteria.desks import OFFICE, Desk, Reader, desk_of
from ntm_tracker.core.choices import Role
from ntm_tracker.core.permits import ALLOWED, Permit, refused


class Entry(models.TextChoices):
    """What can be written down at a work item."""

    NEED = "need", _("Nhu cầu")
    SOURCE = "source", _("Nguồn đã xác định")
    DISBURSEMENT = "disbursement", _("Giải ngân")


def may_enter(entry: Entry, commune_id: int | None, user: Reader | Desk) -> Permit:
    """Whether the account may write this down at a work item of that commune (None: inter-commune
    or not yet allotted)."""
    desk = desk_of(user)
    if desk.role in OFFICE:
        return ALLOWED
    if entry == Entry.SOURCE:
        return refused(
            "Nguồn đã xác định do Văn phòng Điều phối ghi theo văn bản giao vốn. "
            "Hãy gửi văn bản về Văn phòng để được ghi."
        )
    return _own_commune(commune_id, desk)


def may_add_item(commune_id: int | None, user: Reader | Desk) -> Permit:
    """Whether the account may add a work item to that commune (None: inter-commune)."""
    desk = desk_of(user)
    return ALLOWED if desk.role in OFFICE else _own_commune(commune_id, desk)


def may_add_items(user: Reader | Desk) -> Permit:
    """Whether the account may add work items anywhere at all: what a button asks."""
    desk = desk_of(user)
    if desk.role in OFFICE or (desk.role == Role.COMMUNE and desk.commune_ids):
        return ALLOWED
    return _own_commune(None, desk)


def may_state_debt(commune_id: int, user: Reader | Desk) -> Permit:
    """Whether the account may state what that commune owes."""
    desk = desk_of(user)
    return ALLOWED if desk.role in OFFICE else _own_commune(commune_id, desk)


def may_explain(
    user: Reader | Desk, *, commune_id: int | None, sponsor_id: int | None = None
) -> Permit:
    """Whether the account answers for what a rule warns of: of a commune, or of a sponsor there."""
    desk = desk_of(user)
    if desk.role in OFFICE:
        return ALLOWED
    if desk.role == Role.COMMUNE and commune_id in desk.commune_ids and sponsor_id is None:
        return ALLOWED
    if desk.role == Role.SPONSOR and sponsor_id is not None and desk.sponsor_id == sponsor_id:
        return ALLOWED
    return refused("Cảnh báo này do nơi nhập số liệu hoặc Văn phòng Điều phối giải trình.")


def may_take_back(by_id: int | None, is_last: bool, user: Reader) -> Permit:
    """Whether an entry (by that account; the last one that stands) may be taken back."""
    if by_id is None or by_id != user.pk:
        return refused("Chỉ người đã ghi mới rút lại được; hãy ghi một dòng điều chỉnh.")
    if not is_last:
        return refused(
            "Chỉ rút lại được lần ghi cuối cùng còn hiệu lực; hãy ghi một dòng điều chỉnh."
        )
    return ALLOWED


def _own_commune(commune_id: int | None, desk: Desk) -> Permit:
    if desk.role == Role.COMMUNE:
        if commune_id is not None and commune_id in desk.commune_ids:
            return ALLOWED
        return refused("Xã chỉ nhập kinh phí của xã mình.")
    if desk.role == Role.SPONSOR:
        return refused("Kinh phí do xã và Văn phòng Điều phối nhập; đơn vị đỡ đầu chỉ xem.")
    if desk.role == Role.DEPARTMENT:
        return refused("Kinh phí do xã và Văn phòng Điều phối nhập; sở, ngành chỉ xem.")
    return refused("Tài khoản của Ban Chỉ đạo, lãnh đạo chỉ xem, không nhập kinh phí.")
