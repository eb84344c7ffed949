"""The pages of the sheet: whole, one cell, conflict, refusal, files; and what they cost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from criteria.choices import IndicatorKind, Outcome, Stage, ThresholdOp
from criteria.models import Assessment, Declaration, Draft
from criteria.selectors.sheet import mark_of
from ntm_tracker.core.models import SentForm
from tests.criteria.grid_build import make_indicator
from tests.factories import assess, make_set

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 bien ban"
KEY = "0" * 32


@pytest.fixture
def criterion(installation):
    return make_set(size=2).criteria.get(number=1)


@pytest.fixture
def share(criterion):
    return make_indicator(criterion, threshold=(ThresholdOp.AT_LEAST, 90))


@pytest.fixture
def clerk(client, user_a):
    client.force_login(user_a)
    return client


def url(name, commune, *args):
    return reverse(f"criteria:{name}", args=[commune.code, *args])


def fields(key, value="", outcome="", note="", stamp="0.0", drawn=("", "", "")):
    texts = {"value": value, "outcome": outcome, "note": note}
    texts["stamp"] = f"{stamp}.{mark_of(drawn)}"
    return {f"{key}-{name}": text for name, text in texts.items()}


def save(client, commune, key, **says):
    return client.post(
        url("grid-cell", commune, key),
        fields(key, **says),
        headers={"HX-Request": "true", "HX-Target": f"state-{key}"},
    )


def test_a_cell_is_kept_and_answered_with_verdict_and_totals(clerk, commune_a, share, criterion):
    answer = save(clerk, commune_a, f"i{share.pk}", value="382/400", note="Đã đếm.")

    assert answer.status_code == 200
    html = answer.content.decode()
    assert "<html" not in html
    assert f'id="state-i{share.pk}"' in html
    assert f'id="state-c{criterion.pk}" hx-swap-oob="true"' in html
    assert 'id="grid-totals" hx-swap-oob="true"' in html
    assert "Đã lưu, chưa gửi" in html
    assert "1/1" in html
    assert Draft.objects.get().numerator == 382


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("abc", "Không đọc được số “abc”"),
        ("382/0", "phải lớn hơn 0"),
        ("400/382", "lớn hơn mẫu số"),
        ("1/2/3", "382/400"),
        ("120", "0 đến 100%"),
        ("-5", "không được âm"),
    ],
)
def test_a_wrong_value_is_named_in_its_cell_and_not_kept(clerk, commune_a, share, value, sentence):
    answer = save(clerk, commune_a, f"i{share.pk}", value=value)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Draft.objects.exists()


def test_the_second_person_sees_name_and_value_and_chooses(
    client, clerk, commune_a, share, office, user_a
):
    client.force_login(office)
    key = f"i{share.pk}"
    save(client, commune_a, key, value="95")
    client.force_login(user_a)

    answer = save(client, commune_a, key, value="80")
    assert answer.status_code == 409
    html = answer.content.decode()
    assert str(office) in html
    assert "95%" in html
    assert Draft.objects.get().value == 95

    theirs = client.post(
        url("grid-cell", commune_a, key),
        fields(key, value="80", stamp="1.0") | {f"{key}-choice": "theirs"},
        headers={"HX-Request": "true"},
    )
    assert 'data-value="95"' in theirs.content.decode()
    # "Giữ bản của tôi" sends the stamp that came with the conflict.
    assert save(client, commune_a, key, value="80", stamp="1.0").status_code == 200
    assert Draft.objects.get().value == 80


def test_without_scripts_the_whole_sheet_is_kept(clerk, commune_a, share, criterion):
    key, head = f"i{share.pk}", f"c{criterion.pk}"
    answer = clerk.post(
        url("grid", commune_a), fields(key, value="95,5") | fields(head, note="Ghi chú")
    )

    assert (answer.status_code, answer["Location"]) == (303, url("grid", commune_a))
    assert {row.note for row in Draft.objects.all()} == {"", "Ghi chú"}


def test_an_untouched_cell_is_neither_written_nor_in_conflict(clerk, commune_a, share, office):
    key = f"i{share.pk}"
    save(clerk, commune_a, key, value="95")
    # Drawn before that, and not touched by who sends the sheet now.
    answer = clerk.post(url("grid", commune_a), fields(key))

    assert answer.status_code == 303
    assert Draft.objects.get().value == 95


def test_a_whole_sheet_with_a_mistake_loses_nothing(clerk, commune_a, share, criterion):
    head = f"c{criterion.pk}"
    answer = clerk.post(
        url("grid", commune_a),
        fields(f"i{share.pk}", value="chín lăm") | fields(head, note="<b>Ghi chú</b>"),
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="chín lăm"' in html
    assert "Không đọc được số" in html
    assert "&lt;b&gt;Ghi chú&lt;/b&gt;" in html
    assert not Draft.objects.exists()


def test_sending_keeps_what_was_typed_and_is_written_once(clerk, commune_a, share):
    typed = fields(f"i{share.pk}", value="95,5") | {"form_key": KEY}
    first = clerk.post(url("grid-submit", commune_a), typed)
    again = clerk.post(url("grid-submit", commune_a), typed)

    assert (first.status_code, again.status_code) == (303, 303)
    rows = Assessment.objects.order_by("pk")
    assert [(row.stage, row.outcome) for row in rows] == [(Stage.SELF, Outcome.MET)] * 2
    assert SentForm.objects.count() == 1


def test_what_lacks_something_is_not_sent_and_says_what(clerk, commune_a, criterion, share):
    make_indicator(criterion, kind=IndicatorKind.BOOLEAN, unit="")
    answer = clerk.post(url("grid-submit", commune_a), fields(f"i{share.pk}", value="95"))

    assert answer.status_code == 422
    assert "các chỉ tiêu chưa đủ để kết luận" in answer.content.decode()
    assert Draft.objects.exists()
    assert not Assessment.objects.exists()


def test_taking_back_leads_to_the_row(clerk, commune_a, criterion):
    assess(commune_a, criterion)
    answer = clerk.post(url("grid-take-back", commune_a), {"criterion": criterion.pk})

    assert (answer.status_code, answer["Location"]) == (
        303,
        f"{url('grid', commune_a)}#row-c{criterion.pk}",
    )
    assert Assessment.objects.order_by("pk").last().outcome == Outcome.WITHDRAWN


def test_readers_see_what_was_sent_and_nothing_that_is_being_typed(
    client, clerk, commune_a, criterion, viewer
):
    save(clerk, commune_a, f"c{criterion.pk}", outcome="met", note="MARKED-DRAFT")
    clerk.post(
        url("grid-evidence", commune_a, f"c{criterion.pk}"),
        {"added": SimpleUploadedFile("marked.pdf", PDF)},
    )
    paper = Draft.objects.get().attachments.get()
    client.force_login(viewer)

    for address in (url("grid", commune_a), url("grid-cell", commune_a, f"c{criterion.pk}")):
        html = client.get(address).content.decode()
        assert "MARKED-DRAFT" not in html
        assert "marked.pdf" not in html
    assert client.get(reverse("criteria:evidence", args=[paper.pk])).status_code == 404


def test_evidence_is_put_beside_a_cell_and_sent_with_it(
    client, clerk, commune_a, criterion, viewer
):
    save(clerk, commune_a, f"c{criterion.pk}", outcome="met")
    cell = url("grid-evidence", commune_a, f"c{criterion.pk}")
    answer = clerk.post(cell, {"added": SimpleUploadedFile("Biên bản.pdf", PDF)})
    assert answer.status_code == 303
    clerk.post(url("grid-submit", commune_a))
    paper = Assessment.objects.get().attachments.get()
    client.force_login(viewer)

    found = client.get(reverse("criteria:evidence", args=[paper.pk]))
    assert (found["Content-Type"], found["X-Content-Type-Options"]) == (
        "application/pdf",
        "nosniff",
    )
    assert found["Content-Disposition"].startswith("attachment; ")
    assert b"".join(found.streaming_content) == PDF


def test_evidence_that_is_not_what_its_name_says_is_refused(clerk, commune_a, criterion):
    key = f"c{criterion.pk}"
    answer = clerk.post(
        url("grid-evidence", commune_a, key),
        {"added": SimpleUploadedFile("bien-ban.pdf", b"<html>")},
        headers={"HX-Request": "true", "HX-Target": f"panel-{key}"},
    )

    assert answer.status_code == 422
    assert "nội dung không phải" in answer.content.decode()
    assert not Draft.objects.exists()


def test_the_panel_of_a_cell_is_a_page_and_a_fragment(clerk, commune_a, share):
    key = f"i{share.pk}"
    save(clerk, commune_a, key, value="80")
    save(clerk, commune_a, key, value="95", stamp="1.0")
    address = url("grid-cell", commune_a, key)

    page = clerk.get(address).content.decode()
    fragment = clerk.get(
        address, headers={"HX-Request": "true", "HX-Target": f"panel-{key}"}
    ).content.decode()
    assert "<html" in page
    assert "<html" not in fragment
    assert "<del>80</del> → 95" in fragment


@pytest.mark.parametrize("key", ["c999999", "i999999", "x1", "submitx"])
def test_a_cell_that_is_not_in_the_sheet_is_not_found(clerk, commune_a, criterion, key):
    assert clerk.get(url("grid-cell", commune_a, key)).status_code == 404


def test_a_month_is_declared_and_taken_back_with_a_reason(clerk, commune_a, criterion):
    address, said = url("declare", commune_a), {"month": "2022-04"}
    assert clerk.post(address, said | {"is_complete": "1"}).status_code == 303
    assert clerk.post(address, said | {"is_complete": "0"}).status_code == 422
    assert clerk.post(address, said | {"is_complete": "0", "note": "Thiếu."}).status_code == 303
    assert list(Declaration.objects.values_list("is_complete", flat=True)) == [True, False]

    table = clerk.get(reverse("criteria:declarations"), {"month": "2022-04"}).content.decode()
    assert "Đã rút ngày 30/04/2022" in table
    assert clerk.get(reverse("criteria:declarations"), {"month": "abc"}).status_code == 400


def test_another_day_is_read_only(clerk, commune_a, share):
    page = clerk.get(url("grid", commune_a), {"as_of": "2022-03-31"}).content.decode()
    assert "Đang xem một ngày khác" in page
    assert "data-cell" not in page


def test_saving_a_cell_asks_the_database_twelve_times(
    clerk, commune_a, share, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        assert save(clerk, commune_a, f"i{share.pk}", value="95").status_code == 200
    with django_assert_max_num_queries(12):
        assert save(clerk, commune_a, f"i{share.pk}", value="96", stamp="1.0").status_code == 200


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_asks_the_same_for_more_rows(
    clerk, commune_a, criterion, n, django_assert_num_queries
):
    for _ in range(n):
        indicator = make_indicator(criterion, threshold=(ThresholdOp.AT_LEAST, 90))
        save(clerk, commune_a, f"i{indicator.pk}", value="95")
    with django_assert_num_queries(19):
        assert clerk.get(url("grid", commune_a)).status_code == 200


@pytest.mark.parametrize("wrong", ["999999", "abc", "-1"])
def test_a_criterion_that_is_not_in_the_sheet_is_a_sentence(clerk, commune_a, criterion, wrong):
    for name in ("grid-submit", "grid-take-back"):
        answer = clerk.post(url(name, commune_a), {"criterion": wrong})
        assert answer.status_code in {400, 422}


def test_evidence_of_a_cell_that_is_not_there_is_not_found(clerk, commune_a, criterion):
    answer = clerk.post(
        url("grid-evidence", commune_a, "i999999"), {"added": SimpleUploadedFile("a.pdf", PDF)}
    )
    assert answer.status_code == 404


def test_typing_for_a_cell_closed_meanwhile_is_not_lost(clerk, commune_a, criterion):
    """Without scripts the whole sheet is sent: one criterion has been sent from another window."""
    other = criterion.criteria_set.criteria.get(number=2)
    key = f"c{criterion.pk}"
    assess(commune_a, criterion, Outcome.NOT_MET, stage=Stage.SELF)
    cell = clerk.get(url("grid", commune_a)).context["page"].sheet.cell(key)
    sent = fields(key, outcome="met", note="Đã làm 3 km.", stamp=cell.stamp, drawn=cell.says)
    sent |= fields(f"c{other.pk}", outcome="met", note="Đủ hồ sơ.")

    answer = clerk.post(url("grid", commune_a), sent)

    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Chưa lưu" in html
    assert "Nội dung vừa nhập: Đạt; Đã làm 3 km." in html
    assert re.search(rf'name="c{other.pk}-note"[^>]*>Đủ hồ sơ.</textarea>', html)
    assert not Draft.objects.exists()
