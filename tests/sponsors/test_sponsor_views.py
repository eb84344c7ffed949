"""Pages of sponsors, and the form on which the office writes down a promise."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from criteria.models import FundingSource
from sponsors.models import Commitment
from tests.factories import make_assignment, make_commune, make_sponsor
from tests.sponsors.build import create_task, report

pytestmark = pytest.mark.django_db
LIST = "/sponsors/"


@pytest.fixture
def assignment(installation, sponsor_a, commune_a):
    return make_assignment(
        sponsor=sponsor_a.sponsor_member.sponsor,
        commune=commune_a,
        agreement_due_on=date(2022, 4, 25),
    )


def add(client, to, **data):
    fields = {
        "assignment": to.pk,
        "kind": "money",
        "description": "Làm đường trục thôn",
        "amount": "200 triệu",
        "effective_on": "28/04/2022",
    } | data
    return client.post(reverse("sponsors:commitment-add", args=[to.sponsor_id]), fields)


def test_list_is_page_and_fragment(client, office, assignment):
    client.force_login(office)
    page = client.get(LIST).content.decode()
    headers = {"HX-Request": "true", "HX-Target": "sponsor-list"}
    part = client.get(LIST, headers=headers).content.decode()
    assert part.lstrip().startswith('<div id="sponsor-list">')
    assert part.strip() in page
    for text in (assignment.sponsor.name, "Hương Bình", "1 chậm ký kết hoặc kế hoạch"):
        assert text in part


def test_list_narrows_and_keeps_what_was_typed(client, office, assignment):
    client.force_login(office)
    other = make_assignment(sponsor=make_sponsor(name="Quỹ minh họa")).sponsor
    page = client.get(f"{LIST}?q=quy+minh&kind=agency").content.decode()
    assert other.name in page
    assert assignment.sponsor.name not in page
    assert 'name="q" value="quy minh"' in page
    nothing = client.get(f"{LIST}?q=khong+co+dau").content.decode()
    assert "Không có đơn vị nào khớp" in nothing


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("kind=foo", 400, "Không có lựa chọn “foo”."),
        ("late=2", 400, "Không có lựa chọn “2”."),
        ("page=x", 400, "Số trang không đúng."),
        ("page=9", 404, "Danh sách không có trang này."),
        ("commune=99999", 404, "Không có xã mang mã “99999”"),
    ],
)
def test_unknown_filter_values_are_refused(client, office, assignment, query, status, sentence):
    client.force_login(office)
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == status
    assert sentence in response.content.decode()


def test_sponsor_sees_itself_and_no_other(client, sponsor_a, assignment):
    other = make_assignment(sponsor=make_sponsor(name="Đơn vị bạn"), commune=assignment.commune)
    client.force_login(sponsor_a)
    page = client.get(LIST).content.decode()
    assert assignment.sponsor.name in page
    assert "Đơn vị bạn" not in page
    assert client.get(f"/sponsors/{assignment.sponsor_id}/").status_code == 200
    assert client.get(f"/sponsors/{other.sponsor_id}/").status_code == 404


def test_page_of_a_sponsor(client, office, assignment):
    client.force_login(office)
    add(client, assignment)
    task = create_task(sponsor=assignment.sponsor, commune=assignment.commune)
    report(task, 60, difficulty="Thiếu cát")
    page = client.get(f"/sponsors/{assignment.sponsor_id}/").content.decode()
    for text in (
        assignment.sponsor.name,
        "Chậm 5 ngày",
        "200.000.000 đồng",
        "Làm đường trục thôn",
        task.title,
        "Thiếu cát",
        "Chưa ghi tổ công tác.",
        f"/sponsors/{assignment.sponsor_id}/commitments/",
    ):
        assert text in page


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_for_any_size(client, office, assignment, count):
    for _n in range(count):
        task = create_task(sponsor=assignment.sponsor, commune=assignment.commune)
        report(task, 10, difficulty="Thiếu cát")
        make_assignment(sponsor=assignment.sponsor, commune=make_commune())
    for _n in range(count - 1):
        make_assignment(commune=make_commune())
    client.force_login(office)
    seen = []
    for url in (LIST, f"/sponsors/{assignment.sponsor_id}/"):
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        seen.append(len(captured))
    assert seen == [16, 23]


# --- promises -------------------------------------------------------------------------------------


def test_office_records_a_promise_that_identifies_nothing(client, office, assignment):
    client.force_login(office)
    response = add(client, assignment)
    assert (response.status_code, response["Location"]) == (
        302,
        f"/sponsors/{assignment.sponsor_id}/",
    )
    row = Commitment.objects.get()
    assert (row.amount, row.effective_on, row.by) == (200_000_000, date(2022, 4, 28), office)
    assert FundingSource.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"amount": "nhiều"}, "Không đọc được số tiền “nhiều”."),
        ({"amount": "-200 triệu"}, "Số tiền không được âm"),
        ({"amount": "200"}, "hãy ghi rõ “200 triệu”"),
        ({"amount": ""}, "Số tiền phải lớn hơn 0."),
        ({"amount": "9.000 tỷ"}, "trên 1.000 tỷ đồng"),
        ({"description": ""}, "bắt buộc"),
        ({"effective_on": "31/02/2022"}, "Ngày không đúng; hãy viết như 26/04/2022."),
        ({"effective_on": "01/05/2022"}, "ở sau ngày báo cáo 30/04/2022"),
        ({"effective_on": "01/04/2022"}, "ngoài thời gian đơn vị được phân công"),
        ({"kind": "gold"}, "gold"),
        ({"kind": "goods"}, "Hãy nhập số lượng hiện vật"),
        ({"kind": "labour", "labour_days": "nhiều"}, "Không đọc được số “nhiều”."),
    ],
)
def test_wrong_promise_is_refused_and_what_was_typed_stays(
    client, office, assignment, data, sentence
):
    client.force_login(office)
    response = add(client, assignment, **data)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    if data.get("amount"):
        assert f'name="amount" value="{data["amount"]}"' in page
    if "description" not in data:
        assert 'value="Làm đường trục thôn"' in page
    assert Commitment.objects.count() == 0


def test_promise_for_an_assignment_of_another_sponsor_is_refused(client, office, assignment):
    client.force_login(office)
    other = make_assignment()
    assert add(client, assignment, assignment=other.pk).status_code == 422
    assert Commitment.objects.count() == 0


def test_sponsor_is_told_who_records_promises(client, sponsor_a, assignment):
    client.force_login(sponsor_a)
    for response in (
        client.get(f"/sponsors/{assignment.sponsor_id}/commitments/"),
        add(client, assignment),
    ):
        assert response.status_code == 403
        assert "do Văn phòng Điều phối ghi nhận" in response.content.decode()
    assert Commitment.objects.count() == 0


def test_sponsor_without_assignment_cannot_be_promised_for(client, office, installation):
    client.force_login(office)
    page = client.get(f"/sponsors/{make_sponsor().pk}/commitments/").content.decode()
    assert "Đơn vị chưa được phân công nơi nào" in page
