"""What `make stress` makes of what it sees: a figure that is not met must not pass."""

import subprocess
from pathlib import Path

import pytest

from criteria.models import Draft, Standing
from criteria.selectors.funding import Money
from criteria.services.funding import NeedEntry, record_needs
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Role
from sponsors.choices import GiftKind
from sponsors.models import Task
from sponsors.services import ContributionEntry, record_task_update
from tests import factories
from tests.factories import NOW, TODAY
from tests.stress import __main__ as stress
from tests.stress import findings, processes, report, rights
from tests.stress.ledger import Deed, Fate, Ledger, read
from tests.stress.parts import PARTS, Options


def test_a_figure_that_is_not_met_fails_the_run(monkeypatch, capsys):
    seen = [report.at_most("start", 1.5, 2, "s"), report.Figure("pages", "12")]
    monkeypatch.setattr("tests.stress.parts.Part.run", property(lambda part: lambda options: seen))

    assert stress.main(["cost"]) == 0
    seen.append(report.none_of("lost writes", ["task 7"]))
    assert stress.main(["cost"]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert "met      start: 1.5 s (at most 2 s)" in lines
    assert "         pages: 12" in lines
    assert "NOT MET  lost writes: 1: task 7 (0)" in lines
    assert lines[-1] == "1 of 3 figures not met"


@pytest.mark.parametrize(("seen", "is_met"), [(59.9, False), (60, True), (60.1, True)])
def test_at_least_includes_its_limit(seen, is_met):
    assert report.at_least("answers", seen, 60, "a second").is_met is is_met


def test_figures_take_the_place_of_the_last_ones_in_the_document(tmp_path, monkeypatch):
    path = tmp_path / "reliability.md"
    path.write_text(
        "Before.\n<!-- figures: cost -->\nold | 1\n<!-- end of figures: cost -->\nAfter.\n"
        "<!-- figures: load -->\nkept\n<!-- end of figures: load -->\n"
    )
    seen = [report.at_most("start", 3, 2, "s"), report.Figure("a|b", "x")]
    monkeypatch.setattr("tests.stress.parts.Part.run", property(lambda part: lambda options: seen))

    assert stress.main(["cost", "--seconds", "5", "--write", str(path)]) == 1

    text = path.read_text()
    assert "| start | at most 2 s | 3 s | **NOT MET** |" in text
    assert r"| a\|b |  | x |  |" in text
    assert '`make stress ARGS="cost --seconds 5"`' in text
    assert "old | 1" not in text
    assert text.startswith("Before.\n<!-- figures: cost -->\n")
    assert text.endswith(
        "<!-- end of figures: cost -->\nAfter.\n"
        "<!-- figures: load -->\nkept\n<!-- end of figures: load -->\n"
    )


def test_a_document_without_a_place_for_the_figures_is_refused(tmp_path):
    path = tmp_path / "reliability.md"
    path.write_text("Nothing here.\n")

    with pytest.raises(SystemExit, match="no place for the figures of cost"):
        report.write(path, "cost", "| a |")


def test_every_part_can_be_run_and_has_its_place_in_the_document(request):
    text = (request.config.rootpath / "docs" / "reliability.md").read_text()

    for part in PARTS.values():
        assert callable(part.run)
        assert f"<!-- figures: {part.name} -->" in text
        assert f"<!-- end of figures: {part.name} -->" in text


def test_what_is_no_part_is_refused(capsys):
    with pytest.raises(SystemExit):
        stress.main(["laod"])

    assert "no such part: laod" in capsys.readouterr().err


def test_short_and_one_database_reach_the_parts(monkeypatch):
    given = []
    monkeypatch.setattr(
        "tests.stress.parts.Part.run",
        property(lambda part: lambda options: given.append(options) or []),
    )

    stress.main(["short", "cost", "--database", "sqlite"])

    assert given == [Options(is_short=True, databases=("sqlite",))]


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    yield ledger
    ledger.close()


@pytest.fixture
def task(db):
    factories.make_installation()
    return factories.make_task()


def write(task, entry, *, times=1, **report):
    for _ in range(times):
        record_task_update(
            task=task, by=None, transition="progress", progress=10, note=entry.mark,
            now=NOW, today=TODAY, **report,
        )  # fmt: skip


def wrong(ledger) -> dict[str, list[str]]:
    """The faults of each kind that has some."""
    return {kind: found for kind, found in findings.faults(read(ledger.path)).items() if found}


def test_the_ledger_keeps_the_last_word_on_each_write(ledger):
    written, refused, open_one = (ledger.begin(Deed.CELL) for _ in range(3))
    ledger.settle(written, Fate.WRITTEN)
    ledger.settle(refused, Fate.REFUSED)

    assert [(entry.mark, entry.fate) for entry in read(ledger.path)] == [
        (written.mark, Fate.WRITTEN),
        (refused.mark, Fate.REFUSED),
        (open_one.mark, Fate.SENT),
    ]


def test_what_was_acknowledged_and_is_there_once_is_no_fault(ledger, task):
    entry, refused, unknown, also = (ledger.begin(Deed.REPORT) for _ in range(4))
    write(task, entry)
    write(task, unknown)
    ledger.settle(entry, Fate.WRITTEN)
    ledger.settle(refused, Fate.REFUSED)
    ledger.settle(unknown, Fate.UNKNOWN)
    ledger.settle(also, Fate.UNKNOWN)

    assert wrong(ledger) == {}


def test_a_lost_a_doubled_and_an_unasked_write_are_found(ledger, task):
    lost, doubled, refused = (ledger.begin(Deed.REPORT) for _ in range(3))
    write(task, doubled, times=2)
    write(task, refused)
    ledger.settle(lost, Fate.WRITTEN)
    ledger.settle(doubled, Fate.WRITTEN)
    ledger.settle(refused, Fate.REFUSED)

    assert wrong(ledger) == {
        "lost": [f"{lost.mark} (report on a task, written): 0 rows of 1"],
        "doubled": [f"{doubled.mark} (report on a task, written): 2 rows of 1"],
        "unasked": [f"{refused.mark} (report on a task, refused): 1 rows of 1"],
    }


def test_a_report_without_its_money_or_photo_is_found(ledger, task):
    whole, half = (ledger.begin(Deed.REPORT, amount=5_000_000) for _ in range(2))
    gift = ContributionEntry(GiftKind.MONEY, amount=5_000_000)
    write(task, whole, contributions=[gift])
    write(task, half)
    for entry in (whole, half):
        ledger.settle(entry, Fate.WRITTEN)

    assert wrong(ledger) == {"halved": [f"{half.mark}: (photos, đồng) (0, 0) of (0, 5000000)"]}


def test_a_file_of_which_a_part_was_written_is_found(ledger, task):
    item = factories.make_item(2_000_000)
    half, stray = (ledger.begin(Deed.IMPORT, rows=2) for _ in range(2))
    batch = factories.make_import(factories.make_user(), name=f"{stray.mark}.xlsx")
    for entry in (half, stray):
        need = NeedEntry(item, 1_000_000, TODAY, note=entry.mark)
        record_needs([need], by=None, now=NOW, today=TODAY)

    assert wrong(ledger) == {
        "halved": [
            f"{half.mark} (file taken in, sent): 1 rows of 2",
            f"{stray.mark} (file taken in, sent): 1 rows of 2",
            f"{batch.name} (checked): needs, changes, trail (1, 0, 0)",
        ]
    }


def test_a_present_that_is_not_the_history_is_found(ledger, task):
    criterion = factories.make_set(3).criteria.first()
    factories.assess(task.commune, criterion)
    Standing.objects.update(self_row=None)
    Task.objects.update(progress=99)
    Draft.objects.create(
        commune=task.commune, criterion=criterion, note="số-000002",
        by=factories.make_user(Role.COMMUNE), by_label="xã", saved_at=NOW,
    )  # fmt: skip
    audit.record(
        by=None, action="draft.save", obj=criterion, now=NOW, effective_on=TODAY,
        new="Đạt; số-000001", commune_id=task.commune_id,
    )  # fmt: skip

    (found,) = wrong(ledger).values()

    assert len(found) == 3
    assert "số-000002, last Đạt; số-000001" in found[-1]


def test_a_total_that_is_not_the_sum_of_its_rows_is_found(ledger, task, monkeypatch):
    factories.make_item(2_000_000)
    assert wrong(ledger) == {}
    monkeypatch.setattr("criteria.selectors.funding.total", lambda lines: Money(need=1))

    assert wrong(ledger) == {"totals differ": ["need: 1 shown, 2000000 in rows"]}


def test_after_a_kill_neither_the_process_nor_its_children_run():
    script = "sleep 60 & sleep 60 & echo ready; wait"
    with subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "ready\n"
        everyone = [parent.pid, *processes.children(parent.pid)]
        assert len(everyone) == 3
        assert all(map(processes.is_running, everyone))
        processes.kill_tree(parent.pid)
        assert not any(map(processes.is_running, everyone))


TOLD = """<testsuites><testsuite>
<testcase name="opens"><properties><property name="asked viewer" value="90"/></properties>
</testcase>
<testcase name="writes"><properties><property name="asked viewer" value="90"/></properties>
<failure message="200 instead of 403"/></testcase>
<testcase name="others"><properties><property name="asked other_sides" value="7"/></properties>
</testcase></testsuite></testsuites>"""


def test_rights_are_counted_and_a_wrong_answer_is_not_met(monkeypatch):
    def tests(command, **kwargs):
        option = next(word for word in command if word.startswith("--junitxml="))
        Path(option.partition("=")[2]).write_text(TOLD)

    monkeypatch.setattr("subprocess.run", tests)

    viewer, others, wrong = rights.run(Options())

    assert (viewer.seen, others.seen) == ("180 answers", "7 answers")
    assert (wrong.seen, wrong.is_met) == ("1: writes", False)
    assert list(rights.run(Options(is_short=True))) == []
