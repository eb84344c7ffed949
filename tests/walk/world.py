"""Sides: each has rows of every model, with a word and an amount that occur nowhere else.

Commune A has a village, its sponsor A, another sponsor C, and V, who sponsors one village only.
Sponsor A works in commune D too. Commune B with sponsor B has nothing to do with any of them.
Rows are written as such, with keys of our own: what a page shows of them is the question, not
whether a service would take them.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models

from communes.choices import AccessLevel, AccessSource
from communes.models import CommuneAccess, Village
from criteria.choices import Level
from criteria.models import CriteriaSet, Criterion, Department, FundingCategory, Indicator
from criteria.services.assessments import refresh_standings
from ntm_tracker.core.choices import Role
from ntm_tracker.core.fields import DongField
from ntm_tracker.core.models import Attachment, Document, Period, User
from sponsors.models import PlanTemplate, Sponsor, SponsorMember
from tests import factories
from tests.factories import NOW, TODAY

DAY = date(2022, 4, 27)
# Reference tables, the same for everybody, and what belongs to an account or to nobody.
SHARED = {
    "core.user", "core.sentform", "core.period", "core.installation",
    "core.periodexception", "core.snapshotrow", "reports.reportfile", "reports.periodlook",
    "core.importbatch", "core.importchange",
    "communes.province", "communes.district", "communes.unitsuccession", "communes.communeaccess",
    "communes.boundaryfile", "communes.boundary",
    "criteria.department", "criteria.departmentmember", "criteria.criteriaset",
    "criteria.criterion", "criteria.villagerule", "criteria.indicator", "criteria.threshold",
    "criteria.procedurestep", "criteria.fundingcategory", "criteria.controltotal",
    "criteria.standing", "sponsors.plantemplate", "sponsors.plantemplatestep",
    "sponsors.sponsormember",
}  # fmt: skip
# Where a row may speak of one thing or the other, one row for each.
ONE_CRITERION, ONE_INDICATOR = {"indicator": None}, {"criterion": None}
VARIANTS: dict[str, list[dict]] = {
    "core.document": [{"kind": "conclusion"}],
    "criteria.assessment": [
        {**ONE_CRITERION, "village": None},
        {**ONE_INDICATOR, "village": None},
        {**ONE_CRITERION, "commune": None},
    ],
    "criteria.draft": [ONE_CRITERION, ONE_INDICATOR],
    "criteria.workitem": [{}, {"village": None}],
    "sponsors.assignment": [{"village": None}],
    "sponsors.task": [{}, {"owner": "commune", "sponsor": None, "assignment": None}],
    "sponsors.difficulty": [{}, {"sponsor": None, "task": None}],
    "sponsors.contribution": [{"giver": "sponsor"}, {"giver": "people", "sponsor": None}],
    "sponsors.commitment": [{"funding_source": None}],
}
FIXED = {"recorded_at": NOW, "version": 1, "is_complete": True, "state": "in_progress"}
STATES = {
    "criteria.villagestatus": "declared",
    "criteria.dossierstep": "self_declared",
    "sponsors.difficulty": "open",
    "sponsors.difficultyupdate": "open",
}
REFERENCE = (CriteriaSet, Criterion, Indicator, Department, FundingCategory)
OF_SPONSORS = {"sponsor", "task", "assignment", "difficulty", "sponsor_id"}


@dataclass
class Side:
    """One party: the word in its texts, its amounts in tỷ, its objects by model."""

    word: str
    ty: int
    base: int  # keys count from here
    plain: bool = False  # the names of its commune and sponsor are no secret
    only_sponsorship: bool = False
    objects: dict[str, models.Model] = field(default_factory=dict)
    keys: set[int] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    serial: count = field(default_factory=count)

    def amount(self) -> int:
        return self.ty * 10**9 + 234_000_000 + next(self.serial) * 1_000_000

    @property
    def secrets(self) -> tuple[str, ...]:
        """The word, and the amounts as a page and a file write them (any unit)."""
        digits = f"{self.ty}2"
        return (self.word, f"{self.ty // 1000}.{self.ty % 1000:03d}", digits)

    @property
    def user(self) -> User:
        found = self.objects["core.user"]
        assert isinstance(found, User)
        return found


def filled() -> list[type[models.Model]]:
    """The models of our apps that belong to a side, those pointed to first."""
    ours = {"core", "communes", "criteria", "sponsors", "reports"}
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in ours and model._meta.label_lower not in SHARED
    ]


def fill(side: Side) -> None:
    """A row of every model for this side, pointing to the side's own objects."""
    for model in filled():
        label = model._meta.label_lower
        names = {f.name for f in model._meta.fields}
        if side.only_sponsorship and not names & OF_SPONSORS:
            continue
        if label in side.objects:
            continue
        for number, given in enumerate(VARIANTS.get(label, [{}])):
            row = build(model, side, side.base + number, given)
            side.objects.setdefault(label, row)
            side.keys.add(row.pk)
            if code := getattr(row, "code", ""):
                side.codes.add(code)
            for relation in model._meta.many_to_many:
                other = side.objects.get(relation.related_model._meta.label_lower)
                if other is not None:
                    getattr(row, relation.name).add(other)


