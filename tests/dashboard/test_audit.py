"""The audit trail as a page and as files: what it says, to whom, and how it is narrowed."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from ntm_tracker.core import audit, list_file
from ntm_tracker.core.models import AuditEntry
from ntm_tracker.dashboard import list_files
from ntm_tracker.dashboard.selectors import audit as selector
from tests import factories
from tests.dashboard.build import text_of

URL = "/audit/"


def entry(obj, **fields):
    given = {
        "by": None, "action": "task.progress", "now": factories.NOW,
        "effective_on": factories.TODAY, "new": "Đang làm, 40%",
    } | fields  # fmt: skip
    return audit.record(obj=obj, **given)


@pytest.fixture
def trail(installation, commune_a, commune_b, sponsor_a, sponsor_b, office):
    """Three entries of commune A (two of them A's sponsor's), one of B, marked by their notes."""
    a, b = sponsor_a.sponsor_member.sponsor, sponsor_b.sponsor_member.sponsor
    task = factories.make_task(title="Việc đường thôn", commune=commune_a, sponsor=a)
    token = audit.origin.set("sponsors:task-update")
    entry(task, note="MỘT", commune_id=commune_a.pk, sponsor_id=a.pk, by=sponsor_a, old="0%")
    audit.origin.reset(token)
    entry(task, note="HAI", action="commitment.record", commune_id=commune_a.pk, sponsor_id=a.pk)
    entry(commune_a, note="BA", action="assessment.self", commune_id=commune_a.pk, by=office)
    entry(commune_b, note="BỐN", commune_id=commune_b.pk, sponsor_id=b.pk)
    return task


def notes(client, **query):
    text = text_of(client.get(URL, query))
    return [note for note in ("MỘT", "HAI", "BA", "BỐN") if note in text.split(" ")]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("admin", ["MỘT", "HAI", "BA", "BỐN"]),
        ("office", ["MỘT", "HAI", "BA", "BỐN"]),
        ("viewer", ["MỘT", "HAI", "BA", "BỐN"]),
        ("department", ["MỘT", "HAI", "BA", "BỐN"]),
        ("user_a", ["MỘT", "HAI", "BA"]),
        ("user_b", ["BỐN"]),
        ("sponsor_a", ["MỘT", "HAI"]),
        ("sponsor_b", ["BỐN"]),
    ],
)
def test_each_reader_sees_the_own_entries_on_the_page_and_in_the_file(
    request, client, trail, who, seen
):
    client.force_login(request.getfixturevalue(who))

    assert notes(client) == seen
    text = client.get(f"{URL}?file=csv").content.decode("utf-8-sig")
    assert [note for note in ("MỘT", "HAI", "BA", "BỐN") if f",{note}," in text] == seen


def test_a_narrower_address_widens_nothing(client, trail, commune_a, sponsor_a, user_b, sponsor_b):
    a = sponsor_a.sponsor_member.sponsor.pk
    for user in (user_b, sponsor_b):
        client.force_login(user)
        for query in (
            {"commune": commune_a.code},
            {"sponsor": a},
            {"object": f"sponsors.task:{trail.pk}"},
            {"by": sponsor_a.username},
        ):
            assert notes(client, **query) == []


def test_one_line_says_who_when_from_where_and_what(client, trail, office):
    client.force_login(office)
    text = text_of(client.get(URL, {"q": "duong thon"}))

    for words in ("Cập nhật việc", "Việc đường thôn", "0%", "Đang làm, 40%", "Báo cáo việc"):
        assert words in text
    assert "09:00 30/04/2022" in text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"q": "duong thon"}, ["MỘT", "HAI"]),
        ({"q": "ĐƯỜNG THÔN 40%"}, ["MỘT", "HAI"]),
        ({"q": "không có"}, []),
        ({"group": "commitment"}, ["HAI"]),
        ({"by": "vanphong"}, ["BA"]),
        ({"commune": "18502"}, ["BỐN"]),
        ({"commune": "99999"}, []),
        ({"since": "01/05/2022"}, []),
        ({"until": "29/04/2022"}, []),
        ({"since": "30/04/2022", "until": "30/04/2022"}, ["MỘT", "HAI", "BA", "BỐN"]),
    ],
)
def test_filters(client, trail, office, query, seen):
    client.force_login(office)

    assert notes(client, **query) == seen


def test_the_entries_of_one_task(client, trail, office):
    client.force_login(office)

    assert notes(client, object=f"sponsors.task:{trail.pk}") == ["MỘT", "HAI"]


@pytest.mark.parametrize(
    "query",
    ["group=x", "since=ngay", "sponsor=x", "object=x", "page=x", f"q={'x' * 101}"],
)
def test_an_address_that_makes_no_sense_is_refused(client, trail, office, query):
    client.force_login(office)

    assert client.get(f"{URL}?{query}").status_code == 400
    assert client.get(f"{URL}?page=9").status_code == 404


def test_a_day_ends_at_midnight_in_vietnam(client, installation, office, commune_a):
    entry(commune_a, note="BA", now=datetime(2022, 4, 30, 17, 30, tzinfo=UTC))  # 0:30 on 1/5
    client.force_login(office)

    assert notes(client, until="30/04/2022") == []
    assert notes(client, since="01/05/2022") == ["BA"]


def test_fragment_is_the_list_alone(client, trail, office):
    client.force_login(office)
    headers = {"HX-Request": "true", "HX-Target": "audit-list"}

    assert client.get(URL, headers=headers).content.decode().strip().startswith("<div id=")


def test_files_hold_text_and_no_formula(client, installation, office, commune_a):
    entry(commune_a, old="=1+1", new="+2", note="@x")
    client.force_login(office)
    table = client.get(f"{URL}?file=csv").content
    book = load_workbook(BytesIO(client.get(f"{URL}?file=xlsx").content))
    sheet = book.active

    assert table.startswith(b"\xef\xbb\xbf")
    assert "'=1+1,'+2,'@x" in table.decode("utf-8-sig")
    assert [cell.value for cell in sheet[1]] == [
        column.title for column in list_files.audit_file([]).columns
    ]
    assert [(cell.value, cell.data_type) for cell in sheet[2]][5:8] == [
        ("=1+1", "s"),
        ("+2", "s"),
        ("@x", "s"),
    ]
    assert client.get(f"{URL}?file=pdf").status_code == 400


def test_a_file_is_complete_or_refused(client, trail, office, monkeypatch):
    monkeypatch.setattr(list_file, "MOST_ROWS", 3)
    client.force_login(office)
    for kind in list_file.KINDS:
        refused = client.get(f"{URL}?file={kind}")

        assert refused.status_code == 400
        assert "Hãy lọc bớt, ví dụ theo xã hoặc theo ngày." in refused.content.decode()
        assert client.get(f"{URL}?file={kind}&q=mot").status_code == 200


def test_what_an_entry_is_found_by_is_written_with_it(installation, commune_a):
    row = entry(commune_a, old="Cũ", new="Đã đạt", note="Lý do")

    assert row.search_text == "xa huong binh lenh he thong ly do cu da dat"


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow(n, client, trail, office, django_assert_num_queries):
    AuditEntry.objects.filter(pk__gt=n).delete()
    client.force_login(office)
    with django_assert_num_queries(8):
        assert client.get(URL).status_code == 200


@pytest.mark.parametrize("few", [0, 1, 1000])
def test_a_search_finds_the_same_however_many_it_finds(client, trail, office, few, monkeypatch):
    monkeypatch.setattr(selector, "FEW", few)
    client.force_login(office)

    page = client.get(URL, {"q": "duong thon"})

    found = AuditEntry.objects.filter(search_text__contains="duong thon")
    expected = list(found.order_by("-at", "-id").values_list("object_label", flat=True))
    assert [row.object_label for row in page.context["rows"]] == expected
    assert page.context["page_obj"].paginator.count == len(expected) == 2
