"""Plain functions that make objects; every argument can be overridden, nothing is hidden."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count

from django.core.files.base import ContentFile

from communes.choices import AccessLevel, AccessSource, UnitKind
from communes.models import Commune, CommuneAccess, District, Province, Village, VillageMembership
from criteria.choices import Level, Measure, Outcome, SourceKind, Stage
from criteria.models import (
    ControlTotal,
    CriteriaSet,
    Criterion,
    Department,
    DepartmentMember,
    FundingCategory,
    WorkItem,
)
from criteria.services.assessments import (
    AssessmentEntry,
    MilestoneEntry,
    plan_milestones,
    record_assessments,
)
from criteria.services.funding import NeedEntry, SourceEntry, record_needs, record_sources
from ntm_tracker.core.choices import DocumentKind, Role
from ntm_tracker.core.models import Document, ImportBatch, Installation, Period, User
from ntm_tracker.reports.models import ReportFile
from sponsors.choices import Basis, GiftKind, Giver, Owner, Pace, SponsorKind
from sponsors.models import Assignment, Contribution, Difficulty, Sponsor, SponsorMember, Task
from sponsors.services import (
    DifficultyEntry,
    GiftEntry,
    raise_difficulty,
    record_contribution,
)

TODAY = date(2022, 4, 30)
NOW = datetime(2022, 4, 30, 2, 0, tzinfo=UTC)
_serial = count(1)


def make_user(role=Role.OFFICE, **overrides) -> User:
    n = next(_serial)
    fields = {"username": f"user{n}", "display_name": f"Tài khoản {n}", "role": role} | overrides
    password = fields.pop("password", "mat-khau-thu-2022")
    return User.objects.create_user(password=password, **fields)


def make_installation(**overrides) -> Installation:
    fields = {
        "reporting_date": TODAY,
        "first_date": date(2022, 1, 31),
        "last_date": date(2022, 6, 30),
        "target_date": date(2022, 12, 31),
    } | overrides
    installation = Installation(**fields)
    installation.save()
    return installation


def make_province(**overrides) -> Province:
    fields = {"code": "42", "name": "Hà Tĩnh"} | overrides
    return Province.objects.get_or_create(code=fields["code"], defaults=fields)[0]


def make_district(**overrides) -> District:
    fields = {"code": "444", "name": "Huyện Hương Khê", "province": make_province()} | overrides
    return District.objects.get_or_create(code=fields["code"], defaults=fields)[0]


def make_commune(**overrides) -> Commune:
    n = next(_serial)
    district = overrides["district"] if "district" in overrides else make_district()
    fields = {
        "code": f"{90000 + n}",
        "name": f"Xã thử {n}",
        "kind": UnitKind.XA,
        "district": district,
        "province": district.province if district else make_province(),
        "valid_from": date(2020, 1, 1),
    } | overrides
    return Commune.objects.create(**fields)


def make_village(commune: Commune | None = None, **overrides) -> Village:
    n = next(_serial)
    village = Village.objects.create(**{"name": f"Thôn {n}", "households": 100} | overrides)
    VillageMembership.objects.create(
        village=village, commune=commune or make_commune(), valid_from=date(2020, 1, 1)
    )
    return village


def make_set(size=20, **overrides) -> CriteriaSet:
    n = next(_serial)
    fields = {
        "code": f"BO{n}",
        "name": f"Bộ tiêu chí {n}",
        "level": Level.COMMUNE,
        "province": make_province(),
        "valid_from": date(2021, 1, 1),
    } | overrides
    criteria_set = CriteriaSet.objects.create(**fields)
    for number in range(1, size + 1):
        Criterion.objects.create(
            criteria_set=criteria_set,
            number=number,
            name=f"Tiêu chí thử {number}",
            group_number=(number - 1) // 5 + 1,
            group_name=f"Nhóm {(number - 1) // 5 + 1}",
        )
    return criteria_set


def make_department(**overrides) -> Department:
    n = next(_serial)
    fields = {
        "code": f"nganh-{n}",
        "name": f"Ngành thử {n}",
        "short_name": f"Ngành {n}",
    } | overrides
    return Department.objects.create(**fields)


def make_document(**overrides) -> Document:
    n = next(_serial)
    fields = {
        "kind": DocumentKind.DECISION,
        "number": f"{n}/QĐ-UBND",
        "issued_on": date(2022, 4, 22),
        "subject": f"Văn bản thử {n}",
    } | overrides
    return Document.objects.create(**fields)


def assess(commune, criterion, outcome=Outcome.MET, stage=Stage.SELF, as_of=TODAY, **overrides):
    """One judgement, through the service; `today` and `by` can be overridden."""
    today = overrides.pop("today", TODAY)
    by = overrides.pop("by", None)
    entry = AssessmentEntry(
        commune=commune,
        criterion=criterion,
        outcome=outcome,
        stage=stage,
        as_of=as_of,
        **overrides,
    )
    return record_assessments([entry], by=by, now=NOW, today=today)[0]


def plan(commune, criterion, planned_on, effective_on=date(2022, 1, 15), today=TODAY):
    """One planned date, through the service."""
    entry = MilestoneEntry(commune, criterion, planned_on, effective_on)
    return plan_milestones([entry], by=None, now=NOW, today=today)[0]


def make_category(**overrides) -> FundingCategory:
    n = next(_serial)
    fields = {"code": f"nhom-{n}", "name": f"Nhóm kinh phí {n}", "position": n} | overrides
    return FundingCategory.objects.create(**fields)


def make_item(need=0, identified=0, on=date(2022, 4, 26), kind=SourceKind.PROVINCIAL, **overrides):
    """A work item with a need and an identified amount in đồng, through the services."""
    n = next(_serial)
    fields = {"code": f"HM{n}", "name": f"Hạng mục {n}"} | overrides
    if "category" not in fields:
        fields["category"] = make_category()
    if "commune" not in fields:
        fields["commune"] = make_commune()
    item = WorkItem.objects.create(**fields)
    if need:
        record_needs([NeedEntry(item, need, on)], by=None, now=NOW, today=max(on, TODAY))
    if identified:
        record_sources(
            [SourceEntry(item, identified, on, kind=kind)], by=None, now=NOW, today=max(on, TODAY)
        )
    return item


def make_control_total(amount, measure=Measure.NEED, category=None, **overrides) -> ControlTotal:
    fields = {
        "measure": measure,
        "category": category,
        "amount": amount,
        "precision": 100_000_000,
        "announced_on": date(2022, 4, 26),
        "wording": "số công bố",
        "document": overrides.pop("document", None) or make_document(),
    } | overrides
    return ControlTotal.objects.create(**fields)


def make_sponsor(**overrides) -> Sponsor:
    n = next(_serial)
    fields = {"name": f"Đơn vị thử {n}", "kind": SponsorKind.AGENCY} | overrides
    return Sponsor.objects.create(**fields)


def make_assignment(sponsor=None, commune=None, **overrides) -> Assignment:
    """An assignment as a row only; the service also gives access (use it where access matters)."""
    fields = {
        "sponsor": sponsor or make_sponsor(),
        "commune": commune or make_commune(),
        "basis": Basis.ASSIGNED,
        "decided_on": date(2022, 4, 22),
        "agreement_due_on": date(2022, 5, 10),
        "plan_due_on": date(2022, 5, 10),
    } | overrides
    return Assignment.objects.create(**fields)


def make_task(**overrides) -> Task:
    """A task as a row only, owned by a sponsor unless said otherwise."""
    n = next(_serial)
    fields = {
        "title": f"Việc thử {n}",
        "owner": Owner.SPONSOR,
        "pace": Pace.MONTH,
        "assigned_on": date(2022, 4, 26),
        "starts_on": date(2022, 4, 26),
        "due_on": date(2022, 5, 31),
    } | overrides
    if "commune" not in fields:
        fields["commune"] = make_commune()
    if fields["owner"] == Owner.SPONSOR and "sponsor" not in fields:
        fields["sponsor"] = make_sponsor()
    return Task.objects.create(**fields)


def give_access(user, commune, village=None, level=AccessLevel.EDIT, source=AccessSource.MEMBER):
    return CommuneAccess.objects.create(
        user=user, commune=commune, village=village, level=level, source=source
    )


def make_sponsor_user(sponsor, *communes, **overrides) -> User:
    """An account of a sponsor that sees `communes` as if assigned to them."""
    user = make_user(Role.SPONSOR, **overrides)
    SponsorMember.objects.create(user=user, sponsor=sponsor)
    for commune in communes:
        give_access(user, commune, level=AccessLevel.VIEW, source=AccessSource.ASSIGNMENT)
    return user


def make_department_user(department=None, **overrides) -> User:
    user = make_user(Role.DEPARTMENT, **overrides)
    DepartmentMember.objects.create(user=user, department=department or make_department())
    return user


def make_difficulty(task, **overrides) -> Difficulty:
    """A difficulty of a task, asked of the office unless told otherwise, through the service."""
    today = overrides.pop("today", TODAY)
    by = overrides.pop("by", None)
    fields = {
        "text": "Thiếu cát xây dựng.",
        "commune": task.commune,
        "village": task.village,
        "sponsor": task.sponsor,
        "task": task,
    } | overrides
    return raise_difficulty(DifficultyEntry(**fields), by=by, now=NOW, today=today)


def make_contribution(commune, sponsor, by=None) -> Contribution:
    """Five labour days of a sponsor, through the service."""
    return record_contribution(
        commune=commune,
        giver=Giver.SPONSOR,
        sponsor=sponsor,
        entry=GiftEntry(GiftKind.LABOUR, "Giúp dân", labour_days=Decimal(5)),
        effective_on=TODAY,
        by=by,
        now=NOW,
        today=TODAY,
    )


def make_closed_month(month, cut_off_on, closed_at=NOW, **overrides) -> Period:
    """A month that was closed once, as far as entering is concerned: nothing is kept of it."""
    fields = {
        "due_on": cut_off_on + timedelta(days=5),
        "revision": 1,
        "closed_by_label": "vanphong",
    } | overrides
    return Period.objects.create(month=month, cut_off_on=cut_off_on, closed_at=closed_at, **fields)


def make_kept_file(period, content=b"PK\x03\x04 bao cao", **overrides) -> ReportFile:
    """A file of a month as it would be kept; the month itself stays as it is."""
    fields = {
        "revision": 1,
        "name": f"bao-cao-ntm-{period.slug}.xlsx",
        "content": content,
        "content_type": "application/octet-stream",
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
        "generated_at": NOW,
        "generated_by_label": "vanphong",
    } | overrides
    return ReportFile.objects.create(period=period, **fields)


def make_import(by, content: bytes | None = None, kind="needs", name="nhu-cau.csv"):
    """A file that was sent in and is not written yet."""
    data = content or "Mã công trình,Nhu cầu (đồng)\nHM-0,1\n".encode()
    batch = ImportBatch(
        kind=kind, name=name, sha256=sha256(data).hexdigest(), size=len(data),
        by=by, by_label=str(by), uploaded_at=NOW,
    )  # fmt: skip
    batch.file.save(name, ContentFile(data), save=True)
    return batch
