"""Pages of tasks: whole page and fragment, refusals, and what stays in a refused form."""

from datetime import date

import pytest
from django.urls import reverse

from sponsors.choices import TaskState
from sponsors.selectors import task_filters
from tests.factories import make_commune, make_set, make_sponsor, make_village
from tests.sponsors.build import create_task, report

pytestmark = pytest.mark.django_db
LIST = "/tasks/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def task(installation, commune_a, sponsor_a):
    return create_task(
        title="Bê tông hóa 700 m đường",
        sponsor=sponsor_a.sponsor_member.sponsor,
        commune=commune_a,
        due_on=date(2022, 4, 15),
        detail="Đường trục thôn 5",
    )


@pytest.fixture
def signed_in(client, sponsor_a):
    client.force_login(sponsor_a)
    return client


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def post(client, task, *, target="", **data):
    headers = HTMX | {"HX-Target": target} if target else {}
    fields = {"version": task.version, "transition": "progress"} | data
    return client.post(reverse("sponsors:task-update", args=[task.pk]), fields, headers=headers)


def facts(task):
    task.refresh_from_db()
    return (task.state, task.progress, task.version)


# --- the list -------------------------------------------------------------------------------------


def test_sponsor_comes_home_to_its_own_tasks_with_a_way_to_report(signed_in, task):
    create_task(title="Việc của người khác", commune=task.commune)
    page = signed_in.get(LIST).content.decode()
    assert task.title in page
    assert "Việc của người khác" not in page
    assert "1 việc chậm" in page
    assert f'href="/tasks/{task.pk}/report/"' in page


def test_filters_swap_the_list_alone_and_stand_in_the_address(client, office, task):
    client.force_login(office)
    create_task(title="Việc ở xã khác")
    url = f"{LIST}?commune={task.commune.code}&late=1"
    page = client.get(url).content.decode()
    part = client.get(url, headers=HTMX | {"HX-Target": "task-list"}).content.decode()
    assert part.lstrip().startswith('<div id="task-list">')
    assert page.startswith("<!doctype html>")
    assert part.strip() in page
    assert task.title in part
    assert "Việc ở xã khác" not in part
    # The links to other views keep the commune.
    assert f'href="?commune={task.commune.code}&amp;state=open"' in part


def test_names_in_the_filters_are_escaped_and_the_chosen_one_is_marked(
    client, office, installation
):
    tricky = make_sponsor(name='Công ty "A" <b>&')
    for sponsor in (tricky, make_sponsor()):
        create_task(sponsor=sponsor)
    client.force_login(office)
    page = client.get(f"{LIST}?sponsor={tricky.pk}").content.decode()
    name = "Công ty &quot;A&quot; &lt;b&gt;&amp;"
    assert f'<option value="{tricky.pk}" selected>{name}</option>' in page


def test_history_restore_gets_the_whole_page(client, office, task):
    client.force_login(office)
    headers = HTMX | {"HX-Target": "task-list", "HX-History-Restore-Request": "true"}
    assert client.get(LIST, headers=headers).content.startswith(b"<!doctype html>")


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("state=foo", 400, "Không có trạng thái “foo”."),
        ("page=abc", 400, "Số trang không đúng."),
        ("page=0", 400, "Số trang bắt đầu từ 1."),
        ("late=yes", 400, "Không có lựa chọn “yes”."),
        ("due=x", 400, "Số ngày đến hạn không đúng."),
        ("due=-1", 400, "Số ngày đến hạn không được âm."),
        ("criterion=x", 400, "Số tiêu chí không đúng."),
        ("sponsor=x", 400, "Mã đơn vị đỡ đầu không đúng."),
        ("page=999", 404, "Danh sách không có trang này."),
        ("commune=99999", 404, "Không có xã mang mã “99999”"),
        ("criterion=77", 404, "Không có tiêu chí số 77."),
        ("sponsor=999999", 404, "Không có đơn vị đỡ đầu này"),
        ("as_of=2030-01-01", 400, "Không có số liệu cho ngày 01/01/2030."),
    ],
)
def test_unknown_filter_values_are_refused_in_a_sentence(
    client, office, task, query, status, sentence
):
    client.force_login(office)
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == status
    assert sentence in response.content.decode()


