"""Whatever a working month brings: state = history, totals = sum of rows, and all of it audited."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from criteria.choices import Outcome, Stage
from criteria.models import Assessment, FundingNeed, FundingSource, Standing, WorkItem
from criteria.selectors.funding import item_lines
from criteria.selectors.history import standing_differences
from criteria.services.assessments import refresh_standings
from criteria.services.judging import (
    Seen,
    StaleJudgement,
    appraise_criteria,
    return_criteria,
    take_back_judgement,
    verify_criteria,
)
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry
from sponsors import workflow
from sponsors.models import Contribution, TaskUpdate
from sponsors.selectors.history import task_differences
from sponsors.services import record_task_update, refresh_tasks
from tests import factories
from tests.criteria.helpers import cell_by_hand, nothing_overwritten, rolled_back
from tests.factories import NOW
from tests.sponsors.build import create_task

pytestmark = pytest.mark.django_db
START = date(2022, 4, 1)

judged = st.tuples(
    st.sampled_from(["report", "verify", "return", "appraise", "take back"]),
    st.integers(0, 1),  # which criterion
    st.sampled_from([Outcome.MET, Outcome.NOT_MET]),
)
moved = st.tuples(st.just("task"), st.integers(0, 9), st.integers(0, 100))
paid = st.tuples(st.sampled_from(["need", "source"]), st.integers(0, 1), st.integers(-50, 90))
passing = st.tuples(st.just("days"), st.integers(0, 12), st.just(0))
days = st.lists(st.one_of(judged, judged, moved, paid, passing), max_size=14)


@dataclass
class Told:
    """The same month told a second time by hand, without the services and selectors."""

    rows: dict[int, list[tuple]] = field(default_factory=lambda: {0: [], 1: []})
    sums: dict[tuple[str, int], int] = field(default_factory=dict)
    serial: int = 0

    def add(self, criterion: int, day: date, stage: str, outcome: str) -> None:
        self.serial += 1
        self.rows[criterion].append((day, self.serial, stage, outcome))


class Month:
    def __init__(self):
        self.today = START
        self.told = Told()
        self.office = factories.make_user(Role.OFFICE)
        self.commune = factories.make_commune()
        self.criteria = list(factories.make_set(2).criteria.order_by("number"))
        self.items = [factories.make_item(commune=self.commune) for _ in range(2)]
        self.task = create_task(commune=self.commune, assigned_on=START, today=START)

    def do(self, what: str, which: int, value) -> None:
        when = {"by": self.office, "now": NOW, "today": self.today}
        if what == "days":
            self.today += timedelta(days=which)
            refresh_standings(self.today)
            refresh_tasks(self.today)
        elif what == "task":
            self.task.refresh_from_db()
            moves = workflow.allowed(self.task, self.office)
            if moves:
                move = moves[which % len(moves)]
                told = value if move.progress is None else None
                record_task_update(
                    task=self.task, transition=move.name, progress=told, note="ghi", **when
                )
        elif what in {"need", "source"}:
            self.pay(what, which, value * 1_000_000)
        elif what == "report":
            factories.assess(
                self.commune, self.criteria[which], value, as_of=self.today, today=self.today
            )
            self.told.add(which, self.today, Stage.SELF, value)
        else:
            self.judge(what, which, value, when)

    def pay(self, what: str, which: int, amount: int) -> None:
        entry, record = {
            "need": (factories.NeedEntry, factories.record_needs),
            "source": (factories.SourceEntry, factories.record_sources),
        }[what]
        before = self.told.sums.get((what, which), 0)
        if amount == 0 or before + amount < 0:
            with pytest.raises(ValidationError):
                record([entry(self.items[which], amount, self.today)], by=None, now=NOW,
                       today=self.today)  # fmt: skip
            return
        record([entry(self.items[which], amount, self.today)], by=None, now=NOW, today=self.today)
        self.told.sums[what, which] = before + amount

    def judge(self, what: str, which: int, outcome: str, when: dict) -> None:
        criterion, rows = self.criteria[which], self.told.rows[which]
        last = max(rows, default=None)
        shown = Assessment.objects.filter(criterion=criterion, corrections=None).exclude(
            outcome=Outcome.WITHDRAWN
        )
        row = shown.order_by("as_of", "id").last()
        assert (row is None) == (last is None)
        seen = Seen(self.commune.pk, criterion.pk, row.pk if row else 0)
        may = {
            "verify": last and last[2:] in {(Stage.SELF, "met"), (Stage.SELF, "not_met")},
            "return": last and last[2] in {Stage.SELF, Stage.VERIFIED} and last[3] != "returned",
            "appraise": last and last[2] == Stage.VERIFIED and last[3] != "returned",
            "take back": last and last[2] != Stage.SELF,
        }[what]
        calls = {
            "verify": lambda: verify_criteria(seen=[seen], **when),
            "return": lambda: return_criteria(seen=[seen], note="thiếu", **when),
            "appraise": lambda: appraise_criteria(
                seen=[seen], outcome=Outcome(outcome), note="hiện trạng", **when
            ),
            "take back": lambda: take_back_judgement(seen=seen, note="ghi nhầm", **when),
        }
        if not may:
            with pytest.raises((PermissionDenied, ValidationError, StaleJudgement)):
                calls[what]()
            return
        calls[what]()
        if what == "take back":
            rows.remove(last)
        else:
            stage = {"appraise": Stage.APPRAISED}.get(what, Stage.VERIFIED)
            said = {"verify": last[3], "return": Outcome.RETURNED}.get(what, outcome)
            self.told.add(which, self.today, stage, said)

    def check(self) -> None:
        assert standing_differences(self.today) == []
        assert task_differences(self.today) == []
        shown = dict(Standing.objects.values_list("criterion__number", "cell"))
        for place, rows in self.told.rows.items():
            assert shown.get(place + 1, ".") == cell_by_hand(rows, self.today)
        lines = {line.pk: line for line in item_lines(WorkItem.objects.all(), self.today)}
        for place, item in enumerate(self.items):
            found = lines.get(item.pk)
            assert (found.money.need if found else 0) == self.told.sums.get(("need", place), 0)
            assert (found.money.identified if found else 0) == self.told.sums.get(
                ("source", place), 0
            )


@given(days)
def test_a_month_adds_up_whatever_happens_in_it(sequence):
    live(sequence)


def live(sequence) -> None:
    """One month, looked at after everything that happens in it."""
    with rolled_back():
        month = Month()
        before = AuditEntry.objects.count()
        written = rows_written()
        with nothing_overwritten():
            for one in sequence:
                month.do(*one)
                month.check()
        assert AuditEntry.objects.count() - before == rows_written() - written


def rows_written() -> int:
    tables = (Assessment, FundingNeed, FundingSource, TaskUpdate, Contribution)
    return sum(table.objects.count() for table in tables)


REPORTED, WORKED = ("report", 0, Outcome.MET), ("task", 0, 30)


@pytest.mark.parametrize(
    ("what", "forgotten"),
    [
        (REPORTED, "criteria.services.assessments.refresh_standings"),
        (REPORTED, "criteria.services.assessments.audit.record_all"),
        (WORKED, "ntm_tracker.core.audit.record"),
        (WORKED, "sponsors.models.Task.save"),
    ],
)
def test_a_service_that_forgets_something_is_noticed(what, forgotten, monkeypatch):
    """The test above is one that can fail: without the present, or without the trail, it does."""
    live([what])

    def forget(*args, **fields):
        """Nothing."""

    monkeypatch.setattr(forgotten, forget)
    with pytest.raises(AssertionError):
        live([what])
