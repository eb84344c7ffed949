"""Sponsors with their papers, promises and deliveries, and the tasks with their reports."""

from datetime import date, timedelta
from decimal import Decimal

from communes.choices import AccessLevel, AccessSource
from communes.models import CommuneAccess
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from sponsors.choices import (
    Basis,
    GiftKind,
    Giver,
    Owner,
    Pace,
    SponsorKind,
    TaskState,
    TaskTransition,
)
from sponsors.models import (
    Assignment,
    Commitment,
    Contribution,
    Difficulty,
    Sponsor,
    SponsorMember,
    Task,
    TaskTeam,
    TaskUpdate,
)
from tests.bench.world import NOW, REPORTING, World, write

DECIDED, DUE = date(2022, 4, 22), date(2022, 5, 10)
TITLES = (
    "Vận động hiến đất mở rộng đường trục thôn",
    "Hỗ trợ xi măng làm rãnh thoát nước",
    "Chỉnh trang nhà văn hóa thôn",
    "Trồng hàng rào xanh, cải tạo vườn tạp",
    "Lắp đèn chiếu sáng đường thôn",
    "Thu gom, phân loại rác tại hộ",
)
NOTE = "Đã huy động 42 ngày công, hoàn thành 350 m rãnh; còn vướng hai hộ chưa dời hàng rào."
# Where tasks end, with how many in a hundred, and the moves that lead there after progress.
ENDS = (
    (25, False, ()),
    (35, True, ()),
    (10, True, (TaskTransition.PROPOSE_DONE,)),
    (25, True, (TaskTransition.PROPOSE_DONE, TaskTransition.ACCEPT)),
    (3, True, (TaskTransition.PROPOSE_DONE, TaskTransition.RETURN)),
    (2, True, (TaskTransition.CANCEL,)),
)
STATE_AFTER = {
    TaskTransition.ASSIGN: TaskState.ASSIGNED,
    TaskTransition.PROGRESS: TaskState.IN_PROGRESS,
    TaskTransition.PROPOSE_DONE: TaskState.REPORTED,
    TaskTransition.ACCEPT: TaskState.ACCEPTED,
    TaskTransition.RETURN: TaskState.RETURNED,
    TaskTransition.CANCEL: TaskState.CANCELLED,
}
OWNERS = [Owner.SPONSOR] * 12 + [Owner.COMMUNE] * 4 + [Owner.PEOPLE] * 2
OWNERS += [Owner.DEPARTMENT, Owner.LOCALITY]


def write_sponsorship(world: World) -> None:
    """Two places per sponsor, fifteen tasks per commune, three reports per task."""
    sponsors = _sponsors(world)
    assignments = _assignments(world, sponsors)
    _accounts(world, sponsors, assignments)
    _commitments(world, assignments)
    _reports(world, _tasks(world, assignments))


def _sponsors(world: World) -> list[Sponsor]:
    kinds = list(SponsorKind)
    sponsors = [
        Sponsor(
            name=f"Đơn vị minh họa {n:03d}",
            short_name=f"ĐV {n:03d}",
            kind=kinds[n % len(kinds)],
            contact="Văn phòng",
            phone=f"0239{n:07d}",
        ).prepare()
        for n in range(1, world.size.sponsors + 1)
    ]
    write(sponsors)
    write(
        [
            TaskTeam(
                sponsor=sponsor,
                name=f"Tổ công tác {sponsor.short_name}",
                head="Phó Giám đốc",
                size=7,
                established_on=DUE,
                document=world.document,
            )
            for sponsor in sponsors
        ]
    )
    return sponsors


