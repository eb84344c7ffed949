"""Promises and deliveries: what makes sense, and what they never change."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from criteria.choices import SourceKind
from criteria.models import FundingSource, WorkItem
from criteria.selectors.funding import item_lines, total
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry
from sponsors.choices import GiftKind, Giver
from sponsors.models import Commitment, Contribution
from sponsors.services import (
    GiftEntry,
    link_commitment_to_source,
    record_commitment,
    record_contribution,
)
from tests.factories import (
    NOW,
    TODAY,
    give_access,
    make_assignment,
    make_commune,
    make_item,
    make_sponsor,
    make_sponsor_user,
    make_user,
)

pytestmark = pytest.mark.django_db
MONEY = GiftEntry(GiftKind.MONEY, "Làm đường", amount=200_000_000)


def promise(assignment, entry=MONEY, **overrides):
    fields = {"effective_on": TODAY, "by": None, "now": NOW, "today": TODAY} | overrides
    return record_commitment(assignment=assignment, entry=entry, **fields)


def give(entry=MONEY, **overrides):
    fields = {
        "commune": make_commune(),
        "giver": Giver.PEOPLE,
        "effective_on": TODAY,
        "by": None,
        "now": NOW,
        "today": TODAY,
    } | overrides
    return record_contribution(entry=entry, **fields)


def test_promise_changes_what_is_promised_and_never_what_is_identified(office):
    item = make_item(need=1_000_000_000, identified=300_000_000)
    before = total(item_lines(WorkItem.objects.all(), TODAY))
    row = promise(make_assignment(commune=item.commune), by=office)
    assert total(item_lines(WorkItem.objects.all(), TODAY)) == before
    assert (row.amount, row.sponsor, row.commune, row.funding_source) == (
        200_000_000,
        row.assignment.sponsor,
        item.commune,
        None,
    )
    last = AuditEntry.objects.order_by("id").last()
    assert (last.action, last.new, last.sponsor_id) == (
        "commitment.record",
        "200.000.000 đồng",
        row.sponsor_id,
    )


def source(commune, amount=200_000_000, kind=SourceKind.SPONSOR):
    make_item(commune=commune, need=10**9, identified=amount, kind=kind)
    return FundingSource.objects.latest("id")


def test_promise_becomes_identified_when_the_office_records_the_source(office):
    row = promise(make_assignment())
    found = source(row.commune)
    link = {"by": office, "now": NOW, "today": TODAY}
    link_commitment_to_source(commitment=row, funding_source=found, **link)
    row.refresh_from_db()
    assert row.funding_source == found
    assert AuditEntry.objects.order_by("id").last().action == "commitment.identified"
    with pytest.raises(ValidationError, match="đã được ghi vào nguồn vốn"):
        link_commitment_to_source(commitment=row, funding_source=source(row.commune), **link)
    with pytest.raises(ValidationError, match="đã gắn với một cam kết khác"):
        link_commitment_to_source(commitment=promise(row.assignment), funding_source=found, **link)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda row: source(row.commune, kind=SourceKind.PROVINCIAL), "phải thuộc loại"),
        (lambda row: source(make_commune()), "xã khác"),
        (lambda row: source(row.commune, 200_000_001), "lớn hơn cam kết"),
    ],
)
def test_source_has_to_fit_the_promise(office, make, sentence):
    row = promise(make_assignment())
    with pytest.raises(ValidationError, match=sentence):
        link_commitment_to_source(
            commitment=row, funding_source=make(row), by=office, now=NOW, today=TODAY
        )


def test_goods_and_labour_are_no_source(office):
    row = promise(make_assignment(), GiftEntry(GiftKind.LABOUR, "Ra quân", labour_days=Decimal(40)))
    with pytest.raises(ValidationError, match="không tính vào nguồn"):
        link_commitment_to_source(
            commitment=row, funding_source=source(row.commune), by=office, now=NOW, today=TODAY
        )


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (GiftEntry(GiftKind.MONEY, "x", amount=0), "amount"),
        (GiftEntry(GiftKind.MONEY, "x", amount=-1), "amount"),
        (GiftEntry(GiftKind.MONEY, "x", amount=999), "amount"),
        (GiftEntry(GiftKind.MONEY, "x", amount=10**12 + 1), "amount"),
        (GiftEntry(GiftKind.MONEY, "  ", amount=1_000), "description"),
        (GiftEntry(GiftKind.GOODS, "x", quantity=Decimal(0), unit="bộ"), "quantity"),
        (GiftEntry(GiftKind.GOODS, "x", unit="bộ"), "quantity"),
        (GiftEntry(GiftKind.GOODS, "x", quantity=Decimal(3)), "unit"),
        (
            GiftEntry(GiftKind.GOODS, "x", quantity=Decimal(3), unit="bộ", converted_value=5),
            "converted_value",
        ),
        (GiftEntry(GiftKind.LABOUR, "x"), "labour_days"),
        (GiftEntry(GiftKind.LABOUR, "x", labour_days=Decimal(1_000_001)), "labour_days"),
    ],
)
def test_entry_that_makes_no_sense_is_refused_at_its_field(entry, field):
    with pytest.raises(ValidationError) as refusal:
        promise(make_assignment(), entry)
    assert list(refusal.value.message_dict) == [field]
    assert Commitment.objects.count() == 0


def test_slip_of_the_unit_is_pointed_out():
    with pytest.raises(ValidationError, match="hãy ghi rõ “200 triệu”"):
        promise(make_assignment(), GiftEntry(GiftKind.MONEY, "x", amount=200))


def test_fields_of_another_kind_are_not_written():
    row = promise(
        make_assignment(),
        GiftEntry(
            GiftKind.GOODS,
            "Máy tính",
            amount=5_000_000,
            quantity=Decimal(3),
            unit="bộ",
            labour_days=Decimal(9),
        ),
    )
    assert (row.amount, row.labour_days, row.words) == (0, 0, "3 bộ")


def test_promise_outside_its_time_is_refused():
    assignment = make_assignment(decided_on=date(2022, 4, 22), ended_on=date(2022, 4, 28))
    for day in (date(2022, 4, 21), date(2022, 4, 28)):
        with pytest.raises(ValidationError, match="ngoài thời gian"):
            promise(assignment, effective_on=day)
    with pytest.raises(ValidationError, match="ở sau ngày báo cáo"):
        promise(make_assignment(), effective_on=date(2022, 5, 1))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN, Role.OFFICE}))
def test_only_the_office_records_promises(role):
    with pytest.raises(PermissionDenied, match="do Văn phòng Điều phối ghi nhận"):
        promise(make_assignment(), by=make_user(role))


def test_contribution_names_its_giver():
    sponsor = make_sponsor()
    assert str(give(giver=Giver.SPONSOR, sponsor=sponsor)) == f"{sponsor}: Làm đường"
    give(giver=Giver.LOCALITY, giver_name="Xã Phúc Trạch")
    with pytest.raises(ValidationError, match="phải ghi rõ đơn vị"):
        give(giver=Giver.SPONSOR)
    with pytest.raises(ValidationError, match="phải ghi rõ đơn vị"):
        give(giver=Giver.PEOPLE, sponsor=sponsor)
    with pytest.raises(ValidationError, match="tên địa phương"):
        give(giver=Giver.LOCALITY)
    assert Contribution.objects.count() == 2


def test_commune_records_for_its_people_and_sponsor_for_itself():
    commune, sponsor = make_commune(), make_sponsor()
    clerk = make_user(Role.COMMUNE)
    give_access(clerk, commune)
    account = make_sponsor_user(sponsor, commune)
    give(commune=commune, by=clerk)
    give(commune=commune, by=account, giver=Giver.SPONSOR, sponsor=sponsor)
    with pytest.raises(PermissionDenied):
        give(by=clerk)
    with pytest.raises(PermissionDenied):
        give(commune=commune, by=account, giver=Giver.SPONSOR, sponsor=make_sponsor())
    assert Contribution.objects.count() == 2
