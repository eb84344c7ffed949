"""What was said about criteria and villages, and where the papers are."""

from datetime import date

from criteria.choices import DossierState, Outcome, Stage, VillageState
from criteria.models import Assessment, Dossier, DossierStep, Milestone, VillageStatus
from criteria.services.assessments import refresh_standings
from tests.bench.world import NOW, REPORTING, World, write

NOTE = "Còn thiếu 1,2 km đường trục thôn, dự kiến xong trong quý sau."


def write_judgements(world: World) -> None:
    """Every commune reports every criterion on every day; a third of it is verified. One commune
    in four has handed in its dossier. None is recognised: a recognised commune would carry no
    cells, and the matrix is to have them all."""
    random, days = world.random, world.days
    # The day from which on a criterion is met: the first ones always, some never.
    met_from = {
        (commune.pk, criterion.pk): random.randint(0, 18) - 4
        for commune in world.communes
        for criterion in world.criteria
    }
    handed_in = {commune.pk for commune in world.communes if random.random() < 0.25}
    for place, day in enumerate(days, 12 - len(days)):
        rows = []
        for commune in world.communes:
            label = f"UBND xã {commune.name}"
            for criterion in world.criteria:
                outcome = (
                    Outcome.MET if met_from[commune.pk, criterion.pk] <= place else Outcome.NOT_MET
                )
                common = {
                    "commune": commune,
                    "criterion": criterion,
                    "as_of": day,
                    "recorded_at": NOW,
                }
                note = NOTE if outcome == Outcome.NOT_MET and random.random() < 0.3 else ""
                rows.append(
                    Assessment(
                        stage=Stage.SELF, outcome=outcome, note=note, **common, **world.by(label)
                    )
                )
                chance = random.random()
                if chance < 1 / 3:
                    seen = Outcome.RETURNED if chance < 0.01 else outcome
                    rows.append(
                        Assessment(
                            stage=Stage.VERIFIED,
                            outcome=seen,
                            **common,
                            **world.by("Văn phòng Điều phối"),
                        )
                    )
                if day == days[-1] and commune.pk in handed_in and outcome == Outcome.MET:
                    rows.append(
                        Assessment(
                            stage=Stage.APPRAISED,
                            outcome=outcome,
                            document=world.document,
                            **common,
                            **world.by("Sở, ngành phụ trách"),
                        )
                    )
        write(rows)
        world.trail("assessment.self", rows, "Tiêu chí: Đạt", commune_id="commune_id")
    _milestones(world, met_from)
    _dossiers(world, handed_in)
    refresh_standings(REPORTING)


def _milestones(world: World, met_from: dict[tuple[int, int], int]) -> None:
    """A planned date for what was not met at the start; one in six was changed."""
    random = world.random
    rows = []
    for commune in world.communes:
        for criterion in world.criteria:
            if met_from[commune.pk, criterion.pk] <= 0:
                continue
            month = random.randint(6, 18)
            # Before the 30th: on the day before the reporting date the same are overdue.
            planned = date(2022 + (month - 1) // 12, (month - 1) % 12 + 1, 28)
            common = {"commune": commune, "criterion": criterion, "recorded_at": NOW}
            common |= world.by("Văn phòng Điều phối")
            rows.append(Milestone(planned_on=planned, effective_on=date(2022, 1, 10), **common))
            if random.random() < 1 / 6:
                later = planned.replace(year=2023)
                rows.append(Milestone(planned_on=later, effective_on=date(2022, 6, 10), **common))
    write(rows)
    world.trail("milestone.plan", rows, "Lộ trình", commune_id="commune_id")


def _dossiers(world: World, handed_in: set[int]) -> None:
    dossiers = write(
        [
            Dossier(commune=commune, criteria_set=world.criteria_set)
            for commune in world.communes
            if commune.pk in handed_in
        ]
    )
    steps = (
        (DossierState.IN_PROGRESS, date(2022, 1, 20)),
        (DossierState.SELF_DECLARED, date(2022, 9, 20)),
        (DossierState.UNDER_APPRAISAL, date(2022, 10, 20)),
    )
    write(
        [
            DossierStep(
                dossier=dossier,
                state=state,
                effective_on=on,
                recorded_at=NOW,
                document=world.document,
                **world.by("Văn phòng Điều phối"),
            )
            for dossier in dossiers
            for state, on in steps
        ]
    )


def write_villages(world: World) -> None:
    """Three states of every village in the year (the last one where there is no history); one in
    three gets recognised."""
    random, days = world.random, world.days
    rows = []
    for commune in world.communes:
        for village in world.villages[commune.pk]:
            percent = random.randint(20, 60)
            last = random.choice(tuple(VillageState))
            for month, state in ((2, VillageState.NOT_YET), (6, VillageState.NOT_YET), (11, last)):
                percent = min(100, percent + random.randint(5, 20))
                if month < 11 and len(days) == 1:
                    continue
                rows.append(
                    VillageStatus(
                        village=village,
                        state=state,
                        is_plan_approved=True,
                        plan_percent=percent,
                        gardens_planned=20,
                        gardens_met=percent // 6,
                        effective_on=date(2022, month, 20),
                        recorded_at=NOW,
                        **world.by(f"UBND xã {commune.name}"),
                    )
                )
    write(rows)
    world.trail("village.status", rows, "Hiện trạng thôn", village_id="village_id")
