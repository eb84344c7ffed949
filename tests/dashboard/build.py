"""What the tests of the dashboard share: an area with figures, and ways to look at a page."""

import re
from datetime import date

from criteria.choices import DossierState, Outcome
from criteria.services.dossiers import record_dossier_step
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.models import Installation
from ntm_tracker.dashboard.selectors.board import board
from ntm_tracker.dashboard.selectors.scope import board_scope
from sponsors.choices import Giver
from sponsors.models import Contribution
from tests.factories import NOW, TODAY, assess, make_commune

BOARD = "/board/"
HTMX = {"HX-Request": "true"}
TY = 1_000_000_000


def fragment(target: str) -> dict[str, str]:
    """The headers with which htmx asks for one part of a page."""
    return HTMX | {"HX-Target": target}


def commune_with(criteria_set, met: int, **fields):
    """A commune that reports `met` criteria as met and all others as not met."""
    commune = make_commune(**fields)
    for criterion in criteria_set.criteria.all():
        outcome = Outcome.MET if criterion.number <= met else Outcome.NOT_MET
        assess(commune, criterion, outcome, as_of=date(2022, 3, 31))
    return commune


def set_dossier(commune, criteria_set, state=DossierState.RECOGNISED, on=date(2021, 12, 31)):
    """A step of a commune's dossier, through the service."""
    return record_dossier_step(
        commune=commune,
        criteria_set=criteria_set,
        state=state,
        effective_on=on,
        by=None,
        now=NOW,
        today=TODAY,
    )


def text_of(response) -> str:
    """The words of a page without its tags, with single spaces."""
    html = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def matrix_rows(response) -> list[tuple[str, str]]:
    """(name, classes of its cells) of each body row of the matrix, as the browser gets it."""
    body = response.content.decode().split('<table class="matrix">')[1].split("<tbody>")[1]
    rows = body.split("</tbody>")[0].split("<tr>")[1:]
    return [
        (
            re.search(r'<a href="[^"]*">([^<]*)</a>', row)[1],
            " ".join(re.findall(r"<td class=(\w\w)>", row)),
        )
        for row in rows
    ]


def page_of(user, day=None, **query):
    """The context of the board as the view makes it."""
    installation = Installation.current()
    return board(board_scope(user, installation, as_of_on(day, installation), query), installation)


def stat(page, label):
    return next(stat for stat in page.stats if stat.label == label)


def commune_url(commune) -> str:
    return f"/communes/{commune.code}/"


def make_contribution(commune, amount, giver=Giver.PEOPLE, **fields):
    return Contribution.objects.create(
        **{
            "kind": "money",
            "giver": giver,
            "description": "Góp tiền làm đường",
            "amount": amount,
            "commune": commune,
            "effective_on": date(2022, 4, 27),
            "recorded_at": NOW,
        }
        | fields
    )
