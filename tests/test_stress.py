"""What `make stress` makes of what it sees: a figure that is not met must not pass."""

import pytest

from tests.stress import __main__ as stress
from tests.stress import report
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
