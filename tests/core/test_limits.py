"""Who asks too often for what costs much waits, alone, and loses nothing that was typed."""

import subprocess
import sys
from pathlib import Path
from time import time

import pytest
from django.conf import settings as product
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve, reverse

from ntm_tracker.core import limits
from tests import factories
from tests.sponsors.build import picture

NOW = 1_651_300_000.0
NOTE = "Đã họp dân, thống nhất phần việc từng tuần."


@pytest.fixture(autouse=True)
def few(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.LIMITS = {"workbook": 2, "list": 2, "upload": 2, "search": 3}
    return settings


def taken(times, *, account=1, kind=limits.LIST, now=NOW) -> list[int]:
    """For each request 0, or the seconds to wait."""
    found = []
    for _ in range(times):
        try:
            limits.take(account, kind, now)
        except limits.TooMany as refusal:
            found.append(refusal.wait)
        else:
            found.append(0)
    return found


def test_a_minute_is_full_and_fills_again_evenly():
    assert taken(4) == [0, 0, 30, 30]
    assert taken(1, now=NOW + 29) == [1]
    assert taken(2, now=NOW + 30) == [0, 30]
    assert taken(3, now=NOW + 300) == [0, 0, 30]


def test_each_account_and_each_kind_has_its_own():
    assert taken(3) == [0, 0, 30]
    assert taken(3, account=2) == [0, 0, 30]
    assert taken(3, kind=limits.UPLOAD) == [0, 0, 30]


def test_zero_is_no_limit(few):
    few.LIMITS["list"] = 0
    assert taken(50) == [0] * 50


def test_a_clock_that_was_set_back_makes_nobody_wait_for_hours():
    taken(3, now=NOW + 86_400)
    assert taken(1) == [30]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"list": "x"}', "\x00" * 9])
def test_a_broken_file_starts_anew(few, text):
    path = Path(few.MEDIA_ROOT, "limits", "1")
    path.parent.mkdir()
    path.write_text(text, encoding="ascii")

    assert taken(3) == [0, 0, 30]


def test_a_folder_that_cannot_be_written_limits_nobody(few):
    Path(few.MEDIA_ROOT, "limits").write_text("a file where the folder should be")

    assert taken(3) == [0, 0, 0]


IN_A_PROCESS = """
import sys
from django.conf import settings
settings.configure(MEDIA_ROOT=sys.argv[1], LIMITS={"list": 40})
from ntm_tracker.core import limits
allowed = 0
for _ in range(60):
    try:
        limits.take(1, "list", float(sys.argv[2]))
    except limits.TooMany:
        continue
    allowed += 1
print(allowed)
"""


def test_several_processes_count_together(few):
    command = [sys.executable, "-c", IN_A_PROCESS, str(few.MEDIA_ROOT), str(NOW)]
    running = [
        subprocess.Popen(command, cwd=product.BASE_DIR, stdout=subprocess.PIPE) for _ in range(3)
    ]

    assert sum(int(process.communicate()[0]) for process in running) == 40


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client, office, installation):
    client.force_login(office)
    return client


def statuses(client, url, query, times):
    return [client.get(url, query).status_code for _ in range(times)]


def test_the_page_says_how_long_to_wait(signed_in):
    url = reverse("sponsors:task-list")
    assert statuses(signed_in, url, {"file": "csv"}, 2) == [200, 200]

    answer = signed_in.get(url, {"file": "csv"})

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 30
    page = answer.content.decode()
    assert f"Hãy chờ {answer['Retry-After']} giây rồi làm lại" in page
    assert "vừa tải danh sách quá nhiều lần" in page
    assert signed_in.get(url).status_code == 200  # the list itself costs little


def test_another_account_does_not_wait(signed_in, viewer):
    url = reverse("sponsors:task-list")
    statuses(signed_in, url, {"file": "csv"}, 3)
    signed_in.force_login(viewer)

    assert statuses(signed_in, url, {"file": "csv"}, 1) == [200]


def test_a_search_while_typing_leaves_the_page_as_it_is(signed_in):
    headers = {"HX-Request": "true", "HX-Target": "search-found"}
    url = reverse("dashboard:search")
    found = [signed_in.get(url, {"q": "a"}, headers=headers) for _ in range(4)]

    assert [answer.status_code for answer in found] == [200, 200, 200, 429]
    assert found[-1]["HX-Retarget"] == "#messages"
    assert "<html" not in found[-1].content.decode()
    assert "Hãy chờ" in found[-1].content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "htmx"])
def test_a_report_with_photos_is_not_lost(client, sponsor_a, commune_a, installation, headers):
    task = factories.make_task(commune=commune_a, sponsor=sponsor_a.sponsor_member.sponsor)
    client.force_login(sponsor_a)
    assert taken(2, account=sponsor_a.pk, kind=limits.UPLOAD, now=time()) == [0, 0]
    fields = {"version": 0, "transition": "progress", "progress": 40, "note": NOTE}

    answer = client.post(
        reverse("sponsors:task-update", args=[task.pk]),
        fields | {"photos": [picture()]},
        headers=headers,
    )

    page = answer.content.decode()
    assert answer.status_code == 429
    assert not task.updates.exists()
    if headers:
        assert answer["HX-Retarget"] == "#messages"  # the form stands as it was
    else:
        assert f'name="note" value="{NOTE}"' in page
        assert "Chọn lại tệp: anh.png" in page


def test_who_has_not_signed_in_is_asked_to_and_counted_nowhere(client, few, installation, db):
    url = reverse("sponsors:task-list")

    assert statuses(client, url, {"file": "csv"}, 4) == [302] * 4
    assert not Path(few.MEDIA_ROOT, "limits").exists()


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/reports/2022-04.xlsx", limits.WORKBOOK),
        ("/reports/2022-04.docx", limits.WORKBOOK),
        ("/reports/2022-04.pdf", limits.WORKBOOK),
        ("/imports/needs/form.xlsx", limits.WORKBOOK),
        ("/imports/1/bad.xlsx", limits.WORKBOOK),
        ("/search/", limits.SEARCH),
        ("/board/", ""),
        ("/tasks/?file=xlsx", limits.LIST),
        ("/audit/?file=csv", limits.LIST),
        ("/summary/?file=pdf", limits.WORKBOOK),
    ],
)
def test_what_costs_much(rf, url, kind):
    assert limits.kind_of(rf.get(url), resolve(url.partition("?")[0]).func) == kind


def test_a_file_that_comes_in_costs_much(rf):
    request = rf.post("/imports/needs/", {"file": SimpleUploadedFile("a.xlsx", b"x")})
    assert limits.kind_of(request, resolve("/imports/needs/").func) == limits.UPLOAD
