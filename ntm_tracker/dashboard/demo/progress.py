"""Judgements, road map and dossiers of the communes."""

from collections import defaultdict

from criteria.choices import DossierState, Outcome, Stage
from criteria.models import CriteriaSet, DossierStep
from criteria.services.assessments import (
    AssessmentEntry,
    MilestoneEntry,
    plan_milestones,
    record_assessments,
)
from criteria.services.dossiers import (
    ContentEntry,
    SurveyEntry,
    VoteEntry,
    record_dossier_step,
    record_survey,
    record_vote,
)
from ntm_tracker.dashboard.catalogues import CatalogueError
from ntm_tracker.dashboard.catalogues.files import Row, RowError
from ntm_tracker.dashboard.demo.case import Case, code

VILLAGE_SET = "KDC2014"
# One letter per criterion in standings.csv; "." says nothing about it on that day.
OUTCOMES = {
    "+": Outcome.MET,
    "-": Outcome.NOT_MET,
    "n": Outcome.NOT_APPLICABLE,
    "r": Outcome.RETURNED,
    "w": Outcome.WITHDRAWN,
}


def seed_standings(case: Case) -> None:
    """Record standings.csv: who said what about which criterion on which day."""
    notes: dict[tuple, str] = {}

    def note(row: Row) -> None:
        commune = case.commune(row)
        number = row.whole("criterion")
        notes[commune.code, row.day("as_of"), row.text("stage"), number] = row.text("note")

    case.read("standing_notes.csv", "commune_code commune as_of stage criterion note", note)

    by_label: dict[str, list[AssessmentEntry]] = defaultdict(list)

    def judge(row: Row) -> None:
        commune, as_of, rung = case.commune(row), row.day("as_of"), code(row, "stage", Stage)
        cells = row.text("cells")
        if len(cells) != len(case.criteria):
            raise RowError(f"cột “cells” phải có {len(case.criteria)} ký tự")
        for number, letter in enumerate(cells, 1):
            if letter == ".":
                continue
            by_label[row.text("by_label")].append(
                AssessmentEntry(
                    criterion=case.criteria[number],
                    stage=rung,
                    outcome=row.find(letter, OUTCOMES, "ký hiệu"),
                    as_of=as_of,
                    commune=commune,
                    note=notes.pop((commune.code, as_of, rung.value, number), ""),
                    document=case.document(row),
                    **case.origin(row),
                )
            )

    case.read("standings.csv", "commune_code commune as_of stage by_label cells document", judge)
    if notes:
        raise CatalogueError(
            f"standing_notes.csv: xã {commune}, tiêu chí {n}: không có đánh giá {rung} ngày {on}."
            for commune, on, rung, n in notes
        )
    for label, entries in by_label.items():
        record_assessments(entries, by_label=label, **case.written)
        case.wrote("đánh giá tiêu chí", len(entries))


def seed_village_standings(case: Case) -> None:
    """Record village_standings.csv: what was said about the ten criteria of each village."""
    village_set = CriteriaSet.objects.get(code=VILLAGE_SET)
    criteria = list(village_set.criteria.order_by("number"))
    by_label: dict[str, list[AssessmentEntry]] = defaultdict(list)

    def judge(row: Row) -> None:
        cells = row.text("cells")
        if len(cells) != len(criteria):
            raise RowError(f"cột “cells” phải có {len(criteria)} ký tự")
        for criterion, letter in zip(criteria, cells, strict=True):
            if letter == ".":
                continue
            by_label[row.text("by_label")].append(
                AssessmentEntry(
                    criterion=criterion,
                    stage=code(row, "stage", Stage),
                    outcome=row.find(letter, OUTCOMES, "ký hiệu"),
                    as_of=row.day("as_of"),
                    village=case.village(row),
                    **case.origin(row),
                )
            )

    case.read(
        "village_standings.csv", "commune_code commune village as_of stage by_label cells", judge
    )
    for label, entries in by_label.items():
        record_assessments(entries, by_label=label, **case.written)
        case.wrote("đánh giá tiêu chí thôn", len(entries))


def seed_milestones(case: Case) -> None:
    """Record milestones.csv: by when each open criterion was planned to be met."""
    by_label: dict[str, list[MilestoneEntry]] = defaultdict(list)

    def plan(row: Row) -> None:
        by_label[row.text("by_label")].append(
            MilestoneEntry(
                commune=case.commune(row),
                criterion=row.find(row.whole("criterion"), case.criteria, "tiêu chí"),
                planned_on=row.day("planned_on"),
                effective_on=row.day("effective_on"),
                note=row.optional("note"),
                **case.origin(row),
            )
        )

    case.read(
        "milestones.csv",
        "commune_code commune criterion effective_on planned_on by_label note",
        plan,
    )
    for label, entries in by_label.items():
        plan_milestones(entries, by_label=label, **case.written)
        case.wrote("mốc lộ trình", len(entries))


def seed_dossiers(case: Case) -> None:
    """Record dossiers.csv: the state of the papers of the eight communes and the twelve others."""

    def step(row: Row) -> dict:
        return {
            "commune": case.commune(row),
            "state": code(row, "state", DossierState),
            "effective_on": row.day("effective_on"),
            "by_label": row.text("by_label"),
            "note": row.optional("note"),
            "document": case.document(row),
            **case.origin(row),
        }

    steps = case.read(
        "dossiers.csv", "commune_code commune effective_on state by_label document note", step
    )
    for fields in steps:
        record_dossier_step(criteria_set=case.criteria_set, **fields, **case.written)
    case.wrote("bước hồ sơ", len(steps))
    _seed_results(case)


def _seed_results(case: Case) -> None:
    """Record surveys.csv (the line without a content is the whole) and votes.csv."""

    def step(row: Row) -> DossierStep:
        key = {"dossier__commune": case.commune(row), "effective_on": row.day("effective_on")}
        return DossierStep.objects.get(dossier__criteria_set=case.criteria_set, **key)

    def answer(row: Row) -> tuple[DossierStep, str, list[int]]:
        counts = [row.whole(column) for column in ("asked", "answered", "satisfied")]
        return step(row), row.optional("content"), counts

    columns = "commune_code commune effective_on content asked answered satisfied"
    answers = case.read("surveys.csv", columns, answer)
    for asked_at in dict.fromkeys(one for one, _content, _counts in answers):
        said = {content: counts for one, content, counts in answers if one == asked_at}
        asked, answered, satisfied = said.pop("")
        contents = (ContentEntry(name, *counts[1:]) for name, counts in said.items())
        entry = SurveyEntry(asked, answered, satisfied, tuple(contents))
        record_survey(asked_at, entry)

    def vote(row: Row) -> tuple[DossierStep, VoteEntry]:
        counts = [row.whole(column) for column in ("members", "present", "in_favour")]
        return step(row), VoteEntry(*counts)

    columns = "commune_code commune effective_on members present in_favour"
    for voted_at, votes in case.read("votes.csv", columns, vote):
        record_vote(voted_at, votes)
