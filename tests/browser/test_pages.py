"""Every page as every role at every width, held against what must be true of all of them.

Each page is read by axe-core and opened without scripts for the first account that may see it, and
again for every account that sees something there which no page had before.
"""

from pathlib import Path

import pytest

from tests.browser.addresses import ACCOUNTS, FACES, MATRIX, NO_PAGES, expected, pages
from tests.browser.axe import violations
from tests.browser.visitor import DESKTOP, NARROW, PHONE, TABLET, ZOOMED

pytestmark = pytest.mark.browser

WIDTHS = (DESKTOP, TABLET, ZOOMED, PHONE, NARROW)
# What a page says of itself, and who makes it wider than the window.
LOOK = """() => ({
  lang: document.documentElement.lang,
  h1: document.querySelectorAll("h1").length,
  main: document.querySelectorAll("main").length,
  title: document.title.trim(),
})"""
TOO_WIDE = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= innerWidth) return [];
  const scrolls = (node) => node.parentElement.closest(".scroll-x, .desk, .visually-hidden");
  const wide = [...document.body.querySelectorAll("*")].filter((node) =>
    node.checkVisibility() && node.getBoundingClientRect().right > innerWidth && !scrolls(node));
  const right = (node) => Math.round(node.getBoundingClientRect().right);
  return [`${page.scrollWidth} > ${innerWidth}`, ...wide.slice(0, 5).map(
    (node) => `${node.tagName}.${node.className} ${right(node)}`)];
}"""
# Of what elements within what elements a page is made, without their words and numbers.
DRAWN = """() => {
  const told = ({ tagName, classList, attributes }) => [tagName, ...classList, ...[...attributes]
    .filter(({ name }) => /^(data-|aria-|type$|role$|hx-|disabled)/.test(name))
    .map(({ name, value }) => (name === "data-state" ? name + value : name))].join(".");
  const all = [...document.body.querySelectorAll("*")];
  return [...new Set(all.map((node) => told(node.parentElement) + ">" + told(node)))];
}"""


class Drawn:
    """What the pages looked at so far are made of, one to a line of a file: the processes that the
    tests are shared out to look at it together."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def has_all(self, parts: set[str]) -> bool:
        """Whether each was there before; from now on it is."""
        known = set(self.path.read_text().splitlines()) if self.path.exists() else set()
        with self.path.open("a") as file:
            file.writelines(f"{part}\n" for part in sorted(parts - known))
        return parts <= known


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, worker_id) -> Drawn:
    own = tmp_path_factory.getbasetemp()
    return Drawn((own if worker_id == "master" else own.parent) / "drawn.txt")


def look_closer(visitor, bare, drawn: Drawn, name: str, address: str, status: int) -> list[str]:
    """What is wrong with a page. One that has something that no page had before is also read by
    axe-core, on a desk and on a phone, and opened without scripts (by the visitor `bare`)."""
    wrong = look_at(visitor, address, status)
    parts = {*visitor.page.evaluate(DRAWN), name if status == 200 else f"{status}"}
    if drawn.has_all(parts):
        return wrong
    for width in (DESKTOP, PHONE):
        visitor.resize(width)
        wrong += [f"{address} at {width} px: {one}" for one in violations(visitor.page)]
    visitor.resize(DESKTOP)
    return wrong + [f"without scripts: {one}" for one in look_at(bare, address, status)]


def look_at(visitor, address: str, status: int) -> list[str]:
    """Open an address and say what is wrong with the page at any width."""
    page = visitor.open(address, status)
    found = page.evaluate(LOOK)
    wrong = [] if found.pop("title") else ["no title"]
    if found != {"lang": "vi", "h1": 1, "main": 1}:
        wrong.append(str(found))
    for width in WIDTHS if status == 200 else (NARROW,):
        visitor.resize(width)
        if wide := page.evaluate(TOO_WIDE):
            wrong.append(f"at {width} px: {wide}")
    visitor.resize(DESKTOP)
    return [f"{address}: {what}" for what in wrong]


@pytest.mark.parametrize("account", ["", *ACCOUNTS])
def test_every_page_is_whole_at_every_width(visit, drawn, account):
    visitor, bare = visit(account), visit(account, js=False)
    wrong = []
    for name, address in pages().items():
        # Whoever is not signed in is led to one and the same page.
        shown = name if account else "login"
        wrong += look_closer(visitor, bare, drawn, shown, address, expected(name, account))

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("account", ["vanphong", "xa-ha-linh", "donvi-07"])
def test_other_faces_of_the_pages_are_whole_too(visit, drawn, account):
    visitor, bare = visit(account), visit(account, js=False)
    wrong = []
    for address, name in FACES.items():
        wrong += look_closer(visitor, bare, drawn, name, address, expected(name, account))

    assert not wrong, "\n".join(wrong)


def test_an_address_that_is_none_has_a_page(visit):
    assert look_at(visit("vanphong"), "/khong-co-trang-nay/", 404) == []


def test_every_page_of_the_matrix_is_walked_through(case):
    assert set(pages()) == set(MATRIX) - NO_PAGES
