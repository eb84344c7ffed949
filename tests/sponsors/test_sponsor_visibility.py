"""Figures of sponsors do not leak to who may not see them."""

from datetime import date

import pytest

from sponsors import selectors
from sponsors.choices import GiftKind, Giver
from sponsors.selectors import Gifts, SponsorFilters
from sponsors.services import GiftEntry, record_commitment, record_contribution
from tests.factories import (
    NOW,
    TODAY,
    give_access,
    make_assignment,
    make_sponsor,
    make_sponsor_user,
    make_user,
    make_village,
)
from tests.sponsors.build import LAST, create_task, on, report

pytestmark = pytest.mark.django_db
TRIEU = 1_000_000


def money(trieu):
    return GiftEntry(GiftKind.MONEY, f"Tiền {trieu}", amount=trieu * TRIEU)


def promise(assignment, entry, day=TODAY):
    return record_commitment(
        assignment=assignment, entry=entry, effective_on=day, by=None, now=NOW, today=LAST
    )


def give(commune, entry, day=TODAY, sponsor=None, giver=None, **overrides):
    return record_contribution(
        commune=commune,
        giver=giver or (Giver.SPONSOR if sponsor else Giver.PEOPLE),
        sponsor=sponsor,
        entry=entry,
        effective_on=day,
        by=None,
        now=NOW,
        today=LAST,
        **overrides,
    )


def row_of(user, sponsor, as_of=None, **kwargs):
    rows = selectors.sponsor_rows(user, as_of or on(), **kwargs)
    return next(row for row in rows if row.pk == sponsor.pk)


# --- who sees what --------------------------------------------------------------------------------


@pytest.fixture
def stage(commune_a, commune_b):
    """Two sponsors, each in both communes, with amounts that name sponsor and commune."""
    sponsors = {}
    for number in (1, 2):
        sponsor = make_sponsor(name=f"Đơn vị {number}")
        sponsors[number] = sponsor
        for commune, digit in ((commune_a, 1), (commune_b, 2)):
            assignment = make_assignment(
                sponsor=sponsor, commune=commune, agreement_due_on=date(2022, 4, 25)
            )
            promise(assignment, money(number * 1000 + digit * 100))
            give(commune, money(number * 10 + digit), sponsor=sponsor)
            task = create_task(sponsor=sponsor, commune=commune)
            report(task, 20, difficulty=f"Khó {number}{digit}")
    give(commune_a, money(7))
    give(commune_b, money(8), giver=Giver.LOCALITY, giver_name="Huyện bạn")
    clerk = make_user("commune")
    give_access(clerk, commune_a)
    return {
        "sponsors": sponsors,
        "office": make_user("office"),
        "clerk of A": clerk,
        "sponsor 1": make_sponsor_user(sponsors[1], commune_a, commune_b),
        "stranger": make_user("commune"),
    }


def test_sums_of_a_sponsor_obey_who_may_see_them(stage):
    first, second = stage["sponsors"][1], stage["sponsors"][2]

    def figures(who, sponsor):
        row = row_of(stage[who], sponsor)
        return (
            row.promised.money // TRIEU,
            row.delivered.money // TRIEU,
            row.tasks.total,
            sorted(row.difficulties),
            len(row.places),
            row.agreement.late,
        )

    assert figures("office", first) == (2300, 23, 2, ["Khó 11", "Khó 12"], 2, 2)
    assert figures("clerk of A", first) == (1100, 11, 1, ["Khó 11"], 1, 1)
    assert figures("clerk of A", second) == (2100, 21, 1, ["Khó 21"], 1, 1)
    assert figures("sponsor 1", first) == (2300, 23, 2, ["Khó 11", "Khó 12"], 2, 2)
    assert [row.pk for row in selectors.sponsor_rows(stage["sponsor 1"], on())] == [first.pk]
    assert selectors.sponsor_rows(stage["stranger"], on()) == []
    for who, count in (("office", 2), ("clerk of A", 2), ("sponsor 1", 1), ("stranger", 0)):
        user = stage[who]
        assert selectors.sponsor_count(user, on()) == count
        found = selectors.sponsor_list(user, on(), SponsorFilters())
        assert found.promised == sum((row.promised for row in found.rows), Gifts())
        assert found.delivered == sum((row.delivered for row in found.rows), Gifts())
        assert found.late_papers == count


