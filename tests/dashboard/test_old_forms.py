"""Forms that have grown old: nothing is reverted, what both sides changed is named."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from sponsors.importers import SponsorImporter
from sponsors.services import SponsorEntry, update_sponsor
from tests import factories
from tests.dashboard.test_imports import WRITTEN, edited, form, pairs, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def sponsors(installation):
    return [
        factories.make_sponsor(name="Sở Y tế", phone="0239 1"),
        factories.make_sponsor(name="Công ty Than", kind="enterprise"),
        factories.make_sponsor(name="=CMD|1", short_name="+1"),
    ]


def row_of(data: bytes, name: str) -> int:
    return next(
        cell.row for cell in load_workbook(BytesIO(data)).worksheets[0]["B"] if cell.value == name
    )


def test_an_old_form_reverts_nothing_and_names_what_changed_on_both_sides(
    sponsors, office, installation
):
    importer = SponsorImporter()
    old = form(importer, office, installation)
    health = sponsors[0]
    row = row_of(old, "Sở Y tế")
    update_sponsor(
        sponsor=health,
        entry=SponsorEntry("Sở Y tế", "agency", phone="0239 9"),
        by=office,
        **WRITTEN,
    )
    _b, checked = sent(importer, old, office, installation)
    assert (checked.changes, checked.problems) == ((), ())
    _b, checked = sent(importer, edited(old, **{f"F{row}": "0239 5"}), office, installation)
    assert [problem.place for problem in checked.problems] == [f"F{row}"]
    assert "0239 9" in checked.problems[0].message
    _b, checked = sent(importer, edited(old, **{f"E{row}": "Phòng Kế hoạch"}), office, installation)
    assert pairs(checked) == [(row, "Đầu mối", "", "Phòng Kế hoạch")]


def test_a_text_that_ends_like_the_one_of_today_is_still_a_change_on_both_sides(
    sponsors, office, installation
):
    importer = SponsorImporter()
    old = form(importer, office, installation)
    row = row_of(old, "Sở Y tế")
    entry = SponsorEntry("Sở Y tế", "agency", phone="0239 1", contact="Phòng Kế hoạch")
    update_sponsor(sponsor=sponsors[0], entry=entry, by=office, **WRITTEN)

    _b, checked = sent(importer, edited(old, **{f"E{row}": "Kế hoạch"}), office, installation)
    assert [problem.place for problem in checked.problems] == [f"E{row}"]
    assert checked.changes == ()
