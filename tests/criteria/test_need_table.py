"""The table of needs: typed or pasted, good rows kept, bad ones marked, all undone at once."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from criteria.models import FundingNeed, WorkItem
from criteria.money_rules import Entry
from criteria.selectors.funding import item_lines
from ntm_tracker.core.models import AuditEntry, Period
from tests import factories
from tests.criteria.money_desk import enter
from tests.factories import NOW, TODAY
from tests.queries import WRITER_LOCK

pytestmark = pytest.mark.django_db
URL = reverse("criteria:need-table")


@pytest.fixture
def items(installation, commune_a):
    return [
        factories.make_item(need=need, commune=commune_a, name=f"Đường {n}")
        for n, need in enumerate((10**9, 2 * 10**9, 3 * 10**9), 1)
    ]


@pytest.fixture
def clerk(client, user_a):
    client.force_login(user_a)
    return client


def drawn(client, **query):
    """The fields of the table as the page carries them."""
    html = client.get(f"{URL}?{urlencode(query)}").content.decode()
    found = dict(re.findall(r'name="(n\d+-(?:seen|value))" value="([^"]*)"', html))
    return found | {f"{key.split('-')[0]}-note": "" for key in found}


def paste(client, item, block, column="value", unit="đồng", **sent):
    data = {"paste-start": f"n{item.pk}", "paste-column": column, "paste-unit": unit}
    fields = drawn(client) | data | {"paste-block": block, "paste": "1"} | sent
    return client.post(URL, fields)


def needs():
    lines = item_lines(WorkItem.objects.all(), TODAY)
    return [line.money.need for line in sorted(lines, key=lambda line: line.name)]


def test_a_block_lands_cell_by_cell_with_its_reasons(clerk, items):
    answer = paste(clerk, items[0], "1.142,1 tỷ\tTheo dự toán mới\r\n1.142.100 triệu\r\n54.000.000")

    assert (answer.status_code, answer["Location"]) == (303, URL)
    assert needs() == [1_142_100_000_000, 1_142_100_000_000, 54_000_000]
    last = FundingNeed.objects.filter(item=items[0]).latest("pk")
    assert (last.amount, last.effective_on, last.note) == (
        1_141_100_000_000,
        TODAY,
        "Theo dự toán mới",
    )
    trail = AuditEntry.objects.filter(action="funding.need", origin="criteria:need-table")
    assert trail.count() == 3


def test_the_unit_holds_for_numbers_that_name_none(clerk, items):
    paste(clerk, items[1], "1.500\n2,5 tỷ", unit="triệu")

    assert needs() == [10**9, 1_500_000_000, 2_500_000_000]


def test_bad_cells_are_marked_where_they_lie_and_the_good_ones_are_kept(clerk, items):
    answer = paste(clerk, items[0], "5 tỷ\nnhiều\n0")

    html = answer.content.decode()
    assert answer.status_code == 422
    assert needs() == [5 * 10**9, 2 * 10**9, 3 * 10**9]
    assert "Không đọc được số tiền “nhiều”" in html
    assert "Nhu cầu phải lớn hơn 0." in html
    assert "Còn 2 công trình chưa ghi được" in html
    assert f'name="n{items[1].pk}-value" value="nhiều"' in html
    assert "Đã ghi nhu cầu của 1 công trình." in html
    assert "Hoàn tác lần ghi" in html
    # The row that was kept answers to its new sum, the others to the old one.
    assert f'name="n{items[0].pk}-seen" value="5000000000"' in html
    assert f'name="n{items[1].pk}-seen" value="2000000000"' in html


def test_empty_cells_and_equal_figures_change_nothing(clerk, items):
    answer = paste(clerk, items[0], "\t\n2 tỷ\tnhư cũ\n")

    assert answer.status_code == 303
    assert FundingNeed.objects.count() == 3


def test_the_last_writing_is_undone_at_once(clerk, items):
    paste(clerk, items[0], "4 tỷ")
    paste(clerk, items[0], "5 tỷ\n6 tỷ")
    answer = clerk.post(URL, {"undo": "1"})

    assert answer.status_code == 303
    assert needs() == [4 * 10**9, 2 * 10**9, 3 * 10**9]
    assert "Hoàn tác lần ghi" not in clerk.get(URL).content.decode()
    assert clerk.post(URL, {"undo": "1"}).status_code == 422


def test_nothing_is_undone_once_somebody_wrote_upon_it(clerk, items, office):
    paste(clerk, items[0], "5 tỷ\n6 tỷ")
    enter(items[1], Entry.NEED, 7 * 10**9, office)

    answer = clerk.post(URL, {"undo": "1"})
    assert answer.status_code == 422
    assert "đã được ghi tiếp" in answer.content.decode()
    assert needs() == [5 * 10**9, 7 * 10**9, 3 * 10**9]


def test_what_somebody_else_wrote_meanwhile_is_shown_and_not_overwritten(clerk, items, office):
    sent = drawn(clerk)
    enter(items[0], Entry.NEED, 7 * 10**9, office)
    sent |= {f"n{items[0].pk}-value": "8 tỷ", f"n{items[1].pk}-value": "9 tỷ"}
    answer = clerk.post(URL, sent)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert needs() == [7 * 10**9, 9 * 10**9, 3 * 10**9]
    assert "đã ghi nhu cầu này thành 7.000 triệu đồng" in html
    # Sent again, it is what the person wants.
    again = dict(re.findall(r'name="(n\d+-(?:seen|value))" value="([^"]*)"', html))
    clerk.post(URL, again)
    assert needs() == [8 * 10**9, 9 * 10**9, 3 * 10**9]


def test_a_second_press_writes_nothing_more(clerk, items):
    sent = drawn(clerk) | {f"n{items[0].pk}-value": "8 tỷ"}
    answers = [clerk.post(URL, sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert FundingNeed.objects.count() == 4


@pytest.mark.parametrize(
    ("start", "block", "sentence"),
    [
        (0, "1\n2\n3\n4", "chỉ còn 3 dòng"),
        (0, "1\t2\t3", "chỉ còn 2 cột"),
        (0, " \n", "Chưa có ô nào"),
        (None, "1", "Không có dòng này"),
    ],
)
def test_a_block_that_does_not_fit_is_a_sentence(clerk, items, start, block, sentence):
    there = items[0] if start == 0 else factories.make_item(need=1, commune=None, name="Liên xã")
    answer = paste(clerk, there, block)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert FundingNeed.objects.count() == WorkItem.objects.count()


def test_a_commune_sees_and_writes_its_own_rows_alone(clerk, items, commune_b):
    other = factories.make_item(need=10**9, commune=commune_b, name="Kênh mương")
    html = clerk.get(URL).content.decode()
    assert "Đường 1" in html
    assert "Kênh mương" not in html
    clerk.post(
        URL, drawn(clerk) | {f"n{other.pk}-value": "5 tỷ", f"n{other.pk}-seen": "1000000000"}
    )
    assert other.needs.count() == 1


def test_the_office_narrows_the_table(client, office, items, commune_b):
    factories.make_item(need=10**9, commune=commune_b, name="Kênh mương")
    client.force_login(office)
    assert len(drawn(client)) == 4 * 3
    assert len(drawn(client, commune=commune_b.code)) == 3
    assert len(drawn(client, category="khong-co")) == 0


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_the_rows(n, clerk, items, django_assert_num_queries):
    sent = drawn(clerk)
    for item in items[:n]:
        sent[f"n{item.pk}-value"] = "8 tỷ"
    with django_assert_num_queries(25 + WRITER_LOCK):
        clerk.post(URL, sent)


def test_a_closed_month_refuses_with_its_reason_and_what_was_typed_stands(clerk, items):
    sent = drawn(clerk) | {f"n{items[0].pk}-value": "8 tỷ", f"n{items[0].pk}-note": "Dự toán mới"}
    Period.objects.create(
        month=date(2022, 4, 1),
        cut_off_on=date(2022, 4, 30),
        due_on=date(2022, 5, 5),
        closed_at=NOW,
        revision=1,
    )
    answer = clerk.post(URL, sent)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "đã khóa" in html
    assert 'value="8 tỷ"' in html
    assert "Dự toán mới</textarea>" in html
    assert needs() == [10**9, 2 * 10**9, 3 * 10**9]
