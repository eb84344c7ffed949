"""What came, out of a file: written down, and corrected by code, each a row that stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet

from communes.finding import PLACE_FIELDS, Places, place_cells
from communes.models import Commune, Village
from criteria.desks import Desk, desk_of
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row, plain_number
from ntm_tracker.core.intake.importer import Change, Done, at_change
from ntm_tracker.core.intake.lines import NOTE, UNDO_NOTE, Line, Once, in_words, matched, shown
from ntm_tracker.core.intake.names import Names, same_key
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.periods import closed_places
from ntm_tracker.core.permits import Permit, sentences
from sponsors import rules
from sponsors.choices import GiftKind, Giver
from sponsors.importers.finding import sponsors_named
from sponsors.models import Contribution, Sponsor
from sponsors.selectors import SponsorsThere, entry_communes, sponsors_there
from sponsors.services import (
    Delivery,
    GiftEntry,
    correct_contributions,
    gift_fields,
    refuse_delivery,
    undo_contributions,
    write_contributions,
)

GIVERS = tuple((one.value, str(one.label)) for one in Giver)
KINDS = tuple((one.value, str(one.label)) for one in GiftKind)
SAID = (
    *("effective_on", "giver", "giver_name", "kind", "description", "amount", "quantity", "unit"),
    *("converted_value", "labour_days"),
)
"""What can be corrected; where it came to is a matter of another entry."""


PLACES = {"quantity": 2, "labour_days": 1}
"""How many digits after the comma are kept."""


@dataclass(frozen=True)
class Known:
    """What the cells can name, and for whom the account speaks."""

    desk: Desk
    places: Places
    sponsors: Names[Sponsor]
    there: SponsorsThere
    today: date


class ContributionImporter:
    """Money, goods and labour that really came, from sponsors, people and other localities."""

    kind = "contributions"
    title = "Đóng góp"
    lead = (
        "Để trống mã khoản thì ghi khoản mới (giống hệt khoản đã có thì bỏ qua); có mã thì sửa "
        "khoản do mình ghi (Văn phòng: mọi khoản): khoản cũ được rút lại, khoản mới ghi thay; ô "
        "trống giữ nguyên. Tiền ghi ở Số tiền; hiện vật ghi số lượng, đơn vị tính, giá trị quy "
        "đổi; ngày công ghi ở Ngày công."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã khoản", is_key=True, width=9, help="Để trống hoặc “mới”: khoản mới."),
        *PLACE_FIELDS,
        Field("effective_on", "Ngày", "date", aliases=("Ngày nhận",), width=12),
        Field("giver", "Bên đóng góp", "choice", choices=GIVERS, width=18),
        Field(
            "giver_name",
            "Tên bên đóng góp",
            aliases=("Đơn vị đỡ đầu",),
            width=30,
            longest=200,
            is_name=True,
            help="Tên hoặc mã đơn vị đỡ đầu; tên địa phương; “Nhân dân thôn …”.",
        ),
        Field("kind", "Loại", "choice", choices=KINDS, width=12),
        Field("description", "Nội dung", required=True, width=36, longest=300),
        Field("amount", "Số tiền (đồng)", "money", aliases=("Đã góp, tiền",), is_signed=True),
        Field("quantity", "Số lượng", "number", width=10),
        Field("unit", "Đơn vị tính", width=12, longest=40),
        Field(
            "converted_value",
            "Giá trị quy đổi (đồng)",
            "money",
            aliases=("Đã góp, hiện vật quy đổi",),
            is_signed=True,
        ),
        Field(
            "labour_days",
            "Ngày công",
            "number",
            aliases=("Số ngày công", "Đã góp, ngày công"),
            width=10,
            is_signed=True,
        ),
    )

    def may(self, user: User) -> Permit:
        return rules.may_give(user)

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        standing = _standing()
        found = _entries(user, as_of.reporting_date).order_by("effective_on", "pk")
        return [
            in_words(self.fields, {"code": row.pk} | _cells(row))
            for row in found
            if row.pk in standing and rules.may_take_back_contribution(user, row)
        ]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        known = _known(user, as_of)
        entries, standing = list(_entries(user, known.today)), _standing()
        by_code = {str(row.pk): row for row in entries}
        there = {_key(_cells(row)) for row in entries if row.pk in standing}
        # The list of the page shows what takes an entry back beside it; of that there is nothing to
        # be corrected.
        taking_back = set(map(str, _taking_back(user)))
        rows = [row for row in rows if str(row.values.get("code") or "") not in taking_back]
        pairs, problems = matched(rows, by_code, self.fields[0], "khoản đóng góp mã")
        once = Once()
        found: list[tuple[Line, Contribution | None, Delivery]] = []
        for row, old in pairs:
            line: Line = Line(row, self.fields)
            said = self._corrected(line, old, known, user) if old else self._new(line, known)
            if said is not None and line.cells(_cells(old) if old else {}, _said_cells(said)):
                key = _key(_said_cells(said))
                is_gone = old is not None and old.pk not in standing
                is_there = key in there and (old is None or is_gone)
                if old is None and (problem := once.problem(row, line.fields["description"], key)):
                    line.problems.append(problem)
                elif is_gone and not is_there:
                    line.wrong("code", "Khoản này đã được rút lại hoặc sửa; hãy tải mẫu mới.")
                elif not is_there:  # else the file was sent before
                    found.append((line, old, said))
            problems += line.problems
        places = [(said.effective_on, said.commune.pk) for _line, _old, said in found]
        closed = closed_places(places, today=known.today)
        changes = []
        for (line, old, said), place in zip(found, places, strict=True):
            if sentence := closed.get(place):
                line.wrong("effective_on", sentence)
                problems += line.problems
            elif change := _change(line, old, said):
                changes.append(change)
        return changes, problems

    def _new(self, line: Line, known: Known) -> Delivery | None:
        commune, village = known.places.read(line)
        values = {key: line.value(key) for key in SAID}
        for key in ("effective_on", "giver", "kind"):
            if not values[key]:
                line.wrong(key, f"Khoản mới phải có {line.fields[key].title.lower()}.")
        gift = self._gift(line, values) if values["kind"] else None
        if commune is None or gift is None or line.problems:
            return None
        return self._said(line, values, gift, commune, village, known)

    def _corrected(
        self, line: Line, old: Contribution, known: Known, user: User
    ) -> Delivery | None:
        """What an entry should have said; None where the row says nothing else."""
        cells = _cells(old)
        changed = line.changed(cells, keeps=SAID)
        if not changed:
            return None
        if not (permit := rules.may_take_back_contribution(user, old)):
            line.wrong("code", permit.reason)
        if line.problems:
            return None
        values = {key: changed.get(key, cells[key]) for key in SAID}
        if "giver" in changed and "giver_name" not in changed:
            values["giver_name"] = ""
        gift = self._gift(line, values)
        if gift is None:
            return None
        return self._said(line, values, gift, old.commune, old.village, known, old)

    def _gift(self, line: Line, values: Mapping[str, Any]) -> GiftEntry | None:
        """What was given; what is wrong with it is noted at its cell."""
        gift = GiftEntry(
            kind=GiftKind(values["kind"]),
            description=str(values["description"] or ""),
            amount=int(values["amount"] or 0),
            quantity=None if values["quantity"] is None else Decimal(values["quantity"]),
            unit=str(values["unit"] or ""),
            converted_value=int(values["converted_value"] or 0),
            labour_days=Decimal(values["labour_days"] or 0),
        )
        for key, places in PLACES.items():
            number = Decimal(values[key] or 0)
            if round(number, places) != number:
                word = line.fields[key].title
                line.wrong(key, f"{word} có nhiều nhất {places} chữ số sau dấu phẩy.")
        try:
            gift_fields(gift)
        except ValidationError as error:
            for key, sentences in error.message_dict.items():
                line.wrong(key, " ".join(sentences))
        return None if line.problems else gift

    def _said(
        self,
        line: Line,
        values: Mapping[str, Any],
        gift: GiftEntry,
        commune: Commune,
        village: Village | None,
        known: Known,
        old: Contribution | None = None,
    ) -> Delivery | None:
        """An entry out of the values of a row; what is wrong with it is noted at its cell."""
        giver, name = Giver(values["giver"]), str(values["giver_name"] or "")
        sponsor = None
        if giver == Giver.SPONSOR:
            sponsor = self._sponsor(line, name, commune, known, old)
        if line.problems:
            return None
        said = Delivery(
            commune=commune,
            giver=giver,
            giver_name="" if sponsor else name,
            sponsor=sponsor,
            village=village,
            task=old.task if old else None,
            update=old.update if old else None,
            document=old.document if old else None,
            effective_on=values["effective_on"],
            entry=gift,
        )
        try:
            refuse_delivery(said, known.desk, known.today)
        except PermissionDenied as error:
            line.wrong("giver", str(error))
        except ValidationError as error:
            wrong = getattr(error, "message_dict", None) or {"effective_on": error.messages}
            for key, sentences in wrong.items():
                line.wrong(key, " ".join(sentences))
        return None if line.problems else said

    def _sponsor(
        self,
        line: Line,
        name: str,
        commune: Commune,
        known: Known,
        old: Contribution | None,
    ) -> Sponsor | None:
        """The sponsor that gave: one at work in the commune; of a sponsor's account itself."""
        if old and old.sponsor and same_key(name) == same_key(old.sponsor.name):
            return old.sponsor
        own = known.desk.sponsor_id
        if not name and own is None:
            line.wrong("giver_name", "Chưa ghi đơn vị đỡ đầu.")
            return None
        try:
            found = known.sponsors.one(name or str(own))
        except ValueError as error:
            line.wrong("giver_name", str(error))
            return None
        if known.there.at(commune.pk, None, found.pk) is None:
            line.wrong("giver_name", f"{found} không được phân công ở {commune}.")
        return found

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        new = [change for change in changes if change.is_new]
        old = [change for change in changes if not change.is_new]
        made = write_contributions([change.data[1] for change in new], **written)
        corrected = correct_contributions([change.data for change in old], note=NOTE, **written)
        done = {
            change.row: Done(
                row.pk,
                {"before": change.data[0].pk if change.data[0] else None},
                commune_id=row.commune_id,
                sponsor_id=row.sponsor_id,
            )
            for change, row in zip([*new, *old], [*made, *corrected], strict=True)
        }
        return [done[change.row] for change in changes]

    def undo_all(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> list[str]:
        standing = _standing()
        wrong = [
            at_change(change, "Khoản này đã được rút lại hoặc sửa sau lần nhập này.")
            for change in changes
            if change.object_id not in standing
        ]
        if wrong:
            return wrong
        ids = {change.object_id for change in changes}
        ids |= {change.undo["before"] for change in changes if change.undo["before"]}
        rows = Contribution.objects.in_bulk(ids)
        pairs = [(rows[change.object_id], rows.get(change.undo["before"])) for change in changes]
        try:
            undo_contributions(pairs, note=UNDO_NOTE, by=by, now=now, today=today)
        except (ValidationError, PermissionDenied) as error:
            return sentences(error)
        return []


def _entries(user: User, today: date) -> QuerySet[Contribution]:
    """What the account sees, without what takes back."""
    seen = Contribution.objects.visible_to(user).filter(corrects=None, effective_on__lte=today)
    return seen.select_related(
        *("commune__province", "village", "sponsor", "task", "update", "document")
    )


def _taking_back(user: User) -> QuerySet[Contribution, int]:
    found = Contribution.objects.visible_to(user).exclude(corrects=None)
    return found.values_list("pk", flat=True)


def _standing() -> set[int]:
    """The entries that hold."""
    return set(Contribution.objects.standing().values_list("pk", flat=True))


def _known(user: User, as_of: AsOf) -> Known:
    today = as_of.on(as_of.reporting_date)
    places = Places(entry_communes(user, today), today.date)
    there = sponsors_there(user, today, places.communes)
    return Known(desk_of(user), places, sponsors_named(user), there, today.date)


def _cells(row: Contribution) -> dict[str, Any]:
    """The cells of an entry as it stands, choices by their codes."""
    names = ("kind", "description", "amount", "quantity", "unit", "converted_value", "labour_days")
    giver = row.sponsor.name if row.sponsor else row.giver_name
    return place_cells(row.commune, row.village) | _gift_cells(
        {name: getattr(row, name) for name in names}, row.effective_on, row.giver, giver
    )


def _said_cells(said: Delivery) -> dict[str, Any]:
    giver = said.sponsor.name if said.sponsor else said.giver_name
    return place_cells(said.commune, said.village) | _gift_cells(
        said.gift, said.effective_on, said.giver.value, giver
    )


def _gift_cells(gift: Mapping[str, Any], on: date, giver: str, giver_name: str) -> dict[str, Any]:
    quantity, days = gift.get("quantity"), gift.get("labour_days")
    return {
        "effective_on": on,
        "giver": str(giver),
        "giver_name": giver_name,
        "kind": str(gift["kind"]),
        "description": gift["description"],
        "amount": gift.get("amount") or None,
        "quantity": plain_number(quantity) if quantity else None,
        "unit": gift.get("unit", ""),
        "converted_value": gift.get("converted_value") or None,
        "labour_days": plain_number(days) if days else None,
    }


def _key(cells: Mapping[str, Any]) -> tuple:
    """By which a row without a code is known again when its file is sent once more."""
    return tuple(
        same_key(value) if isinstance(value, str) else value for key, value in sorted(cells.items())
    )


def _change(line: Line, old: Contribution | None, said: Delivery) -> Change | None:
    cells = line.cells(_cells(old) if old else {}, _said_cells(said))
    if not cells:
        return None
    when = shown(line.fields["effective_on"], said.effective_on)
    label = f"{said.entry.description} ({when})"
    return Change(line.row.number, label, str(said.commune), cells, (old, said), is_new=old is None)
