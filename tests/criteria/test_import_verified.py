"""Verdicts of the office out of a file: verified as reported, returned with a reason, undone."""

import pytest
from django.core.exceptions import ValidationError

from criteria.choices import Outcome, Stage
from criteria.importers import VerifiedImporter
from criteria.models import Assessment
from ntm_tracker.core.choices import Role
from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry
from tests import factories
from tests.dashboard.test_imports import WRITTEN, pairs, sent, write
from tests.factories import assess, make_set
from tests.queries import WRITER_LOCK

pytestmark = pytest.mark.django_db
IMPORTER = VerifiedImporter()


@pytest.fixture
def criteria(installation, commune_a):
    """Five criteria: two wait, one is verified, one returned, one not reported."""
    found = list(make_set(size=5).criteria.order_by("number"))
    for criterion in found[:4]:
        assess(commune_a, criterion, outcome=Outcome.MET, stage=Stage.SELF, note="Xã ghi")
    assess(commune_a, found[2], outcome=Outcome.MET, stage=Stage.VERIFIED)
    assess(commune_a, found[3], outcome=Outcome.RETURNED, stage=Stage.VERIFIED)
    return found


def csv_of(*rows: str) -> bytes:
    return "\n".join(["Mã ô;Kết luận;Ghi chú", *rows]).encode()


def said(criterion):
    row = Assessment.objects.filter(criterion=criterion, stage=Stage.VERIFIED).latest("pk")
    return row.outcome, row.note


def test_each_row_has_its_own_verdict_and_remark(criteria, office, installation):
    data = csv_of("18523-1;Đạt;", "18523-2;trả lại;Thiếu ảnh", "18523-3;xác nhận;", "18523-4;;")
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")

    assert checked.problems == ()
    assert pairs(checked) == [
        (2, "Kết luận của Văn phòng", "", "Xác nhận"),
        (3, "Kết luận của Văn phòng", "", "Trả lại"),
        (3, "Ghi chú, lý do", "", "Thiếu ảnh"),
    ]
    write(IMPORTER, batch, checked, office, installation)
    # Without a remark of its own a verified row keeps the commune's.
    assert said(criteria[0]) == (Outcome.MET, "Xã ghi")
    assert said(criteria[1]) == (Outcome.RETURNED, "Thiếu ảnh")
    assert AuditEntry.objects.filter(action="assessment.verified", origin="a.csv").count() == 2
    assert sent(IMPORTER, data, office, installation, "a.csv")[1].changes == ()
    undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    assert said(criteria[0])[0] == Outcome.WITHDRAWN
    again = sent(IMPORTER, data, office, installation, "a.csv")[1]
    assert [change.cells for change in again.changes] == [one.cells for one in checked.changes]


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        ("18523-9;Xác nhận;", "A2", "Không có tiêu chí đã báo cáo mã “18523-9”"),
        ("18523-5;Xác nhận;", "A2", "Không có tiêu chí đã báo cáo"),
        (";Xác nhận;", "A2", "Chưa có mã ô"),
        ("18523-1;gần đạt;", "B2", "Không có kết luận “gần đạt”"),
        ("18523-1;Chưa đạt;", "B2", "Văn phòng không sửa thay"),
        ("18523-1;;Cần xem lại", "B2", "chưa có kết luận"),
        ("18523-1;Trả lại;", "C2", "lý do trả lại"),
        ("18523-4;Xác nhận;", "B2", "đang chờ xã báo cáo lại"),
    ],
)
def test_a_wrong_row_is_named(criteria, office, installation, row, place, sentence):
    _batch, checked = sent(IMPORTER, csv_of(row), office, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == [place]
    assert sentence in checked.problems[0].message
    assert checked.changes == ()


def test_what_was_said_later_stops_the_undoing_and_is_named(
    criteria, commune_a, office, installation
):
    data = csv_of("18523-1;Xác nhận;", "18523-2;Xác nhận;")
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    write(IMPORTER, batch, checked, office, installation)
    assess(commune_a, criteria[1], outcome=Outcome.MET, stage=Stage.APPRAISED)

    with pytest.raises(ValidationError, match=r"Dòng 3.*tiêu chí 2: đã có kết luận khác"):
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    assert said(criteria[0])[0] == Outcome.MET


def test_only_the_office_verifies(user_a, department, viewer, sponsor_a, office, admin):
    accounts = (office, admin, user_a, department, viewer, sponsor_a)
    assert [bool(IMPORTER.may(user)) for user in accounts] == [True, True] + [False] * 4


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_the_rows(n, installation, django_assert_num_queries):
    office = factories.make_user(Role.OFFICE)
    commune = factories.make_commune(code="18600")
    for criterion in make_set(size=3).criteria.all():
        assess(commune, criterion)
    rows = [f"18600-{number};Xác nhận;" for number in range(1, n + 1)]
    batch, checked = sent(IMPORTER, csv_of(*rows), office, installation, "a.csv")
    assert len(checked.changes) == n
    with django_assert_num_queries(32 + WRITER_LOCK):
        write(IMPORTER, batch, checked, office, installation)
