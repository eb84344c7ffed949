"""Villages of communes: added, renamed, counted, ended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from communes.models import Commune, Village, VillageMembership
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
from ntm_tracker.core.models import User
from ntm_tracker.core.text import nfc

MOST_HOUSEHOLDS = 100_000


@dataclass(frozen=True)
class VillageEntry:
    """A village in its commune as a person states it; the validity is that of belonging there."""

    commune_id: int
    name: str
    valid_from: date
    valid_to: date | None = None
    households: int | None = None

    @classmethod
    def of(cls, member: VillageMembership) -> "VillageEntry":
        village = member.village
        return cls(
            member.commune_id, village.name, member.valid_from, member.valid_to, village.households
        )

    @property
    def words(self) -> str:
        households = f", {self.households} hộ" if self.households is not None else ""
        return f"{self.name}{households}, {range_words(self.valid_from, self.valid_to)}"


@dataclass(frozen=True)
class VillageChange:
    """What a village is to be; `pk` (of its membership) and `before` are None for one that is
    added. `before` is what the person saw; commune and first day cannot be changed."""

    pk: int | None
    before: VillageEntry | None
    after: VillageEntry


def wrong_villages(changes: Sequence[VillageChange], today: date) -> list[dict[str, str]]:
    """What is wrong with each change, sentences by field; two queries."""
    communes = Commune.objects.in_bulk({change.after.commune_id for change in changes})
    changed = [change.pk for change in changes if change.pk]
    others = VillageMembership.objects.filter(commune__in=communes).exclude(pk__in=changed)
    living = others.filter(Q(valid_to=None) | Q(valid_to__gte=today))
    names = Counter(
        (commune, name_key(name))
        for commune, name in living.values_list("commune_id", "village__name")
    )
    names.update((change.after.commune_id, name_key(change.after.name)) for change in changes)
    found = []
    for change in changes:
        after, commune = change.after, communes.get(change.after.commune_id)
        wrong = wrong_name(after.name) | wrong_range(after.valid_from, after.valid_to)
        if not 0 <= (after.households or 0) <= MOST_HOUSEHOLDS:
            wrong["households"] = "Số hộ không hợp lý; hãy kiểm tra lại."
        if commune is None:
            wrong["commune"] = "Xã không còn; hãy tải lại trang."
        elif after.valid_from < commune.valid_from or (
            commune.valid_to and after.valid_from > commune.valid_to
        ):
            span = range_words(commune.valid_from, commune.valid_to)
            wrong["valid_from"] = f"{commune} chỉ có {span}."
        elif names[commune.pk, name_key(after.name)] > 1 and not _keeps_name(change):
            wrong.setdefault("name", f"{commune} đã có thôn “{after.name}”.")
        found.append(wrong)
    return found


def _keeps_name(change: VillageChange) -> bool:
    return change.before is not None and change.before.name == change.after.name


@transaction.atomic
def save_villages(
    changes: Sequence[VillageChange], *, by: User | None, now: datetime, today: date
) -> list[VillageMembership]:
    """Add and correct villages, all or nothing, in the order of the changes; a constant number of
    queries.

    Raises PermissionDenied, and ValidationError where something makes no sense or was changed by
    somebody else meanwhile.
    """
    require_editor(by)
    refuse_wrong(wrong_villages(changes, today))
    known = VillageMembership.objects.select_for_update(of=("self",)).select_related("village")
    rows = known.order_by("pk").in_bulk([change.pk for change in changes if change.pk])
    saved = []
    for change in changes:
        after = change.after
        member = rows.get(change.pk or 0)
        if change.pk is None:
            member = VillageMembership(
                village=Village(), commune_id=after.commune_id, valid_from=after.valid_from
            )
        elif member is None or VillageEntry.of(member) != change.before:
            raise ValidationError(f"{after.words}: đã được sửa trong lúc nhập; hãy tải lại trang.")
        member.valid_to = after.valid_to
        member.village.name, member.village.households = nfc(after.name), after.households
        member.village.prepare()
        saved.append(member)
    _write(saved)
    audit.record_all(
        audit.entry(
            by=by,
            action="village.change" if change.before else "village.add",
            obj=member.village,
            now=now,
            effective_on=today,
            old=change.before.words if change.before else "",
            new=change.after.words,
            commune_id=member.commune_id,
            village_id=member.village_id,
        )
        for member, change in zip(saved, changes, strict=True)
    )
    return saved


def _write(members: Sequence[VillageMembership]) -> None:
    new = [member for member in members if member.pk is None]
    old = [member for member in members if member.pk is not None]
    villages = Village.objects.bulk_create([member.village for member in new], batch_size=500)
    for member, village in zip(new, villages, strict=True):
        member.village = village  # again: now it has an id
    VillageMembership.objects.bulk_create(new, batch_size=500)
    columns = ["name", "households", "sort_key", "search_text"]
    Village.objects.bulk_update([member.village for member in old], columns, batch_size=200)
    VillageMembership.objects.bulk_update(old, ["valid_to"], batch_size=200)


@transaction.atomic
def remove_villages(
    seen: Mapping[int, VillageEntry], *, by: User | None, now: datetime, today: date
) -> None:
    """Take villages away (id of the membership → what the person saw) that were entered by mistake
    and on which nothing rests yet, all or none.

    Raises ValidationError with what rests on them, or where one is no longer as it was seen.
    """
    require_editor(by)
    known = VillageMembership.objects.select_for_update(of=("self",)).select_related("village")
    members = known.order_by("pk").in_bulk(seen)
    for pk, entry in seen.items():
        if pk not in members or VillageEntry.of(members[pk]) != entry:
            raise ValidationError("Đã được sửa sau lần nhập này; hãy sửa trực tiếp thôn.")
    villages = [member.village_id for member in members.values()]
    refuse_resting(Village, villages, besides={VillageMembership})
    audit.record_all(
        audit.entry(
            by=by,
            action="village.remove",
            obj=members[pk].village,
            now=now,
            effective_on=today,
            old=entry.words,
            commune_id=entry.commune_id,
            village_id=members[pk].village_id,
        )
        for pk, entry in seen.items()
    )
    Village.objects.filter(pk__in=villages).delete()
