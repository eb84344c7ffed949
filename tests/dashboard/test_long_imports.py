"""A file too long for a request: handed over, followed from its page, tried again when it broke."""

import fcntl

import pytest
from django.core.management import call_command
from django.urls import reverse

from criteria.models import FundingNeed
from ntm_tracker.core import last_errors
from ntm_tracker.core.intake import background
from ntm_tracker.core.models import AuditEntry, ImportBatch
from tests import factories
from tests.dashboard.test_imports import upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(installation, commune_a):
    return factories.make_item(need=1_000_000, commune=commune_a)


@pytest.fixture
def handed(client, item, office, monkeypatch, django_capture_on_commit_callbacks):
    """A file that was handed over; `begun` are the processes that were started."""
    begun = []
    monkeypatch.setattr(background, "LONG", 1)
    monkeypatch.setattr(background, "_spawn", lambda pk, options: begun.append((pk, options)))
    client.force_login(office)
    text = f"Mã công trình,Nhu cầu (triệu đồng)\n{item.code},5\n"
    page = client.get(upload(client, text.encode(), "a.csv")["Location"]).content.decode()
    batch = ImportBatch.objects.get()
    mark = page.split('name="mark" value="')[1].split('"')[0]
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address(batch), {"action": "all", "mark": mark})
    assert (answer.status_code, answer["Location"]) == (303, address(batch))
    assert begun == [(batch.pk, [f"--by={office.pk}", f"--mark={mark}"])]
    batch.options = begun[0][1]
    return batch


def address(batch):
    return reverse("dashboard:import-batch", args=[batch.pk])


@pytest.fixture
def held(handed):
    """What the running process does: it holds the file that says how far it is."""
    path = background._path(handed.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield path
    path.unlink(missing_ok=True)


def watched(client, batch):
    return client.get(
        address(batch), headers={"HX-Request": "true", "HX-Target": "import-progress"}
    )


def test_it_is_followed_and_cannot_be_started_twice(client, handed, held):
    page = client.get(address(handed)).content.decode()
    assert "Đang đọc và kiểm tra lại" in page
    assert "Có thể rời trang này" in page
    held.write_text("1200 5000\n")
    part = watched(client, handed).content.decode()
    assert "1.200/5.000 dòng" in part
    assert "<html" not in part
    answer = client.post(address(handed), {"action": "all", "mark": "x"})
    assert answer.status_code == 422
    assert AuditEntry.objects.filter(action="import.start").count() == 1
    assert FundingNeed.objects.count() == 1


def test_the_process_writes_it_and_the_page_reloads(client, handed, held):
    call_command("apply_import", str(handed.pk), *handed.options)

    assert "HX-Refresh" in watched(client, handed).headers
    assert "1 dòng đã ghi" in client.get(address(handed)).content.decode()
    assert FundingNeed.objects.count() == 2
    assert not held.exists()


def test_a_process_that_died_leaves_a_file_that_can_be_tried_again(client, handed):
    page = client.get(address(handed)).content.decode()

    assert background.BROKEN in page
    assert "Nhập tất cả" in page
    assert AuditEntry.objects.get(action="import.stop").note == background.BROKEN


def test_figures_that_moved_are_said_on_the_page(client, handed, held):
    call_command("apply_import", str(handed.pk), *handed.options[:1], "--mark=old")

    page = client.get(address(handed)).content.decode()
    assert "Chưa ghi gì: hãy xem lại rồi bấm nhập." in page
    assert FundingNeed.objects.count() == 1


def test_what_nobody_expected_is_said_too_and_kept_for_the_administrator(
    client, handed, held, monkeypatch
):
    def fail(*args, **kwargs):
        raise RuntimeError("a word of the file")

    monkeypatch.setattr("criteria.importers.needs.adjust_needs", fail)
    with pytest.raises(SystemExit, match="1"):
        call_command("apply_import", str(handed.pk), *handed.options)
    assert background.FAILED in client.get(address(handed)).content.decode()
    kept = last_errors.last(1)[0]
    assert (kept.path, kept.kind) == (f"Nhập tệp số {handed.pk}", "RuntimeError")
    assert kept.user == handed.by_id


def test_parts_say_how_far_they_are(handed, held):
    background.tell(5, 10)
    assert background.how_far(handed) is None
    token = background._writes.set(handed.pk)
    background.tell(5, 10)
    background._writes.reset(token)
    assert background.how_far(handed) == (5, 10)