def build(model, side: Side, pk: int, given: dict) -> models.Model:
    label = model._meta.label_lower
    values = {
        one.name: value(one, side, label)
        for one in model._meta.fields
        if not one.primary_key and one.name not in given and one.editable
    }
    values = {name: one for name, one in values.items() if one is not None}
    if label == "criteria.debtstatement":
        values["total"] = values["overdue"] + 1_000_000
    if "code" in values:
        values["code"] = f"{side.word}-{pk}"
    row = model(pk=pk, **values, **given)
    if any(isinstance(one, models.FileField) for one in model._meta.fields if one.name == "file"):
        row.file.save(f"{side.word}.png", ContentFile(side.word.encode()), save=False)
    row.save(force_insert=True)
    return row


def value(one: models.Field, side: Side, label: str):
    """What stands in a field: the side's object, word or amount wherever there is room for it."""
    if one.is_relation:
        related = one.related_model._meta.label_lower
        return None if related == label else side.objects.get(related)
    if one.name == "state":
        return STATES.get(label, FIXED["state"])
    if one.name in FIXED:
        return FIXED[one.name]
    if one.name in {"commune_id", "village_id", "sponsor_id"}:
        other = side.objects.get({"c": "communes.commune", "v": "communes.village",
                                  "s": "sponsors.sponsor"}[one.name[0]])  # fmt: skip
        return other and other.pk
    if one.name == "object_id":
        return side.base
    if one.choices:
        return one.choices[0][0]
    if isinstance(one, DongField):
        return side.amount()
    if isinstance(one, models.EmailField):
        return f"{side.word}@example.vn"
    if isinstance(one, models.URLField):
        return f"https://example.vn/{side.word}"
    if isinstance(one, models.FileField):
        return None
    if isinstance(one, models.CharField | models.TextField):
        text = f"{side.word} {one.name}"
        return text[: one.max_length] if one.max_length else text
    if isinstance(one, models.DateTimeField):
        return NOW
    if isinstance(one, models.DateField):
        return date_of(one.name)
    if isinstance(one, models.BooleanField):
        return None
    if isinstance(one, models.DecimalField):
        return Decimal(side.ty) if one.max_digits - one.decimal_places > 5 else Decimal(5)
    if isinstance(one, models.PositiveSmallIntegerField):
        return 10
    if isinstance(one, models.IntegerField):
        return 0 if one.null else 10
    return None


def date_of(name: str) -> date | None:
    if name == "month":
        return TODAY.replace(day=1)
    if name in {"valid_from"}:
        return date(2020, 1, 1)
    if name in {"valid_to", "ended_on"}:
        return None
    if "due" in name or name == "planned_on":
        return DAY - timedelta(days=1)  # late, so that lists of the late have something to show
    return DAY if name != "starts_on" else DAY - timedelta(days=20)


@dataclass
class World:
    """The sides by their letters, and who looks."""

    sides: dict[str, Side]
    users: dict[str, User]

    def secrets_of(self, *letters: str) -> dict[str, str]:
        """Everything that marks these sides → the letter of the side."""
        return {secret: letter for letter in letters for secret in self.sides[letter].secrets}

    @property
    def pools(self) -> list[tuple[list[int], list[str]]]:
        """For each side the keys and codes that may stand together in an address of it."""
        return [(sorted({1, 2, *one.keys}), sorted(one.codes)) for one in self.sides.values()]


