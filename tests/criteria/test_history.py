"""The present equals the history, on every day, whatever is recorded and in whatever order."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from communes.models import Commune
from criteria.choices import Cell, Outcome, Stage
from criteria.models import Assessment, Milestone, Standing
from criteria.rules import shown_cell
from criteria.selectors.history import standing_differences, standings_from_history
from criteria.selectors.pages import criterion_rows
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import (
    cells_by_commune,
    commune_criteria,
    commune_standings,
    overdue_criteria,
)
from criteria.services.assessments import (
    AssessmentEntry,
    MilestoneEntry,
    plan_milestones,
    record_assessments,
    refresh_standings,
)
from ntm_tracker.core.models import AuditEntry
from tests import factories
from tests.criteria.helpers import cell_by_hand, nothing_overwritten, past, present, rolled_back
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

START = date(2022, 3, 1)
DAYS = [START + timedelta(days=n) for n in range(0, 120, 20)]  # some lie after the reporting date

judgements = st.tuples(
    st.integers(0, 1),  # commune
    st.integers(0, 1),  # criterion
    st.sampled_from(Stage),
    st.sampled_from(Outcome),
    st.sampled_from(DAYS),
    st.booleans(),  # corrects the latest row of the same stage, if there is one
)
plans = st.tuples(
    st.integers(0, 1), st.integers(0, 1), st.sampled_from(DAYS), st.sampled_from(DAYS)
)
batches = st.lists(
    st.one_of(st.lists(judgements, min_size=1, max_size=4), st.lists(plans, max_size=3)), max_size=6
)


class World:
    """Two communes and two criteria, with everything recorded told a second time by hand."""

    def __init__(self):
        self.criteria_set = factories.make_set(2)
        self.criteria = list(self.criteria_set.criteria.order_by("number"))
        self.communes = [factories.make_commune(), factories.make_commune()]
        self.in_force = SetInForce(self.criteria_set, tuple(self.criteria))
        self.rows: dict[tuple[int, int], list[tuple[date, int, str, str]]] = {}
        self.plans: dict[tuple[int, int], list[tuple[date, int, date]]] = {}
        self.written: dict[tuple, Assessment] = {}
        self.serial = 0

    def record(self, batch: list[tuple], today: date) -> None:
        if batch and len(batch[0]) == 4:
            self.plan(batch, today)
            return
        entries = []
        for c, k, stage, outcome, day, corrects in batch:
            self.serial += 1
            self.rows.setdefault((c, k), []).append((day, self.serial, stage, outcome))
            entries.append(
                AssessmentEntry(
                    criterion=self.criteria[k],
                    stage=stage,
                    outcome=outcome,
                    as_of=day,
                    commune=self.communes[c],
                    corrects=self.written.get((c, k, stage)) if corrects else None,
                )
            )
        written = record_assessments(entries, by=None, now=NOW, today=today)
        for (c, k, stage, *_rest), row in zip(batch, written, strict=True):
            self.written[c, k, stage] = row

    def plan(self, batch: list[tuple], today: date) -> None:
        entries = []
        for c, k, planned_on, day in batch:
            self.serial += 1
            self.plans.setdefault((c, k), []).append((day, self.serial, planned_on))
            entries.append(MilestoneEntry(self.communes[c], self.criteria[k], planned_on, day))
        plan_milestones(entries, by=None, now=NOW, today=today)

    def planned_on(self, c: int, k: int, on: date) -> date | None:
        plans = sorted(plan for plan in self.plans.get((c, k), []) if plan[0] <= on)
        return plans[-1][2] if plans else None

    def cells_by_hand(self, c: int, on: date) -> str:
        return "".join(
            shown_cell(cell_by_hand(self.rows.get((c, k), []), on), self.planned_on(c, k, on), on)
            for k in range(2)
        )


@given(batches)
def test_state_equals_history_and_what_was_told_by_hand(sequence):
    with rolled_back():
        world = World()
        for batch in sequence:
            world.record(batch, today=DAYS[-1])
            assert standing_differences(DAYS[-1]) == []
        # The reporting date lies before the last rows, as in the demo.
        refresh_standings(TODAY)

        assert standing_differences(TODAY) == []
        communes = Commune.objects.all()
        for day in (START - timedelta(days=1), DAYS[2], TODAY, DAYS[-1]):
            by_hand = [world.cells_by_hand(c, day) for c in range(2)]
            found = commune_standings(communes, world.in_force, past(day))
            cells = {row.commune_id: row.cells for row in found}
            assert [cells[commune.pk] for commune in world.communes] == by_hand


@given(batches)
def test_present_answers_as_the_history_does(sequence):
    with rolled_back():
        world = World()
        for batch in sequence:
            world.record(batch, today=DAYS[-1])
        refresh_standings(TODAY)
        communes = Commune.objects.all()

        assert commune_standings(communes, world.in_force, present()) == commune_standings(
            communes, world.in_force, past()
        )
        assert overdue_criteria(communes, world.in_force, present()) == overdue_criteria(
            communes, world.in_force, past()
        )
        matrix = commune_standings(communes, world.in_force, present())
        for place, criterion in enumerate(world.criteria):
            shown = criterion_rows(communes, criterion, present())
            assert shown == criterion_rows(communes, criterion, past())
            assert [row.cell for row in shown[0]] == [row.cells[place] for row in matrix]
        in_matrix = sum(
            row.overdue for row in commune_standings(communes, world.in_force, present())
        )
        assert len(overdue_criteria(communes, world.in_force, present())) == in_matrix


@given(batches, st.randoms(use_true_random=False))
def test_rebuilding_repairs_any_damage(sequence, random):
    with rolled_back():
        world = World()
        for batch in sequence:
            world.record(batch, today=DAYS[-1])
        for row in list(Standing.objects.all()):
            if random.random() < 0.3:
                row.delete()
            elif random.random() < 0.5:
                Standing.objects.filter(pk=row.pk).update(
                    cell=Cell.MET_APPRAISED, planned_on=None, self_row=None
                )
        damaged = len(standing_differences(DAYS[-1]))

        assert refresh_standings(DAYS[-1]) == damaged
        assert standing_differences(DAYS[-1]) == []
        assert refresh_standings(DAYS[-1]) == 0


@given(batches)
def test_nothing_recorded_is_ever_overwritten(sequence):
    with rolled_back():
        world = World()
        kept: dict[int, tuple] = {}
        for batch in sequence:
            with nothing_overwritten():
                world.record(batch, today=DAYS[-1])
            rows = {row[0]: row for row in Assessment.objects.values_list()}
            assert {pk: rows[pk] for pk in kept} == kept
            kept = rows
        assert AuditEntry.objects.count() == len(kept) + Milestone.objects.count()


def test_ties_of_one_day_are_broken_by_the_order_of_recording():
    world = World()
    commune, criterion = world.communes[0], world.criteria[0]
    first = factories.assess(commune, criterion, Outcome.MET)
    second = factories.assess(commune, criterion, Outcome.NOT_MET, corrects=first)

    state = standings_from_history(TODAY)[commune.pk, None, criterion.pk]
    assert (state.cell, state.deciding_id) == (Cell.NOT_MET_SELF, second.pk)
    assert Standing.objects.get().self_row == second

    # What is recorded later for an earlier day does not turn the present.
    factories.assess(commune, criterion, Outcome.MET, as_of=START)
    assert Standing.objects.get().cell == Cell.NOT_MET_SELF


def test_rows_after_the_reporting_date_leave_the_present_alone():
    world = World()
    commune, criterion = world.communes[0], world.criteria[0]
    factories.assess(commune, criterion, Outcome.NOT_MET)
    later = TODAY + timedelta(days=20)
    record_assessments(
        [AssessmentEntry(criterion, Stage.SELF, Outcome.MET, later, commune=commune)],
        by=None,
        now=NOW,
        today=later,
    )
    refresh_standings(TODAY)

    assert cells_by_commune(Commune.objects.all(), world.in_force, present()) == {commune.pk: "S."}
    assert cells_by_commune(Commune.objects.all(), world.in_force, past(later)) == {
        commune.pk: "s."
    }


def test_a_village_has_a_present_of_its_own():
    world = World()
    commune, criterion = world.communes[0], world.criteria[0]
    village = factories.make_village(commune)
    record_assessments(
        [
            AssessmentEntry(criterion, Stage.SELF, Outcome.MET, TODAY, village=village),
            AssessmentEntry(criterion, Stage.SELF, Outcome.NOT_MET, TODAY, commune=commune),
        ],
        by=None,
        now=NOW,
        today=TODAY,
    )

    found = Standing.objects.values_list("commune", "village", "cell").order_by("pk")
    assert sorted(found, key=str) == sorted(
        [(None, village.pk, "s"), (commune.pk, None, "S")], key=str
    )
    assert standing_differences(TODAY) == []
    only = standings_from_history(TODAY, villages=[village.pk])
    assert list(only) == [(None, village.pk, criterion.pk)]


def test_a_future_day_is_refused_and_nothing_is_half_done():
    world = World()
    commune, (criterion, other) = world.communes[0], world.criteria
    entries = [
        AssessmentEntry(criterion, Stage.SELF, Outcome.MET, TODAY, commune=commune),
        AssessmentEntry(other, Stage.SELF, Outcome.MET, TODAY + timedelta(days=1), commune=commune),
    ]

    with pytest.raises(ValidationError, match="01/05/2022 ở sau ngày báo cáo 30/04/2022"):
        record_assessments(entries, by=None, now=NOW, today=TODAY)

    assert (Assessment.objects.count(), Standing.objects.count()) == (0, 0)
    assert AuditEntry.objects.count() == 0


def test_an_entry_speaks_of_exactly_one_subject():
    world = World()
    village = factories.make_village(world.communes[0])
    for subject in ({}, {"commune": world.communes[0], "village": village}):
        with pytest.raises(ValidationError, match="đúng một xã hoặc một thôn"):
            record_assessments(
                [AssessmentEntry(world.criteria[0], Stage.SELF, Outcome.MET, TODAY, **subject)],
                by=None,
                now=NOW,
                today=TODAY,
            )


def test_recording_nothing_changes_nothing():
    assert record_assessments([], by=None, now=NOW, today=TODAY) == []
    assert plan_milestones([], by=None, now=NOW, today=TODAY) == []


def test_the_trail_says_who_said_what(office):
    world = World()
    row = factories.assess(
        world.communes[0],
        world.criteria[0],
        Outcome.NOT_MET,
        Stage.VERIFIED,
        by=office,
        note="thiếu cống",
    )

    entry = AuditEntry.objects.get()
    assert (entry.by, entry.action, entry.object_id) == (office, "assessment.verified", row.pk)
    assert (entry.new, entry.note) == ("Chưa đạt (đã kiểm tra)", "thiếu cống")
    assert entry.commune_id == world.communes[0].pk
    assert row.by_label == office.display_name


def test_commune_criteria_show_rungs_history_and_the_row_that_counts():
    world = World()
    commune, (criterion, other) = world.communes[0], world.criteria
    verified = factories.assess(
        commune, criterion, Outcome.NOT_MET, Stage.VERIFIED, as_of=date(2022, 3, 1)
    )
    report = factories.assess(commune, criterion, Outcome.MET, as_of=date(2022, 4, 1))
    withdrawn = factories.assess(commune, criterion, Outcome.WITHDRAWN, Stage.APPRAISED)
    factories.plan(commune, criterion, date(2022, 4, 15))

    first, second = commune_criteria(commune, world.in_force, present())

    assert (first.criterion, first.cell, first.planned_on) == (
        criterion,
        Cell.OVERDUE_VERIFIED,
        date(2022, 4, 15),
    )
    assert first.rungs == (withdrawn, verified, report)
    assert first.history == (withdrawn, report, verified)
    assert first.deciding == verified
    assert first.newer_report == report
    assert (second.criterion, second.cell, second.rungs, second.deciding) == (
        other,
        Cell.UNREPORTED,
        (),
        None,
    )

    factories.assess(commune, criterion, Outcome.WITHDRAWN, as_of=date(2022, 4, 20))
    first, _second = commune_criteria(commune, world.in_force, present())
    assert first.newer_report is None


@pytest.mark.parametrize("n", [1, 3])
def test_commune_criteria_ask_the_same_questions_for_any_length_of_history(
    n, django_assert_num_queries
):
    world = World()
    for number in range(n):
        for criterion in world.criteria:
            factories.assess(
                world.communes[0],
                criterion,
                document=factories.make_document(),
                as_of=TODAY - timedelta(days=number),
            )
    with django_assert_num_queries(2):
        details = commune_criteria(world.communes[0], world.in_force, present())
        assert [row.document for d in details for row in d.history]
