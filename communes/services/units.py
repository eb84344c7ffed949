"""What units are called, what they are and until when: corrected in place, with the trail.

What a closed month says of a unit it keeps itself; a name that is corrected here shows from now on.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from communes.choices import UnitKind, unit_word
from communes.models import Commune, District, Province
from communes.services.places import (
    name_key,
    range_words,
    refuse_resting,
    refuse_wrong,
    require_editor,
    wrong_name,
    wrong_range,
)
from ntm_tracker.core import audit
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.text import nfc

LONGEST_CODE = 10
FIELDS = ("kind", "name", "district_id", "valid_to")
"""What can be changed of a unit: its code and its first day tell which it is."""


@dataclass(frozen=True)
class UnitEntry:
    """A unit as a person states it."""

    code: str
    kind: str
    name: str
    valid_from: date
    valid_to: date | None = None
    district_id: int | None = None

    @classmethod
    def of(cls, unit: Commune) -> "UnitEntry":
        return cls(
            unit.code, unit.kind, unit.name, unit.valid_from, unit.valid_to, unit.district_id
        )

    @property
    def words(self) -> str:
        span = range_words(self.valid_from, self.valid_to)
        return f"{unit_word(self.kind)} {self.name}, mã {self.code}, {span}"


@dataclass(frozen=True)
class UnitChange:
    """What a unit is to be; `pk` and `before` are None for one that is added. `before` is what the
    person saw."""

    pk: int | None
    before: UnitEntry | None
    after: UnitEntry


def wrong_units(changes: Sequence[UnitChange]) -> list[dict[str, str]]:
    """What is wrong with each change, sentences by field; one query."""
    after = [change.after for change in changes]
    rows = Commune.objects.filter(
        Q(code__in={one.code for one in after})
        | Q(district__in={one.district_id for one in after if one.district_id})
    )
    stay = rows.exclude(pk__in=[change.pk for change in changes if change.pk])
    by_key: dict[Hashable, list[UnitEntry]] = {}
    for entry in [*map(UnitEntry.of, stay), *after]:
        for key in (entry.code, _name(entry)):
            by_key.setdefault(key, []).append(entry)
    found = []
    for change in changes:
        entry, before = change.after, change.before
        wrong = wrong_name(entry.name) | wrong_range(entry.valid_from, entry.valid_to)
        if entry.kind not in UnitKind.values:
            wrong["kind"] = "Chưa có loại đơn vị: xã, thị trấn hay phường."
        if not entry.code.isdecimal() or len(entry.code) > LONGEST_CODE:
            wrong["code"] = f"Mã “{entry.code}” không đúng: mã là các chữ số."
        elif _clash(entry, by_key[entry.code]):
            wrong["code"] = f"Mã {entry.code} đã là của một đơn vị khác trong thời gian này."
        elif (before is None or _name(before) != _name(entry)) and _clash(
            entry, by_key[_name(entry)]
        ):
            wrong.setdefault("name", f"Đã có {unit_word(entry.kind)} {entry.name} ở đây.")
        found.append(wrong)
    return found


def _name(entry: UnitEntry) -> tuple[str, int | None, str]:
    return entry.kind, entry.district_id, name_key(entry.name)


def _clash(entry: UnitEntry, others: Sequence[UnitEntry]) -> bool:
    """Whether another of these holds on a day of this one."""
    until = entry.valid_to or date.max
    return any(
        one is not entry and one.valid_from <= until and entry.valid_from <= (one.valid_to or until)
        for one in others
    )


@transaction.atomic
def save_units(
    changes: Sequence[UnitChange], *, by: User | None, now: datetime, today: date
) -> list[Commune]:
    """Add and correct units, all or nothing, in the order of the changes; a constant number of
    queries.

    Raises PermissionDenied, and ValidationError where something makes no sense or was changed by
    somebody else meanwhile.
    """
    require_editor(by)
    refuse_wrong(wrong_units(changes))
    known = Commune.objects.select_for_update().order_by("pk")
    rows = known.in_bulk([change.pk for change in changes if change.pk])
    districts = District.objects.in_bulk({change.after.district_id for change in changes})
    province = Province.objects.get(code=Installation.current().province_code)
    saved = []
    for change in changes:
        after = change.after
        unit = rows.get(change.pk or 0)
        if change.pk is None:
            unit = Commune(code=after.code, valid_from=after.valid_from, province=province)
        elif unit is None or UnitEntry.of(unit) != change.before:
            raise ValidationError(f"{after.words}: đã được sửa trong lúc nhập; hãy tải lại trang.")
        unit.kind, unit.name, unit.valid_to = after.kind, nfc(after.name), after.valid_to
        unit.district = districts.get(after.district_id) if after.district_id else None
        if unit.district:
            unit.province_id = unit.district.province_id
        unit.prepare()
        saved.append(unit)
    Commune.objects.bulk_create([unit for unit in saved if unit.pk is None], batch_size=500)
    Commune.objects.bulk_update(
        [unit for unit, change in zip(saved, changes, strict=True) if change.pk],
        [*(name.removesuffix("_id") for name in FIELDS), "province", "sort_key", "search_text"],
        batch_size=200,
    )
    _audit(saved, changes, by=by, now=now, today=today)
    return saved


def _audit(
    saved: Sequence[Commune],
    changes: Sequence[UnitChange],
    *,
    by: User | None,
    now: datetime,
    today: date,
) -> None:
    audit.record_all(
        audit.entry(
            by=by,
            action="unit.change" if change.before else "unit.add",
            obj=unit,
            now=now,
            effective_on=today,
            old=change.before.words if change.before else "",
            new=change.after.words,
            commune_id=unit.pk,
        )
        for unit, change in zip(saved, changes, strict=True)
    )


@transaction.atomic
def remove_units(
    seen: Mapping[int, UnitEntry], *, by: User | None, now: datetime, today: date
) -> None:
    """Take units away (id → what the person saw) that were entered by mistake and on which nothing
    rests yet, all or none.

    Raises ValidationError with what rests on them, or where one is no longer as it was seen.
    """
    require_editor(by)
    units = Commune.objects.select_for_update().order_by("pk").in_bulk(seen)
    for pk, entry in seen.items():
        if pk not in units or UnitEntry.of(units[pk]) != entry:
            raise ValidationError("Đã được sửa sau lần nhập này; hãy sửa trực tiếp đơn vị.")
    refuse_resting(Commune, units)
    audit.record_all(
        audit.entry(
            by=by,
            action="unit.remove",
            obj=units[pk],
            now=now,
            effective_on=today,
            old=entry.words,
            commune_id=pk,
        )
        for pk, entry in seen.items()
    )
    Commune.objects.filter(pk__in=units).delete()
