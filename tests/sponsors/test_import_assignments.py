"""Assignments out of a file: made by their decision, their papers corrected, and undone."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from communes.models import CommuneAccess
from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry, Document
from sponsors.importers import AssignmentImporter
from sponsors.models import Assignment
from sponsors.services import end_assignment
from tests import factories
from tests.dashboard.test_imports import WRITTEN, pairs, sent, write
from tests.sponsors.build import create_task

pytestmark = pytest.mark.django_db
IMPORTER = AssignmentImporter()
HEAD = (
    "Mã phân công;Đơn vị đỡ đầu;Mã xã;Thôn;Chủ trì;Hình thức;Số quyết định;Ngày quyết định;"
    "Trích yếu;Hạn ký kết;Ngày ký kết"
)


@pytest.fixture
def health(installation):
    return factories.make_sponsor(name="Sở Y tế", short_name="SYT")


def csv_of(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def taken(data, office, installation):
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    assert checked.problems == ()
    write(IMPORTER, batch, checked, office, installation)
    return batch


def test_one_decision_binds_many_and_opens_them_to_the_accounts(
    health, office, installation, commune_a, commune_b
):
    account = factories.make_sponsor_user(health)
    data = csv_of(
        ";syt;18523;;x;Giao;834/QĐ-UBND;22/4/2022;Giao đỡ đầu;10/5/2022;",
        ";Sở Y tế;18502;;;giao;834/QĐ-UBND;22/4/2022;;;29/4/2022",
    )
    document = Document.objects.filter(number="834/QĐ-UBND")
    _batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    assert [problem.place for problem in checked.problems] == ["I3"]
    assert "chưa có trong hệ thống" in checked.problems[0].message
    data = data.replace(b"2022;;;29", "2022;Giao đỡ đầu;;29".encode())
    batch = taken(data, office, installation)

    made = Assignment.objects.order_by("pk")
    assert [(row.commune, row.is_lead, row.document) for row in made] == [
        (commune_a, True, document.get()),
        (commune_b, False, document.get()),
    ]
    assert (made[0].agreement_due_on, made[1].agreement_signed_on) == (
        date(2022, 5, 10),
        date(2022, 4, 29),
    )
    assert CommuneAccess.objects.filter(user=account).count() == 2
    # The same file again has nothing to say, and no code is needed to correct a paper.
    assert sent(IMPORTER, data, office, installation, "a.csv")[1].changes == ()
    later = data.replace(b"10/5/2022", b"20/5/2022")
    _batch, checked = sent(IMPORTER, later, office, installation, "a.csv")
    assert pairs(checked) == [(2, "Hạn ký kết", "10/05/2022", "20/05/2022")]

    undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    assert (Assignment.objects.count(), CommuneAccess.objects.count()) == (0, 0)
    assert AuditEntry.objects.filter(action="assignment.remove").count() == 2


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        (";Sở Y té;18523;;;Giao;1/QĐ;22/4/2022;A;;", "B2", "Có phải “Sở Y tế”?"),
        (";SYT;18523;;;;1/QĐ;22/4/2022;A;;", "F2", "Phân công mới phải có hình thức"),
        (";SYT;18523;;;Giao;;22/4/2022;A;;", "G2", "phải có số quyết định"),
        (";SYT;18523;;;Giao;1/QĐ;2/5/2022;A;;", "H2", "ở sau ngày báo cáo"),
        (";SYT;18523;;;Giao;1/QĐ;22/4/2022;A;1/4/2022;", "J2", "Hạn không thể trước ngày giao"),
        (";Công ty Than;18523;;;Giao;1/QĐ;26/4/2022;A;;", "B2", "đã được phân công đỡ đầu"),
        ("coal;Sở Y tế;;;;;;;;;", "B2", "không sửa bằng tệp; hiện là “Công ty Than”"),
        ("coal;Công ty Than;;;x;;;;;;", "E2", "không sửa bằng tệp; hiện để trống"),
        ("coal;Công ty Than;;;;;;;;;1/5/2022", "K2", "ở sau ngày báo cáo"),
        ("gone;Công ty Than;;;;;;;;;28/4/2022", "A2", "Phân công đã kết thúc ngày 25/04/2022"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(
    health, office, installation, commune_a, commune_b, row, place, sentence
):
    coal = factories.make_sponsor(name="Công ty Than")
    rows = {
        "coal": factories.make_assignment(coal, commune_a),
        "gone": factories.make_assignment(coal, commune_b, ended_on=date(2022, 4, 25)),
    }
    code = row.split(";")[0]
    data = csv_of(row.replace(code, str(rows[code].pk), 1) if code in rows else row)
    _batch, checked = sent(IMPORTER, data, office, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == [place]
    assert sentence in checked.problems[0].message
    assert checked.changes == ()


def test_an_assignment_with_tasks_stops_the_undoing(health, office, installation, commune_a):
    data = csv_of(";SYT;18523;;;Giao;1/QĐ;22/4/2022;A;;")
    batch = taken(data, office, installation)
    create_task(commune=commune_a, sponsor=health, assignment=Assignment.objects.get())

    with pytest.raises(ValidationError, match="đã có việc, không bỏ được; hãy kết thúc"):
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)


def test_papers_that_were_changed_later_or_ended_stop_the_undoing(
    health, office, installation, commune_a
):
    row = factories.make_assignment(health, commune_a)
    batch = taken(csv_of(f"{row.pk};Sở Y tế;;;;;;;;;28/4/2022"), office, installation)
    row.refresh_from_db()
    assert row.agreement_signed_on == date(2022, 4, 28)
    end_assignment(assignment=row, ended_on=date(2022, 4, 30), note="Đổi.", by=office, **WRITTEN)

    with pytest.raises(ValidationError, match="sửa hoặc kết thúc sau lần nhập này"):
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)


def test_an_undone_day_is_taken_away_and_said_in_the_trail(health, office, installation, commune_a):
    row = factories.make_assignment(health, commune_a)
    batch = taken(csv_of(f"{row.pk};Sở Y tế;;;;;;;;;28/4/2022"), office, installation)
    undo_batch(batch, IMPORTER, by=office, **WRITTEN)

    row.refresh_from_db()
    assert row.agreement_signed_on is None
    trail = AuditEntry.objects.filter(action="assignment.agreement_signed").order_by("pk")
    assert list(trail.values_list("old", "new")) == [
        ("", "Ký kết 28/04/2022"),
        ("Ký kết 28/04/2022", ""),
    ]


def test_only_the_office_assigns_by_file(health, user_a, sponsor_a, viewer, installation):
    for user in (user_a, sponsor_a, viewer):
        with pytest.raises(PermissionDenied, match="Chỉ Văn phòng"):
            sent(IMPORTER, csv_of(";SYT;18523;;;Giao;1/QĐ;22/4/2022;A;;"), user, installation)
