"""Finding communes and villages by the names and codes that files give."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from communes.models import Commune, Village, VillageMembership, valid_on
from ntm_tracker.core.intake.fields import Field
from ntm_tracker.core.intake.lines import Line
from ntm_tracker.core.intake.names import Names

PLACE_FIELDS: tuple[Field, ...] = (
    Field("commune_code", "Mã xã", is_key=True, width=9, help="Cần khi hai xã trùng tên."),
    Field("commune", "Xã", is_key=True, aliases=("Xã, thị trấn", "Tên xã"), width=20),
    Field("village", "Thôn", is_key=True, aliases=("Thôn, xóm", "Tên thôn"), width=18),
)


class Places:
    """Those of `communes` that there are on a day, with their villages of the day; two queries,
    one more where a name is not among them."""

    def __init__(self, communes: QuerySet[Commune], on: date):
        self.rows, self.on = communes, on
        active = communes.filter(valid_on(on)).select_related("district", "province")
        self.communes = list(active.order_by("sort_key", "pk"))
        self.by_code = {commune.code: commune for commune in self.communes}
        self.names: Names[Commune] = Names("xã", self.communes, _commune_names, _with_district)
        members = (
            VillageMembership.objects.filter(valid_on(on), commune__in=self.by_id())
            .select_related("village")
            .order_by("village__sort_key", "village_id")
        )
        self.villages: dict[int, list[Village]] = {}
        for member in members:
            self.villages.setdefault(member.commune_id, []).append(member.village)
        self._names_there: dict[int, Names[Village]] = {}

    def by_id(self) -> list[int]:
        return [commune.pk for commune in self.communes]

    def commune(self, text: str) -> Commune:
        """By code or name. Raises ValueError with a sentence, also for a commune of other days."""
        if found := self.by_code.get(text):
            return found
        if not self.names.all(text) and (gone := self._of_other_days(text)):
            until = f", chỉ có đến hết ngày {gone.valid_to:%d/%m/%Y}" if gone.valid_to else ""
            since = f", mới có từ ngày {gone.valid_from:%d/%m/%Y}"
            when = since if gone.valid_from > self.on else until
            raise ValueError(f"{gone} không có vào ngày báo cáo {self.on:%d/%m/%Y}{when}.")
        return self.names.one(text)

    def _of_other_days(self, text: str) -> Commune | None:
        communes = self.rows.exclude(pk__in=self.by_id())
        others: Names[Commune] = Names("xã", communes, _commune_names)
        found = others.all(text) or [one for one in communes if one.code == text]
        return max(found, key=lambda one: one.valid_from, default=None)

    def village(self, text: str, commune: Commune) -> Village:
        """By name or number, in a commune. Raises ValueError with a sentence."""
        there = self.villages.get(commune.pk, [])
        if commune.pk not in self._names_there:
            self._names_there[commune.pk] = Names(
                f"thôn của {commune}", there, _village_names, _with_households
            )
        names = self._names_there[commune.pk]
        if text.isdecimal() and not names.all(text):
            numbered = [village for village in there if str(village.pk) == text]
            if numbered:
                return numbered[0]
        return names.one(text)

    def commune_of(self, village: str) -> Commune:
        """The one commune that has a village of that name. Raises ValueError, naming all."""
        found = [one for one in self.communes if self._has(one, village)]
        if len(found) == 1:
            return found[0]
        if found:
            told = " và ".join(map(_with_district, found))
            raise ValueError(f"“{village}” có ở {told}; hãy ghi xã.")
        raise ValueError("Chưa có xã.")

    def _has(self, commune: Commune, village: str) -> bool:
        wanted = village.casefold()
        return any(one.name.casefold() == wanted for one in self.villages.get(commune.pk, []))

    def read(self, line: Line) -> tuple[Commune | None, Village | None]:
        """Where the cells of a new row lie; what is wrong with them is noted at the cell."""
        code, name, there = (line.text(key) for key in ("commune_code", "commune", "village"))
        village: Village | None = None
        key = "commune_code" if code else "commune"
        try:
            commune = self.commune(code or name) if code or name else self.commune_of(there)
            key = "commune"
            if code and name and commune not in self.names.all(name):
                raise ValueError(f"Mã {code} là {commune}, không phải “{name}”.")
            key = "village"
            village = self.village(there, commune) if there else None
        except ValueError as error:
            line.wrong(key, str(error))
            return None, None
        return commune, village


def place_cells(commune: Commune, village: Village | None) -> dict[str, str]:
    """The cells of `PLACE_FIELDS` of a row."""
    return {
        "commune_code": commune.code,
        "commune": str(commune),
        "village": village.name if village else "",
    }


def _commune_names(commune: Commune) -> Sequence[str]:
    return (commune.name, str(commune))


def _with_district(commune: Commune) -> str:
    district = f"{commune.district}, " if commune.district else ""
    return f"{commune} ({district}mã {commune.code})"


def _village_names(village: Village) -> Sequence[str]:
    return (village.name,)


def _with_households(village: Village) -> str:
    households = f", {village.households} hộ" if village.households else ""
    return f"{village} (mã {village.pk}{households})"
