"""Worlds of known size: units, accounts, and what the other modules write into them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random

from django.db import transaction
from django.db.models import Model

from communes.choices import UnitKind
from communes.models import (
    Commune,
    District,
    Province,
    UnitSuccession,
    Village,
    VillageMembership,
)
from criteria.choices import Level
from criteria.models import CriteriaSet, Criterion
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry, Document, Installation, Period, User
from ntm_tracker.dashboard.catalogues import load_catalogues

# Twelve days on which everybody reports, all before the day before the reporting date: the matrix
# of that other day reads the whole history and shows the same cells as the present.
DAYS = tuple(date(2022, month, 15) for month in range(1, 13))
FIRST, REPORTING, OTHER = date(2022, 1, 31), date(2022, 12, 31), date(2022, 12, 30)
NOW = datetime(2022, 12, 31, 2, 0, tzinfo=UTC)
PROVINCE = "42"
COMMUNES_PER_DISTRICT = 18
VILLAGES = 7
# Twenty times twenty make 400 different names.
FIRST_WORDS = (
    "Hương Hà Kỳ Cẩm Thạch Đức Sơn Xuân Thanh Phú Lộc An Ân Ích Quang Tân Yên Đồng Tùng Vân"
)
LAST_WORDS = (
    "Bình Linh Thủy Hải Lâm Liên Đô Trạch Vĩnh Giang Long Phúc Trà Hòa Mỹ Thọ Hậu Lĩnh Ninh Đông"
)


@dataclass(frozen=True)
class Size:
    """How large a world is. A whole country carries the history of one day and the sponsors of one
    province: only its roll-ups of the present are measured, and these read neither. A crowded world
    has as many sponsors and tasks as a whole province."""

    communes: int
    provinces: int = 1
    days: int = len(DAYS)
    has_trail: bool = True
    is_crowded: bool = False

    @property
    def is_national(self) -> bool:
        return self.provinces > 1

    @property
    def sponsors(self) -> int:
        """300 for 209 communes, and at least the 60 that eight communes have."""
        return 300 if self.is_crowded else min(300, max(60, self.communes * 300 // 209))

    @property
    def tasks(self) -> int:
        """3,000 for 209 communes."""
        return 3000 if self.is_crowded else min(3000, max(200, self.communes * 3000 // 209))


SIZES = {
    8: Size(8),
    21: Size(21),
    69: Size(69, is_crowded=True),
    209: Size(209),
    3321: Size(3321, provinces=34, days=1, has_trail=False),
}


@dataclass
class World:
    """What was built, for those who build on and for those who measure."""

    size: Size
    random: Random
    office: User
    criteria_set: CriteriaSet
    criteria: list[Criterion]
    document: Document
    communes: list[Commune] = field(default_factory=list)
    villages: dict[int, list[Village]] = field(default_factory=dict)
    entries: list[AuditEntry] = field(default_factory=list)

    @property
    def days(self) -> tuple[date, ...]:
        """The reporting days of this world: the last ones of the year."""
        return DAYS[len(DAYS) - self.size.days :]

    def by(self, label: str) -> dict:
        """Who wrote a row, as its columns."""
        return {"by": self.office, "by_label": label}

    def trail(self, action: str, rows: Iterable[Model], label: str, **places: str) -> None:
        """An audit entry for each row, as the services write; `places` name its columns."""
        if not self.size.has_trail:
            return
        for row in rows:
            scope = {name: getattr(row, column) for name, column in places.items()}
            self.entries.append(
                audit.entry(
                    by=self.office,
                    action=action,
                    obj=_Labelled(row, label),
                    now=NOW,
                    effective_on=getattr(row, "effective_on", None) or row.as_of,
                    new=label,
                    **scope,
                )
            )


class _Labelled:
    """A row under a label of our own: its `str()` would fetch names one by one."""

    def __init__(self, row: Model, label: str):
        self._meta, self.pk, self.label = row._meta, row.pk, label

    def __str__(self):
        return self.label


def write(rows: Sequence[Model]) -> Sequence[Model]:
    """Store rows of one model at once; returns them with their keys."""
    return type(rows[0]).objects.bulk_create(rows, batch_size=2000) if rows else rows


@transaction.atomic
def build(size: Size) -> World:
    """Write a whole world into an empty, migrated database."""
    # Imported here, because these modules build on this one.
    from tests.bench.judgements import write_judgements, write_villages
    from tests.bench.money import write_money
    from tests.bench.sponsorship import write_sponsorship

    world = _foundation(size)
    _communes(world)
    _villages(world)
    write_judgements(world)
    write_villages(world)
    write_money(world)
    write_sponsorship(world)
    write(world.entries)
    world.entries.clear()
    return world


def _foundation(size: Size) -> World:
    """The catalogues with Hà Tĩnh's 20 criteria for everybody, the office, the months."""
    load_catalogues()
    for model in (UnitSuccession, Commune, District):
        model.objects.all().delete()
    sets = CriteriaSet.objects.filter(level=Level.COMMUNE)
    sets.exclude(code="HT20").delete()
    sets.update(province=None)
    chosen = sets.get()
    Installation(
        reporting_date=REPORTING,
        first_date=FIRST,
        last_date=REPORTING,
        target_date=date(2023, 6, 30),
    ).save()
    for month in range(1, 13):
        following = date(2022 + month // 12, month % 12 + 1, 1)
        cut_off = date.fromordinal(following.toordinal() - 1)
        Period.objects.create(
            month=date(2022, month, 1), cut_off_on=cut_off, due_on=following.replace(day=5)
        )
    return World(
        size=size,
        random=Random(size.communes),
        office=User.objects.create_user(
            "vanphong", role=Role.OFFICE, display_name="Văn phòng Điều phối"
        ),
        criteria_set=chosen,
        criteria=list(chosen.criteria.select_related("lead").order_by("number")),
        document=Document.objects.order_by("pk")[0],
    )


def _communes(world: World) -> None:
    """Provinces of different sizes, each with districts of about eighteen communes."""
    size, random = world.size, world.random
    provinces = list(Province.objects.filter(code=PROVINCE)) + write(
        [
            Province(code=f"{100 + n}", name=f"Tỉnh thử {n}").prepare()
            for n in range(1, size.provinces)
        ]
    )
    weights = [random.randint(60, 170) for _ in provinces]
    shares = [max(1, weight * size.communes // sum(weights)) for weight in weights]
    shares[0] += size.communes - sum(shares)
    firsts, lasts = FIRST_WORDS.split(), LAST_WORDS.split()
    communes = []
    for province, share in zip(provinces, shares, strict=True):
        districts = write(
            [
                District(
                    code=f"{province.code}{n:02d}",
                    name=f"Huyện thử {n}",
                    province=province,
                ).prepare()
                for n in range(1, -(-share // COMMUNES_PER_DISTRICT) + 1)
            ]
        )
        for n in range(share):
            words = len(communes)
            name = f"{firsts[words % 20]} {lasts[words // 20 % 20]}"
            communes.append(
                Commune(
                    code=f"{10000 + words}",
                    name=name if words < 400 else f"{name} {words // 400}",
                    kind=UnitKind.XA,
                    province=province,
                    district=districts[n // COMMUNES_PER_DISTRICT],
                    valid_from=date(2020, 1, 1),
                ).prepare()
            )
    world.communes = list(write(communes))


def _villages(world: World) -> None:
    villages = [
        Village(name=f"Thôn {n}", households=world.random.randint(60, 320)).prepare()
        for _commune in world.communes
        for n in range(1, VILLAGES + 1)
    ]
    write(villages)
    for place, commune in enumerate(world.communes):
        world.villages[commune.pk] = villages[place * VILLAGES : (place + 1) * VILLAGES]
    write(
        [
            VillageMembership(village=village, commune=commune, valid_from=date(2020, 1, 1))
            for commune in world.communes
            for village in world.villages[commune.pk]
        ]
    )
