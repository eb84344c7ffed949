"""Who owes what: late, due this week, waiting; for oneself and, for the office, from everybody."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from criteria.choices import DossierState, Outcome
from criteria.models import Declaration
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.models import Period
from ntm_tracker.dashboard.selectors import due as dues
from ntm_tracker.dashboard.selectors.due_items import COMMUNE, DEPARTMENT, SPONSOR, count
from ntm_tracker.dashboard.selectors.due_sources import Ground
from sponsors.choices import Owner, TaskState
from sponsors.models import Difficulty
from tests import factories
from tests.criteria.procedure import load_procedure, put
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
STATES = ((-9, "in_progress"), (3, "returned"), (60, "assigned"), (-4, "reported"))
URL = "/due/"


def day(days):
    return TODAY + timedelta(days=days)


def owe(days, **fields):
    """A task due so many days from today, in the hands of its doer."""
    fields = {"state": TaskState.IN_PROGRESS, "starts_on": date(2022, 3, 1)} | fields
    fields.setdefault("assigned_on", date(2022, 3, 1))
    return factories.make_task(due_on=day(days), **fields)


def report_of_march():
    """The report of March, due on 5/4: late for every commune that has not declared it."""
    Period.objects.create(
        month=date(2022, 3, 1), cut_off_on=date(2022, 3, 31), due_on=date(2022, 4, 5)
    )


@pytest.fixture
def ground(installation, office):
    return Ground(office, as_of_on(None, installation), installation)


def test_own_list_shows_late_first_then_due_then_waiting(client, installation, sponsor_a):
    sponsor = sponsor_a.sponsor_member.sponsor
    commune = factories.make_commune(name="Hà Linh")
    late = owe(-15, commune=commune, sponsor=sponsor, title="Trồng cây")
    soon = owe(7, commune=commune, sponsor=sponsor, title="Làm đường")
    new = owe(30, commune=commune, sponsor=sponsor, title="Sửa nhà", state=TaskState.ASSIGNED)
    back = owe(40, commune=commune, sponsor=sponsor, title="Đào kênh", state=TaskState.RETURNED)
    owe(8, commune=commune, sponsor=sponsor)
    owe(-5, commune=commune, sponsor=sponsor, state=TaskState.REPORTED)
    owe(-5, commune=commune)
    client.force_login(sponsor_a)

    own = client.get(URL).context["own"]

    assert [(row.kind, row.title, row.words, row.working_days_late) for row in own.page] == [
        # 15/4 to 30/4/2022: ten weekdays, and no holiday of a weekday among them.
        ("Việc", late.title, "Chậm 15 ngày", 10),
        ("Việc", soon.title, "Còn 7 ngày", 0),
        ("Việc chưa nhận", new.title, "Còn 30 ngày", 0),
        ("Việc bị trả lại", back.title, "Còn 40 ngày", 0),
    ]
    assert (own.counts.late, own.counts.due_soon, own.counts.waiting) == (1, 1, 2)
    assert own.page[0].url == reverse("sponsors:task", args=[late.pk])


def test_a_sponsor_owes_its_papers(ground, sponsor_a, commune_a):
    sponsor = sponsor_a.sponsor_member.sponsor
    factories.make_assignment(
        sponsor, commune_a, agreement_due_on=day(-2), plan_due_on=day(8), plan_done_on=None
    )

    found = dues.unit_due(ground, SPONSOR, sponsor.pk, "")

    assert [(row.title, row.place, row.days_late) for row in found.items] == [
        ("Ký kết đỡ đầu", "Xã Hương Bình", 2)
    ]


def test_a_commune_owes_planned_and_returned_criteria_and_its_own_tasks(
    ground, user_a, commune_a, commune_b
):
    criteria = factories.make_set(4).criteria.order_by("number")
    one, two, three, four = criteria
    for commune in (commune_a, commune_b):
        factories.plan(commune, one, day(-10))
        factories.plan(commune, two, day(7))
        factories.plan(commune, three, day(8))
        factories.plan(commune, four, day(-3))
        factories.assess(commune, four, Outcome.RETURNED, stage="verified", note="Thiếu ảnh")
    owe(-1, commune=commune_a, owner=Owner.COMMUNE, title="Họp dân")
    owe(-1, commune=commune_a, owner=Owner.SPONSOR)
    mine = Ground(user_a, ground.as_of, ground.installation)

    items = dues.own_items(mine)

    assert [(row.kind, row.title, row.days_late) for row in items] == [
        ("Tiêu chí theo kế hoạch", "Tiêu chí 1. Tiêu chí thử 1", 10),
        ("Việc", "Họp dân", 1),
        ("Tiêu chí theo kế hoạch", "Tiêu chí 2. Tiêu chí thử 2", -7),
        ("Tiêu chí bị trả lại", "Tiêu chí 4. Tiêu chí thử 4", None),
    ]
    assert {row.place for row in items} == {"Xã Hương Bình"}


def test_the_office_sees_what_waits_for_it_commune_by_commune(ground, commune_a):
    for _ in range(2):
        owe(-5, commune=commune_a, state=TaskState.REPORTED)

    (item,) = dues.own_items(ground)

    assert (item.title, item.place) == ("2 việc đề nghị nghiệm thu", "Xã Hương Bình")
    assert item.url == f"/tasks/?commune={commune_a.code}&state=reported"


@pytest.mark.parametrize("kind", [SPONSOR, COMMUNE, DEPARTMENT])
def test_counts_of_the_list_equal_the_items_of_each_unit(ground, commune_a, commune_b, kind):
    factories.plan(commune_b, factories.make_set(3).criteria.first(), day(-10))
    sponsor, department = factories.make_sponsor(), factories.make_department()
    factories.make_assignment(sponsor, commune_a, agreement_due_on=day(-2))
    report_of_march()
    doers = {
        SPONSOR: {"owner": Owner.SPONSOR, "sponsor": sponsor},
        COMMUNE: {"owner": Owner.PEOPLE},
        DEPARTMENT: {"owner": Owner.DEPARTMENT, "department": department},
    }
    for doer in doers.values():
        for days, state in (
            (-9, "in_progress"),
            (3, "returned"),
            (60, "assigned"),
            (-4, "reported"),
        ):
            owe(days, commune=commune_a, state=state, **doer)

    found = dues.unit_list(ground, kind)

    assert found.lines
    for line in found.lines:
        one = dues.unit_due(ground, kind, line.unit.pk, "")
        assert line.counts == count(one.items) == one.line.counts
        assert line.counts.total == len(one.items)
    assert found.counts.total == sum(line.counts.total for line in found.lines)


def test_the_most_late_unit_stands_first_with_how_to_reach_it(ground, commune_a):
    few = factories.make_sponsor(name="A")
    many = factories.make_sponsor(name="B", phone="0239 111", contact="Văn phòng", email="b@vd.vn")
    factories.make_sponsor_user(many, phone="0912 222", email="b@vd.vn")
    owe(-1, commune=commune_a, sponsor=few)
    owe(-3, commune=commune_a, sponsor=many)
    owe(-15, commune=commune_a, sponsor=many)

    first, second = dues.unit_list(ground, SPONSOR).lines

    assert (first.unit.name, second.unit.name) == ("B", "A")
    assert first.contact == dues.Contact("Văn phòng", ("0239 111", "0912 222"), ("b@vd.vn",))
    assert (first.days_late, first.working_days_late) == (15, 10)


def test_the_text_is_ready_to_send(client, installation, office, commune_a):
    sponsor = factories.make_sponsor(name="Sở Y tế")
    owe(-15, commune=commune_a, sponsor=sponsor, title="Xây trạm")
    client.force_login(office)

    page = client.get(URL, {"by": "sponsor", "who": sponsor.pk})

    assert page.context["due"].text == (
        "Kính gửi Sở Y tế,\n\n"
        "Văn phòng điều phối Nông thôn mới tỉnh xin trao đổi: tính đến ngày 30/04/2022, quý đơn vị "
        "có 1 việc quá hạn:\n"
        "1. Việc: Xây trạm (Xã Hương Bình) – hạn 15/04/2022, chậm 15 ngày (10 ngày làm việc).\n\n"
        "Kính đề nghị quý đơn vị quan tâm thực hiện và cập nhật kết quả trên hệ thống.\n"
        "Xem đầy đủ và cập nhật tại: http://testserver/due/\n"
        "Nếu có khó khăn, xin báo lại để Văn phòng cùng tháo gỡ. Trân trọng cảm ơn!"
    )
    assert 'data-copy="reminder"' in page.content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"by": "sponsor"}, 200),
        ({"by": "nobody"}, 400),
        ({"who": "1"}, 400),
        ({"by": "sponsor", "who": "x"}, 400),
        ({"by": "sponsor", "who": "99999999"}, 404),
        ({"by": "commune", "page": "2"}, 404),
        ({"page": "0"}, 400),
    ],
)
def test_addresses_that_make_no_sense_are_refused(client, installation, office, query, status):
    client.force_login(office)

    assert client.get(URL, query).status_code == status


@pytest.mark.parametrize("role", ["sponsor_a", "user_a", "department"])
def test_nobody_else_sees_what_others_owe(client, installation, request, role):
    sponsor = factories.make_sponsor(name="Đơn vị của người khác")
    owe(-15, sponsor=sponsor)
    client.force_login(request.getfixturevalue(role))

    assert client.get(URL, {"by": "sponsor"}).status_code == 403
    assert client.get(URL, {"by": "sponsor", "who": sponsor.pk}).status_code == 403
    assert "Đơn vị của người khác" not in client.get(URL).content.decode()


def test_a_viewer_who_owes_nothing_opens_on_the_sponsors(client, installation, viewer):
    owe(-15)
    client.force_login(viewer)

    page = client.get(URL)

    assert len(page.context["list"].lines) == 1
    assert [tab.current for tab in page.context["tabs"]] == [True, False, False]


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow_with_what_is_owed(ground, n, django_assert_num_queries):
    criteria = factories.make_set(3).criteria.all()
    report_of_march()
    for _ in range(n):
        commune, sponsor = factories.make_commune(), factories.make_sponsor()
        factories.make_assignment(sponsor, commune, agreement_due_on=day(-2))
        factories.plan(commune, criteria[0], day(-2))
        owe(-2, commune=commune, sponsor=sponsor)
        owe(-2, commune=commune, owner=Owner.COMMUNE)

    with django_assert_num_queries(5):
        dues.unit_list(ground, SPONSOR)
    with django_assert_num_queries(12):
        dues.unit_list(ground, COMMUNE)
    with django_assert_num_queries(5):
        dues.unit_due(ground, SPONSOR, sponsor.pk, "")


@pytest.mark.parametrize(("answerer", "role"), [("office", "office"), ("commune", "user_a")])
def test_a_difficulty_waits_with_whoever_has_to_answer(
    ground, request, commune_a, commune_b, answerer, role
):
    def raised(commune, **fields):
        fields = {"answerer": answerer, "due_on": day(-3)} | fields
        return Difficulty.objects.create(
            commune=commune,
            text="Giá xi măng tăng",
            by_label="Xã",
            effective_on=day(-10),
            recorded_at=factories.NOW,
            **fields,
        )

    raised(commune_a)
    raised(commune_a, state="answered")
    raised(commune_a, answerer="sponsor")
    if answerer == "commune":
        raised(commune_b)
    mine = Ground(request.getfixturevalue(role), ground.as_of, ground.installation)

    items = dues.own_items(mine)

    assert [(row.kind, row.title, row.place, row.days_late) for row in items] == [
        ("Khó khăn", "Giá xi măng tăng", "Xã Hương Bình", 3)
    ]


def test_a_commune_owes_the_report_of_the_month_until_it_declares(ground, user_a, commune_a):
    factories.make_set(3)
    for month in (2, 3, 4):
        cut_off = date(2022, month, 28)
        due_on = date(2022, month + 1, 5)
        Period.objects.create(month=date(2022, month, 1), cut_off_on=cut_off, due_on=due_on)
    mine = Ground(user_a, ground.as_of, ground.installation)

    def owed():
        return [(row.title[:30], row.days_late) for row in dues.own_items(mine)]

    assert owed() == [
        ("Xác nhận báo cáo tháng 03/2022", 25),
        ("Xác nhận báo cáo tháng 04/2022", -5),
    ]
    assert dues.own_items(mine)[0].url == f"/communes/{commune_a.code}/report/?month=2022-03"
    (seen_by_office,) = dues.unit_due(ground, COMMUNE, commune_a.pk, "").items[:1]
    assert seen_by_office.url == f"/communes/{commune_a.code}/"

    Declaration.objects.create(
        commune=commune_a,
        month=date(2022, 3, 1),
        by_label="Xã",
        effective_on=TODAY,
        recorded_at=factories.NOW,
    )

    assert owed() == [("Xác nhận báo cáo tháng 04/2022", -5)]


def test_criteria_wait_with_the_office_and_then_with_the_department_that_leads(
    ground, department, commune_a
):
    lead = department.department_member.department
    criteria = factories.make_set(3).criteria
    criteria.filter(number__lte=2).update(lead=lead)
    criteria.filter(number=3).update(lead=factories.make_department())
    for criterion in criteria.order_by("number"):
        factories.assess(commune_a, criterion)
    mine = Ground(department, ground.as_of, ground.installation)

    def waiting(who):
        return [(row.kind, row.title, row.place) for row in dues.own_items(who)]

    submitted = "3 tiêu chí chờ kiểm tra: 1, 2, 3"
    assert waiting(ground) == [("Chờ kiểm tra", submitted, "Xã Hương Bình")]
    assert waiting(mine) == []

    for criterion in criteria.order_by("number"):
        factories.assess(commune_a, criterion, stage="verified")

    assert waiting(ground) == []
    verified = "2 tiêu chí chờ thẩm định: 1, 2"
    assert waiting(mine) == [("Chờ thẩm định", verified, "Xã Hương Bình")]
    assert [line.counts.total for line in dues.unit_list(ground, DEPARTMENT).lines] == [1, 1]


def test_the_office_is_told_of_dossiers_past_their_days_and_of_late_papers(ground, commune_a):
    load_procedure()
    in_force = factories.make_set(3)
    put(commune_a, in_force, DossierState.SELF_DECLARED, date(2022, 1, 10))
    put(factories.make_commune(), in_force, DossierState.SELF_DECLARED, TODAY)
    factories.make_assignment(
        factories.make_sponsor(), commune_a, agreement_due_on=day(-2), plan_due_on=day(-9)
    )
    factories.make_assignment(
        factories.make_sponsor(), commune_a, agreement_due_on=day(3), plan_due_on=day(90)
    )

    found = {item.kind: item for item in dues.own_items(ground)}

    assert set(found) == {"Hồ sơ công nhận", "Đôn đốc giấy tờ đỡ đầu"}
    dossier, papers = found["Hồ sơ công nhận"], found["Đôn đốc giấy tờ đỡ đầu"]
    assert (dossier.place, dossier.url) == ("Xã Hương Bình", f"/communes/{commune_a.code}/dossier/")
    # The catalogue gives this step thirty calendar days.
    assert dossier.due_on == date(2022, 1, 10) + timedelta(days=30)
    assert (papers.title, papers.due_on) == (
        "1 phân công quá hạn ký kết hoặc lập kế hoạch",
        day(-9),
    )


@pytest.mark.parametrize("role", ["office", "user_a"])
def test_pages_that_know_of_late_tasks_lead_to_the_list(
    client, installation, request, commune_a, role
):
    user = request.getfixturevalue(role)
    factories.make_set(3)
    owe(-3, commune=commune_a, owner=Owner.COMMUNE)
    owe(2, commune=commune_a, owner=Owner.COMMUNE)
    client.force_login(user)
    strip = "1 việc quá hạn</strong>, 1 việc đến hạn trong 7 ngày. "
    of_commune = f"/due/?by=commune&amp;who={commune_a.pk}" if role == "office" else "/due/"

    for url, href in ((f"/communes/{commune_a.code}/", of_commune), ("/tasks/", "/due/")):
        page = client.get(url).content.decode()
        assert f'{strip}<a class="more" href="{href}">' in page
