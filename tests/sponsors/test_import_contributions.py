"""What came, out of a file: by whom it may be written, corrected, and undone without deleting."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry, Period
from sponsors.choices import GiftKind, Giver
from sponsors.importers import ContributionImporter
from sponsors.models import Contribution
from sponsors.selectors.gifts import gifts_by
from sponsors.services import GiftEntry, record_contribution, take_back_contribution
from tests import factories
from tests.dashboard.test_imports import WRITTEN, as_of, pairs, sent, write
from tests.factories import NOW

pytestmark = pytest.mark.django_db
IMPORTER = ContributionImporter()
HEAD = (
    "Mã khoản;Mã xã;Thôn;Ngày;Bên đóng góp;Tên bên đóng góp;Loại;Nội dung;Số tiền (triệu đồng);"
    "Số lượng;Đơn vị tính;Giá trị quy đổi;Ngày công"
)


def csv_of(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def taken(data, user, installation):
    batch, checked = sent(IMPORTER, data, user, installation, "a.csv")
    assert checked.problems == ()
    write(IMPORTER, batch, checked, user, installation)
    return batch


def gave(commune, by=None, **overrides):
    """Two and a half tonnes of cement of the people, through the service."""
    fields = {
        "giver": Giver.PEOPLE,
        "entry": GiftEntry(GiftKind.GOODS, "Xi măng", quantity=Decimal("2.5"), unit="tấn"),
        "effective_on": date(2022, 4, 20),
    } | overrides
    return record_contribution(commune=commune, by=by, **fields, **WRITTEN)


def totals(on=date(2022, 4, 30)):
    found = gifts_by(Contribution.objects.filter(effective_on__lte=on), "commune__code")
    return {code: (gifts.money, gifts.goods_items) for code, gifts in found.items()}


def test_a_commune_writes_down_what_its_people_gave(user_a, commune_a, commune_b, installation):
    data = csv_of(
        ";18523;;20/4/2022;Nhân dân;;Tiền;Góp làm đường;12,5;;;;",
        ";18523;;20/4/2022;Nhân dân;;ngày công;Đào mương;;;;;40",
    )
    batch = taken(data, user_a, installation)
    assert [row.words for row in Contribution.objects.order_by("pk")] == [
        "12.500.000 đồng",
        "40 ngày công",
    ]
    assert sent(IMPORTER, data, user_a, installation, "a.csv")[1].changes == ()
    undo_batch(batch, IMPORTER, by=user_a, **WRITTEN)
    assert totals() == {"18523": (0, 0)}
    # Undone, it can be sent again.
    assert len(sent(IMPORTER, data, user_a, installation, "a.csv")[1].changes) == 2


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        (";18502;;20/4/2022;Nhân dân;;Tiền;A;5;;;;", "B2", "Không có xã “18502”"),
        (";18523;;;Nhân dân;;Tiền;A;5;;;;", "D2", "Khoản mới phải có ngày"),
        (";18523;;1/5/2022;Nhân dân;;Tiền;A;5;;;;", "D2", "ở sau ngày báo cáo"),
        (";18523;;20/4/2022;Địa phương khác;;Tiền;A;5;;;;", "F2", "tên địa phương đóng góp"),
        (";18523;;20/4/2022;Nhân dân;;Tiền;A;0,0001;;;;", "I2", "hãy ghi rõ"),
        (";18523;;20/4/2022;Nhân dân;;Hiện vật;A;;;tấn;;", "J2", "Hãy nhập số lượng"),
        (";18523;;20/4/2022;Nhân dân;;Hiện vật;A;;2,555;tấn;;", "J2", "2 chữ số sau dấu phẩy"),
        (";18523;;20/4/2022;Nhân dân;;Hiện vật;A;;2;;;", "K2", "Hãy ghi đơn vị tính"),
        (";18523;;20/4/2022;Nhân dân;;Ngày công;A;;;;;", "M2", "Hãy nhập số ngày công"),
        (";18523;;20/4/2022;Đơn vị đỡ đầu;Sở Y tế;Tiền;A;5;;;;", "E2", "thay cho bên đó"),
        ("office;;;20/4/2022;Nhân dân;;;B;;;;;", "A2", "khoản do chính tài khoản này ghi"),
        ("other;;;20/4/2022;Nhân dân;;;B;;;;;", "A2", "Không có khoản đóng góp mã"),
        ("back;;;20/4/2022;Nhân dân;;;B;;;;;", "A2", "đã được rút lại hoặc sửa"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(
    user_a, office, commune_a, commune_b, installation, row, place, sentence
):
    health = factories.make_sponsor(name="Sở Y tế")
    factories.make_assignment(health, commune_a)
    rows = {
        "office": gave(commune_a, office),
        "other": gave(commune_b, office),
        "back": gave(commune_a, user_a),
    }
    take_back_contribution(contribution=rows["back"], by=user_a, **WRITTEN)
    code = row.split(";")[0]
    data = csv_of(row.replace(code, str(rows[code].pk), 1) if code in rows else row)
    _batch, checked = sent(IMPORTER, data, user_a, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == [place]
    assert sentence in checked.problems[0].message
    assert checked.changes == ()


def test_a_form_holds_what_one_may_correct_alone(user_a, office, commune_a, installation):
    own = gave(commune_a, user_a)
    theirs = gave(commune_a, office, giver_name="Nhân dân thôn Đông")

    def codes(user):
        return [row["code"] for row in IMPORTER.current(user, as_of(installation))]

    assert codes(user_a) == [own.pk]
    assert codes(office) == [own.pk, theirs.pk]


def test_a_correction_counts_once_on_every_day_and_so_does_its_undoing(
    office, commune_a, installation
):
    old = gave(commune_a, office)
    data = csv_of(f"{old.pk};;;;;;;Xi măng trắng;;3;;;")
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    assert pairs(checked) == [
        (2, "Nội dung", "Xi măng", "Xi măng trắng"),
        (2, "Số lượng", "2,5", "3"),
    ]
    write(IMPORTER, batch, checked, office, installation)
    new = Contribution.objects.standing().get()
    assert (new.description, new.quantity, new.unit) == ("Xi măng trắng", 3, "tấn")
    # Taken back for its own day: no day counts both.
    assert totals(date(2022, 4, 20)) == totals() == {"18523": (0, 1)}
    undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    assert list(Contribution.objects.standing()) == [old]
    assert totals(date(2022, 4, 20)) == totals() == {"18523": (0, 1)}
    # Nothing was deleted, and what holds again can be taken back again.
    assert Contribution.objects.count() == 5
    take_back_contribution(contribution=old, by=office, **WRITTEN)
    assert totals() == {"18523": (0, 0)}
    trail = AuditEntry.objects.filter(action__startswith="contribution.").order_by("pk")
    assert list(trail.values_list("action", flat=True)) == [
        "contribution.record",
        "contribution.take_back",
        "contribution.record",
        "contribution.take_back",
        "contribution.restore",
        "contribution.take_back",
    ]


def test_the_list_says_what_holds_again(client, office, commune_a, installation):
    old = gave(commune_a, office)
    data = csv_of(f"{old.pk};;;;;;;Xi măng trắng;;3;;;")
    batch = taken(data, office, installation)
    undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    client.force_login(office)
    page = client.get(reverse("sponsors:contribution-list")).content.decode()

    assert page.count(">ghi lại<") == 1
    assert page.count(">Rút lại<span") == 1


def test_a_closed_month_is_told_in_the_preview(office, commune_a, installation):
    closed = Period.objects.create(
        month=date(2022, 3, 1), cut_off_on=date(2022, 3, 31), due_on=date(2022, 4, 5)
    )
    Period.objects.filter(pk=closed.pk).update(closed_at=NOW, revision=1)
    data = csv_of(
        ";18523;;20/3/2022;Nhân dân;;Tiền;A;5;;;;", ";18523;;20/4/2022;Nhân dân;;Tiền;A;5;;;;"
    )
    _batch, checked = sent(IMPORTER, data, office, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == ["D2"]
    assert "đã khóa sổ" in checked.problems[0].message
    assert [change.row for change in checked.changes] == [3]


def test_what_was_taken_back_since_stops_the_undoing(office, commune_a, installation):
    batch = taken(csv_of(";18523;;20/4/2022;Nhân dân;;Tiền;Góp;5;;;;"), office, installation)
    take_back_contribution(contribution=Contribution.objects.get(), by=office, **WRITTEN)

    with pytest.raises(ValidationError, match="rút lại hoặc sửa sau lần nhập này"):
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)


def test_a_sponsor_writes_down_its_own_without_naming_itself(sponsor_a, commune_a, installation):
    own = sponsor_a.sponsor_member.sponsor
    factories.make_assignment(own, commune_a)
    other = factories.make_sponsor(name="Công ty Than")
    factories.make_assignment(other, commune_a)
    taken(csv_of(";18523;;20/4/2022;Đơn vị đỡ đầu;;Tiền;Giúp;5;;;;"), sponsor_a, installation)
    assert Contribution.objects.get().sponsor == own
    data = csv_of(";18523;;20/4/2022;Đơn vị đỡ đầu;Công ty Than;Tiền;Giúp;5;;;;")
    _batch, checked = sent(IMPORTER, data, sponsor_a, installation, "a.csv")
    assert [problem.place for problem in checked.problems] == ["F2"]
    assert "Không có đơn vị đỡ đầu “Công ty Than”" in checked.problems[0].message


def test_who_only_reads_writes_nothing_down(viewer, installation):
    with pytest.raises(PermissionDenied, match="chỉ xem"):
        sent(IMPORTER, csv_of(), viewer, installation, "a.csv")


def test_everything_that_is_wrong_with_a_row_is_told_at_once(office, commune_a, installation):
    data = csv_of(";18599;;20/4/2022;Nhân dân;;Hiện vật;A;;2,555;;;")
    _batch, checked = sent(IMPORTER, data, office, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == ["B2", "J2", "K2"]
