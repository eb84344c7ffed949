"""Money: totals add the rows at every level, nothing is overwritten, nothing goes below zero."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from criteria.choices import SourceKind
from criteria.models import FundingNeed, FundingSource, WorkItem
from criteria.selectors.funding import (
    UNALLOTTED,
    Money,
    funding_tree,
    group_money,
    identified_by_kind,
    item_history,
    item_lines,
    total,
)
from criteria.services.funding import (
    NeedEntry,
    SourceEntry,
    adjust_need,
    record_needs,
    record_sources,
)
from ntm_tracker.core.models import AuditEntry
from ntm_tracker.core.numbers import MAX_DONG
from tests import factories
from tests.criteria.helpers import nothing_overwritten, past, rolled_back
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
DAYS = [date(2022, 3, 10), date(2022, 4, 10), TODAY]
TY = 10**9

amounts = st.tuples(
    st.integers(0, 5),  # work item
    st.integers(-3 * TY, 9 * TY).filter(bool),
    st.sampled_from(DAYS),
    st.sampled_from([None, *SourceKind]),  # None: a need, otherwise a source of that kind
)


def need(item, amount, on=TODAY):
    return record_needs([NeedEntry(item, amount, on)], by=None, now=NOW, today=TODAY)


def source(item, amount, on=TODAY, kind=SourceKind.PROVINCIAL):
    return record_sources([SourceEntry(item, amount, on, kind=kind)], by=None, now=NOW, today=TODAY)


def line(item, on=TODAY):
    (found,) = item_lines(WorkItem.objects.filter(pk=item.pk), on)
    return found.money


@given(st.lists(amounts, max_size=14))
def test_totals_are_the_sums_of_the_rows_at_every_level(rows):
    with rolled_back():
        categories = [factories.make_category() for _ in range(2)]
        places = [factories.make_commune(), factories.make_commune(), None]
        items = [
            factories.make_item(category=category, commune=place)
            for category in categories
            for place in places
        ]
        kept = []
        for index, amount, day, kind in rows:
            try:
                if kind:
                    source(items[index], amount, day, kind)
                else:
                    need(items[index], amount, day)
            except ValidationError:
                continue
            kept.append((items[index].pk, amount, day, kind))
        for day in DAYS:
            everything = WorkItem.objects.all()
            lines = item_lines(everything, day)
            by_hand = {pk: by_rows(kept, pk, day) for pk in {row[0] for row in kept}}
            stated = {row[0] for row in kept if row[2] <= day}
            assert {row.pk: row.money for row in lines} == {pk: by_hand[pk] for pk in stated}

            tree = funding_tree(lines)
            assert [node.key for node in tree] == [category.code for category in categories]
            leaves = [
                leaf for node in tree for commune in node.children for leaf in commune.children
            ]
            for level in (
                lines,
                tree,
                [commune for node in tree for commune in node.children],
                leaves,
            ):
                assert sum((row.money for row in level), Money()) == total(lines)
            assert sum(group_money(lines, lambda row: row.commune_id).values(), Money()) == total(
                lines
            )
            kinds = identified_by_kind(everything, day)
            assert sum(row.amount for row in kinds) == total(lines).identified
            assert all(row.amount >= 0 for row in kinds)
            assert total(lines).missing - total(lines).surplus == (
                total(lines).need - total(lines).identified
            )


def by_rows(rows, pk, day) -> Money:
    """One item by hand: (item, amount, day, kind of source or None for a need)."""
    mine = [row for row in rows if row[0] == pk and row[2] <= day]
    need = sum(amount for _pk, amount, _day, kind in mine if kind is None)
    have = sum(amount for _pk, amount, _day, kind in mine if kind is not None)
    credit = sum(amount for _pk, amount, _day, kind in mine if kind == SourceKind.CREDIT)
    return Money(need, have, max(0, need - have), max(0, have - need), credit)


def test_missing_and_surplus_never_cancel_one_another_out():
    category = factories.make_category()
    factories.make_item(need=10 * TY, identified=4 * TY, category=category)
    factories.make_item(need=5 * TY, identified=8 * TY, category=category, kind=SourceKind.CREDIT)

    money = total(item_lines(WorkItem.objects.all(), TODAY))

    assert (money.need, money.identified) == (15 * TY, 12 * TY)
    assert (money.missing, money.surplus) == (6 * TY, 3 * TY)
    assert (money.credit, money.without_credit) == (8 * TY, 4 * TY)
    assert money.percent_identified == 80


@pytest.mark.parametrize(
    ("need", "identified", "percent"),
    [(0, 0, 0), (0, 5, 0), (3, 1, 33), (1000, 999, 99), (3, 3, 100), (3, 9, 100)],
)
def test_percent_says_100_only_for_all_of_it(need, identified, percent):
    assert Money(need, identified).percent_identified == percent


def test_the_figure_on_a_day_is_the_sum_up_to_it():
    item = factories.make_item()
    need(item, 3 * TY, DAYS[0])
    need(item, -TY, DAYS[1])
    source(item, TY, DAYS[2])

    assert item_lines(WorkItem.objects.all(), DAYS[0] - timedelta(days=1)) == []
    assert line(item, DAYS[0]) == Money(3 * TY, 0, 3 * TY)
    assert line(item, DAYS[1]) == Money(2 * TY, 0, 2 * TY)
    assert line(item, DAYS[2]) == Money(2 * TY, TY, TY)
    history = item_history(item, past(DAYS[1]))
    assert ([row.amount for row in history.needs], history.sources) == ([-TY, 3 * TY], ())


def test_tree_names_what_is_not_allotted_and_keeps_empty_categories():
    empty, used = factories.make_category(position=1), factories.make_category(position=2)
    commune = factories.make_commune(name="Hà Linh", code="18502")
    factories.make_item(need=5, category=used, commune=commune, name="Cầu tràn")
    factories.make_item(need=7, category=used, commune=None, name="Đường liên xã")

    first, second = funding_tree(item_lines(WorkItem.objects.all(), TODAY))

    assert (first.key, first.money, first.children) == (empty.code, Money(), ())
    assert {node.label: node.commune_code for node in second.children} == {
        "Xã Hà Linh": "18502",
        UNALLOTTED: "",
    }
    assert {leaf.label for node in second.children for leaf in node.children} == {
        "Cầu tràn",
        "Đường liên xã",
    }


def test_readers_see_the_items_of_their_communes_only(commune_a, commune_b, user_a, viewer):
    factories.make_item(need=3, commune=commune_a)
    factories.make_item(need=5, commune=commune_b)
    factories.make_item(need=7, commune=None)

    def seen(user):
        return total(item_lines(WorkItem.objects.visible_to(user), TODAY)).need

    assert (seen(user_a), seen(viewer)) == (3, 15)


@pytest.mark.parametrize("amount", [0, MAX_DONG + 1, -MAX_DONG - 1])
def test_an_amount_of_zero_or_an_absurd_one_is_refused(amount):
    item = factories.make_item(need=5)
    for record in (need, source):
        with pytest.raises(ValidationError, match="không hợp lệ"):
            record(item, amount)
    assert line(item) == Money(5, 0, 5)


def test_an_adjustment_may_not_bring_any_day_below_zero():
    item = factories.make_item(name="Cầu tràn")
    need(item, 100, DAYS[1])

    with pytest.raises(ValidationError, match="“Cầu tràn” sẽ âm 1 đồng vào ngày 30/04/2022"):
        need(item, -101, TODAY)
    with pytest.raises(ValidationError, match="sẽ âm 100 đồng vào ngày 10/03/2022"):
        need(item, -100, DAYS[0])
    need(item, -100, DAYS[1])  # of the same day: taken together

    assert line(item) == Money()
    assert FundingNeed.objects.count() == 2


def test_money_of_one_kind_may_not_hide_a_hole_in_another():
    item = factories.make_item()
    source(item, 100, kind=SourceKind.PROVINCIAL)
    with pytest.raises(ValidationError, match="sẽ âm 40 đồng"):
        source(item, -40, kind=SourceKind.CREDIT)
    assert FundingSource.objects.count() == 1


def test_all_or_nothing():
    item = factories.make_item()
    entries = [NeedEntry(item, 5, TODAY), NeedEntry(item, 5, TODAY + timedelta(days=1))]
    with pytest.raises(ValidationError, match="sau ngày báo cáo"):
        record_needs(entries, by=None, now=NOW, today=TODAY)
    assert (FundingNeed.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_adjusting_appends_the_difference(office):
    item = factories.make_item(need=70)
    with nothing_overwritten():
        row = adjust_need(item=item, to=50, effective_on=TODAY, by=office, now=NOW, today=TODAY)

    assert (row.amount, line(item).need) == (-20, 50)
    again = adjust_need(item=item, to=50, effective_on=TODAY, by=office, now=NOW, today=TODAY)
    assert again is None
    entry = AuditEntry.objects.order_by("pk").last()
    assert (entry.action, entry.by) == ("funding.need", office)
    assert (entry.old, entry.new) == ("70 đồng", "50 đồng")
    assert entry.commune_id == item.commune_id


@pytest.mark.parametrize("n", [1, 3])
def test_questions_asked_do_not_grow_with_the_items(n, django_assert_num_queries):
    for _ in range(n):
        factories.make_item(need=5, identified=3)
    with django_assert_num_queries(4):
        funding_tree(item_lines(WorkItem.objects.all(), TODAY))
    with django_assert_num_queries(1):
        identified_by_kind(WorkItem.objects.all(), TODAY)
