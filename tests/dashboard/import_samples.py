"""Of every kind that can be imported: a few rows, and cells of its form as people change them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from criteria.choices import IndicatorKind, SourceKind, ThresholdOp
from criteria.money_rules import Entry
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import Document, User
from sponsors.choices import GiftKind, Giver, Owner
from sponsors.services import GiftEntry, record_contribution
from tests import factories
from tests.criteria.grid_build import make_indicator
from tests.criteria.money_desk import enter
from tests.sponsors.build import create_task


@dataclass(frozen=True)
class Edit:
    """One cell typed into. `code` is that of its row; "+1" and so on are rows added below. `old`
    and `new` are what the preview says."""

    code: str
    key: str
    typed: Any
    old: str
    new: str


@dataclass(frozen=True)
class Sample:
    """`build` writes the rows and gives the edits; `role` is whose account does it."""

    build: Callable[[User], Sequence[Edit]]
    role: Role = Role.OFFICE


def _commune():
    return factories.make_commune(name="Hương Bình", code="18523")


def _needs(_user: User) -> Sequence[Edit]:
    commune = _commune()
    items = [factories.make_item(need=n * 10**9, commune=commune) for n in (1, 2, 3)]
    return [
        Edit(items[0].code, "need", "1,5 tỷ", "1.000.000.000", "1.500.000.000"),
        Edit(items[2].code, "need", 4 * 10**9, "3.000.000.000", "4.000.000.000"),
    ]


def _sources(user: User) -> Sequence[Edit]:
    item = factories.make_item(need=5 * 10**9, commune=_commune())
    enter(item, Entry.SOURCE, 10**9, user)
    enter(item, Entry.SOURCE, 10**8, user, kind=SourceKind.PEOPLE, paper=None, note="Dân góp")
    paper = Document.objects.get()
    return [
        Edit(
            f"{item.code}/provincial/{paper.pk}",
            "amount",
            "1.142,1 triệu",
            "1.000.000.000",
            "1.142.100.000",
        ),
        Edit("+1", "item", item.code, "", item.code),
        Edit("+1", "kind", "Vốn tín dụng", "", "Vốn tín dụng"),
        Edit("+1", "amount", 2 * 10**9, "", "2.000.000.000"),
        Edit("+1", "number", "41/QĐ-NHCS", "", "41/QĐ-NHCS"),
        Edit("+1", "issued_on", date(2022, 4, 28), "", "28/04/2022"),
        Edit("+1", "document_kind", "Quyết định", "", "Quyết định"),
        Edit("+1", "subject", "Vốn vay hộ nghèo", "", "Vốn vay hộ nghèo"),
    ]


def _communes(_user: User) -> Sequence[Edit]:
    factories.make_commune(name="Hà Linh", code="18502")
    _commune()
    return [
        Edit("18502", "name", "Xã Hà Linh Mới", "Hà Linh", "Hà Linh Mới"),
        Edit("18523", "valid_to", date(2023, 12, 31), "", "31/12/2023"),
        Edit("+1", "code", 18999, "", "18999"),
        Edit("+1", "kind", "Thị trấn", "", "Thị trấn"),
        Edit("+1", "name", "Hương Khê", "", "Hương Khê"),
        Edit("+1", "district", "Huyện Hương Khê", "", "Huyện Hương Khê"),
        Edit("+1", "valid_from", "01/04/2022", "", "01/04/2022"),
    ]


def _villages(_user: User) -> Sequence[Edit]:
    commune = _commune()
    one, two = (factories.make_village(commune, name=f"Thôn {n}") for n in (1, 2))
    return [
        Edit(str(one.pk), "name", "Thôn Đông", "Thôn 1", "Thôn Đông"),
        Edit(str(two.pk), "households", 120, "100", "120"),
        Edit("+1", "commune", "Hương Bình", "", "Xã Hương Bình"),
        Edit("+1", "name", "Thôn 3", "", "Thôn 3"),
        Edit("+1", "valid_from", "01/04/2022", "", "01/04/2022"),
    ]


def _results(user: User) -> Sequence[Edit]:
    factories.give_access(user, _commune())
    criterion = factories.make_set(size=2).criteria.get(number=1)
    make_indicator(criterion, number="1.1", threshold=(ThresholdOp.AT_LEAST, 90))
    make_indicator(criterion, number="1.2", kind=IndicatorKind.BOOLEAN, unit="")
    return [
        Edit("18523-1.1", "value", "382/400", "", "382/400"),
        Edit("18523-1.2", "outcome", "đạt", "", "Đạt"),
        Edit("18523-1.2", "note", "Đã có quyết định", "", "Đã có quyết định"),
    ]


def _verified(_user: User) -> Sequence[Edit]:
    commune = _commune()
    for criterion in factories.make_set(size=3).criteria.all():
        factories.assess(commune, criterion)
    return [
        Edit("18523-1", "verdict", "Xác nhận", "", "Xác nhận"),
        Edit("18523-3", "verdict", "trả lại", "", "Trả lại"),
        Edit("18523-3", "note", "Thiếu quyết định", "", "Thiếu quyết định"),
    ]


def _sponsors(_user: User) -> Sequence[Edit]:
    health = factories.make_sponsor(name="Sở Y tế", phone="0239 1")
    factories.make_sponsor(name="=CMD|1", short_name="+1")
    return [
        Edit(str(health.pk), "phone", "0239 2", "0239 1", "0239 2"),
        Edit("+1", "name", "Trường Chính trị tỉnh", "", "Trường Chính trị tỉnh"),
        Edit("+1", "kind", "Sở, ban, ngành", "", "Sở, ban, ngành"),
    ]


def _tasks(_user: User) -> Sequence[Edit]:
    commune = _commune()
    village = factories.make_village(commune, name="Thôn Bình Minh")
    health, coal = _two_sponsors()
    for sponsor in (health, coal):
        factories.make_assignment(sponsor, commune)
    road = create_task(commune=commune, sponsor=health, village=village)
    clean = create_task(commune=commune, owner=Owner.COMMUNE, title="Dọn vệ sinh")
    return [
        Edit(str(road.pk), "doer", "Công ty Than", "Sở Y tế", "Công ty Than"),
        Edit(str(road.pk), "due_on", date(2022, 6, 15), "31/05/2022", "15/06/2022"),
        Edit(str(clean.pk), "title", "Dọn vệ sinh chợ", "Dọn vệ sinh", "Dọn vệ sinh chợ"),
        Edit("+1", "title", "Trồng cây", "", "Trồng cây"),
        Edit("+1", "commune_code", 18523, "", "18523"),
        Edit("+1", "commune", "Hương Bình", "", "Xã Hương Bình"),
        Edit("+1", "village", "Thôn Bình Minh", "", "Thôn Bình Minh"),
        Edit("+1", "owner", "Đơn vị đỡ đầu", "", "Đơn vị đỡ đầu"),
        Edit("+1", "doer", "Sở Y tế", "", "Sở Y tế"),
        Edit("+1", "pace", "Theo tuần", "", "Theo tuần"),
        Edit("+1", "starts_on", "02/05/2022", "", "02/05/2022"),
        Edit("+1", "due_on", "20.5.2022", "", "20/05/2022"),
    ]


def _assignments(_user: User) -> Sequence[Edit]:
    commune = _commune()
    factories.make_village(commune, name="Thôn Bình Minh")
    health, coal = _two_sponsors()
    decision = factories.make_document(number="834/QĐ-UBND")
    first = factories.make_assignment(health, commune, is_lead=True, document=decision)
    factories.make_assignment(coal, commune)
    return [
        Edit(str(first.pk), "agreement_signed_on", date(2022, 4, 28), "", "28/04/2022"),
        Edit(str(first.pk), "plan_due_on", "20/5/2022", "10/05/2022", "20/05/2022"),
        Edit("+1", "sponsor", "Công ty Than", "", "Công ty Than"),
        Edit("+1", "commune_code", "18523", "", "18523"),
        Edit("+1", "commune", "Xã Hương Bình", "", "Xã Hương Bình"),
        Edit("+1", "village", "thôn bình minh", "", "Thôn Bình Minh"),
        Edit("+1", "is_lead", "x", "", "x"),
        Edit("+1", "basis", "Chấp thuận", "", "Chấp thuận"),
        Edit("+1", "number", "900/QĐ-UBND", "", "900/QĐ-UBND"),
        Edit("+1", "decided_on", date(2022, 4, 25), "", "25/04/2022"),
        Edit("+1", "subject", "Chấp thuận đỡ đầu", "", "Chấp thuận đỡ đầu"),
        Edit("+1", "agreement_due_on", date(2022, 5, 15), "", "15/05/2022"),
    ]


def _contributions(user: User) -> Sequence[Edit]:
    commune = _commune()
    factories.make_village(commune, name="Thôn Bình Minh")
    health, _coal = _two_sponsors()
    factories.make_assignment(health, commune)
    days = factories.make_contribution(commune, health)
    written = {"by": user, "now": factories.NOW, "today": factories.TODAY}
    goods = GiftEntry(GiftKind.GOODS, "Xi măng", quantity=Decimal("2.50"), unit="tấn")
    cement = record_contribution(
        commune=commune,
        giver=Giver.PEOPLE,
        giver_name="Nhân dân xã",
        entry=goods,
        effective_on=date(2022, 4, 20),
        **written,
    )
    return [
        Edit(str(days.pk), "labour_days", "7,5", "5", "7,5"),
        Edit(str(days.pk), "effective_on", date(2022, 4, 28), "30/04/2022", "28/04/2022"),
        Edit(str(cement.pk), "quantity", 3.25, "2,5", "3,25"),
        Edit(str(cement.pk), "converted_value", "4,5 triệu", "", "4.500.000"),
        Edit("+1", "commune_code", "18523", "", "18523"),
        Edit("+1", "commune", "Hương Bình", "", "Xã Hương Bình"),
        Edit("+1", "village", "Thôn Bình Minh", "", "Thôn Bình Minh"),
        Edit("+1", "effective_on", "15/4/2022", "", "15/04/2022"),
        Edit("+1", "giver", "nhân dân", "", "Nhân dân"),
        Edit("+1", "giver_name", "Nhân dân thôn Bình Minh", "", "Nhân dân thôn Bình Minh"),
        Edit("+1", "kind", "Tiền", "", "Tiền"),
        Edit("+1", "description", "Góp làm đường", "", "Góp làm đường"),
        Edit("+1", "amount", 12_000_000, "", "12.000.000"),
    ]


def _users(_user: User) -> Sequence[Edit]:
    commune = _commune()
    factories.make_commune(name="Hà Linh", code="18502")
    health, _coal = _two_sponsors()
    clerk = factories.make_user(
        Role.COMMUNE, username="xa-a", display_name="UBND xã Hương Bình", phone="0239 1"
    )
    factories.give_access(clerk, commune)
    factories.make_sponsor_user(health, username="so-y-te", display_name="Sở Y tế")
    return [
        Edit("xa-a", "unit", "Hà Linh", "Xã Hương Bình", "Xã Hà Linh"),
        Edit("xa-a", "phone", "0239 2", "0239 1", "0239 2"),
        Edit("so-y-te", "active", "không", "có", "không"),
        Edit("+1", "username", "cong-ty-than", "", "cong-ty-than"),
        Edit("+1", "display_name", "Công ty Than", "", "Công ty Than"),
        Edit("+1", "role", "Đơn vị đỡ đầu", "", "Đơn vị đỡ đầu"),
        Edit("+1", "unit", "công ty than", "", "Công ty Than"),
        Edit("+1", "email", "vanthu@than.vn", "", "vanthu@than.vn"),
    ]


def _two_sponsors():
    return factories.make_sponsor(name="Sở Y tế"), factories.make_sponsor(name="Công ty Than")


SAMPLES = {
    "assignments": Sample(_assignments),
    "contributions": Sample(_contributions),
    "needs": Sample(_needs),
    "sources": Sample(_sources),
    "communes": Sample(_communes, Role.ADMIN),
    "villages": Sample(_villages, Role.ADMIN),
    "results": Sample(_results, Role.COMMUNE),
    "verified": Sample(_verified),
    "sponsors": Sample(_sponsors),
    "tasks": Sample(_tasks),
    "users": Sample(_users),
}
