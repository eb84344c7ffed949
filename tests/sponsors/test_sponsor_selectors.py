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
    make_assignment,
    make_commune,
    make_sponsor,
    make_sponsor_user,
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
    with django_assert_num_queries(8):
        assert len(selectors.sponsor_rows(ALL, as_of)) == count
    with django_assert_num_queries(12):  # as above, and count of the pages, sums, late papers
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
    with django_assert_num_queries(24):
        user = User.objects.get(pk=account.pk)
        page = selectors.sponsor_page(user, Sponsor.objects.get(pk=sponsor.pk), on())
        assert [row.task_title for row in page.difficulties] == [page.tasks[0].title] * count
    with django_assert_num_queries(6):
        selectors.commune_sponsors(account, commune, on())