def test_page_of_a_sponsor_shows_a_commune_only_what_concerns_it(stage, commune_a):
    page = selectors.sponsor_page(stage["clerk of A"], stage["sponsors"][1], on())
    assert [line.commune_name for line in page.assignments] == [commune_a.name]
    assert [line.words for line in page.commitments] == ["1.100.000.000 đồng"]
    assert [line.words for line in page.contributions] == ["11.000.000 đồng"]
    assert [row.text for row in page.difficulties] == ["Khó 11"]
    assert (len(page.tasks), page.counts.total) == (1, 1)


def test_commune_page_names_all_sponsors_and_shows_amounts_only_of_ones_own(stage, commune_a):
    def seen(who):
        return [
            (row.name, row.details and row.details.promised.money // TRIEU)
            for row in selectors.commune_sponsors(stage[who], commune_a, on())
        ]

    assert seen("office") == [("Đơn vị 1", 1100), ("Đơn vị 2", 2100)]
    assert seen("clerk of A") == [("Đơn vị 1", 1100), ("Đơn vị 2", 2100)]
    assert seen("sponsor 1") == [("Đơn vị 1", 1100), ("Đơn vị 2", None)]


def test_village_page_names_the_sponsors_of_the_village(commune_a):
    village = make_village(commune_a)
    own, other = make_sponsor(name="Của tôi"), make_sponsor(name="Bạn")
    for sponsor in (own, other):
        make_assignment(sponsor=sponsor, commune=commune_a, village=village)
    make_assignment(sponsor=make_sponsor(name="Của xã"), commune=commune_a)
    account = make_sponsor_user(own)
    give_access(account, commune_a, village)
    rows = selectors.commune_sponsors(account, commune_a, on(), village=village)
    assert [(row.name, row.details is None) for row in rows] == [("Của tôi", False), ("Bạn", True)]


def test_contributions_are_totalled_by_giver_within_what_one_may_see(stage, commune_a, commune_b):
    def seen(who):
        return [
            (
                row.commune_name,
                row.sponsors.money // TRIEU,
                row.people.money // TRIEU,
                row.localities.money // TRIEU,
            )
            for row in selectors.contribution_totals(stage[who], on())
        ]

    assert seen("office") == [("Hà Linh", 34, 0, 8), ("Hương Bình", 32, 7, 0)]
    assert seen("clerk of A") == [("Hương Bình", 32, 7, 0)]
    assert seen("sponsor 1") == [("Hà Linh", 12, 0, 0), ("Hương Bình", 11, 0, 0)]
    (row,) = selectors.contribution_totals(stage["office"], on(), commune=commune_a)
    assert row.all.money == 39 * TRIEU


def test_recent_contributions_and_papers_obey_who_may_see_them(stage):
    def words(who):
        return sorted(line.words for line in selectors.recent_contributions(stage[who], on()))

    assert words("clerk of A") == ["11.000.000 đồng", "21.000.000 đồng", "7.000.000 đồng"]
    assert words("sponsor 1") == ["11.000.000 đồng", "12.000.000 đồng"]
    givers = {line.giver for line in selectors.recent_contributions(stage["office"], on())}
    assert givers == {"Đơn vị 1", "Đơn vị 2", "Nhân dân", "Huyện bạn"}
    late = {
        who: len([line for line in selectors.papers_late(stage[who], on()) if line.is_late])
        for who in ("office", "clerk of A", "sponsor 1", "stranger")
    }
    assert late == {"office": 4, "clerk of A": 2, "sponsor 1": 2, "stranger": 0}