def test_empty_filters_of_the_plain_form_mean_nothing(client, office, task):
    client.force_login(office)
    query = "q=&commune=&criterion=&sponsor=&state=&late=&due=&page="
    assert task.title in client.get(f"{LIST}?{query}").content.decode()


def test_list_of_another_day_keeps_the_day_in_its_links(client, office, task):
    client.force_login(office)
    page = client.get(f"{LIST}?as_of=2022-04-10").content.decode()
    assert f'href="/tasks/{task.pk}/?as_of=2022-04-10"' in page
    assert "Chậm" not in page.split('id="task-list"')[1].split("<tbody>")[1]
    assert '<input type="hidden" name="as_of" value="2022-04-10">' in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_size(client, office, task, count):
    for _n in range(count - 1):
        create_task(commune=make_commune(), village=None, sponsor=make_sponsor())
    client.force_login(office)
    assert queries(client, LIST) == 8


@pytest.mark.parametrize("count", [1, 3])
def test_task_takes_the_same_queries_for_any_history(signed_in, task, count, media):
    for n in range(count):
        report(task, n, by=task.sponsor.members.get().user, contributions=[])
    assert queries(signed_in, f"/tasks/{task.pk}/") == 12


def queries(client, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_hundred_rows_stay_small(client, office, installation, monkeypatch):
    criterion = make_set().criteria.get(number=20)
    commune, sponsor = (
        make_commune(name="Hương Bình"),
        make_sponsor(name="Doanh nghiệp minh họa 12"),
    )
    village = make_village(commune)
    for n in range(101):
        create_task(
            title=f"Hỗ trợ làm 1.200 m hàng rào xanh và chỉnh trang vườn hộ đợt {n}",
            commune=commune,
            village=village,
            sponsor=sponsor,
            criterion=criterion,
            provenance="illustrative",
        )
    client.force_login(office)
    page = client.get(LIST).content
    assert page.count(b"<tr><th") == 101  # the head and a hundred rows
    assert len(page) < 120_000
    assert task_filters.PAGE_SIZE == 100


# --- one task -------------------------------------------------------------------------------------


def test_task_shows_facts_history_and_form(signed_in, task, sponsor_a):
    report(task, 35, by=sponsor_a, note="Đã san nền\nxong", difficulty="Thiếu <b>cát</b>")
    page = signed_in.get(f"/tasks/{task.pk}/").content.decode()
    for text in (
        "Đường trục thôn 5",
        "Chậm 15 ngày",
        "35%",
        "Đã san nền<br>xong",
        "Thiếu &lt;b&gt;cát&lt;/b&gt;",
        'id="task-form"',
        'name="version" value="1"',
    ):
        assert text in page


def test_who_may_not_report_reads_why(client, user_a, task):
    client.force_login(user_a)
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert 'id="task-form"' not in page
    assert "Việc này do đơn vị được giao báo cáo; xã chỉ theo dõi." in page
    response = client.get(f"/tasks/{task.pk}/report/")
    assert response.status_code == 403
    assert "xã chỉ theo dõi" in response.content.decode()


def test_other_day_leads_back_to_the_present(signed_in, task):
    page = signed_in.get(f"/tasks/{task.pk}/?as_of=2022-04-10").content.decode()
    assert 'id="task-form"' not in page
    assert "Báo cáo được ghi cho ngày 30/04/2022." in page
    response = signed_in.get(f"/tasks/{task.pk}/report/?as_of=2022-04-10")
    assert (response.status_code, response["Location"]) == (302, f"/tasks/{task.pk}/report/")


@pytest.mark.parametrize("name", ["task", "task-update"])
def test_task_of_another_sponsor_does_not_exist(signed_in, task, name):
    other = create_task(commune=task.commune)
    for pk in (other.pk, other.pk + 1000):
        response = signed_in.get(reverse(f"sponsors:{name}", args=[pk]))
        assert response.status_code == 404
        assert "không thuộc phạm vi được xem" in response.content.decode()
    assert post(signed_in, other, progress="50").status_code == 404
    assert facts(other) == (TaskState.ASSIGNED, 0, 0)
