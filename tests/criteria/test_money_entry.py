"""Entries at a work item: who may, what is refused, what is taken back, and that totals add up."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.choices import SourceKind
from criteria.models import Disbursement, FundingNeed, FundingSource, WorkItem
from criteria.money_rules import Entry
from criteria.selectors.funding import identified_by_kind
from criteria.services.debts import StaleDebt, fingerprint, state_debt
from criteria.services.work_items import StaleAmount, Typed, create_item
from ntm_tracker.core.choices import Role
from ntm_tracker.core.documents import Paper, document_of
from ntm_tracker.core.models import AuditEntry, Document
from tests import factories
from tests.criteria.helpers import nothing_overwritten, rolled_back
from tests.criteria.money_desk import PAPER, TRIEU, enter, money, undo
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
MODELS = {
    Entry.NEED: FundingNeed,
    Entry.SOURCE: FundingSource,
    Entry.DISBURSEMENT: Disbursement,
}
steps = st.lists(
    st.tuples(
        st.sampled_from([*Entry, "take_back"]),
        st.integers(-5, 9),  # triệu
        st.integers(0, 3),  # days before today
        st.sampled_from([SourceKind.PROVINCIAL, SourceKind.CREDIT]),
        st.sampled_from(list(Entry)),  # what is taken back
    ),
    max_size=12,
)


@settings(max_examples=25)
@given(steps)
def test_totals_are_the_rows_whatever_is_entered_adjusted_and_taken_back(sequence):
    with rolled_back():
        office = factories.make_user()
        item = factories.make_item()
        with nothing_overwritten():
            for step, amount, days, kind, which in sequence:
                on = TODAY - timedelta(days=days)
                try:
                    if step == "take_back":
                        standing = MODELS[which].objects.filter(corrects=None, corrections=None)
                        if last := standing.order_by("-pk").first():
                            undo(item, which, last.pk, office)
                    elif step == Entry.NEED:
                        enter(item, step, abs(amount) * TRIEU, office, effective_on=on)
                    else:
                        enter(item, step, amount * TRIEU, office, effective_on=on, kind=kind)
                except ValidationError:
                    continue
        for day in (TODAY, TODAY - timedelta(days=2)):
            sums = {
                entry: sum(
                    model.objects.filter(effective_on__lte=day).values_list("amount", flat=True)
                )
                for entry, model in MODELS.items()
            }
            found = money(item, day)
            assert (found.need, found.identified, found.disbursed) == (
                sums[Entry.NEED],
                sums[Entry.SOURCE],
                sums[Entry.DISBURSEMENT],
            )
            assert found.missing - found.surplus == found.need - found.identified
            assert min(sums.values()) >= 0
            kinds = identified_by_kind(WorkItem.objects.all(), day)
            assert sum(row.disbursed for row in kinds) == found.disbursed
            credit = next(row for row in kinds if row.kind == SourceKind.CREDIT)
            assert (credit.amount, credit.disbursed) == (found.credit, found.disbursed_credit)
        for model in MODELS.values():
            corrected = model.objects.exclude(corrects=None).values_list("corrects", flat=True)
            assert len(set(corrected)) == len(corrected)


def test_a_payment_changes_neither_need_nor_what_is_identified(office):
    item = factories.make_item(need=10 * TRIEU, identified=4 * TRIEU)
    enter(item, Entry.DISBURSEMENT, 3 * TRIEU, office, kind=SourceKind.CREDIT)

    found = money(item)
    assert (found.need, found.identified, found.missing) == (10 * TRIEU, 4 * TRIEU, 6 * TRIEU)
    assert (found.disbursed, found.disbursed_without_credit) == (3 * TRIEU, 0)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("office", {*Entry}),
        ("admin", {*Entry}),
        ("user_a", {Entry.NEED, Entry.DISBURSEMENT}),
        ("user_b", set()),
        ("department", set()),
        ("viewer", set()),
        ("sponsor_a", set()),
    ],
)
def test_who_may_enter_what(role, allowed, commune_a, request):
    by = request.getfixturevalue(role)
    item = factories.make_item(commune=commune_a)
    done, reasons = set(), []
    for entry in Entry:
        try:
            enter(item, entry, TRIEU, by)
            done.add(entry)
        except PermissionDenied as refused:
            reasons.append(str(refused))
    assert done == allowed
    assert all(reason.endswith(".") for reason in reasons)


def test_a_commune_adds_nothing_to_inter_commune_work(user_a):
    item = factories.make_item(commune=None)
    with pytest.raises(PermissionDenied, match="xã mình"):
        enter(item, Entry.NEED, TRIEU, user_a)


def test_the_second_person_learns_of_the_first(office, user_a, commune_a):
    item = factories.make_item(need=10 * TRIEU, commune=commune_a)
    enter(item, Entry.NEED, 12 * TRIEU, user_a, seen=10 * TRIEU)

    with pytest.raises(StaleAmount) as stale:
        enter(item, Entry.NEED, 15 * TRIEU, office, seen=10 * TRIEU)

    assert (stale.value.seen, stale.value.now) == (10 * TRIEU, 12 * TRIEU)
    assert stale.value.row.by == user_a
    assert money(item).need == 12 * TRIEU
    enter(item, Entry.NEED, 15 * TRIEU, office, seen=12 * TRIEU)
    assert money(item).need == 15 * TRIEU


def test_a_source_needs_a_paper_or_at_least_a_reason(office):
    item = factories.make_item(need=TRIEU)
    with pytest.raises(ValidationError, match="văn bản giao vốn"):
        enter(item, Entry.SOURCE, TRIEU, office, paper=None)
    with pytest.raises(ValidationError, match="ghi rõ nguồn từ đâu"):
        enter(item, Entry.SOURCE, TRIEU, office, paper=None, kind=SourceKind.PEOPLE)
    enter(item, Entry.SOURCE, TRIEU, office, paper=None, kind=SourceKind.PEOPLE, note="Họp thôn 2")

    assert money(item).identified == TRIEU


def test_a_paper_is_known_by_number_and_day_and_kept_as_it_is(office):
    first = document_of(PAPER, by=office, now=NOW, today=TODAY)
    other = Paper("  12/QĐ-UBND ", PAPER.issued_on, subject="Trích yếu khác")

    assert document_of(other, by=office, now=NOW, today=TODAY) == first
    assert Document.objects.get().subject == "Giao vốn đợt 1"
    assert AuditEntry.objects.get().action == "document.add"
    with pytest.raises(ValidationError, match="ghi trích yếu"):
        document_of(Paper("13/QĐ", PAPER.issued_on), by=office, now=NOW, today=TODAY)
    with pytest.raises(ValidationError, match="chưa ban hành"):
        document_of(
            Paper("14/QĐ", TODAY + timedelta(days=1), subject="x"),
            by=office,
            now=NOW,
            today=TODAY,
        )


def test_ones_last_entry_is_taken_back_once_by_a_new_row(office, user_a, commune_a):
    item = factories.make_item(need=10 * TRIEU, commune=commune_a)
    row = enter(item, Entry.NEED, 12 * TRIEU, user_a)

    with pytest.raises(PermissionDenied, match="người đã ghi"):
        undo(item, Entry.NEED, row.pk, office)
    undone = undo(item, Entry.NEED, row.pk, user_a)
    with pytest.raises(PermissionDenied, match="cuối cùng"):
        undo(item, Entry.NEED, row.pk, user_a)

    assert (undone.amount, undone.corrects) == (-2 * TRIEU, row)
    assert undone.effective_on == row.effective_on
    assert money(item).need == 10 * TRIEU
    with pytest.raises(ValidationError, match="Không có dòng này"):
        undo(item, Entry.NEED, 999_999, user_a)


def test_an_entry_that_later_ones_rest_on_is_not_taken_back(office):
    item = factories.make_item()
    first = enter(item, Entry.SOURCE, 5 * TRIEU, office)
    second = enter(item, Entry.SOURCE, -2 * TRIEU, office)

    with pytest.raises(PermissionDenied, match="cuối cùng"):
        undo(item, Entry.SOURCE, first.pk, office)
    undo(item, Entry.SOURCE, second.pk, office)
    undo(item, Entry.SOURCE, first.pk, office)  # now it is the last that stands
    assert money(item).identified == 0


def make(by, commune, **fields):
    fields = {
        "category": factories.make_category(),
        "name": "Cầu  tràn",
        "need": Typed(5 * TRIEU, TODAY),
    } | fields
    return create_item(commune=commune, by=by, now=NOW, today=TODAY, **fields)


def test_a_commune_adds_work_of_its_own(user_a, commune_a, commune_b):
    item = make(user_a, commune_a)

    assert (item.code, item.name, money(item).need) == ("HM-18523-1", "Cầu tràn", 5 * TRIEU)
    assert make(user_a, commune_a).code == "HM-18523-2"
    for place in (commune_b, None):
        with pytest.raises(PermissionDenied):
            make(user_a, place)


def test_the_same_work_is_not_added_twice(office, commune_a):
    category = factories.make_category()
    make(office, commune_a, category=category)
    with pytest.raises(ValidationError, match="mã HM-18523-1"):
        make(office, commune_a, category=category, name="cầu tràn")
    assert make(office, None, category=category).code == "HM-LX-1"
    with pytest.raises(ValidationError, match="lớn hơn 0"):
        make(office, commune_a, need=Typed(0, TODAY))


def debt(commune, by, total=5, overdue=2, **fields):
    return state_debt(
        commune=commune,
        total=total * TRIEU,
        overdue=overdue * TRIEU,
        effective_on=fields.pop("on", TODAY),
        by=by,
        now=NOW,
        today=TODAY,
        **fields,
    )


def test_debt_and_overdue_debt_are_two_numbers(user_a, commune_a):
    with pytest.raises(ValidationError, match="không thể lớn hơn"):
        debt(commune_a, user_a, total=1, overdue=2)
    with pytest.raises(ValidationError, match="sau ngày báo cáo"):
        debt(commune_a, user_a, on=TODAY + timedelta(days=1))
    debt(commune_a, user_a, on=date(2022, 3, 31))
    debt(commune_a, user_a, total=3, overdue=0)

    entry = AuditEntry.objects.order_by("-pk").first()
    assert entry.old == "nợ 5 triệu đồng, trong đó nợ đọng 2 triệu đồng"
    assert entry.new == "nợ 3 triệu đồng, trong đó nợ đọng 0 đồng"


def test_the_second_statement_of_a_debt_learns_of_the_first(user_a, office, commune_a):
    debt(commune_a, user_a, seen=fingerprint(None))
    with pytest.raises(StaleDebt) as stale:
        debt(commune_a, office, total=9, seen=fingerprint(None))
    assert (stale.value.debt.total, stale.value.debt.by_label) == (5 * TRIEU, str(user_a))
    debt(commune_a, office, total=9, seen=fingerprint(stale.value.debt))


@pytest.mark.parametrize("role", ["user_b", "department", "viewer", "sponsor_a"])
def test_others_state_no_debt(role, commune_a, request):
    with pytest.raises(PermissionDenied):
        debt(commune_a, request.getfixturevalue(role))


def test_a_clerk_without_a_commune_is_refused(commune_a):
    with pytest.raises(PermissionDenied):
        debt(commune_a, factories.make_user(Role.COMMUNE))
