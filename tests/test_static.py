"""What the browser is sent besides the pages: how much, and whether its colours can be read."""

import re

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from ntm_tracker.core.assets import plain

STATIC = settings.BASE_DIR / "static"
SCRIPTS_AT_MOST = 15_000  # bytes, besides htmx


def test_our_own_scripts_stay_small():
    sizes = {path.name: path.stat().st_size for path in (STATIC / "js").glob("**/*.js")}

    assert sizes
    assert sum(sizes.values()) < SCRIPTS_AT_MOST, sizes


def test_scripts_are_sent_without_comments_and_else_as_they_are(tmp_path):
    script = "// Why.\nconst a = 1;  // kept\n\n  // More.\n  on('x', () => a)\n"
    (tmp_path / "x.js").write_text(script)

    sent = plain({"js/x.js": (FileSystemStorage(tmp_path), "x.js")}, "js/x.js")

    assert sent == "const a = 1;  // kept\non('x', () => a)\n"


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_no_text_of_a_script_goes_over_several_lines(path):
    """Else a line of it might be taken for a comment."""
    odd = [line for line in path.read_text().splitlines() if line.count("`") % 2]
    assert odd == []


# What stands on what: words at 4.5:1, borders of controls and the ring of the focus at 3:1.
WORDS = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("paper", "ground", "sunken")
    ),
    *((ink, "paper") for ink in ("accent", "accent-strong", "met", "gap", "wait", "note", "idle")),
    *((state, f"{state}-soft") for state in ("met", "gap", "wait", "note", "idle")),
    *((state, "ground") for state in ("accent", "met", "gap", "wait", "note")),
    *(("on-state", state) for state in ("met", "gap", "wait", "note", "idle")),
    ("accent", "accent-soft"),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("ink", "changed"),
    ("ink", "wait-soft"),
]
SHAPES = [("line-strong", "paper"), ("line-strong", "ground"), ("focus", "paper")]


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme: the light ones, and what dark or paper put in their place."""
    css = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    light, dark, paper = re.split(r"@media \(prefers-color-scheme: dark\)|@media print", css)
    others = {"light": "", "dark": dark, "print": paper}
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light + others[scheme]))


def luminance(colour: str) -> float:
    """As WCAG 2 defines it, 0 to 1."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(("pairs", "least"), [(WORDS, 4.5), (SHAPES, 3)], ids=["words", "shapes"])
def test_colours_are_told_apart(scheme, pairs, least):
    colours = tokens(scheme)
    found = {pair: round(contrast(*(colours[name] for name in pair)), 2) for pair in pairs}

    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


def test_black_on_white_is_the_most_there_is():
    assert round(contrast("#000", "#ffffff")) == 21
