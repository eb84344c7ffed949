"""Sponsors as they are read: sums that do not multiply, and figures that do not leak."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.paginator import EmptyPage

from ntm_tracker.core.models import User
from ntm_tracker.core.permits import WholeProvince
from sponsors import selectors
from sponsors.choices import GiftKind, Giver, Owner, SponsorKind, TaskTransition
from sponsors.models import Sponsor, TaskTeam
from sponsors.selectors import Gifts, SponsorFilters, TaskSums
from sponsors.services import GiftEntry, record_commitment, record_contribution
from tests.factories import (
    NOW,
    TODAY,
    give_access,
    make_assignment,
    make_commune,
    make_sponsor,
    make_sponsor_user,
    make_user,
    make_village,
)
from tests.sponsors.build import LAST, create_task, on, report

pytestmark = pytest.mark.django_db
ALL = WholeProvince()
TRIEU = 1_000_000


def money(trieu):
    return GiftEntry(GiftKind.MONEY, f"Tiền {trieu}", amount=trieu * TRIEU)


def goods(count, trieu=0):
    return GiftEntry(
        GiftKind.GOODS,
        "Máy tính",
        quantity=Decimal(count),
        unit="bộ",
        converted_value=trieu * TRIEU,
    )


def labour(days):
    return GiftEntry(GiftKind.LABOUR, "Ra quân", labour_days=Decimal(days))


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


# --- sums -----------------------------------------------------------------------------------------


def test_sums_do_not_multiply_one_another():
    sponsor, commune = make_sponsor(), make_commune()
    assignment = make_assignment(sponsor=sponsor, commune=commune)
    village = make_village(commune)
    make_assignment(sponsor=sponsor, commune=commune, village=village)
    for entry in (money(100), money(50), goods(3, 45), labour("40.5")):
        promise(assignment, entry)
    for entry in (money(54), goods(2), labour(7), labour(8)):
        give(commune, entry, sponsor=sponsor)
    for percent in (30, 60, 61):
        task = create_task(sponsor=sponsor, commune=commune, due_on=date(2022, 4, 20))
        report(task, 5, effective_on=date(2022, 4, 10))
        report(task, percent, difficulty="Thiếu cát", effective_on=date(2022, 4, 28))
    done = create_task(sponsor=sponsor, commune=commune)
    report(done, transition=TaskTransition.PROPOSE_DONE)
    report(done, transition=TaskTransition.ACCEPT)
    gone = create_task(sponsor=sponsor, commune=commune)
    report(gone, transition=TaskTransition.CANCEL, note="Trùng")
    row = row_of(ALL, sponsor)
    assert row.promised == Gifts(150 * TRIEU, 45 * TRIEU, Decimal("40.5"), 1)
    assert row.delivered == Gifts(54 * TRIEU, 0, Decimal(15), 1)
    assert row.tasks == TaskSums(total=4, late=3, open=3, done=1, progress_sum=251)
    assert row.progress == 62
    assert row.last_update_on == TODAY
    assert row.difficulties == ("Thiếu cát",) * 3
    assert [place.name for place in row.places] == [
        commune.name,
        f"{village.name} ({commune.name})",
    ]
    assert (row.communes, row.villages) == ((commune.name,), (village.name,))
    page = selectors.sponsor_page(ALL, sponsor, on())
    assert page.row == row
    # Each figure stands at one of the two assignments, and together they are the sum.
    assert [line.delivered for line in page.assignments] == [row.delivered, Gifts()]
    assert [line.tasks for line in page.assignments] == [row.tasks, TaskSums()]
    assert sum((line.promised for line in page.assignments), Gifts()) == row.promised
    assert (len(page.commitments), len(page.contributions), len(page.difficulties)) == (4, 4, 3)


def test_deliveries_and_tasks_stand_at_the_assignment_of_their_village():
    sponsor, commune = make_sponsor(), make_commune()
    first, second = make_village(commune, name="Thôn 1"), make_village(commune, name="Thôn 2")
    for village in (first, second):
        make_assignment(sponsor=sponsor, commune=commune, village=village)
    give(commune, money(5), sponsor=sponsor, village=second)
    give(commune, money(2), sponsor=sponsor)  # of no village: at the first
    give(make_commune(), money(9), sponsor=sponsor)  # elsewhere: only in the sum
    create_task(sponsor=sponsor, commune=commune, village=second)
    page = selectors.sponsor_page(ALL, sponsor, on())
    assert [(line.village_name, line.delivered.money) for line in page.assignments] == [
        ("Thôn 1", 2 * TRIEU),
        ("Thôn 2", 5 * TRIEU),
    ]
    assert [line.tasks.total for line in page.assignments] == [0, 1]
    assert page.row.delivered.money == 16 * TRIEU


def test_figures_are_those_of_the_day():
    sponsor, commune = make_sponsor(), make_commune()
    assignment = make_assignment(
        sponsor=sponsor,
        commune=commune,
        agreement_signed_on=date(2022, 5, 9),
        agreement_due_on=date(2022, 5, 10),
    )
    promise(assignment, money(100), date(2022, 4, 28))
    give(commune, money(40), date(2022, 5, 20), sponsor=sponsor)
    seen = {}
    for day in (date(2022, 4, 30), date(2022, 5, 31)):
        row = row_of(ALL, sponsor, on(day))
        seen[day.month] = (
            row.promised.money,
            row.delivered.money,
            row.agreement.done,
            row.agreement.late,
            row.plan.late,
        )
    assert seen == {4: (100 * TRIEU, 0, 0, 0, 0), 5: (100 * TRIEU, 40 * TRIEU, 1, 0, 1)}
    assert selectors.sponsor_rows(ALL, on(date(2022, 4, 21))) == []


def test_sponsor_that_was_only_entered_is_there_to_be_assigned():
    sponsor = make_sponsor()
    assert [row.pk for row in selectors.sponsor_rows(ALL, on())] == [sponsor.pk]
    assert selectors.sponsor_count(ALL, on()) == 0


def test_sponsors_are_counted_once():
    sponsor = make_sponsor()
    commune = make_commune()
    make_assignment(sponsor=sponsor, commune=commune)
    make_assignment(sponsor=sponsor, commune=commune, village=make_village(commune))
    make_assignment(ended_on=TODAY)
    assert selectors.sponsor_count(ALL, on()) == 1
    assert selectors.sponsor_count(ALL, on(date(2022, 4, 29))) == 2


# --- lists ----------------------------------------------------------------------------------------


def test_list_is_narrowed_by_name_kind_commune_and_late_papers():
    here, there = make_commune(code="18523"), make_commune()
    one = make_sponsor(name="Sở Minh Họa Đường Bộ", short_name="SMH", kind=SponsorKind.AGENCY)
    two = make_sponsor(name="Doanh nghiệp minh họa 12", kind=SponsorKind.ENTERPRISE)
    make_assignment(sponsor=one, commune=here, agreement_due_on=date(2022, 4, 25))
    make_assignment(sponsor=two, commune=there, agreement_due_on=date(2022, 5, 25))

    def names(**filters):
        found = selectors.sponsor_list(ALL, on(), SponsorFilters(**filters))
        assert found.page.paginator.count == len(found.rows)
        return [row.name for row in found.rows]

    assert names() == [two.name, one.name]
    assert names(q="duong bo") == names(q="smh") == [one.name]
    assert names(kind=SponsorKind.ENTERPRISE) == [two.name]
    assert names(commune="18523") == [one.name]
    assert names(late_papers=True) == [one.name]
    assert names(q="không có") == []


def test_sums_of_the_list_are_over_all_pages(monkeypatch):
    from sponsors.selectors import sponsors as module

    monkeypatch.setattr(module, "PAGE_SIZE", 2)
    for _n in range(3):
        assignment = make_assignment(agreement_due_on=date(2022, 4, 25))
        promise(assignment, money(10))
        give(assignment.commune, labour(5), sponsor=assignment.sponsor)
    found = selectors.sponsor_list(ALL, on(), SponsorFilters(), 2)
    assert len(found.rows) == 1
    assert found.promised == Gifts(money=30 * TRIEU)
    assert found.delivered == Gifts(labour_days=Decimal(15))
    assert found.late_papers == 3
    with pytest.raises(EmptyPage):
        selectors.sponsor_list(ALL, on(), SponsorFilters(), 3)


def test_papers_are_late_after_their_day_and_due_two_weeks_before():
    make_assignment(
        sponsor=make_sponsor(name="Chậm"),
        agreement_due_on=date(2022, 4, 29),
        plan_due_on=date(2022, 5, 14),
    )
    make_assignment(
        sponsor=make_sponsor(name="Xong"),
        agreement_due_on=date(2022, 4, 20),
        agreement_signed_on=TODAY,
        plan_due_on=date(2022, 4, 20),
        plan_done_on=date(2022, 4, 19),
    )
    make_assignment(
        sponsor=make_sponsor(name="Còn lâu"),
        agreement_due_on=date(2022, 5, 15),
        plan_due_on=None,
    )
    lines = selectors.papers_late(ALL, on())
    assert [(line.sponsor_name, line.what, line.is_late, line.days_late) for line in lines] == [
        ("Chậm", "Ký kết", True, 1),
        ("Chậm", "Kế hoạch", False, 0),
    ]
    day_before = selectors.papers_late(ALL, on(date(2022, 4, 29)))
    assert [(line.sponsor_name, line.what, line.is_late) for line in day_before] == [
        ("Xong", "Ký kết", True),
        ("Chậm", "Ký kết", False),
    ]


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


# --- queries --------------------------------------------------------------------------------------


def fill(count):
    for _n in range(count):
        sponsor, commune = make_sponsor(), make_commune()
        assignment = make_assignment(sponsor=sponsor, commune=commune)
        make_assignment(sponsor=sponsor, commune=commune, village=make_village(commune))
        TaskTeam.objects.create(sponsor=sponsor, name="Tổ công tác")
        promise(assignment, money(5))
        give(commune, money(3), sponsor=sponsor)
        task = create_task(sponsor=sponsor, commune=commune)
        report(task, 20, difficulty="Thiếu cát")
        people = create_task(owner=Owner.PEOPLE, commune=commune)
        report(people, 20)


@pytest.mark.parametrize("day", [TODAY, date(2022, 5, 15)])
@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_rows(count, day, django_assert_num_queries):
    fill(count)
    as_of = on(day)
    with django_assert_num_queries(7):
        assert len(selectors.sponsor_rows(ALL, as_of)) == count
    with django_assert_num_queries(11):  # as above, and count of the pages, sums, late papers
        selectors.sponsor_list(ALL, as_of, SponsorFilters())
    with django_assert_num_queries(1):
        assert len(selectors.papers_late(ALL, as_of)) == 4 * count
    with django_assert_num_queries(1):
        assert len(selectors.contribution_totals(ALL, as_of)) == count
    with django_assert_num_queries(1):
        assert len(selectors.recent_contributions(ALL, as_of)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_sponsor_page_takes_the_same_queries_for_any_size(count, django_assert_num_queries):
    sponsor, commune = make_sponsor(), make_commune()
    assignment = make_assignment(sponsor=sponsor, commune=commune)
    for _n in range(count):
        make_assignment(sponsor=sponsor, commune=commune, village=make_village(commune))
        TaskTeam.objects.create(sponsor=sponsor, name="Tổ công tác")
        promise(assignment, money(5))
        report(create_task(sponsor=sponsor, commune=commune), 20, difficulty="Thiếu cát")
        give(commune, money(3), sponsor=sponsor)
    account = make_sponsor_user(sponsor, commune)
    with django_assert_num_queries(22):
        user = User.objects.get(pk=account.pk)
        page = selectors.sponsor_page(user, Sponsor.objects.get(pk=sponsor.pk), on())
        assert [str(row.task) for row in page.difficulties] == [page.tasks[0].title] * count
    with django_assert_num_queries(6):
        selectors.commune_sponsors(account, commune, on())
