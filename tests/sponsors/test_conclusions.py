"""Conclusions of the committee become tasks; their file is what its name says."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ntm_tracker.core.documents import Paper
from ntm_tracker.core.models import AuditEntry, Document
from sponsors import selectors
from sponsors.models import Task
from sponsors.services import record_conclusion
from tests.factories import NOW, TODAY, make_commune, make_document, make_task
from tests.sponsors.build import on

pytestmark = pytest.mark.django_db
ADD = "/conclusions/add/"
FIELDS = {
    "number": "15/TB-BCĐ",
    "issued_on": "26/04/2022",
    "issuer": "Ban Chỉ đạo",
    "subject": "Kết luận hội nghị về các xã chưa đạt chuẩn",
}


@pytest.fixture
def signed_in(client, office, installation, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(office)
    return client


def pdf(content=b"%PDF-1.7 ...", name="ket-luan.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


def conclusion(**overrides):
    return make_document(**{"kind": "conclusion", "issued_on": date(2022, 4, 26)} | overrides)


def files_in(folder):
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def test_conclusion_is_entered_with_its_file(signed_in, office):
    response = signed_in.post(ADD, FIELDS | {"file": pdf()})

    document = Document.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/conclusions/{document.pk}/")
    assert (document.kind, document.number) == ("conclusion", "15/TB-BCĐ")
    assert set(AuditEntry.objects.values_list("action", "by")) == {
        ("document.add", office.pk),
        ("document.file", office.pk),
    }
    file = signed_in.get(reverse("sponsors:conclusion-file", args=[document.pk]))
    assert b"".join(file.streaming_content) == b"%PDF-1.7 ..."
    assert file["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": ""}, "Hãy ghi số, ký hiệu thông báo."),
        ({"issued_on": "01/05/2022"}, "chưa ban hành vào ngày 30/04/2022"),
        ({"subject": " "}, "trích yếu"),
        ({"issuer": ""}, "Hãy ghi cơ quan ban hành."),
        ({"file": pdf(b"MZ...")}, "nội dung không phải"),
        ({"file": pdf(b"#!/bin/sh", "chay.sh")}, "không phải là ảnh"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(signed_in, tmp_path, wrong, sentence):
    response = signed_in.post(ADD, FIELDS | wrong)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Document.objects.count() == 0
    assert files_in(tmp_path) == []


def test_paper_that_is_there_is_not_entered_again(signed_in, tmp_path):
    make_document(number="15/TB-BCĐ", issued_on=date(2022, 4, 26))

    response = signed_in.post(ADD, FIELDS | {"file": pdf()})

    assert response.status_code == 422
    assert "đã có: Quyết định" in response.content.decode()
    assert (Document.objects.count(), files_in(tmp_path)) == (1, [])


def test_second_press_enters_one_conclusion(signed_in):
    for _ in range(2):
        assert signed_in.post(ADD, FIELDS | {"form_key": "c" * 32}).status_code == 303
    assert Document.objects.count() == 1


@pytest.mark.parametrize("who", ["viewer", "department", "user_a", "sponsor_a"])
def test_only_the_office_enters_conclusions(who, request):
    with pytest.raises(PermissionDenied, match="Chỉ Văn phòng"):
        record_conclusion(
            paper=Paper("1/TB", TODAY, "conclusion", "BCĐ", "x"),
            by=request.getfixturevalue(who),
            now=NOW,
            today=TODAY,
        )


def test_tasks_of_a_conclusion_carry_it(signed_in, commune_a):
    document = conclusion()
    page = signed_in.get(f"/tasks/add/?document={document.pk}&commune={commune_a.code}")
    assert f'<option value="{document.pk}" selected>' in page.content.decode()

    fields = {
        "commune": commune_a.code,
        "scope": "commune",
        "title": "Rà soát tiêu chí",
        "owner": "commune",
        "pace": "month",
        "starts_on": "30/04/2022",
        "due_on": "15/05/2022",
        "document": document.pk,
    }
    previewed = signed_in.post("/tasks/add/", fields | {"preview": "1"}).content.decode()
    seen = previewed.partition('name="seen" value="')[2].partition('"')[0]
    created = signed_in.post("/tasks/add/", fields | {"create": "1", "seen": seen})

    assert created["Location"] == f"/conclusions/{document.pk}/"
    assert Task.objects.get().document == document
    assert "1 việc: 0 đã nghiệm thu" in signed_in.get(created["Location"]).content.decode()


def test_each_reader_sees_the_conclusions_of_his_tasks(
    user_a, user_b, sponsor_a, viewer, commune_a, installation
):
    of_a, of_nobody = conclusion(), conclusion()
    conclusion(issued_on=date(2022, 5, 20))
    make_task(commune=commune_a, document=of_a, sponsor=sponsor_a.sponsor_member.sponsor)
    make_task(commune=commune_a, document=of_a, state="accepted")

    def seen(user):
        _page, rows = selectors.conclusion_list(user, on())
        return {row.document.pk: (row.tasks.total, row.tasks.done) for row in rows}

    assert seen(viewer) == {of_a.pk: (2, 1), of_nobody.pk: (0, 0)}
    assert seen(user_a) == {of_a.pk: (2, 1)}
    assert seen(sponsor_a) == {of_a.pk: (1, 0)}
    assert seen(user_b) == {}


@pytest.mark.parametrize("n", [1, 3])
def test_list_and_page_ask_a_constant_number_of_queries(
    n, office, installation, django_assert_num_queries
):
    for _ in range(n):
        document = conclusion()
        for _ in range(n):
            make_task(commune=make_commune(), document=document)

    with django_assert_num_queries(3):
        _page, rows = selectors.conclusion_list(office, on())
    with django_assert_num_queries(3):
        page = selectors.conclusion_page(office, document, on(), 1)

    assert (len(rows), len(page.rows)) == (n, n)


def test_conclusion_without_a_file_says_so(signed_in):
    url = reverse("sponsors:conclusion-file", args=[conclusion().pk])

    response = signed_in.get(url)

    assert response.status_code == 404
    assert "Kết luận này chưa có tệp." in response.content.decode()
