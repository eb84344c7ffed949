"""The table of turns of a difficulty, walked over every role, side, turn and state."""

from itertools import product

import pytest
from django.core.exceptions import PermissionDenied

from ntm_tracker.core.choices import Role
from sponsors import difficulty_workflow as workflow
from sponsors.choices import Answerer, DifficultyAction, DifficultyState
from sponsors.models import Difficulty
from sponsors.rules import may_raise_difficulty
from tests.factories import (
    give_access,
    make_commune,
    make_department,
    make_department_user,
    make_sponsor,
    make_sponsor_user,
    make_user,
)

OPEN, ANSWERED, CLOSED = DifficultyState.OPEN, DifficultyState.ANSWERED, DifficultyState.CLOSED
# What is right, written down a second time: turn → (states, sides beside the office, target).
EXPECTED = {
    DifficultyAction.ANSWER: ({OPEN, ANSWERED}, "owner", ANSWERED),
    DifficultyAction.FORWARD: ({OPEN, ANSWERED}, "owner", OPEN),
    DifficultyAction.CLOSE: ({OPEN, ANSWERED}, "asker", CLOSED),
    DifficultyAction.REOPEN: ({ANSWERED, CLOSED}, "asker", OPEN),
}
OFFICE = {"admin", "office"}
# Who has to answer a difficulty that a sponsor raised in a commune.
OWNER = {
    Answerer.OFFICE: set(),
    Answerer.DEPARTMENT: {"own department"},
    Answerer.COMMUNE: {"own commune"},
    Answerer.SPONSOR: {"own sponsor"},
}


@pytest.fixture
def cast(db):
    commune, sponsor, department = make_commune(), make_sponsor(), make_department()
    own, other = make_user(Role.COMMUNE), make_user(Role.COMMUNE)
    give_access(own, commune)
    give_access(other, make_commune())
    users = {
        "admin": make_user(Role.ADMIN),
        "office": make_user(Role.OFFICE),
        "viewer": make_user(Role.VIEWER),
        "own sponsor": make_sponsor_user(sponsor, commune),
        "other sponsor": make_sponsor_user(make_sponsor(), commune),
        "own commune": own,
        "other commune": other,
        "own department": make_department_user(department),
        "other department": make_department_user(),
        "department account of nobody": make_user(Role.DEPARTMENT),
        "sponsor account of nobody": make_user(Role.SPONSOR),
    }
    return users, {"commune": commune, "sponsor": sponsor, "department": department}


def test_every_role_turn_state_and_answerer(cast):
    users, place = cast
    wrong = []
    for (actor, user), action, state, answerer in product(
        users.items(), EXPECTED, DifficultyState, Answerer
    ):
        row = Difficulty(state=state, answerer=answerer, **place)
        if answerer != Answerer.DEPARTMENT:
            row.department = None
        states, side, target = EXPECTED[action]
        asker = {"own sponsor"} if answerer != Answerer.SPONSOR else set()
        who = OFFICE | (OWNER[answerer] if side == "owner" else asker)
        should = state in states and actor in who
        listed = action in {turn.name for turn in workflow.allowed(row, user)}
        try:
            checked = workflow.check(row, action, user).target == target
        except PermissionDenied as refusal:
            checked = False
            if not str(refusal).endswith("."):
                wrong.append((actor, action, state, answerer, "no sentence"))
        if (listed, checked) != (should, should):
            wrong.append((actor, action, state, answerer, listed, checked))
    assert wrong == []


def test_every_turn_of_the_table_is_expected():
    assert {turn.name for turn in workflow.TURNS} == set(EXPECTED)
    assert {turn.name for turn in workflow.TURNS if not turn.text_required} == {
        DifficultyAction.CLOSE
    }


def test_whoever_raised_it_may_close_it_and_a_leader_never(cast):
    users, place = cast
    place = place | {"sponsor": None}
    for actor, may in (("other commune", True), ("own department", True), ("viewer", False)):
        row = Difficulty(state=OPEN, answerer=Answerer.OFFICE, by=users[actor], **place)
        names = {turn.name for turn in workflow.allowed(row, users[actor])}
        assert (DifficultyAction.CLOSE in names) == may


def test_a_commune_closes_what_it_asked_and_not_what_its_sponsor_asked(cast):
    users, place = cast
    own = Difficulty(state=OPEN, answerer=Answerer.OFFICE, **(place | {"sponsor": None}))
    theirs = Difficulty(state=OPEN, answerer=Answerer.OFFICE, **place)
    names = [
        {turn.name for turn in workflow.allowed(row, users["own commune"])} for row in (own, theirs)
    ]
    assert names == [{DifficultyAction.CLOSE}, set()]


def test_command_is_bound_by_the_state_alone(cast):
    _users, place = cast
    with pytest.raises(PermissionDenied, match="chưa thể “Trả lời”"):
        workflow.check(Difficulty(state=CLOSED, **place), DifficultyAction.ANSWER, None)
    with pytest.raises(PermissionDenied, match="ghi một việc mới"):
        workflow.check(Difficulty(state=OPEN, **place), DifficultyAction.RAISE, None)


def test_who_may_raise_what(cast):
    users, place = cast
    commune, sponsor = place["commune"].pk, place["sponsor"].pk
    may = {
        (actor, bool(may_raise_difficulty(user, commune_id=commune, sponsor_id=asked)))
        for actor, user in users.items()
        for asked in (sponsor,)
    }
    refused = {actor for actor, yes in may if not yes}
    assert refused == {"viewer", "other sponsor", "other commune", "sponsor account of nobody"}
    assert not may_raise_difficulty(users["own sponsor"], commune_id=commune, sponsor_id=None)
