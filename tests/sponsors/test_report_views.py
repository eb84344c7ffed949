"""Reporting on a task: what is refused and stays in the form, who was faster, photos."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ntm_tracker.core.models import Attachment
from sponsors.choices import Owner, TaskState, TaskTransition
from sponsors.models import Contribution, TaskUpdate
from tests.factories import make_sponsor, make_sponsor_user, make_village
from tests.sponsors.build import create_task, picture, report

pytestmark = pytest.mark.django_db
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


def files_in(folder):
    return [path for path in Path(folder).rglob("*") if path.is_file()]


# --- reporting ------------------------------------------------------------------------------------


def test_report_without_javascript_leads_to_the_task(signed_in, task, sponsor_a, media):
    response = post(
        signed_in,
        task,
        progress="60",
        note="Đã đổ bê tông 420 m",
        difficulty="Thiếu cát",
        amount="54 triệu",
        description="Xi măng",
        quantity="12",
        unit="tấn",
        converted_value="18.000.000",
        labour_days="60,5",
        photos=[picture(), picture("JPEG", name="hai.jpg")],
    )
    assert (response.status_code, response["Location"]) == (303, f"/tasks/{task.pk}/")
    assert facts(task) == (TaskState.IN_PROGRESS, 60, 1)
    assert list(Contribution.objects.order_by("id").values_list("kind", "by")) == [
        ("money", sponsor_a.pk),
        ("goods", sponsor_a.pk),
        ("labour", sponsor_a.pk),
    ]
    page = signed_in.get(response["Location"]).content.decode()
    for text in (
        "Đã ghi: Đang làm, 60%.",
        "54.000.000 đồng",
        "12 tấn, quy đổi 18.000.000 đồng: Xi măng",
        "60,5 ngày công",
        "Thiếu cát",
    ):
        assert text in page
    for photo in Attachment.objects.all():
        assert f'src="/attachments/{photo.pk}/"' in page


def test_report_with_htmx_changes_the_card_and_the_counts(signed_in, task):
    response = post(signed_in, task, target="task-card", transition="propose_done")
    content = response.content.decode()
    assert response.status_code == 200
    assert content.lstrip().startswith('<div class="columns columns--aside" id="task-card">')
    assert 'id="task-counts" aria-live="polite" hx-swap-oob="true">Không có việc chậm' in content
    assert "đang chờ Văn phòng Điều phối nghiệm thu" in content
    assert "Đã ghi: Đề nghị nghiệm thu, 100%." in content
    assert response["HX-Push-Url"] == f"/tasks/{task.pk}/"
    assert "task-changed" in response["HX-Trigger"]


def test_quick_choice_needs_no_typing(signed_in, task):
    assert post(signed_in, task, quick="75").status_code == 303
    assert facts(task) == (TaskState.IN_PROGRESS, 75, 1)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Hãy nhập phần trăm đã làm, từ 0 đến 100."),
        ({"progress": "abc"}, "Không đọc được số “abc”."),
        ({"progress": "101"}, "Phần trăm là số nguyên từ 0 đến 100."),
        ({"progress": "-5"}, "Số không được âm: “-5”."),
        ({"progress": "33,5"}, "Phần trăm là số nguyên từ 0 đến 100."),
        ({"progress": "60", "quick": "75"}, "Đã nhập 60% nhưng lại chọn 75%; hãy giữ một số."),
        (
            {"progress": "60", "transition": "propose_done"},
            "“Đề nghị nghiệm thu” là khi đã làm 100%; đang ghi 60%.",
        ),
        ({"progress": "60", "quick": "7"}, "Hãy chọn lại phần trăm."),
        ({"progress": "60", "amount": "nhiều"}, "Không đọc được số tiền “nhiều”."),
        ({"progress": "60", "amount": "-5 triệu"}, "Số tiền không được âm"),
        ({"progress": "60", "amount": "54"}, "hãy ghi rõ “54 triệu”"),
        ({"progress": "60", "amount": "5.000 tỷ"}, "trên 1.000 tỷ đồng"),
        ({"progress": "60", "labour_days": "0"}, "Hãy nhập số ngày công"),
        ({"progress": "60", "description": "Xi măng"}, "Hãy nhập số lượng hiện vật"),
        ({"progress": "60", "transition": ""}, "Hãy chọn việc cần làm."),
        ({"progress": "60", "transition": "explode"}, "Hãy chọn lại."),
        ({"progress": "60", "version": "x"}, "Phiên bản của biểu mẫu"),
    ],
)
def test_bad_input_is_named_and_what_was_typed_stays(signed_in, task, data, sentence):
    typed = {"note": "Ghi chú <dài>", "difficulty": "Thiếu cát", "unit": "tấn"} | data
    if "description" not in data:
        typed.pop("unit")
    response = post(signed_in, task, **typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Ghi chú &lt;dài&gt;</textarea>" in page
    assert "Thiếu cát</textarea>" in page
    for name in ("progress", "amount", "labour_days", "description"):
        if name in typed:
            assert f'name="{name}" value="{typed[name]}"' in page
    assert facts(task) == (TaskState.ASSIGNED, 0, 0)
    assert (TaskUpdate.objects.count(), Contribution.objects.count()) == (1, 0)


def test_bad_input_with_htmx_changes_the_form_alone(signed_in, task):
    response = post(signed_in, task, target="task-card", progress="101")
    assert response.status_code == 422
    assert response.content.decode().lstrip().startswith('<section class="panel" id="task-form"')
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#task-form", "outerHTML")


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (lambda: SimpleUploadedFile("anh.png", b"<svg/>", "image/png"), "không phải là ảnh"),
        (lambda: SimpleUploadedFile("anh.png", b"", "image/png"), "trống"),
    ],
)
def test_what_is_no_picture_is_named_at_its_field(signed_in, task, media, upload, sentence):
    response = post(signed_in, task, progress="60", photos=[picture(), upload()])
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Ảnh chưa được gửi. Sửa xong, hãy chọn lại ảnh." in page
    assert facts(task) == (TaskState.ASSIGNED, 0, 0)
    assert files_in(media) == []


def test_form_that_comes_back_has_its_old_ids_so_that_htmx_keeps_the_photos(signed_in, task):
    """hx-preserve goes by the id; the form after a success has another one."""
    first = f'id="id_{task.pk}_0_photos"'
    assert first in signed_in.get(f"/tasks/{task.pk}/report/").content.decode()
    assert first in post(signed_in, task, target="task-card").content.decode()
    report(task, 40)
    stale = post(signed_in, task, target="task-card", progress="60")
    assert first in stale.content.decode()
    task.refresh_from_db()
    saved = post(signed_in, task, target="task-card", version=1, progress="60").content.decode()
    assert f'id="id_{task.pk}_2_photos"' in saved


def test_photos_of_a_refused_report_are_not_kept(signed_in, task, media):
    response = post(signed_in, task, progress="60", amount="54", photos=[picture()])
    assert response.status_code == 422
    assert (Attachment.objects.count(), files_in(media)) == (0, [])


@pytest.mark.parametrize("target", ["", "task-card"])
def test_stale_form_shows_both_values_and_can_be_sent_again(signed_in, task, target):
    report(task, 40, by_label="Văn phòng Điều phối")
    response = post(signed_in, task, target=target, progress="60", note="Của tôi")
    page = response.content.decode()
    assert response.status_code == 409
    assert (
        "Trong lúc nhập, Văn phòng Điều phối đã cập nhật việc này: Đang làm, 40%. "
        "Bản đang nhập: Cập nhật tiến độ, 60%."
    ) in page
    assert "Của tôi</textarea>" in page
    assert 'name="version" value="1"' in page
    assert page.startswith("<!doctype html>") == (target == "")
    assert facts(task) == (TaskState.IN_PROGRESS, 40, 1)
    assert post(signed_in, task, version=1, progress="60").status_code == 303
    assert facts(task) == (TaskState.IN_PROGRESS, 60, 2)


def test_double_click_is_one_report(signed_in, task):
    assert post(signed_in, task, progress="60").status_code == 303
    assert post(signed_in, task, progress="60").status_code == 409
    assert task.updates.count() == 2


def test_form_of_a_task_that_was_closed_meanwhile_is_kept(signed_in, task, office):
    report(task, transition=TaskTransition.CANCEL, by=office, note="Trùng việc")
    response = post(signed_in, task, progress="60", note="Của tôi")
    page = response.content.decode()
    assert response.status_code == 409
    assert "Của tôi</textarea>" in page
    assert "Việc đã hủy, không cập nhật được nữa." in page
    assert "Gửi báo cáo</button>" not in page


def test_move_that_is_not_ones_own_is_refused(signed_in, task):
    response = post(signed_in, task, transition="accept")
    assert response.status_code == 403
    assert "là việc của Văn phòng Điều phối" in response.content.decode()
    assert facts(task) == (TaskState.ASSIGNED, 0, 0)


def test_office_accepts_or_returns_with_a_reason(client, office, task):
    report(task, transition=TaskTransition.PROPOSE_DONE)
    client.force_login(office)
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "Nghiệm thu</h2>" in page
    assert 'name="amount"' not in page
    refused = post(client, task, version=1, transition="return", note="")
    assert refused.status_code == 422
    assert "“Trả lại” phải ghi rõ lý do." in refused.content.decode()
    assert post(client, task, version=1, transition="return", note="Thiếu ảnh").status_code == 303
    assert facts(task) == (TaskState.RETURNED, 100, 2)


def test_commune_says_who_gave(client, user_a, commune_a, installation):
    task = create_task(owner=Owner.LOCALITY, helper="Huyện bạn", commune=commune_a)
    client.force_login(user_a)
    page = client.get(f"/tasks/{task.pk}/report/").content.decode()
    assert '<option value="locality"' in page
    assert '<option value="sponsor"' not in page
    assert post(client, task, progress="10", amount="5 triệu", giver="people").status_code == 303
    assert post(client, task, version=1, progress="20", amount="6 triệu").status_code == 303
    gifts = Contribution.objects.order_by("id").values_list("giver", "giver_name")
    assert list(gifts) == [("people", ""), ("locality", "Huyện bạn")]


# --- photos ---------------------------------------------------------------------------------------


def test_photo_is_shown_to_who_may_see_its_task(client, signed_in, sponsor_b, task, media):
    post(signed_in, task, progress="10", photos=[picture(name="Ảnh của thôn.png")])
    pk = Attachment.objects.get().pk
    response = signed_in.get(f"/attachments/{pk}/")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    client.force_login(sponsor_b)
    assert client.get(f"/attachments/{pk}/").status_code == 404
    assert client.get(f"/attachments/{pk + 1}/").status_code == 404


def test_lost_file_is_no_server_error(signed_in, task, media):
    post(signed_in, task, progress="10", photos=[picture()])
    for path in files_in(media):
        path.unlink()
    response = signed_in.get(f"/attachments/{Attachment.objects.get().pk}/")
    assert response.status_code == 404
    assert "không còn trên máy chủ" in response.content.decode()


def test_file_name_on_disk_says_nothing(signed_in, task, media):
    post(signed_in, task, progress="10", photos=[picture(name="../../evil.html")])
    (path,) = files_in(media)
    assert path.suffix == ".png"
    assert "evil" not in path.name


def test_village_sponsor_reports_without_seeing_the_commune(client, installation, commune_a):
    sponsor = make_sponsor()
    village = make_village(commune_a, name="Thôn 7")
    task = create_task(sponsor=sponsor, commune=commune_a, village=village)
    client.force_login(make_sponsor_user(sponsor))
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert f"/communes/{commune_a.code}/" not in page
    assert post(client, task, progress="10").status_code == 303
