"""Filling in the grid of villages: rows of today, conflicts, taking back."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.choices import Outcome, VillageState
from criteria.models import Assessment, VillageStatus
from criteria.selectors.history import standing_differences
from criteria.selectors.village_history import cell_history
from criteria.services.village_cells import StaleCells
from criteria.services.village_moves import move_village
from criteria.services.village_undo import take_back
from criteria.village_fields import Typed
from ntm_tracker.core.models import AuditEntry
from tests import factories
from tests.criteria.helpers import nothing_overwritten, past, present, rolled_back
from tests.criteria.village_world import fill, row_of, save, values, village_set

WRITTEN = {"now": factories.NOW, "today": factories.TODAY}


@pytest.fixture
def village(commune_a, installation):
    return factories.make_village(commune_a)


@pytest.fixture
def colleague(commune_a):
    user = factories.make_user("commune", display_name="Cán bộ hai")
    factories.give_access(user, commune_a)
    return user


def undo(village, commune, user, field):
    return take_back(
        village=village, commune=commune, field=field, in_force=village_set(), by=user, **WRITTEN
    )


def test_each_cell_is_a_row_of_today_with_its_trail(village, commune_a, user_a):
    saved = fill(village, commune_a, user_a, c1="met", c2="na", percent="40")

    assert saved == ("c1", "c2", "percent")
    assert values(village, commune_a, user_a) == {
        "c1": "met", "c2": "na", "approved": "no", "percent": "40", "planned": "0", "met": "0",
    }  # fmt: skip
    rows = Assessment.objects.filter(village=village)
    assert {(row.stage, row.as_of, row.by, row.commune) for row in rows} == {
        ("self", factories.TODAY, user_a, None)
    }
    entries = AuditEntry.objects.order_by("id").values_list(
        "action", "old", "new", "commune_id", "village_id"
    )
    assert list(entries) == [
        ("assessment.self", "Chưa báo cáo", "Đạt (tự đánh giá)", commune_a.pk, village.pk),
        (
            "assessment.self", "Chưa báo cáo", "Không áp dụng (tự đánh giá)",
            commune_a.pk, village.pk,
        ),
        (
            "village.status", "", "Chưa đạt, phương án chưa duyệt, 40% khối lượng, 0/0 vườn",
            commune_a.pk, village.pk,
        ),
    ]  # fmt: skip
    assert standing_differences(factories.TODAY) == []


def test_what_did_not_change_is_not_written(village, commune_a, user_a):
    fill(village, commune_a, user_a, c1="met", percent="40")

    assert fill(village, commune_a, user_a, c1="met", percent="40") == ()
    # A second tab that sends what the first has just written: one row, not two.
    assert save(village, commune_a, user_a, Typed("c1", "met", "")) == ()
    assert (Assessment.objects.count(), VillageStatus.objects.count()) == (1, 1)


def test_a_cleared_cell_is_unreported_again(village, commune_a, user_a):
    fill(village, commune_a, user_a, c1="not_met")
    fill(village, commune_a, user_a, c1="")

    assert values(village, commune_a, user_a) == {}
    assert Assessment.objects.latest("id").outcome == Outcome.WITHDRAWN


def test_counts_of_the_row(village, commune_a, user_a):
    fill(village, commune_a, user_a, c1="met", c2="na", c3="not_met")

    assert row_of(village, commune_a, user_a).met == 2


def test_the_second_of_two_people_learns_of_the_first(village, commune_a, user_a, colleague):
    fill(village, commune_a, colleague, c1="not_met", percent="70")

    with pytest.raises(StaleCells) as stale:
        save(
            village,
            commune_a,
            user_a,
            Typed("c1", "met", ""),
            Typed("percent", "80", ""),
            Typed("c2", "met", ""),
        )

    found = [(one.field, one.mine_words, one.theirs_words, one.by) for one in stale.value.conflicts]
    assert found == [
        ("c1", "Đạt", "Chưa đạt", "Cán bộ hai"),
        ("percent", "80%", "70%", "Cán bộ hai"),
    ]
    assert not Assessment.objects.filter(by=user_a).exists()
    # Having seen the other's value, the choice is written.
    assert save(village, commune_a, user_a, Typed("c1", "met", "not_met")) == ("c1",)


def test_neighbouring_cells_do_not_stand_in_each_others_way(village, commune_a, user_a, colleague):
    fill(village, commune_a, user_a, percent="10")
    fill(village, commune_a, colleague, planned="5")

    assert save(village, commune_a, user_a, Typed("percent", "20", "10")) == ("percent",)
    assert values(village, commune_a, user_a)["planned"] == "5"


@pytest.mark.parametrize("who", ["user_b", "viewer", "department", "sponsor_a"])
def test_others_may_not_fill_in(request, village, commune_a, who):
    with pytest.raises(PermissionDenied):
        save(village, commune_a, request.getfixturevalue(who), Typed("c1", "met", ""))
    assert not Assessment.objects.exists()


def test_criteria_of_a_recognised_village_are_locked_and_its_gardens_are_not(
    village, commune_a, office, user_a
):
    fill(village, commune_a, user_a, c1="met")
    at = {"village": village, "commune": commune_a, "in_force": village_set(), **WRITTEN}
    move_village(move="declare", by=user_a, **at)
    move_village(
        move="recognise", number="12/QĐ-UBND", issued_on=date(2022, 4, 20), by=office, **at
    )

    with pytest.raises(PermissionDenied, match="được khóa"):
        fill(village, commune_a, user_a, c2="met")
    assert fill(village, commune_a, user_a, met="3") == ("met",)
    with pytest.raises(PermissionDenied, match="được khóa"):
        undo(village, commune_a, user_a, "c1")


def test_ones_last_entry_is_taken_back_by_a_new_row(village, commune_a, user_a):
    fill(village, commune_a, user_a, c1="met", percent="40")
    fill(village, commune_a, user_a, c1="not_met", percent="90")

    with nothing_overwritten():
        assert undo(village, commune_a, user_a, "c1") == "Đạt"
        assert undo(village, commune_a, user_a, "percent").startswith("Chưa đạt, ")

    assert values(village, commune_a, user_a)["c1"] == "met"
    assert values(village, commune_a, user_a)["percent"] == "40"
    report, status = Assessment.objects.latest("id"), VillageStatus.objects.latest("id")
    assert report.corrects.outcome == Outcome.NOT_MET
    assert status.corrects.plan_percent == 90
    for field in ("c1", "percent"):
        with pytest.raises(PermissionDenied, match="đã là mục rút lại"):
            undo(village, commune_a, user_a, field)


def test_the_first_entry_of_all_is_taken_back_to_nothing(village, commune_a, user_a):
    fill(village, commune_a, user_a, c1="met")

    assert undo(village, commune_a, user_a, "c1") == "Chưa báo cáo"
    assert values(village, commune_a, user_a) == {}


def test_somebody_elses_entry_is_not_taken_back(village, commune_a, user_a, colleague):
    fill(village, commune_a, colleague, c1="met", percent="40")

    for field in ("c1", "percent"):
        with pytest.raises(PermissionDenied, match="do người khác ghi"):
            undo(village, commune_a, user_a, field)
    with pytest.raises(PermissionDenied, match="chưa có mục nào"):
        undo(village, commune_a, user_a, "c2")


def test_a_step_of_the_recognition_has_its_own_way_back(village, commune_a, user_a):
    move_village(
        village=village, commune=commune_a, move="declare", in_force=village_set(), by=user_a,
        **WRITTEN,
    )  # fmt: skip

    with pytest.raises(PermissionDenied, match="một bước công nhận"):
        undo(village, commune_a, user_a, "percent")


def test_history_of_a_cell_says_from_what_to_what(village, commune_a, user_a, colleague):
    fill(village, commune_a, colleague, c1="met", percent="0")
    fill(village, commune_a, user_a, c1="not_met", planned="3")

    def history(field, as_of):
        found = cell_history(user_a, village, commune_a, village_set(), field, as_of)
        changes = [(row.old, row.new, row.by) for row in found.changes]
        return changes, bool(found.may_take_back)

    mine = str(user_a)
    assert history("c1", present()) == (
        [("Đạt", "Chưa đạt", mine), ("Chưa báo cáo", "Đạt", "Cán bộ hai")],
        True,
    )
    assert history("percent", present()) == ([("Chưa báo cáo", "0%", "Cán bộ hai")], True)
    assert history("c1", past())[1] is False
    assert history("c1", past(date(2022, 4, 1)))[0] == []
    unknown = cell_history(user_a, village, commune_a, village_set(), "c11", present())
    assert unknown is None


def test_state_is_the_history_whatever_is_typed_and_taken_back(
    village, commune_a, user_a, colleague
):
    fields = {
        "c1": ["", "met", "not_met", "na"],
        "c2": ["", "met"],
        "percent": ["0", "70", "100"],
        "met": ["0", "2"],
    }
    steps = st.sampled_from(list(fields)).flatmap(
        lambda field: st.tuples(
            st.just(field), st.sampled_from([*fields[field], None]), st.booleans()
        )
    )
    village_set()

    @settings(max_examples=20)
    @given(st.lists(steps, max_size=8))
    def walk(walked):
        with rolled_back():
            said = {}
            for field, value, is_colleague in walked:
                user = colleague if is_colleague else user_a
                if value is not None:
                    fill(village, commune_a, user, **{field: value})
                    said[field] = value
                    continue
                try:
                    undo(village, commune_a, user, field)
                except PermissionDenied:
                    continue
                said = values(village, commune_a, user)
            found = values(village, commune_a, user_a)
            for field, value in said.items():
                assert found.get(field, "") == value
            assert standing_differences(factories.TODAY) == []
            state = row_of(village, commune_a, user_a).village.state
            assert state == VillageState.NOT_YET

    walk()
