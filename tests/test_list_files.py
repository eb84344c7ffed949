"""Every list as a file: what the page shows, whole, to whom the page shows it, in both kinds."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from ntm_tracker.core import audit, list_file
from ntm_tracker.core.models import Period
from sponsors.selectors import task_filters
from tests import factories

pytestmark = pytest.mark.django_db

# Address → a heading of its file, and what a row of commune A's says under it.
LISTS = {
    "/tasks/": ("Việc", "Đổ bê tông đường thôn"),
    "/sponsors/": ("Tên đơn vị", "Công ty A"),
    "/assignments/": ("Tên đơn vị", "Công ty A"),
    "/assignments/?view=none": ("Thôn", "Thôn 1"),
    "/contributions/": ("Nội dung", "Xi măng"),
    "/difficulties/": ("Nội dung", "Thiếu xi măng"),
    "/conclusions/": ("Số, ký hiệu", "12/TB-BCĐ"),
    "/reviews/": ("Tên đơn vị", "Công ty A"),
    "/villages/": ("Thôn", "Thôn 1"),
    "/criteria/": ("Tiêu chí", "Tiêu chí thử 1"),
    "/criteria/1/": ("Xã", "Hương Bình"),
    "/declarations/": ("Xã", "Hương Bình"),
    "/funding/": ("Nhu cầu (đồng)", "5000000000"),
    "/funding/flow/": ("Đã xác định, mọi nguồn (đồng)", "6000000000"),
    "/warnings/": ("Nơi", None),
    "/due/": ("Nội dung", None),
    "/due/?by=sponsor": ("Đơn vị", "Công ty A"),
    "/audit/": ("Đối tượng", "Đổ bê tông đường thôn"),
    "/users/": ("Tên đăng nhập", "vanphong"),
}


@pytest.fixture
def world(installation, commune_a, commune_b, sponsor_a, sponsor_b, user_a):
    """Something of every list, of commune A and its sponsor; commune B has nothing."""
    sponsor = sponsor_a.sponsor_member.sponsor
    sponsor.name = "Công ty A"
    sponsor.save()
    factories.make_assignment(sponsor, commune_a)
    factories.make_set(size=3)
    village = factories.make_village(commune_a, name="Thôn 1")
    factories.make_item(need=5_000_000_000, identified=6_000_000_000, commune=commune_a)
    task = factories.make_task(
        title="Đổ bê tông đường thôn",
        commune=commune_a,
        sponsor=sponsor,
        assigned_on=date(2022, 4, 1),
        starts_on=date(2022, 4, 1),
        due_on=date(2022, 4, 20),
        document=factories.make_document(
            kind="conclusion", number="12/TB-BCĐ", issued_on=date(2022, 4, 26)
        ),
    )
    factories.make_difficulty(task, text="Thiếu xi măng")
    gift = factories.make_contribution(commune_a, sponsor, by=sponsor_a)
    type(gift).objects.filter(pk=gift.pk).update(description="Xi măng")
    Period.objects.create(
        month=date(2022, 4, 1), cut_off_on=date(2022, 4, 30), due_on=date(2022, 5, 5)
    )
    audit.record(
        by=user_a,
        action="task.progress",
        obj=task,
        now=factories.NOW,
        effective_on=factories.TODAY,
        commune_id=commune_a.pk,
        sponsor_id=sponsor.pk,
    )
    return village


def address(url: str, kind: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}file={kind}"


def table(client, url: str, kind: str = "csv") -> list[list[str]]:
    """The rows of a file as texts, the heading first."""
    answer = client.get(address(url, kind))
    assert answer.status_code == 200, url
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Content-Disposition"].endswith(f'-20220430.{kind}"')
    if kind == "csv":
        return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    sheet = load_workbook(BytesIO(answer.content)).active
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.values]


@pytest.mark.parametrize("url", LISTS)
def test_both_kinds_say_what_the_page_says(url, world, office, client):
    client.force_login(office)
    heading, said = LISTS[url]
    for kind in list_file.KINDS:
        rows = table(client, url, kind)
        column = rows[0].index(heading)

        assert len(set(rows[0])) == len(rows[0])
        if said is not None:
            assert said in [row[column] for row in rows[1:]]


@pytest.mark.parametrize("url", LISTS)
def test_the_page_links_to_its_files(url, world, office, client):
    client.force_login(office)
    html = client.get(url).content.decode()
    if LISTS[url][1] is None and "<table" not in html:
        pytest.skip("nothing in this list")

    for kind in list_file.KINDS:
        assert address("", kind) in html or f"&amp;file={kind}" in html


def test_every_file_of_the_demo_says_that_it_is_one(world, office, client, installation):
    """Rows with a provenance say it each for itself; sums and lists without one say it as a whole.
    Files of a real installation have no such column there."""
    client.force_login(office)
    bare = {url for url in LISTS if "Dữ liệu" not in table(client, url)[0]}
    assert {"/funding/flow/", "/due/", "/audit/"} <= bare
    installation.is_demo = True
    installation.save()
    for url in LISTS:
        heading, *rows = table(client, url)
        assert heading.count("Dữ liệu") == 1, url
        if url in bare:
            assert {row[-1] for row in rows} <= {"bản minh họa"}, url


def test_nothing_of_another_sponsor_or_commune_is_in_a_file(world, client, user_b, sponsor_b):
    secrets = ("Công ty A", "Đổ bê tông", "Xi măng", "Thiếu xi măng", "Thôn 1", "5000000000")
    for user in (user_b, sponsor_b):
        client.force_login(user)
        for url in LISTS:
            answer = client.get(address(url, "csv"))
            text = answer.content.decode("utf-8-sig") if answer.status_code == 200 else ""

            assert [secret for secret in secrets if secret in text] == [], url


def test_a_file_obeys_the_filters_of_its_page(world, office, client):
    client.force_login(office)

    assert len(table(client, "/tasks/?late=1")) == 2
    assert len(table(client, "/tasks/?q=khong+co")) == 1
    assert len(table(client, "/villages/?state=recognised")) == 1


def test_a_file_is_whole_however_long_the_pages_are(world, office, client, monkeypatch):
    monkeypatch.setattr(task_filters, "PAGE_SIZE", 2)
    for number in range(4):
        factories.make_task(title=f"Việc {number}")
    client.force_login(office)

    assert len(table(client, "/tasks/?page=2")) == 6


def test_money_is_whole_dong_and_days_are_days(world, office, client):
    client.force_login(office)
    sheet = load_workbook(BytesIO(client.get("/funding/?file=xlsx").content)).active
    tasks = load_workbook(BytesIO(client.get("/tasks/?file=xlsx").content)).active
    due = [cell.value for cell in tasks[1]].index("Hạn")

    assert 5_000_000_000 in [cell.value for cell in sheet[2]]
    assert tasks[2][due].is_date
    assert sheet.auto_filter.ref


def test_another_kind_is_refused_with_a_sentence(world, office, client):
    client.force_login(office)
    answer = client.get("/tasks/?file=pdf")

    assert answer.status_code == 400
    assert "Excel (xlsx) hoặc CSV" in answer.content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_the_rows(
    n, world, office, client, django_assert_max_num_queries
):
    for number in range(n):
        factories.make_task(title=f"Việc {number}")
    client.force_login(office)
    with django_assert_max_num_queries(12):
        client.get("/tasks/?file=csv")


@pytest.mark.parametrize("address", ["/tasks/", "/sponsors/", "/contributions/", "/difficulties/"])
def test_an_empty_list_offers_no_file(client, installation, office, address):
    client.force_login(office)

    assert "file=xlsx" not in client.get(address).content.decode()
