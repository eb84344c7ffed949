"""Accounts out of a file: made and changed as the office does by hand, never with a password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from communes.finding import Places
from communes.models import Commune
from criteria.models import Department
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.intake.importer import Change, Done, at_change
from ntm_tracker.core.intake.lines import NOTE, UNDO_NOTE, Line, Once, in_words
from ntm_tracker.core.intake.names import Names
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.permits import Permit, sentences
from ntm_tracker.dashboard import rules
from ntm_tracker.dashboard.account_fields import (
    display_name_field,
    email_field,
    phone_field,
    username_field,
)
from ntm_tracker.dashboard.selectors.accounts import ENDED, AccountRow, account_rows
from ntm_tracker.dashboard.services.accounts import (
    UNIT_OF_ROLE,
    AccountEntry,
    Unit,
    account_words,
    change_account,
    create_accounts,
    deactivate_account,
    reactivate_account,
    remove_accounts,
    unit_of,
    units_of,
    used_accounts,
)
from sponsors.importers.finding import departments_named, sponsors_named
from sponsors.models import Sponsor

ROLES = tuple((one.value, str(one.label)) for one in Role)
IN_USE, NOT_IN_USE = "co", "khong"
USE = ((IN_USE, "có"), (NOT_IN_USE, "không"))
CLEANED = {
    "username": username_field(),
    "display_name": display_name_field(),
    "phone": phone_field(),
    "email": email_field(),
}
TYPED = ("display_name", "phone", "email")
KEEPS = ("display_name", "role", "unit", "active")
UNITS: dict[str, type[Unit]] = {"commune": Commune, "sponsor": Sponsor, "department": Department}


@dataclass(frozen=True)
class Wanted:
    """What an account is to be. `user` is None for a new one, `is_active` None where it stays."""

    username: str
    user: User | None
    entry: AccountEntry
    is_changed: bool
    is_active: bool | None
    reason: str


class AccountImporter:
    """Names, roles and units of accounts, and whether they are in use."""

    kind = "users"
    title = "Tài khoản"
    lead = (
        "Tên đăng nhập đã có thì sửa tài khoản đó, chưa có thì lập tài khoản mới; không ghi mật "
        "khẩu: mở trang của tài khoản mới để lấy liên kết mời. Đơn vị là tên hoặc mã xã, tên đơn "
        "vị đỡ đầu, tên sở, ngành theo vai trò. Ô trống giữ nguyên, trừ điện thoại và thư."
    )
    fields: Sequence[Field] = (
        Field("username", "Tên đăng nhập", required=True, is_key=True, width=24),
        Field("display_name", "Tên hiển thị", aliases=("Tên",), width=34),
        Field("role", "Vai trò", "choice", choices=ROLES, width=22),
        Field("unit", "Đơn vị", aliases=("Xã", "Tên đơn vị"), width=34, is_name=True),
        Field("phone", "Điện thoại", aliases=("Số điện thoại", "SĐT"), width=16),
        Field("email", "Thư điện tử", aliases=("Email", "E-mail"), width=28),
        Field("active", "Còn dùng", "choice", choices=USE, width=10),
        Field("reason", "Lý do", aliases=("Ghi chú",), width=30, help="Khi ngừng hoặc dùng lại."),
    )

    def may(self, user: User) -> Permit:
        return rules.may_manage_accounts(user)

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        rows = account_rows(User.objects.order_by("role", "username"))
        return [in_words(self.fields, _cells(row) | {"username": row.username}) for row in rows]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        accounts = User.objects.in_bulk()
        known = {row.username.casefold(): row for row in account_rows(User.objects.order_by("pk"))}
        units = _Units(user, as_of.reporting_date, units_of(list(accounts.values())))
        changes, problems = [], []
        once = Once()
        for row in rows:
            line: Line = Line(row, self.fields)
            username = line.text("username")
            found = known.get(username.casefold())
            if problem := once.problem(row, self.fields[0], username.casefold()):
                line.problems.append(problem)
            elif found is None:
                changes += self._new(line, username, user, units)
            else:
                changes += self._changed(line, found, accounts[found.pk], user, units)
            problems += line.problems
        return changes, problems

    def _new(self, line: Line, username: str, by: User, units: "_Units") -> list[Change]:
        self._typed(line, "username", username)
        values = {key: line.value(key) for key in (*TYPED, "role", "unit")}
        for key in ("display_name", "role"):
            if not values[key]:
                line.wrong(key, f"Tài khoản mới phải có {line.fields[key].title.lower()}.")
        if line.choice("active", IN_USE) != IN_USE:
            line.wrong("active", "Tài khoản mới thì còn dùng.")
        if line.problems:
            return []
        entry = self._entry(line, values, by, units)
        if entry is None:
            return []
        cells = line.cells({}, _entry_cells(entry) | {"username": username})
        wanted = Wanted(username, None, entry, is_changed=True, is_active=None, reason="")
        label = f"{entry.display_name} ({username})"
        group = str(entry.role.label)
        return [Change(line.row.number, label, group, cells, wanted, is_new=True)]

    def _changed(
        self, line: Line, found: AccountRow, account: User, by: User, units: "_Units"
    ) -> list[Change]:
        there = _cells(found)
        changed = line.changed(
            {key: value for key, value in there.items() if key != "reason"}, keeps=KEEPS
        )
        if not changed:
            return []
        if not (permit := rules.may_change_account(by, account)):
            line.wrong("username", permit.reason)
            return []
        is_active = None
        if "active" in changed:
            is_active = changed["active"] == IN_USE
            if not is_active and not (permit := rules.may_deactivate(by, account)):
                line.wrong("active", permit.reason)
        is_changed = any(key in changed for key in (*TYPED, "role", "unit"))
        values = {key: changed.get(key, there[key]) for key in (*TYPED, "role", "unit")}
        if changed.get("role", there["role"]) != there["role"] and "unit" not in changed:
            values["unit"] = ""
        unit = units.own.get(account.pk) if values["unit"] == there["unit"] else None
        entry: AccountEntry | None = _entry_of(account, unit)
        if is_changed:
            entry = self._entry(line, values, by, units, unit)
        if entry is None or line.problems:
            return []
        new = _entry_cells(entry) if is_changed else {}
        new |= {"active": changed["active"]} if "active" in changed else {}
        if not (cells := line.cells(there, new)):
            return []
        reason = line.text("reason") or NOTE
        wanted = Wanted(found.username, account, entry, is_changed, is_active, reason)
        label = f"{found.name or found.username} ({found.username})"
        return [Change(line.row.number, label, found.role_label, cells, wanted)]

    def _entry(
        self,
        line: Line,
        values: Mapping[str, Any],
        by: User,
        units: "_Units",
        unit: Unit | None = None,
    ) -> AccountEntry | None:
        """What the account is to be, `unit` where it stays; what is wrong is noted at its cell."""
        role = Role(str(values["role"]))
        if not (permit := rules.may_give_role(by, role)):
            line.wrong("role", permit.reason)
        typed = {key: self._typed(line, key, str(values[key] or "")) for key in TYPED}
        text = str(values["unit"] or "")
        try:
            unit = unit or units.find(role, text)
        except ValueError as error:
            line.wrong("unit", str(error))
        return None if line.problems else AccountEntry(role=role, unit=unit, **typed)

    def _typed(self, line: Line, key: str, text: str) -> str:
        """A cell as the form of the page takes it."""
        try:
            return str(CLEANED[key].clean(text))
        except ValidationError as error:
            line.wrong(key, " ".join(error.messages))
            return ""

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        new = [change for change in changes if change.is_new]
        made = create_accounts(
            [(change.data.username, change.data.entry) for change in new], **written
        )
        done = {
            change.row: _done(user, change.data.entry, None)
            for change, user in zip(new, made, strict=True)
        }
        for change in changes:
            if not change.is_new:
                done[change.row] = self._write(change.data, change.data.user, written)
        return [done[change.row] for change in changes]

    def _write(self, wanted: Wanted, user: User, written: Mapping[str, Any]) -> Done:
        before = _as_json(user)
        if wanted.is_changed:
            seen = account_words(user)
            user = change_account(user=user, entry=wanted.entry, seen=seen, **written)
        if wanted.is_active is not None:
            write = reactivate_account if wanted.is_active else deactivate_account
            user = write(user=user, reason=wanted.reason, **written)
        return _done(user, wanted.entry, before)

    def undo_all(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> list[str]:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        users = User.objects.in_bulk([change.object_id for change in changes])
        own = units_of([*users.values()])
        new = {change.object_id for change in changes if change.undo["before"] is None}
        used = used_accounts(user for user in users.values() if user.pk in new)
        wrong = []
        for change in changes:
            user = users.get(change.object_id)
            if user is not None and user.pk in used:
                sentence = "Tài khoản đã đặt mật khẩu hoặc đăng nhập; hãy ngừng tài khoản."
                wrong.append(at_change(change, sentence))
            elif user is None or _json(user, own.get(user.pk)) != change.undo["after"]:
                wrong.append(at_change(change, "Tài khoản đã được sửa sau lần nhập này."))
        if wrong:
            return wrong
        try:
            for change in changes:
                if change.object_id not in new:
                    _make_again(users[change.object_id], change.undo, written)
            remove_accounts([users[pk] for pk in new], **written)
        except (ValidationError, PermissionDenied) as error:
            return sentences(error)
        return []


def _make_again(user: User, said: Mapping[str, Any], written: Mapping[str, Any]) -> None:
    """Make an account what it was before a change."""
    before, after = said["before"], said["after"]
    if {**before, "is_active": None} != {**after, "is_active": None}:
        entry = AccountEntry(
            role=Role(before["role"]),
            unit=_unit(*before["unit"]) if before["unit"] else None,
            **{key: before[key] for key in TYPED},
        )
        change_account(user=user, entry=entry, seen=account_words(user), **written)
    if before["is_active"] != after["is_active"]:
        write = reactivate_account if before["is_active"] else deactivate_account
        write(user=user, reason=UNDO_NOTE, **written)


class _Units:
    """What accounts can work for, by the names that cells give."""

    def __init__(self, user: User, today: date, own: Mapping[int, Unit]):
        self.own = own
        self.places = Places(Commune.objects.all(), today)
        self.names: dict[Role, Names[Any]] = {
            Role.SPONSOR: sponsors_named(user),
            Role.DEPARTMENT: departments_named(),
        }

    def find(self, role: Role, text: str) -> Unit | None:
        """The unit that a role works for. Raises ValueError with a sentence."""
        if role not in UNIT_OF_ROLE:
            if text:
                raise ValueError(f"Vai trò “{role.label}” không gắn với đơn vị nào; hãy để trống.")
            return None
        if not text:
            raise ValueError(f"Vai trò “{role.label}” phải gắn với một đơn vị.")
        return self.places.commune(text) if role == Role.COMMUNE else self.names[role].one(text)


def _cells(row: AccountRow) -> dict[str, Any]:
    """The cells of an account as it stands, choices by their codes."""
    return {
        "display_name": row.name,
        "role": row.role,
        "unit": row.unit,
        "phone": row.phone,
        "email": row.email,
        "active": NOT_IN_USE if row.state == ENDED else IN_USE,
        "reason": "",
    }


def _entry_of(user: User, unit: Unit | None) -> AccountEntry:
    typed = {key: getattr(user, key) for key in TYPED}
    return AccountEntry(role=Role(user.role), unit=unit, **typed)


def _entry_cells(entry: AccountEntry) -> dict[str, Any]:
    return {
        "display_name": entry.display_name,
        "role": entry.role.value,
        "unit": str(entry.unit or ""),
        "phone": entry.phone,
        "email": entry.email,
    }


def _as_json(user: User) -> dict[str, Any]:
    """An account as an undoing has to find it, and to make it again."""
    return _json(user, unit_of(user))


def _unit(kind: str, pk: int) -> Unit:
    return UNITS[kind]._default_manager.get(pk=pk)


def _json(user: User, unit: Unit | None) -> dict[str, Any]:
    kinds = [kind for kind, model in UNITS.items() if isinstance(unit, model)]
    return {
        "role": str(user.role),
        "unit": [kinds[0], unit.pk] if unit else None,
        "is_active": user.is_active,
        **{key: getattr(user, key) for key in TYPED},
    }


def _done(user: User, entry: AccountEntry, before: dict[str, Any] | None) -> Done:
    sponsor = entry.unit.pk if isinstance(entry.unit, Sponsor) else None
    commune = entry.unit.pk if isinstance(entry.unit, Commune) else None
    undo = {"before": before, "after": _json(user, entry.unit)}
    return Done(user.pk, undo, commune_id=commune, sponsor_id=sponsor)
