"""A block copied from Excel lands in the grid cell by cell, and is undone at once."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from criteria.choices import IndicatorKind, Outcome, Stage, ThresholdOp
from criteria.models import Draft
from criteria.rules import outcome_of_words
from ntm_tracker.core.models import AuditEntry
from tests.criteria.grid_build import make_indicator
from tests.criteria.test_grid_views import fields
from tests.factories import assess, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def criterion(installation):
    return make_set(size=2).criteria.get(number=1)


@pytest.fixture
def shares(criterion):
    return [make_indicator(criterion, threshold=(ThresholdOp.AT_LEAST, 90)) for _ in range(3)]


@pytest.fixture
def clerk(client, user_a):
    client.force_login(user_a)
    return client


def stamps(client, commune):
    """The hidden stamps as the page carries them."""
    html = client.get(reverse("criteria:grid", args=[commune.code])).content.decode()
    return dict(re.findall(r'name="(\w+-stamp)" value="([^"]+)"', html))


def paste(client, commune, start, block, column="value", **sent):
    data = {"paste-start": start, "paste-column": column, "paste-block": block}
    return client.post(
        reverse("criteria:grid-paste", args=[commune.code]), stamps(client, commune) | data | sent
    )


def said():
    return {row.indicator_id: row for row in Draft.objects.all()}


def test_a_block_lands_cell_by_cell(clerk, commune_a, shares):
    one, two, three = shares
    block = 'đạt\tHết "ổ gà"\r\nx\t"hai\ndòng"\r\n'
    answer = paste(clerk, commune_a, f"i{one.pk}", "91,5\tđạt\tĐã đo\n382/400\tx\n89\tkhông đạt\tx")

    assert (answer.status_code, answer["Location"].partition("#")[0]) == (
        303,
        reverse("criteria:grid", args=[commune_a.code]),
    )
    found = said()
    assert (found[one.pk].value, found[one.pk].outcome, found[one.pk].note) == (
        Decimal("91.5"),
        "met",
        "Đã đo",
    )
    assert (found[two.pk].numerator, found[two.pk].denominator, found[two.pk].note) == (
        382,
        400,
        "",
    )
    assert found[three.pk].outcome == Outcome.NOT_MET
    assert AuditEntry.objects.filter(action="draft.save", origin="criteria:grid-paste").count() == 3
    # Only the columns of the block, and quotes as Excel writes them.
    paste(clerk, commune_a, f"i{one.pk}", block, "outcome")
    found = said()
    assert (found[one.pk].value, found[one.pk].note) == (Decimal("91.5"), 'Hết "ổ gà"')
    assert found[two.pk].note == "hai\ndòng"


def test_bad_cells_are_marked_where_they_lie_and_the_good_ones_are_kept(clerk, commune_a, shares):
    one, two, three = shares
    answer = paste(clerk, commune_a, f"i{one.pk}", "91\nchín\n120\n")

    html = answer.content.decode()
    assert answer.status_code == 422
    assert list(said()) == [one.pk]
    assert "Không đọc được số “chín”" in html
    assert "0 đến 100%" in html
    assert f'id="i{two.pk}-value" name="i{two.pk}-value" value="chín"' in html
    assert f'id="i{three.pk}-value" name="i{three.pk}-value" value="120"' in html
    assert "Đã dán và lưu 1 dòng." in html
    assert "Hoàn tác lần dán" in html


def test_empty_cells_leave_what_stands_there(clerk, commune_a, shares):
    one, two, _three = shares
    paste(clerk, commune_a, f"i{one.pk}", "91\tđạt\tĐã đo")
    paste(clerk, commune_a, f"i{one.pk}", "\t\tĐo lại\n95\t\t")

    found = said()
    assert (found[one.pk].value, found[one.pk].outcome, found[one.pk].note) == (91, "met", "Đo lại")
    assert found[two.pk].value == 95


def test_the_last_block_is_undone_at_once(clerk, commune_a, shares):
    one, two, _three = shares
    paste(clerk, commune_a, f"i{one.pk}", "91")
    paste(clerk, commune_a, f"i{one.pk}", "92\n93")
    page = clerk.get(reverse("criteria:grid", args=[commune_a.code])).content.decode()
    form = re.search(r'<form class="notice".*?</form>', page, re.DOTALL)[0]
    hidden = dict(re.findall(r'name="(\w+-\w+)" value="([^"]*)"', form))

    answer = clerk.post(reverse("criteria:grid", args=[commune_a.code]), hidden)

    assert answer.status_code == 303
    found = said()
    assert found[one.pk].value == 91
    assert found[two.pk].value is None
    page = clerk.get(reverse("criteria:grid", args=[commune_a.code])).content.decode()
    assert "Hoàn tác" not in page


def test_nothing_is_left_to_undo_once_a_cell_was_changed(clerk, commune_a, shares):
    one = shares[0]
    paste(clerk, commune_a, f"i{one.pk}", "92")
    paste_again = fields(f"i{one.pk}", value="94", stamp="1.0", drawn=("92", "", ""))
    clerk.post(reverse("criteria:grid", args=[commune_a.code]), paste_again)

    page = clerk.get(reverse("criteria:grid", args=[commune_a.code])).content.decode()
    assert "Hoàn tác" not in page


def test_a_locked_criterion_is_named_and_not_touched(clerk, commune_a, criterion, shares):
    assess(commune_a, criterion, outcome=Outcome.MET, stage=Stage.SELF)
    answer = paste(clerk, commune_a, f"i{shares[0].pk}", "91")

    assert answer.status_code == 422
    assert "Tiêu chí 1 đang khóa" in answer.content.decode()
    assert not Draft.objects.exists()


def test_the_same_block_again_changes_nothing(clerk, commune_a, shares):
    paste(clerk, commune_a, f"i{shares[0].pk}", "91\tđạt")
    answer = paste(clerk, commune_a, f"i{shares[0].pk}", "91\tđạt")

    assert answer.status_code == 303
    assert Draft.objects.get().version == 1


def test_who_was_faster_is_named(clerk, commune_a, shares, office, client):
    one = shares[0]
    old = stamps(clerk, commune_a)
    paste(clerk, commune_a, f"i{one.pk}", "91")
    client.force_login(office)
    answer = paste(client, commune_a, f"i{one.pk}", "93", **old)

    assert answer.status_code == 422
    assert "Chưa ghi đè gì" in answer.content.decode()
    assert Draft.objects.get().value == 91


@pytest.mark.parametrize(
    ("start", "block", "sentence"),
    [
        ("", "91", "Hãy chọn dòng đầu tiên"),
        ("i999999", "91", "Không có dòng này"),
        ("first", "", "Chưa có ô nào"),
        ("first", "\t\n \n", "Chưa có ô nào"),
        ("first", "1\t2\t3\t4", "Khối có 4 cột"),
        ("first", "1\n" * 40, "Khối có 40 dòng"),
    ],
)
def test_what_does_not_fit_is_a_sentence_and_keeps_the_block(
    clerk, commune_a, shares, start, block, sentence
):
    start = f"i{shares[0].pk}" if start == "first" else start
    answer = paste(clerk, commune_a, start, block)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html
    assert not Draft.objects.exists()
    if block.strip():
        assert block.strip()[:20] in html


def test_a_value_where_there_is_none_is_refused(clerk, commune_a, criterion):
    yes_no = make_indicator(criterion, kind=IndicatorKind.BOOLEAN, unit="")
    answer = paste(clerk, commune_a, f"i{yes_no.pk}", "5")

    assert answer.status_code == 422
    assert "không ghi giá trị" in answer.content.decode()


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("Đ", "met"),
        ("đạt", "met"),
        ("ĐẠT", "met"),
        ("x", "met"),
        ("1", "met"),
        ("chưa đạt", "not_met"),
        ("Không đạt", "not_met"),
        ("0", "not_met"),
        ("không áp dụng", "na"),
        ("gần đạt", "gần đạt"),
    ],
)
def test_words_for_a_verdict(word, outcome):
    assert outcome_of_words(word) == outcome


def test_pasting_asks_the_database_a_few_times_per_cell(
    clerk, commune_a, shares, django_assert_max_num_queries
):
    one = f"i{shares[0].pk}"
    sent = stamps(clerk, commune_a)
    data = sent | {"paste-start": one, "paste-column": "value", "paste-block": "91\n92\n93"}
    with django_assert_max_num_queries(32):
        clerk.post(reverse("criteria:grid-paste", args=[commune_a.code]), data)