def make_world() -> World:
    """Everything but side B, with the accounts that look at it."""
    factories.make_installation()
    criteria_set = CriteriaSet.objects.create(
        pk=1, code="BO1", name="Bộ tiêu chí thử", level=Level.COMMUNE, valid_from=date(2021, 1, 1)
    )
    department = factories.make_department(pk=1)
    factories.make_category(pk=1)
    PlanTemplate.objects.create(pk=1, name="Mẫu thử")
    for number in (1, 2):
        criterion = Criterion.objects.create(
            pk=number, criteria_set=criteria_set, number=number, name=f"Tiêu chí {number}",
            group_number=1, group_name="Nhóm 1", lead=department,
        )  # fmt: skip
        Indicator.objects.create(
            pk=number, criterion=criterion, number=f"{number}.1", text=f"Chỉ tiêu {number}.1",
            kind="percent", position=number,
        )  # fmt: skip
    april = Period.objects.create(
        pk=1, month=date(2022, 4, 1), cut_off_on=TODAY, due_on=date(2022, 5, 5)
    )
    factories.make_kept_file(april)
    world = World({}, {"admin": factories.make_user(Role.ADMIN, username="quan-tri")})
    text = "Tên đơn vị,Loại\nHội thử,Doanh nghiệp\n"
    factories.make_import(world.users["admin"], text.encode(), "sponsors", "tep.csv")
    a = _side(world, "A", Side("zqaword", 5551, 110001, plain=True))
    v = Side("zqvword", 4441, 120001, only_sponsorship=True)
    c = Side("zqcword", 6661, 130001, only_sponsorship=True)
    for letter, side in {"V": v, "C": c}.items():
        side.objects |= {
            name: a.objects[name] for name in ("communes.commune", "criteria.criterion")
        }
        _side(world, letter, side)
    village = a.objects["communes.village"]
    d = Side("zqdword", 8881, 140001)
    # The sponsor and its team are A's, known to A; what it does in D is not.
    d.objects |= {name: a.objects[name] for name in ("sponsors.sponsor", "sponsors.taskteam")}
    _side(world, "D", d)
    _accounts(world, a, village)
    refresh_standings(TODAY)
    return world


def add_b(world: World) -> Side:
    """Side B, with which none of the accounts has anything to do."""
    side = _side(world, "B", Side("zqbword", 7771, 150001))
    refresh_standings(TODAY)
    return side


def _side(world: World, letter: str, side: Side) -> Side:
    world.sides[letter] = side
    side.objects |= {model._meta.label_lower: model.objects.get(pk=1) for model in REFERENCE}
    name = side.word if not side.plain else f"{letter.lower()} chung"
    side.objects["core.user"] = factories.make_user(
        Role.COMMUNE, username=f"tk-{side.word}", display_name=f"{side.word} tài khoản"
    )
    if "communes.commune" not in side.objects:
        side.objects["communes.commune"] = factories.make_commune(
            pk=side.base, code=str(side.base), name=f"Xã {name}"
        )
    if "sponsors.sponsor" not in side.objects:
        side.objects["sponsors.sponsor"] = Sponsor.objects.create(
            pk=side.base,
            name=f"Đơn vị {letter} chung" if side.only_sponsorship else f"Đơn vị {name}",
            kind="agency",
            phone=f"{side.word} 09",
        )
    if side.only_sponsorship:
        commune = side.objects["communes.commune"]
        # A village of A's commune, which A's sponsor sees: it has a key of its own.
        village = factories.make_village(commune, pk=side.base + 50, name=f"Thôn {letter} chung")
        side.objects["communes.village"] = village
        side.keys.add(village.pk)
        for model in (Document, Attachment):
            side.objects[model._meta.label_lower] = build(
                model, side, side.base, VARIANTS.get(model._meta.label_lower, [{}])[0]
            )
    else:
        side.objects["communes.village"] = Village.objects.create(
            pk=side.base, name=f"Thôn {side.word}", households=side.ty
        )
    side.keys.add(side.base)
    side.codes.add(side.objects["communes.commune"].code)
    fill(side)
    return side


def _accounts(world: World, a: Side, village: Village) -> None:
    commune, sponsor = a.objects["communes.commune"], a.objects["sponsors.sponsor"]
    user_a = factories.make_user(Role.COMMUNE, username="xa-a")
    factories.give_access(user_a, commune)
    d_commune = world.sides["D"].objects["communes.commune"]
    sponsor_a = factories.make_sponsor_user(sponsor, commune, d_commune, username="donvi-a")
    side_v = world.sides["V"].objects
    of_village = factories.make_sponsor_user(side_v["sponsors.sponsor"], username="donvi-v")
    CommuneAccess.objects.create(
        user=of_village, commune=commune, village=side_v["communes.village"],
        level=AccessLevel.VIEW, source=AccessSource.ASSIGNMENT,
    )  # fmt: skip
    world.users |= {"user_a": user_a, "sponsor_a": sponsor_a, "of_village": of_village}
    SponsorMember.objects.create(
        user=world.sides["C"].user, sponsor=world.sides["C"].objects["sponsors.sponsor"]
    )