def _assignments(world: World, sponsors: list[Sponsor]) -> list[Assignment]:
    """A commune each, in turn, and a village of another one."""
    random, communes = world.random, world.communes
    rows = []
    for place, sponsor in enumerate(sponsors):
        first = communes[place % len(communes)]
        second = communes[(place + len(communes) // 2) % len(communes)]
        village = random.choice(world.villages[second.pk])
        for commune, where in ((first, None), (second, village)):
            signed = DECIDED + timedelta(days=random.randint(5, 30))
            rows.append(
                Assignment(
                    sponsor=sponsor,
                    commune=commune,
                    village=where,
                    basis=Basis.ASSIGNED,
                    document=world.document,
                    decided_on=DECIDED,
                    is_lead=where is None and place < len(communes),
                    agreement_due_on=DUE,
                    agreement_signed_on=signed if random.random() < 0.8 else None,
                    plan_due_on=DUE,
                    plan_done_on=signed if random.random() < 0.7 else None,
                )
            )
    return list(write(rows))


def _accounts(world: World, sponsors: list[Sponsor], assignments: list[Assignment]) -> None:
    users = [
        User(username=f"donvi{n:04d}", display_name=sponsor.name, role=Role.SPONSOR, password="!")
        for n, sponsor in enumerate(sponsors, 1)
    ]
    write(users)
    write(
        [
            SponsorMember(user=user, sponsor=sponsor)
            for user, sponsor in zip(users, sponsors, strict=True)
        ]
    )
    user_of = {sponsor.pk: user for user, sponsor in zip(users, sponsors, strict=True)}
    write(
        [
            CommuneAccess(
                user=user_of[row.sponsor_id],
                commune_id=row.commune_id,
                village_id=row.village_id,
                level=AccessLevel.VIEW,
                source=AccessSource.ASSIGNMENT,
            )
            for row in assignments
        ]
    )


def _gift(world: World, place: int) -> dict:
    """Money, goods or labour in turn."""
    amount = world.random.randint(10, 400) * 1_000_000
    if place % 3 == 0:
        return {"kind": GiftKind.MONEY, "description": "Hỗ trợ bằng tiền", "amount": amount}
    if place % 3 == 1:
        return {
            "kind": GiftKind.GOODS,
            "description": "Xi măng",
            "quantity": Decimal(40),
            "unit": "tấn",
            "converted_value": amount,
        }
    return {"kind": GiftKind.LABOUR, "description": "Ngày công", "labour_days": Decimal(60)}


def _commitments(world: World, assignments: list[Assignment]) -> None:
    rows = [
        Commitment(
            assignment=row,
            sponsor_id=row.sponsor_id,
            commune_id=row.commune_id,
            criterion=world.random.choice(world.criteria),
            document=world.document,
            effective_on=DUE,
            recorded_at=NOW,
            **_gift(world, place),
            **world.by("Văn phòng Điều phối"),
        )
        for place, row in enumerate(assignments)
    ]
    write(rows)
    places = {"commune_id": "commune_id", "sponsor_id": "sponsor_id"}
    world.trail("commitment.record", rows, "Cam kết", **places)


def _tasks(world: World, assignments: list[Assignment]) -> list[Task]:
    random, communes = world.random, world.communes
    by_commune: dict[int, list[Assignment]] = {}
    for row in assignments:
        by_commune.setdefault(row.commune_id, []).append(row)
    tasks = []
    for place in range(world.size.tasks):
        commune = communes[place % len(communes)]
        owner, criterion = random.choice(OWNERS), random.choice(world.criteria)
        assigned = DECIDED + timedelta(days=random.randint(0, 150))
        bound = by_commune.get(commune.pk, [])
        if owner == Owner.SPONSOR and not bound:
            owner = Owner.COMMUNE
        assignment = random.choice(bound) if owner == Owner.SPONSOR else None
        village = random.choice([None, *world.villages[commune.pk]])
        tasks.append(
            Task(
                title=f"{TITLES[place % len(TITLES)]} đợt {place // len(communes) + 1}",
                detail="Làm xong trước mùa mưa; báo khối lượng theo từng thôn.",
                commune=commune,
                village=village,
                criterion=criterion,
                owner=owner,
                sponsor_id=assignment.sponsor_id if assignment else None,
                assignment=assignment,
                department=criterion.lead if owner == Owner.DEPARTMENT else None,
                helper="Huyện bạn" if owner == Owner.LOCALITY else "",
                is_within_means=random.random() < 0.4,
                pace=Pace.MONTH,
                assigned_on=assigned,
                starts_on=assigned,
                due_on=assigned + timedelta(days=random.randint(14, 180)),
                document=world.document,
            )
        )
    return tasks


def _reports(world: World, tasks: list[Task]) -> None:
    """The way of each task, and its present equal to where the way ends."""
    random = world.random
    ends = [(moves, works) for share, works, moves in ENDS for _ in range(share)]
    ways = []
    for task in tasks:
        moves, works = random.choice(ends)
        steps = [(TaskTransition.ASSIGN, 0)]
        if works:
            percents = sorted(random.sample(range(5, 100, 5), random.randint(1, 3)))
            steps += [(TaskTransition.PROGRESS, percent) for percent in percents]
        for move in moves:
            keeps = move == TaskTransition.CANCEL
            steps.append((move, steps[-1][1] if keeps else 100))
        ways.append(steps)
        task.state, task.progress = STATE_AFTER[steps[-1][0]], steps[-1][1]
        task.version = len(steps) - 1
        task.prepare()
    write(tasks)
    updates = []
    for task, steps in zip(tasks, ways, strict=True):
        span = (REPORTING - task.assigned_on).days
        for place, (move, percent) in enumerate(steps):
            updates.append(
                TaskUpdate(
                    task=task,
                    transition=move,
                    state=STATE_AFTER[move],
                    progress=percent,
                    note=NOTE if place else "",
                    effective_on=task.assigned_on + timedelta(days=span * place // len(steps)),
                    recorded_at=NOW,
                    **world.by("Đơn vị minh họa"),
                )
            )
    write(updates)
    _deliveries(world, updates)


def _deliveries(world: World, updates: list[TaskUpdate]) -> None:
    """Every third report of progress brings something, every tenth a difficulty."""
    reports = [row for row in updates if row.transition == TaskTransition.PROGRESS]
    gifts, difficulties = [], []
    for place, update in enumerate(reports):
        task = update.task
        common = {
            "commune": task.commune,
            "sponsor_id": task.sponsor_id,
            "task": task,
            "effective_on": update.effective_on,
            "recorded_at": NOW,
        } | world.by("Đơn vị minh họa")
        if place % 3 == 0:
            gifts.append(
                Contribution(
                    giver=Giver.SPONSOR if task.sponsor_id else Giver.PEOPLE,
                    giver_name="" if task.sponsor_id else "Nhân dân trong thôn",
                    village=task.village,
                    update=update,
                    **_gift(world, place // 3),
                    **common,
                )
            )
        if place % 10 == 0:
            row = Difficulty(text="Giá xi măng tăng, đề nghị bổ sung.", **common)
            difficulties.append(row.prepare())
    write(gifts)
    write(difficulties)
    if world.size.has_trail:
        for update in updates:  # what the trail scopes by stands on the task
            update.commune_id = update.task.commune_id
            update.sponsor_id = update.task.sponsor_id
    places = {"commune_id": "commune_id", "sponsor_id": "sponsor_id"}
    for action, rows in (("task.progress", updates), ("contribution.record", gifts)):
        world.trail(action, rows, "Việc", **places)
