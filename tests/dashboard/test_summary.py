"""The one-page summary: the figures of the board, and the words that are sent on."""

import pytest
from django.urls import reverse

from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.models import Installation
from ntm_tracker.core.sheets import KeyFigures, Table, preview
from ntm_tracker.dashboard.selectors.board import board
from ntm_tracker.dashboard.selectors.scope import board_scope
from ntm_tracker.dashboard.selectors.summary import COMMUNES, summary
from ntm_tracker.dashboard.summary_file import workbook
from tests import factories
from tests.dashboard.build import text_of

SUMMARY = "/summary/"


@pytest.fixture
def area(focus, commune_a, commune_b):
    """Two communes of the district, one of which needs money, and criteria to be met."""
    factories.make_set(size=3)
    factories.make_item(need=5_000_000_000, identified=2_000_000_000, commune=commune_b)
    return focus


def scope_of(user, installation):
    return board_scope(user, installation, as_of_on(None), {})


def test_the_sheet_says_the_figures_of_the_board(office, area):
    sheet = summary(scope_of(office, area), area)
    page = board(scope_of(office, area), area)

    assert sheet.stats == page.stats
    assert sheet.lead == page.lead
    by_name = {row.name: row for row in sheet.communes}
    assert by_name["Hà Linh"].money.missing == 3_000_000_000
    assert (by_name["Hà Linh"].met, by_name["Hà Linh"].total) == (0, 3)
    assert [one.number for one in by_name["Hà Linh"].lacking] == [1, 2, 3]


def test_what_is_sent_on_says_the_key_figures(office, area):
    lines = summary(scope_of(office, area), area).text.split("\n")

    assert lines[0].startswith("Huyện Hương Khê, số liệu đến ngày ")
    assert "- Chưa xác định nguồn: 3,0 tỷ đồng (nhu cầu 5,0, đã xác định 2,0 (40%))" in lines
    assert all(line.startswith("- ") for line in lines[1:])


@pytest.mark.parametrize("is_demo", [True, False])
def test_what_is_sent_on_of_the_demo_says_so_itself(client, office, area, is_demo):
    Installation.objects.update(is_demo=is_demo)
    client.force_login(office)

    for address in (SUMMARY, reverse("dashboard:commune", args=["18502"])):
        html = client.get(address).content.decode()
        assert (", số liệu minh họa đến ngày" in html) is is_demo
        assert ("số của từng xã cộng từ đó" in html) is is_demo


def test_others_communes_are_not_on_the_sheet(client, user_a, area):
    client.force_login(user_a)

    words = text_of(client.get(SUMMARY))

    assert "Hương Bình" in words
    assert "Hà Linh" not in words
    assert "3,0" not in words


def test_many_communes_are_counted_not_listed(office, area):
    for number in range(COMMUNES):
        factories.make_commune(name=f"Xã thử {number}")

    sheet = summary(scope_of(office, area), area)

    assert len(sheet.communes) == COMMUNES
    assert sheet.unnamed == 2


def test_without_a_set_the_sheet_says_so(client, office, focus):
    client.force_login(office)

    assert "Chưa có số liệu để tóm tắt" in text_of(client.get(SUMMARY))


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(client, office, area, django_assert_max_num_queries, n):
    for number in range(n):
        commune = factories.make_commune(name=f"Thử {number}")
        factories.make_item(need=1_000_000_000, commune=commune)
        factories.make_task(
            commune=commune, sponsor=factories.make_sponsor(name=f"Đơn vị {number}")
        )
    client.force_login(office)
    client.get(SUMMARY)

    with django_assert_max_num_queries(32):
        client.get(SUMMARY)


@pytest.mark.parametrize("address", ["/communes/18502/", SUMMARY])
def test_the_key_figures_can_be_copied(client, office, area, address):
    client.force_login(office)

    page = client.get(address).content.decode()

    assert 'data-copy="zalo"' in page
    assert "Chưa xác định nguồn: 3,0 tỷ đồng" in page


def test_without_libreoffice_there_is_no_button_and_a_way(client, office, area):
    client.force_login(office)

    assert "Tải PDF" not in client.get(SUMMARY).content.decode()
    answer = client.get(SUMMARY, {"file": "pdf"})
    assert answer["Content-Type"].startswith("text/html")
    assert "In một trang A4" in text_of(answer)


def test_the_file_says_what_the_page_says(office, area):
    page = summary(scope_of(office, area), area)

    sheet = workbook(page, area, factories.NOW).sheets[0]

    communes, lists = (block for block in sheet.blocks if isinstance(block, Table))
    assert (communes.rows, lists.rows) == (page.communes, page.lists)
    shown = preview(sheet).blocks[-1].rows[0].cells
    assert shown[0].text == "Vướng ở tiêu chí nào"
    assert shown[1].text.startswith("- 1. Tiêu chí thử 1: 2/2 xã chưa đạt\n- 2. ")
    figures = next(block for block in sheet.blocks if isinstance(block, KeyFigures))
    assert [(one.label, one.value) for one in figures.items] == [
        (stat.label, stat.value) for stat in page.stats
    ]


@pytest.mark.office
def test_the_sheet_comes_as_one_page(client, office, area, settings, tmp_path):
    settings.LIBREOFFICE = "soffice"
    client.force_login(office)
    assert "Tải PDF" in client.get(SUMMARY).content.decode()

    answer = client.get(SUMMARY, {"file": "pdf"})

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith('.pdf"')
    assert answer.content.count(b"/Type/Page>") + answer.content.count(b"/Type/Page/") == 1
