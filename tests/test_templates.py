"""The walls of the templates: no dead fragment, nothing inline, HTMX only on working links."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ["ntm_tracker", "communes", "criteria", "sponsors"]
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
COMMENT = re.compile(r"\{% comment %\}(.*?)\{% endcomment %\}", re.DOTALL)
INCLUDE = re.compile(r'\{% (?:include|extends) "([^"]+)"(.*?)%\}', re.DOTALL)
ARGUMENT = re.compile(r"(\w+)=")
HTMX_VERBS = {"hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete"}
# Components that read the request or the user of the page, as their comments say.
READ_THE_PAGE = {
    "components/account_links.html",
    "components/as_of.html",
    "components/kept_query.html",
}


def violations(templates: dict[str, str], rendered: set[str]) -> list[str]:
    """What is wrong with templates (name → source); `rendered` are those that Python names."""
    found = []
    for name, source in templates.items():
        found += [f"{name}: {wrong}" for wrong in markup_violations(source)]
        if is_component(name) and not documented(source):
            found.append(f"{name}: no leading comment names its inputs")
    used = set(rendered)
    for name, source in templates.items():
        for included, arguments in INCLUDE.findall(COMMENT.sub("", source)):
            if included != name:
                used.add(included)
            if included not in templates:
                found.append(f"{name}: includes {included}, which does not exist")
            elif is_component(included):
                wrong = include_violations(included, arguments, documented(templates[included]))
                found += [f"{name}: {sentence}" for sentence in wrong]
    found += [
        f"{name}: neither included nor rendered"
        for name in templates
        if (is_fragment(name) or is_component(name)) and name not in used
    ]
    return found


def is_fragment(name: str) -> bool:
    return Path(name).name.startswith("_")


def is_component(name: str) -> bool:
    return name.startswith("components/")


def documented(source: str) -> str:
    """The leading comment of a component if it speaks of inputs, otherwise ""."""
    comment = COMMENT.match(source)
    words = comment.group(1) if comment else ""
    return words if re.search(r"\bInputs?:\s", words) else ""


def include_violations(component: str, arguments: str, comment: str) -> Iterator[str]:
    """What is wrong with one include of a component."""
    if not arguments.rstrip().endswith("only") and component not in READ_THE_PAGE:
        yield f"includes {component} without `only`"
    for argument in ARGUMENT.findall(re.sub(r'"[^"]*"', '""', arguments)):
        if not re.search(rf"\b{argument}\b", comment):
            yield f"gives {component} the undocumented input {argument}"


class Markup(HTMLParser):
    """Collects what an element may not carry."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        at = f"<{tag}> in line {self.getpos()[0]}"
        if tag == "style":
            self.found.append(f"{at}: inline style sheet")
        if tag == "script" and "src" not in names:
            self.found.append(f"{at}: inline script")
        for name in sorted(names):
            if name == "style":
                self.found.append(f"{at}: style attribute")
            if re.match(r"on|(data-)?hx-on", name):
                self.found.append(f"{at}: script in {name}")
        if HTMX_VERBS & {name.removeprefix("data-") for name in names}:
            # "#" leads nowhere, and a form without action answers at whatever address is shown.
            address = {name: value for name, value in attrs if name in {"href", "action"}}
            if not [value for value in address.values() if value and value != "#"]:
                self.found.append(f"{at}: HTMX without href or action")


def markup_violations(source: str) -> list[str]:
    """What is wrong with the HTML of one template; template tags count as a word."""
    parser = Markup()
    plain = TAG.sub(in_its_place, COMMENT.sub(in_its_place, source))
    parser.feed(plain)
    parser.close()
    return parser.found


def in_its_place(match: re.Match[str]) -> str:
    """A value for `{{ }}` and `{% url %}`, a space for other tags; lines stay where they are."""
    text = match.group()
    is_value = text.startswith("{{") or re.match(r"\{% \w*(url|static|query)\b", text)
    return ("x" if is_value else " ") + "\n" * text.count("\n")


def rendered_by_python() -> set[str]:
    """Every template that a string of our code names."""
    names = set()
    for folder in CODE:
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.endswith(".html")
            }
    return names


def our_templates() -> dict[str, str]:
    folder = ROOT / "templates"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.html"))
    }


def test_templates_keep_the_house_rules():
    templates = our_templates()

    assert len(templates) > 80
    assert violations(templates, rendered_by_python()) == []


def test_templates_named_by_python_exist():
    names = {name for name in rendered_by_python() if "/" in name}

    assert names - set(our_templates()) == set()


NOTE = "{% comment %}A word. Inputs: text.{% endcomment %}"
PAGE = {"components/note.html": NOTE + "<p>{{ text }}</p>"}


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ('<a href="{% url "x" %}" hx-get="{% url "x" %}">x</a>', []),
        ('<form action="{{ to }}"{% if a %} hx-post="{{ to }}"{% endif %}></form>', []),
        ('<script src="{% static "a.js" %}" defer></script>', []),
        ("{% comment %}<script>, hx-on{% endcomment %}<p>x</p>", []),
        ('<p style="color: red">x</p>', ["<p> in line 1: style attribute"]),
        ("\n<style>p {}</style>", ["<style> in line 2: inline style sheet"]),
        ("<script>go()</script>", ["<script> in line 1: inline script"]),
        ('<button onclick="go()">x</button>', ["<button> in line 1: script in onclick"]),
        ('<p hx-on::load="go()">x</p>', ["<p> in line 1: script in hx-on::load"]),
        ('<b data-hx-on:click="go()">x</b>', ["<b> in line 1: script in data-hx-on:click"]),
        (
            '{% if a %}\n<button{% if b %} hx-post="{{ to }}"{% endif %}>x</button>{% endif %}',
            ["<button> in line 2: HTMX without href or action"],
        ),
        ('<a href="#" hx-get="/x">x</a>', ["<a> in line 1: HTMX without href or action"]),
        ('{% include "gone.html" %}', ["includes gone.html, which does not exist"]),
        (
            '{% include "components/note.html" with text="a=b" %}',
            ["includes components/note.html without `only`"],
        ),
        (
            '{% include "components/note.html" with text="a" kind="b" only %}',
            ["gives components/note.html the undocumented input kind"],
        ),
    ],
)
def test_markup_rules_find(page: str, wrong: list[str]):
    shown = '{% include "components/note.html" with text="x" only %}'
    templates = PAGE | {"page.html": page, "other.html": shown}

    assert violations(templates, {"page.html"}) == [f"page.html: {one}" for one in wrong]


def test_fragment_that_nothing_shows_is_found():
    templates = {
        "app/page.html": '{% include "app/_shown.html" %}',
        "app/_shown.html": "<p>x</p>",
        "app/_rendered.html": "<p>x</p>",
        "app/_dead.html": '{% include "app/_dead.html" %}',
        "components/dead.html": NOTE,
    }

    assert violations(templates, {"app/_rendered.html"}) == [
        "app/_dead.html: neither included nor rendered",
        "components/dead.html: neither included nor rendered",
    ]


def test_component_without_documented_inputs_is_found():
    templates = {"components/a.html": "<p>{{ text }}</p>" + NOTE, "page.html": ""}

    assert violations(templates, {"components/a.html"}) == [
        "components/a.html: no leading comment names its inputs"
    ]
