"""The published figures of April 2022 on the board, the funding page and in the workbook."""

import re
from io import BytesIO

import pandas
import pytest
from django.urls import reverse

from criteria.models import ControlTotal, WorkItem
from criteria.services.funding import NeedEntry, record_needs
from ntm_tracker.core.models import User
from sponsors.models import Assignment
from sponsors.services import GiftEntry, record_commitment
from tests.factories import NOW, TODAY

PUBLISHED = {
    "Giao thông": ("1.142,1", "328,1", "814,0"),
    "Y tế - văn hóa - giáo dục": ("73,6", "1,2", "72,4"),
    "Lĩnh vực kinh tế": ("101,0", "0,0", "101,0"),
    "Môi trường": ("15,0", "0,0", "15,0"),
    "Chất lượng môi trường sống": ("15,0", "0,0", "15,0"),
    "Tổng cộng": ("1.346,7", "329,3", "1.017,4"),
}


@pytest.fixture
def desk(case, client):
    """A browser of the coordination office in the demo."""
    client.force_login(User.objects.get(username="vanphong"))
    return client


def text_rows(html: str) -> list[list[str]]:
    """The rows of all tables of a page, each as its cells' words."""
    rows = re.findall(r"<tr.*?</tr>", html, re.S)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)(?=<t[hd]|</tr>|$)", row, re.S)
        ]
        for row in rows
    ]


def money_rows(html: str) -> dict[str, tuple[str, ...]]:
    """Category → its three amounts, from the first table that lists all of them."""
    found = {}
    for cells in text_rows(html):
        for name in PUBLISHED:
            if cells and cells[0].startswith(name) and name not in found and len(cells) >= 4:
                found[name] = tuple(cells[1:4])
    return found


@pytest.mark.parametrize("page", ["dashboard:board", "criteria:funding"])
def test_pages_show_the_published_money(desk, page):
    assert money_rows(desk.get(reverse(page)).content.decode()) == PUBLISHED


def test_every_level_of_the_funding_page_adds_up(desk):
    html = desk.get(reverse("criteria:funding"), {"open": "all"}).content.decode()

    sums = {1: [0, 0, 0], 2: [0, 0, 0], 3: [0, 0, 0]}
    for level, row in re.findall(
        r'<tr[^>]*class="[^"]*tree-(\d)[^"]*"[^>]*>(.*?)</tr>', html, re.S
    ):
        cells = text_rows(f"<tr>{row}</tr>")[0]
        for at, text in enumerate(cells[1:4]):
            sums[int(level)][at] += round(10 * float(text.replace(".", "").replace(",", ".")))

    assert sums[1] == [13467, 3293, 10174]
    # One decimal on the screen: below, each shown number may be off by half a step.
    for level in (2, 3):
        assert sums[level] == pytest.approx(sums[1], abs=40)


def test_a_program_reads_the_published_money_from_the_workbook(desk):
    content = desk.get(reverse("reports:month-file", args=["2022-04"])).content
    raw = pandas.read_excel(BytesIO(content), sheet_name="Kinh phí", header=None, engine="openpyxl")

    lines = raw.to_numpy().tolist()
    titles = ("Nhu cầu", "Đã xác định nguồn", "Chưa xác định nguồn")
    columns = [next(line.index(title) for line in lines if title in line) for title in titles]
    found = {}
    for line in lines:
        name = next((cell for cell in line if isinstance(cell, str)), None)
        if name in PUBLISHED and name not in found:
            found[name] = [round(float(line[column]), 9) for column in columns]
    expected = {
        name: [float(text.replace(".", "").replace(",", ".")) for text in amounts]
        for name, amounts in PUBLISHED.items()
    }
    assert found == expected


def test_the_board_says_where_the_eight_communes_stand(desk):
    text = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", desk.get(reverse("dashboard:board")).content.decode())
    )

    assert "4 xã 20/20" in text
    assert "4 xã 10–12/20" in text
    assert re.search(r"Xã chưa đạt chuẩn 8 xã", text)
    assert re.search(r"Thôn chưa đạt kiểu mẫu 50 thôn", text)
    assert "hơn 60" in text
    assert re.search(r"Còn lại 245 ngày", text)
    assert "31/12/2022" in text


@pytest.mark.parametrize(
    ("amount", "words"),
    [(100_000, "trong sai số làm tròn"), (200_000_000, "lệch")],
)
def test_a_changed_work_item_is_named(desk, amount, words):
    item = WorkItem.objects.filter(category__code="giao-thong", commune__isnull=False).first()
    record_needs([NeedEntry(item, amount, TODAY)], by=None, now=NOW, today=TODAY)

    funding = desk.get(reverse("criteria:funding")).content.decode()
    book = desk.get(reverse("reports:month-file", args=["2022-04"])).content
    table = pandas.read_excel(
        BytesIO(book), sheet_name="Tổng hợp", header=None, engine="openpyxl"
    ).astype(str)

    assert item.name in funding
    assert words in funding
    named = table[table.apply(lambda row: row.str.contains(item.name, regex=False).any(), axis=1)]
    assert len(named) == 4  # need and missing, of transport and in total
    assert named.apply(lambda row: row.str.lower().str.contains(words).any(), axis=1).all()


def test_a_pledge_changes_promised_and_not_identified(desk):
    assignment = Assignment.objects.filter(sponsor__name="Sở minh họa 07").first()
    page = reverse("sponsors:sponsor", args=[assignment.sponsor_id])
    before = desk.get(page).content.decode()
    money = money_rows(desk.get(reverse("dashboard:board")).content.decode())

    record_commitment(
        assignment=assignment,
        entry=GiftEntry(kind="money", description="Xi măng", amount=123_000_000),
        effective_on=TODAY,
        by=None,
        now=NOW,
        today=TODAY,
    )

    assert money_rows(desk.get(reverse("dashboard:board")).content.decode()) == money == PUBLISHED
    after = desk.get(page).content.decode()
    assert "123.000.000 đồng" not in before
    assert "123.000.000 đồng" in after


def test_the_announced_figures_are_those_of_the_article(case):
    assert ControlTotal.objects.filter(document__kind="press").count() == 21
