"""`manage.py check_standings`: says where the present differs, and rebuilds it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from criteria.choices import Cell, Outcome
from criteria.models import Standing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing(installation):
    criterion = factories.make_set(2).criteria.first()
    factories.assess(factories.make_commune(), criterion, Outcome.NOT_MET)
    return Standing.objects.get()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("check_standings", *arguments, stdout=out)
    return out.getvalue()


def test_a_present_equal_to_the_history_is_said_to_be_so(standing):
    assert run() == "Hiện trạng ngày 30/04/2022 khớp với lịch sử.\n"


def test_a_difference_is_named_and_the_command_fails(standing):
    Standing.objects.update(cell=Cell.MET_APPRAISED)
    with pytest.raises(CommandError) as error:
        run()
    assert str(error.value) == (
        "1 dòng lệch so với lịch sử:\n"
        f"xã id {standing.commune_id}, tiêu chí id {standing.criterion_id}: "
        "hiện trạng “Đạt, đã thẩm định”, lịch sử “Chưa đạt, tự đánh giá”"
    )


def test_rows_without_history_and_history_without_rows_are_both_named(standing):
    other = standing.criterion.criteria_set.criteria.last()
    Standing.objects.create(commune=standing.commune, criterion=other)
    standing.delete()
    with pytest.raises(CommandError) as error:
        run()
    assert "2 dòng lệch" in str(error.value)
    assert "hiện trạng có, lịch sử không có" in str(error.value)
    assert "lịch sử có, hiện trạng không có" in str(error.value)


def test_rebuild_repairs_and_says_how_much(standing):
    Standing.objects.update(cell=Cell.MET_APPRAISED)

    assert run("--rebuild") == (
        "Đã dựng lại hiện trạng ngày 30/04/2022: 1 dòng thay đổi.\n"
        "Hiện trạng ngày 30/04/2022 khớp với lịch sử.\n"
    )
    standing.refresh_from_db()
    assert standing.cell == Cell.NOT_MET_SELF
    assert run() == "Hiện trạng ngày 30/04/2022 khớp với lịch sử.\n"
