"""The table of moves of a village, walked over every role, move and state."""

from itertools import product

import pytest
from django.core.exceptions import PermissionDenied

from communes.choices import AccessLevel
from criteria import village_workflow
from criteria.choices import VillageState
from criteria.village_workflow import VillageMove
from ntm_tracker.core.choices import Role
from ntm_tracker.core.permits import WholeProvince
from tests import factories

NOT_YET, DECLARED, RECOGNISED = VillageState
OFFICE = {"admin", "office", "command"}
REPORTERS = OFFICE | {"own commune"}
# What is right, written down a second time: move → (state before, who, state after).
EXPECTED = {
    VillageMove.DECLARE: (NOT_YET, REPORTERS, DECLARED),
    VillageMove.WITHDRAW: (DECLARED, REPORTERS, NOT_YET),
    VillageMove.RECOGNISE: (DECLARED, OFFICE, RECOGNISED),
    VillageMove.RETURN: (DECLARED, OFFICE, NOT_YET),
    VillageMove.REVOKE: (RECOGNISED, OFFICE, NOT_YET),
}


@pytest.fixture
def commune(db):
    return factories.make_commune()


@pytest.fixture
def actors(commune):
    own, other, looking = (factories.make_user(Role.COMMUNE) for _ in range(3))
    factories.give_access(own, commune)
    factories.give_access(other, factories.make_commune())
    factories.give_access(looking, commune, level=AccessLevel.VIEW)
    return {
        "admin": factories.make_user(Role.ADMIN),
        "office": factories.make_user(Role.OFFICE),
        "command": WholeProvince(),
        "viewer": factories.make_user(Role.VIEWER),
        "department": factories.make_department_user(),
        "own commune": own,
        "other commune": other,
        "commune that may only look": looking,
        "sponsor": factories.make_sponsor_user(factories.make_sponsor(), commune),
    }


def test_every_move_has_one_row():
    assert [row.name for row in village_workflow.TRANSITIONS] == list(EXPECTED)
    needs_note = {row.name for row in village_workflow.TRANSITIONS if row.note_required}
    assert needs_note == {VillageMove.RETURN, VillageMove.REVOKE}
    needs_paper = {row.name for row in village_workflow.TRANSITIONS if row.document_required}
    assert needs_paper == {VillageMove.RECOGNISE}


def test_who_may_make_which_move_in_which_state(actors, commune):
    found, wanted = set(), set()
    for (actor, user), move, state in product(actors.items(), VillageMove, VillageState):
        source, who, target = EXPECTED[move]
        if actor in who and state == source:
            wanted.add((actor, move, state))
        where = {"state": state, "commune_id": commune.pk, "user": user}
        answer = village_workflow.permit(move, **where)
        assert bool(answer) == (move in {row.name for row in village_workflow.allowed(**where)})
        if answer:
            found.add((actor, move, state))
            assert village_workflow.check(move, **where).target == target
        else:
            assert answer.reason.endswith(".")
            with pytest.raises(PermissionDenied, match=r"\.") as refusal:
                village_workflow.check(move, **where)
            assert str(refusal.value) == answer.reason

    assert found == wanted


@pytest.mark.parametrize("state", VillageState)
def test_criteria_are_open_until_the_village_is_recognised(actors, commune, state):
    may = {
        actor
        for actor, user in actors.items()
        if village_workflow.may_fill(state=state, commune_id=commune.pk, user=user)
    }

    assert may == (set() if state == RECOGNISED else REPORTERS)
