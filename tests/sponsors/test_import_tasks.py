"""Tasks out of a file: given and changed, what is refused at which cell, and undoing."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry
from sponsors.choices import Owner, TaskTransition
from sponsors.importers import TaskImporter
from sponsors.models import Task, TaskUpdate
from tests import factories
from tests.dashboard.test_imports import WRITTEN, pairs, sent, write
from tests.sponsors.build import create_task, report

pytestmark = pytest.mark.django_db
IMPORTER = TaskImporter()
HEAD = "Mã việc;Việc;Mã xã;Xã;Thôn;Bên thực hiện;Thực hiện;Hạn;Trạng thái;Lý do sửa"


@pytest.fixture
def health(installation, commune_a):
    """The sponsor of commune A."""
    sponsor = factories.make_sponsor(name="Sở Y tế", short_name="SYT")
    factories.make_assignment(sponsor, commune_a, is_lead=True)
    return sponsor


def csv_of(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def told(checked):
    return [(problem.place, problem.message) for problem in checked.problems]


def test_the_sponsor_of_the_place_gets_a_task_that_names_none(
    health, office, installation, commune_a
):
    data = csv_of(";Trồng cây;;xã hương bình;;;;20/5/2022;;")
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    write(IMPORTER, batch, checked, office, installation)

    task = Task.objects.get()
    assert (task.sponsor, task.commune, task.assignment.sponsor) == (health, commune_a, health)
    assert (task.assigned_on, task.due_on) == (date(2022, 4, 30), date(2022, 5, 20))
    assert TaskUpdate.objects.get().transition == TaskTransition.ASSIGN
    # Sent once more it is there already; twice in one file it is one too many.
    assert sent(IMPORTER, data, office, installation, "a.csv")[1].changes == ()
    twice = csv_of(*[";Dọn rác;18523;;;Xã;;20/5/2022;;"] * 2)
    _batch, checked = sent(IMPORTER, twice, office, installation, "a.csv")
    assert told(checked) == [("B3", "Trùng với dòng 2 của tệp; chỉ giữ lại một dòng.")]


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        (";A;;Hương Bịnh;;;;20/5/2022;;", "D2", "Không có xã “Hương Bịnh”. Có phải “Hương Bình”?"),
        (";A;;Cũ Kỹ;;;;20/5/2022;;", "D2", "chỉ có đến hết ngày 31/12/2021"),
        (";A;18523;Hà Linh;;;;20/5/2022;;", "D2", "Mã 18523 là Xã Hương Bình"),
        (";A;18999;;;;;20/5/2022;;", "C2", "Không có xã “18999”"),
        (";A;;;;;;20/5/2022;;", "D2", "Chưa có xã"),
        (
            ";A;;;Thôn Chung;;;20/5/2022;;",
            "D2",
            "có ở Xã Hà Linh (Huyện Hương Khê, mã 18502) và Xã",
        ),
        (";A;18523;;Thôn Đôi;;;20/5/2022;;", "E2", "Có 2 thôn của Xã Hương Bình tên “Thôn Đôi”"),
        (";A;18523;;Thôn Chugn;;;20/5/2022;;", "E2", "Có phải “Thôn Chung”?"),
        (";A;18523;;;;Sở Y té;20/5/2022;;", "G2", "Có phải “Sở Y tế”?"),
        (";A;18523;;;;Công ty Than;20/5/2022;;", "G2", "Công ty Than không được phân công ở"),
        (";A;18502;;;;;20/5/2022;;", "G2", "Chưa có đơn vị đỡ đầu nào được phân công ở Xã Hà"),
        (";A;18523;;;Sở, ngành;;20/5/2022;;", "G2", "Chưa ghi sở, ngành thực hiện"),
        (";A;18523;;;Xã;Sở Y tế;20/5/2022;;", "G2", "để trống cột Thực hiện"),
        (";A;18523;;;;;;;", "H2", "Việc mới phải có hạn"),
        (";A;18523;;;;;20/5/2022;Đang làm;", "I2", "tiến độ báo cáo ở trang Việc"),
        ("99999;A;;;;;;20/5/2022;;", "A2", "Không có việc mã “99999”"),
        ("open;A;18502;;;;;;;", "C2", "Cột này không sửa bằng tệp; hiện là “18523”"),
        ("open;A;;;;;;;Đã nghiệm thu;", "I2", "hiện là “Đã giao”"),
        ("open;A;;;;;;1/1/2022;;", "H2", "Hạn ở trước ngày bắt đầu"),
        ("open;A;;;;;Công ty Than;20/5/2022;;", "G2", "không được phân công ở Xã Hương Bình"),
        ("done;A;;;;;;20/5/2022;;", "A2", "Việc đã hủy"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(
    health, office, installation, commune_a, commune_b, row, place, sentence
):
    factories.make_commune(name="Cũ Kỹ", valid_to=date(2021, 12, 31))
    factories.make_sponsor(name="Công ty Than")
    factories.make_village(commune_b, name="Thôn Chung")
    for name in ("Thôn Chung", "Thôn Đôi", "Thôn Đôi"):
        factories.make_village(commune_a, name=name)
    tasks = {
        "open": create_task(commune=commune_a, sponsor=health),
        "done": create_task(commune=commune_a, sponsor=health),
    }
    report(tasks["done"], transition=TaskTransition.CANCEL, note="Thôi.")
    code = row.split(";")[0]
    data = csv_of(row.replace(code, str(tasks[code].pk), 1) if code in tasks else row)
    _batch, checked = sent(IMPORTER, data, office, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == [place]
    assert sentence in checked.problems[0].message
    assert checked.changes == ()


def test_a_village_alone_tells_its_commune(health, office, installation, commune_a):
    village = factories.make_village(commune_a, name="Thôn Bình Minh")
    data = csv_of(";A;;;thôn bình minh;Nhân dân, thôn;;20/5/2022;;")
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    write(IMPORTER, batch, checked, office, installation)

    assert Task.objects.get().village == village


def test_another_doer_is_written_with_the_reason_and_taken_back(
    health, office, installation, commune_a
):
    department = factories.make_department(name="Sở Xây dựng")
    task = create_task(commune=commune_a, sponsor=health)
    data = csv_of(f"{task.pk};{task.title};;;;Sở, ngành;sở xây dựng;31/5/2022;;Đổi việc")
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    assert pairs(checked) == [
        (2, "Bên thực hiện", "Đơn vị đỡ đầu", "Sở, ngành"),
        (2, "Thực hiện", "Sở Y tế", "Sở Xây dựng"),
    ]
    write(IMPORTER, batch, checked, office, installation)
    task.refresh_from_db()
    assert (task.owner, task.department, task.version) == (Owner.DEPARTMENT, department, 1)
    assert AuditEntry.objects.get(action="task.amend").note == "Đổi việc"
    undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    task.refresh_from_db()
    assert (task.owner, task.sponsor, task.department) == (Owner.SPONSOR, health, None)


def test_a_task_already_reported_on_stops_the_undoing(health, office, installation, commune_a):
    old = create_task(commune=commune_a, sponsor=health)
    data = csv_of(";Mới;18523;;;;;20/5/2022;;", f"{old.pk};Tên khác;;;;;;31/5/2022;;")
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    write(IMPORTER, batch, checked, office, installation)
    for task in Task.objects.all():
        report(task, 40)

    with pytest.raises(ValidationError) as refused:
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)
    assert [message.split(",")[0] for message in refused.value.messages] == ["Dòng 3", "Dòng 2"]
    assert "Việc đã được báo cáo hoặc sửa sau lần nhập này." in refused.value.messages[0]
    assert Task.objects.count() == 2


def test_an_undone_task_leaves_no_row_but_its_trail(health, office, installation, commune_a):
    data = csv_of(";Mới;18523;;;;;20/5/2022;;")
    batch, checked = sent(IMPORTER, data, office, installation, "a.csv")
    write(IMPORTER, batch, checked, office, installation)
    undo_batch(batch, IMPORTER, by=office, **WRITTEN)

    assert (Task.objects.count(), TaskUpdate.objects.count()) == (0, 0)
    trail = AuditEntry.objects.filter(action__startswith="task.").order_by("pk")
    assert list(trail.values_list("action", flat=True)) == ["task.assign", "task.remove"]


def test_only_the_office_gives_tasks_by_file(health, user_a, sponsor_a, department, installation):
    for user in (user_a, sponsor_a, department):
        with pytest.raises(PermissionDenied, match="Chỉ Văn phòng"):
            sent(IMPORTER, csv_of(";A;18523;;;;;20/5/2022;;"), user, installation, "a.csv")


def test_many_rows_are_checked_and_written_with_few_questions(
    health, office, installation, commune_a, django_assert_max_num_queries
):
    tasks = [create_task(commune=commune_a, sponsor=health) for _ in range(12)]
    rows = [f"{task.pk};{task.title} {task.pk};;;;;;1/6/2022;;" for task in tasks]
    rows += [f";Mới {n};18523;;;;;20/5/2022;;" for n in range(12)]
    batch, checked = sent(IMPORTER, csv_of(*rows), office, installation, "a.csv")
    assert len(checked.changes) == 24
    # Checking again, the batch and its trail, new tasks: as many for any number of rows. Of those
    # that change one each.
    with django_assert_max_num_queries(27 + 12):
        write(IMPORTER, batch, checked, office, installation)
    with django_assert_max_num_queries(40 + 12):
        undo_batch(batch, IMPORTER, by=office, **WRITTEN)
