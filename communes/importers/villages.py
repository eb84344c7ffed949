"""Villages of communes out of a file: renamed, counted, added, ended."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from communes.finding import PLACE_FIELDS, Places
from communes.importers.kept import DAYS, kept, read_back
from communes.models import Commune, Village, VillageMembership, valid_on
from communes.rules import may_edit_units
from communes.services import (
    VillageChange,
    VillageEntry,
    remove_villages,
    save_villages,
    wrong_villages,
)
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.intake.importer import Change, Done, Together
from ntm_tracker.core.intake.lines import Line, Once, matched
from ntm_tracker.core.intake.names import same_key
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.permits import Permit


class VillageImporter(Together):
    """Villages by their number, or by commune and name where they are new."""

    kind = "villages"
    title = "Thôn"
    lead = (
        "Có mã thì sửa tên, số hộ, ngày hết hiệu lực của thôn mang mã đó; không có mã thì thêm "
        "thôn vào xã. Hiện trạng, tiêu chí của thôn nhập ở bảng Thôn của xã. Chuyển thôn sang xã "
        "khác làm ở trang quản trị."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã thôn", is_key=True, width=10, help="Để trống hoặc “mới”: thêm thôn."),
        *(one for one in PLACE_FIELDS if one.key != "village"),
        Field(
            "name", "Tên thôn", required=True, aliases=("Thôn", "Thôn, xóm"), width=30, longest=255
        ),
        Field("households", "Số hộ", "int", width=10),
        Field("valid_from", "Từ ngày", "date", is_key=True, width=13),
        Field("valid_to", "Đến hết ngày", "date", width=13, help="Để trống: còn hiệu lực."),
    )

    def may(self, user: User) -> Permit:
        return may_edit_units(user)

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        members = _members(user).filter(valid_on(as_of.reporting_date))
        return [_cells(member) for member in members]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        today = as_of.reporting_date
        members = sorted(_members(user), key=lambda member: member.valid_from)
        known = {str(member.village_id): member for member in members}
        pairs, problems = matched(rows, known, self.fields[0], "thôn mã")
        places = Places(Commune.objects.visible_to(user), today)
        there = {
            _key(VillageEntry.of(member)): member
            for member in known.values()
            if member.valid_to is None or member.valid_to >= today
        }
        once = Once()
        wanted: list[tuple[Line, VillageMembership | None, VillageChange]] = []
        for row, member in pairs:
            line: Line = Line(row, self.fields)
            if member is None:
                change = self._new(line, places, today)
                if change and (twin := there.get(_key(change.after))):
                    # Sent once more, it is there already: its other cells are corrections.
                    member, change = twin, self._correction(line, twin)
            else:
                change = self._correction(line, member)
            if change:
                same = member.pk if member else _key(change.after)
                if problem := once.problem(row, line.fields["name"], same):
                    line.problems.append(problem)
            if change and not line.problems:
                wanted.append((line, member, change))
            problems += line.problems
        wrong = wrong_villages([change for _line, _member, change in wanted], today)
        changes = []
        names = {commune.pk: str(commune) for commune in places.communes}
        for (line, member, change), sentences in zip(wanted, wrong, strict=True):
            for key, sentence in sentences.items():
                line.wrong(key, sentence)
            problems += line.problems
            if not line.problems:
                old = _cells(member) if member else {}
                new = {"name": change.after.name, "households": change.after.households} | {
                    key: getattr(change.after, key) for key in DAYS
                }
                where = names.get(change.after.commune_id) or str(old.get("commune", ""))
                if member is None:
                    new["commune"] = where
                cells, label = line.cells(old, new), f"{change.after.name}, {where}"
                changes.append(
                    Change(line.row.number, label, where, cells, change, is_new=member is None)
                )
        return changes, problems

    def _new(self, line: Line, places: Places, today: date) -> VillageChange | None:
        commune, _village = places.read(line)
        if commune is None:
            return None
        households = line.row.values.get("households")
        entry = VillageEntry(
            commune.pk,
            line.text("name"),
            line.day("valid_from") or today,
            line.day("valid_to"),
            None if households is None else int(str(households)),
        )
        return VillageChange(None, None, entry)

    def _correction(self, line: Line, member: VillageMembership) -> VillageChange | None:
        """What the row asks of a village that there is; None where it is so already."""
        before = VillageEntry.of(member)
        there = _cells(member)
        if line.text("code") != str(member.village_id):
            there = {key: there[key] for key in ("households", "valid_to")}
        given = line.changed(there)
        after = replace(before, **{key: given[key] for key in given if hasattr(before, key)})
        return None if after == before else VillageChange(member.pk, before, after)

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        asked = [change.data for change in changes]
        members = save_villages(asked, by=by, now=now, today=today)
        return [
            Done(member.pk, kept(change.before, change.after), commune_id=member.commune_id)
            for member, change in zip(members, asked, strict=True)
        ]

    def undo_many(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> None:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        kept = [(change.object_id, *read_back(VillageEntry, change.undo)) for change in changes]
        # What was added goes first: a name that was given up may be in use again.
        remove_villages({pk: after for pk, before, after in kept if before is None}, **written)
        asked = [VillageChange(pk, after, before) for pk, before, after in kept if before]
        save_villages(asked, **written)


def _members(user: User) -> QuerySet[VillageMembership]:
    """The villages that the account sees, each with its commune."""
    return (
        VillageMembership.objects.filter(village__in=Village.objects.visible_to(user).values("pk"))
        .select_related("village", "commune")
        .order_by("commune__sort_key", "commune_id", "village__sort_key", "village_id")
    )


def _cells(member: VillageMembership) -> dict[str, Any]:
    """Values by field."""
    return {
        "code": str(member.village_id),
        "commune_code": member.commune.code,
        "commune": str(member.commune),
        "name": member.village.name,
        "households": member.village.households,
        "valid_from": member.valid_from,
        "valid_to": member.valid_to,
    }


def _key(entry: VillageEntry) -> tuple[int, str]:
    return entry.commune_id, same_key(entry.name)
