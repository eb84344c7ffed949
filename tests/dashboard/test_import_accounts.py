"""Accounts out of a file: invited, bound, ended; what nobody may do by hand no file does."""

from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from communes.models import CommuneAccess
from ntm_tracker.core.choices import Role
from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.dashboard.importers import AccountImporter
from ntm_tracker.dashboard.selectors.accounts import INVITED, state_of
from sponsors.models import SponsorMember
from tests import factories
from tests.dashboard.test_imports import WRITTEN, form, pairs, sent, write

pytestmark = pytest.mark.django_db
IMPORTER = AccountImporter()
HEAD = "Tên đăng nhập;Tên hiển thị;Vai trò;Đơn vị;Điện thoại;Thư điện tử;Còn dùng;Lý do"


def csv_of(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def taken(data, user, installation):
    batch, checked = sent(IMPORTER, data, user, installation, "a.csv")
    assert checked.problems == ()
    write(IMPORTER, batch, checked, user, installation)
    return batch


def test_new_accounts_are_bound_and_wait_for_their_invitation(
    client, office, commune_a, installation
):
    health = factories.make_sponsor(name="Sở Y tế", short_name="SYT")
    factories.make_assignment(health, commune_a)
    department = factories.make_department(name="Sở Xây dựng")
    data = csv_of(
        "xa-huong-binh;UBND xã Hương Bình;Xã;18523;0239 1;;;",
        "so-y-te;Sở Y tế;Đơn vị đỡ đầu;SYT;;;;",
        "so-xay-dung;Sở Xây dựng;Sở, ngành phụ trách;sở xây dựng;;;;",
        "bcd-tinh;Ban Chỉ đạo;Ban Chỉ đạo, lãnh đạo;;;bcd@tinh.vn;;",
    )
    batch = taken(data, office, installation)

    made = {user.username: user for user in User.objects.exclude(pk=office.pk)}
    assert {state_of(user) for user in made.values()} == {INVITED}
    assert CommuneAccess.objects.get(user=made["xa-huong-binh"], source="member").level == "edit"
    assert SponsorMember.objects.get(user=made["so-y-te"]).sponsor == health
    # The assignment of its sponsor opens the commune to it.
    assert CommuneAccess.objects.filter(user=made["so-y-te"], commune=commune_a).exists()
    assert made["so-xay-dung"].department_member.department == department
    assert AuditEntry.objects.filter(action="user.create").count() == 4
    client.force_login(office)
    page = client.get(reverse("dashboard:user", args=[made["so-y-te"].pk])).content.decode()
    assert "/invite/" in page
    batch_page = client.get(reverse("dashboard:import-batch", args=[batch.pk])).content.decode()
    assert f"{reverse('dashboard:user-list')}?state=invited" in batch_page
    assert sent(IMPORTER, data, office, installation, "a.csv")[1].changes == ()

    undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    assert list(User.objects.all()) == [office]
    assert CommuneAccess.objects.count() == SponsorMember.objects.count() == 0
    assert AuditEntry.objects.filter(action="user.remove").count() == 4


def test_a_form_tells_no_password(office, installation):
    book = load_workbook(BytesIO(form(IMPORTER, office, installation)))
    cells = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value]

    assert office.password not in " ".join(cells)
    assert not [cell for cell in cells if cell.startswith(("pbkdf2", "argon2", "md5$", "!"))]


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        ("xã a;Xã A;Xã;18523;;;;", "A2", "chỉ gồm chữ không dấu"),
        ("moi;;Xã;18523;;;;", "B2", "Tài khoản mới phải có tên hiển thị"),
        ("moi;Xã A;;18523;;;;", "C2", "Tài khoản mới phải có vai trò"),
        ("moi;Xã A;Quản trị;;;;;", "C2", "Chỉ tài khoản quản trị lập được"),
        ("moi;Xã A;Xã;;;;;", "D2", "phải gắn với một đơn vị"),
        ("moi;Xã A;Xã;Hương Bịnh;;;;", "D2", "Có phải “Hương Bình”?"),
        ("moi;Ban;Ban Chỉ đạo, lãnh đạo;Hương Bình;;;;", "D2", "không gắn với đơn vị nào"),
        ("moi;Ban;Ban Chỉ đạo, lãnh đạo;;;khong-phai-thu;;", "F2", "Địa chỉ thư chưa đúng"),
        ("moi;Ban;Ban Chỉ đạo, lãnh đạo;;;;không;", "G2", "Tài khoản mới thì còn dùng"),
        ("quantri;Tên khác;;;;;;", "A2", "chỉ do tài khoản quản trị thay đổi"),
        ("VANPHONG;;;;;;không;", "G2", "Không ai tự ngừng tài khoản của mình"),
        ("xa-a;;Đơn vị đỡ đầu;;;;;", "D2", "phải gắn với một đơn vị"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(
    office, admin, user_a, commune_a, installation, row, place, sentence
):
    _batch, checked = sent(IMPORTER, csv_of(row), office, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == [place]
    assert sentence in checked.problems[0].message
    assert checked.changes == ()


def test_one_account_has_one_row(office, user_a, commune_a, installation):
    data = csv_of("xa-a;;;;0239 5;;;", "XA-A;;;;0239 6;;;")
    _batch, checked = sent(IMPORTER, data, office, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == ["A3"]
    assert pairs(checked) == [(2, "Điện thoại", "", "0239 5")]


def test_another_unit_takes_the_place_of_the_old_and_back(
    office, user_a, commune_a, commune_b, installation
):
    data = csv_of("xa-a;;;Hà Linh;;;không;Sáp nhập xã")
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    assert pairs(checked) == [
        (2, "Đơn vị", "Xã Hương Bình", "Xã Hà Linh"),
        (2, "Còn dùng", "có", "không"),
    ]
    write(IMPORTER, batch, checked, office, installation)
    user_a.refresh_from_db()
    assert not user_a.is_active
    assert [row.commune for row in user_a.commune_access.all()] == [commune_b]
    assert AuditEntry.objects.get(action="user.deactivate").note == "Sáp nhập xã"
    undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    user_a.refresh_from_db()
    assert user_a.is_active
    assert [row.commune for row in user_a.commune_access.all()] == [commune_a]


def test_an_account_that_has_signed_in_stops_the_undoing(office, installation):
    batch = taken(
        csv_of("a;A;Ban Chỉ đạo, lãnh đạo;;;;;", "b;B;Ban Chỉ đạo, lãnh đạo;;;;;"),
        office,
        installation,
    )
    User.objects.filter(username="b").update(last_login=timezone.now())

    with pytest.raises(ValidationError, match="đã đặt mật khẩu hoặc đăng nhập"):
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    assert User.objects.filter(username="a").exists()


def test_an_account_that_was_changed_later_stops_the_undoing(
    office, user_a, commune_a, installation
):
    batch = taken(csv_of("xa-a;;;;0239 5;;;"), office, installation)
    User.objects.filter(pk=user_a.pk).update(phone="0239 7")

    with pytest.raises(ValidationError, match="đã được sửa sau lần nhập này"):
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)


def test_the_last_administrator_stays(admin, office, installation):
    data = csv_of("quantri;;Văn phòng Điều phối;;;;;")
    batch, checked = sent(IMPORTER, data, admin, installation, "a.csv")

    with pytest.raises(ValidationError, match="tài khoản quản trị cuối cùng"):
        write(IMPORTER, batch, checked, admin, installation)
    admin.refresh_from_db()
    assert (admin.role, admin.is_superuser) == (Role.ADMIN, True)


def test_only_the_office_makes_accounts_by_file(user_a, sponsor_a, viewer, installation):
    for user in (user_a, sponsor_a, viewer):
        with pytest.raises(PermissionDenied, match="do Văn phòng Điều phối lập"):
            sent(IMPORTER, csv_of("a;A;Xã;18523;;;;"), user, installation)


def test_many_accounts_ask_as_much_as_few(
    office, commune_a, installation, django_assert_max_num_queries
):
    health = factories.make_sponsor(name="Sở Y tế")
    rows = [f"xa-{n};Xã {n};Xã;18523;;;;" for n in range(15)]
    rows += [f"dv-{n};Đơn vị {n};Đơn vị đỡ đầu;{health.name};;;;" for n in range(15)]
    batch, checked = sent(IMPORTER, csv_of(*rows), office, installation, "a.csv")
    with django_assert_max_num_queries(60):
        write(IMPORTER, batch, checked, office, installation)
    with django_assert_max_num_queries(60):
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)
