"""axe-core on the pages as office and as sponsor, at the width of a desk and of a phone."""

import json

import pytest

from tests.browser.addresses import COMMUNE, FACES, expected, pages
from tests.browser.visitor import DESKTOP, PHONE

pytestmark = pytest.mark.browser

# Everything up to WCAG 2.2 AA, and what axe calls good practice (landmarks, order of headings).
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# axe would fetch the imports of the style sheet from beside the page; no rule of these needs them.
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": RULES},
    "preload": False,
}


# To one who is signed in these only lead elsewhere.
NO_CONTENT = {"login", "dashboard:home"}


@pytest.fixture(scope="module")
def axe():
    """The script that is put into each page."""
    from axe_playwright_python.base import AXE_SCRIPT

    return AXE_SCRIPT


def violations(page, script: str) -> list[str]:
    """What axe finds on the page, each with its first nodes."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script)
    found = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")["violations"]
    return [
        f"{rule['id']}: {rule['help']}\n"
        + "\n".join(f"    {node['target']} {node['html'][:300]}" for node in rule["nodes"][:3])
        for rule in found
    ]


# Faces with something on them that the bare pages do not have.
MORE = (
    "/board/?scope=district&sort=missing",
    "/criteria/?set=HT20",
    "/funding/?open=all",
    f"/compare/?commune={COMMUNE}&since=2022-01-31",
    "/tasks/?q=khong-co-viec-nao",
    "/search/?q=huong+khe",
    "/reports/2022-04/?sheet=kinh-phi",
)


def open_to(account: str) -> list[str]:
    """The addresses that this account sees something at, each once."""
    named = {address: name for name, address in pages().items()}
    named = {address: name for address, name in named.items() if name not in NO_CONTENT}
    named |= {address: FACES[address] for address in MORE}
    return [address for address, name in named.items() if expected(name, account) == 200]


@pytest.mark.parametrize("account", ["vanphong", "donvi-07"])
def test_axe_finds_nothing(visit, axe, account):
    visitor = visit(account)
    wrong = []
    for address in open_to(account):
        page = visitor.open(address)
        for width in (DESKTOP, PHONE):
            visitor.resize(width)
            wrong += [f"{address} at {width} px: {found}" for found in violations(page, axe)]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_either_colour_scheme(visit, axe, scheme):
    visitor = visit()
    visitor.page.emulate_media(color_scheme=scheme)
    wrong = violations(visitor.open("/accounts/login/"), axe)
    visitor.sign_in("quantri")
    for address in ("/setup/", "/board/", f"/communes/{COMMUNE}/", "/reports/2022-04/"):
        wrong += violations(visitor.open(address), axe)

    assert not wrong, "\n".join(wrong)


def test_axe_finds_nothing_on_error_pages(visit, axe):
    visitor = visit("donvi-07")
    for address, status in (("/khong-co/", 404), ("/reports/", 403), ("/board/?as_of=x", 400)):
        assert violations(visitor.open(address, status), axe) == []


def test_axe_does_find_a_fault(visit, axe):
    page = visit().open("/accounts/login/")
    page.evaluate("document.querySelector('label').remove()")

    assert "label" in violations(page, axe)[0]
