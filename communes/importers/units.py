"""Communes, towns and wards out of a file: renamed, added, ended."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from communes.choices import UnitKind, unit_word
from communes.importers.kept import kept, read_back
from communes.models import Commune, District
from communes.rules import may_edit_units
from communes.services import UnitChange, UnitEntry, remove_units, save_units, wrong_units
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.intake.importer import Change, Done, Together
from ntm_tracker.core.intake.lines import Line, Once, in_words
from ntm_tracker.core.intake.names import Names
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.permits import Permit

TOLD = ("code", "kind", "name", "valid_from", "valid_to")


class UnitImporter(Together):
    """Communes, towns and wards by their code, as it holds on the reporting date."""

    kind = "communes"
    title = "Xã, thị trấn, phường"
    lead = (
        "Mỗi dòng một đơn vị theo mã đang dùng ở ngày báo cáo. Sửa được tên, loại, huyện, ngày hết "
        "hiệu lực. Mã chưa có là đơn vị mới, cần loại, tên và ngày bắt đầu. Tháng đã khóa giữ tên "
        "lúc khóa."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã xã", required=True, is_key=True, aliases=("Mã", "Mã đơn vị"), width=10),
        Field(
            "kind",
            "Loại",
            "choice",
            choices=tuple((one.value, str(one.label)) for one in UnitKind),
            width=12,
        ),
        Field(
            "name",
            "Tên",
            required=True,
            aliases=("Tên xã", "Xã", "Tên đơn vị"),
            width=28,
            longest=255,
            is_name=True,
        ),
        Field("district", "Huyện", aliases=("Huyện, thị xã, thành phố",), width=20, is_name=True),
        Field("valid_from", "Từ ngày", "date", is_key=True, width=13),
        Field("valid_to", "Đến hết ngày", "date", width=13, help="Để trống: còn hiệu lực."),
    )

    def may(self, user: User) -> Permit:
        return may_edit_units(user)

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        units = Commune.objects.visible_to(user).active_on(as_of.reporting_date)
        ordered = units.select_related("district").order_by("sort_key", "pk")
        return [in_words(self.fields, _cells(unit)) for unit in ordered]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        districts = Names("huyện", District.objects.order_by("sort_key", "pk"), _district_names)
        codes = {str(row.values.get("code") or "") for row in rows}
        known = Commune.objects.visible_to(user).filter(code__in=codes)
        found = list(known.select_related("district").order_by("valid_from"))
        once = Once()
        wanted: list[tuple[Line, Commune | None, UnitChange]] = []
        problems: list[Problem] = []
        for row in rows:
            line: Line = Line(row, self.fields)
            unit = _unit_of(line, found, as_of.reporting_date)
            if problem := once.problem(row, self.fields[0], line.text("code")):
                line.problems.append(problem)
            elif (change := self._wanted(line, unit, districts)) and not line.problems:
                wanted.append((line, unit, change))
            problems += line.problems
        wrong = wrong_units([change for _line, _unit, change in wanted])
        changes = []
        for (line, unit, change), sentences in zip(wanted, wrong, strict=True):
            for key, sentence in sentences.items():
                line.wrong(key, sentence)
            problems += line.problems
            if not line.problems:
                changes.append(self._change(line, unit, change, districts))
        return changes, problems

    def _wanted(
        self, line: Line, unit: Commune | None, districts: Names[District]
    ) -> UnitChange | None:
        """What the row asks for; None where it is so already."""
        if unit is None:
            since = line.day("valid_from")
            if since is None:
                code = line.text("code")
                line.wrong("valid_from", f"Mã “{code}” chưa có; đơn vị mới cần ngày bắt đầu.")
                return None
            before, entry = None, UnitEntry(line.text("code"), "", "", since)
            given = dict(line.row.values)
        else:
            before = entry = UnitEntry.of(unit)
            given = line.changed(_cells(unit))
        if "name" in given:
            kind, name = _split_name(line.text("name"))
            entry = replace(entry, name=name, kind=kind or entry.kind)
        if given.get("kind"):
            entry = replace(entry, kind=str(given["kind"]))
        if "district" in given:
            named = line.named("district", districts) if line.text("district") else None
            entry = replace(entry, district_id=named.pk if named else None)
        if "valid_to" in given:
            entry = replace(entry, valid_to=line.day("valid_to"))
        return None if entry == before else UnitChange(unit.pk if unit else None, before, entry)

    def _change(
        self, line: Line, unit: Commune | None, change: UnitChange, districts: Names[District]
    ) -> Change:
        old = _cells(unit) if unit else {}
        new = old | {key: value for key, value in asdict(change.after).items() if key in TOLD}
        if unit is None or change.after.district_id != unit.district_id:
            new["district"] = line.text("district")
        label = f"{change.after.code} {unit_word(change.after.kind)} {change.after.name}"
        district = str(new.get("district") or "Không thuộc huyện")
        cells = line.cells(old, new)
        return Change(line.row.number, label, district, cells, change, is_new=unit is None)

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        asked = [change.data for change in changes]
        units = save_units(asked, by=by, now=now, today=today)
        return [
            Done(unit.pk, kept(change.before, change.after), commune_id=unit.pk)
            for unit, change in zip(units, asked, strict=True)
        ]

    def undo_many(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> None:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        kept = [(change.object_id, *read_back(UnitEntry, change.undo)) for change in changes]
        # What was added goes first: a name that was given up may be in use again.
        remove_units({pk: after for pk, before, after in kept if before is None}, **written)
        asked = [UnitChange(pk, after, before) for pk, before, after in kept if before]
        save_units(asked, **written)


def _unit_of(line: Line, found: Sequence[Commune], on: date) -> Commune | None:
    """The unit that a code means on a day, or the one that began on the day that the row names."""
    code, since = line.text("code"), line.day("valid_from")
    named = [unit for unit in found if unit.code == code]
    for unit in named:
        if unit.valid_from <= on <= (unit.valid_to or on) and since in (None, unit.valid_from):
            return unit
    return next((unit for unit in named if unit.valid_from == since), None)


def _cells(unit: Commune) -> dict[str, Any]:
    """Values by field, the kind by its code."""
    return {
        "code": unit.code,
        "kind": unit.kind,
        "name": unit.name,
        "district": unit.district.name if unit.district else "",
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
    }


def _split_name(text: str) -> tuple[str, str]:
    """(kind, name): "Xã Hà Linh" → ("xa", "Hà Linh"); "" where the name tells no kind."""
    for kind in UnitKind:
        word = f"{unit_word(kind)} "
        if text[: len(word)].casefold() == word.casefold():
            return kind.value, text[len(word) :].strip()
    return "", text


def _district_names(district: District) -> Sequence[str]:
    return (district.name, f"Huyện {district.name}", district.code)
