"""axe-core on dark and light pages and on those of errors; `test_pages` has it on all others."""

import pytest

from tests.browser.addresses import COMMUNE
from tests.browser.axe import violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_either_colour_scheme(visit, scheme):
    visitor = visit()
    visitor.page.emulate_media(color_scheme=scheme)
    wrong = violations(visitor.open("/accounts/login/"))
    visitor.sign_in("quantri")
    for address in ("/setup/", "/board/", f"/communes/{COMMUNE}/", "/reports/2022-04/"):
        wrong += violations(visitor.open(address))

    assert not wrong, "\n".join(wrong)


def test_axe_finds_nothing_on_error_pages(visit):
    visitor = visit("donvi-07")
    for address, status in (("/khong-co/", 404), ("/reports/", 403), ("/board/?as_of=x", 400)):
        assert violations(visitor.open(address, status)) == []


def test_axe_does_find_a_fault(visit):
    page = visit().open("/accounts/login/")
    page.evaluate("document.querySelector('label').remove()")

    assert "label" in violations(page)[0]
