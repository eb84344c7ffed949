"""The table of moves, walked over every role, transition and state."""

from itertools import product

import pytest
from django.core.exceptions import PermissionDenied

from communes.choices import AccessLevel
from ntm_tracker.core.choices import Role
from ntm_tracker.core.permits import WholeProvince
from sponsors import workflow
from sponsors.choices import Owner, TaskState, TaskTransition
from sponsors.models import Task
from sponsors.rules import desk_of, may_record_contribution, may_update
from tests.factories import (
    give_access,
    make_commune,
    make_department,
    make_department_user,
    make_sponsor,
    make_sponsor_user,
    make_task,
    make_user,
)

A, P, R = TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.REPORTED
RETURNED, ACCEPTED, CANCELLED = TaskState.RETURNED, TaskState.ACCEPTED, TaskState.CANCELLED
OPEN = {A, P, RETURNED}
DOERS = {"admin", "office", "own sponsor", "own commune", "own department"}
OFFICE = {"admin", "office"}
# What is right, written down a second time: transition → (states, who, target).
EXPECTED = {
    TaskTransition.PROGRESS: (OPEN, DOERS, P),
    TaskTransition.PROPOSE_DONE: (OPEN, DOERS, R),
    TaskTransition.ACCEPT: ({R}, OFFICE, ACCEPTED),
    TaskTransition.RETURN: ({R}, OFFICE, RETURNED),
    TaskTransition.CANCEL: (OPEN | {R}, OFFICE, CANCELLED),
    TaskTransition.RECEIVE: ({A}, DOERS, P),
    TaskTransition.TAKE_BACK: ({P, R}, DOERS, None),
}
# Only these, as the account's own latest word on the task, can be taken back.
REPORTS = {TaskTransition.RECEIVE, TaskTransition.PROGRESS, TaskTransition.PROPOSE_DONE}
# Whose task each of the actors is asked about.
OWNER_FOR = {
    "own sponsor": Owner.SPONSOR,
    "other sponsor": Owner.SPONSOR,
    "own commune": Owner.COMMUNE,
    "other commune": Owner.COMMUNE,
    "commune that may only look": Owner.COMMUNE,
    "own department": Owner.DEPARTMENT,
    "other department": Owner.DEPARTMENT,
}


@pytest.fixture
def actors(db):
    commune, sponsor, department = make_commune(), make_sponsor(), make_department()
    own, other, looking = (make_user(Role.COMMUNE) for _ in range(3))
    give_access(own, commune)
    give_access(other, make_commune())
    give_access(looking, commune, level=AccessLevel.VIEW)
    users = {
        "admin": make_user(Role.ADMIN),
        "office": make_user(Role.OFFICE),
        "viewer": make_user(Role.VIEWER),
        "own sponsor": make_sponsor_user(sponsor, commune),
        "other sponsor": make_sponsor_user(make_sponsor(), commune),
        "sponsor account of nobody": make_user(Role.SPONSOR),
        "own commune": own,
        "other commune": other,
        "commune that may only look": looking,
        "own department": make_department_user(department),
        "other department": make_department_user(),
        "department account of nobody": make_user(Role.DEPARTMENT),
    }
    return users, {"commune": commune, "sponsor": sponsor, "department": department}


def test_every_role_transition_and_state(actors):
    users, place = actors
    wrong = []
    lasts = ("", *TaskTransition.values)
    for (actor, user), name, state, last in product(users.items(), EXPECTED, TaskState, lasts):
        owner = OWNER_FOR.get(actor, Owner.SPONSOR)
        task = Task(owner=owner, state=state, **place)
        states, who, target = EXPECTED[name]
        should = state in states and actor in who
        if name == TaskTransition.TAKE_BACK:
            should = should and last in REPORTS
        listed = name in {move.name for move in workflow.allowed(task, user, last)}
        try:
            move = workflow.check(task, name, user, last)
        except PermissionDenied as refusal:
            checked = False
            if not str(refusal).endswith("."):
                wrong.append((actor, name, state, last, "no sentence"))
        else:
            checked = move.target == target
        if (listed, checked) != (should, should):
            wrong.append((actor, name, state, last, listed, checked))
    assert wrong == []


def test_every_transition_of_the_table_is_expected():
    assert {move.name for move in workflow.TRANSITIONS} == set(EXPECTED)
    assert {move.name for move in workflow.TRANSITIONS if move.note_required} == {
        TaskTransition.RETURN,
        TaskTransition.CANCEL,
    }


@pytest.mark.parametrize("owner", Owner)
def test_owner_decides_who_reports(actors, owner):
    users, place = actors
    task = make_task(owner=owner, **place)
    may = {actor for actor, user in users.items() if may_update(task, user)}
    doer = {
        Owner.SPONSOR: {"own sponsor"},
        Owner.DEPARTMENT: {"own department"},
    }.get(owner, {"own commune"})
    assert may == OFFICE | doer


def test_command_is_bound_by_the_state_alone(db):
    task = make_task(state=TaskState.ACCEPTED)
    with pytest.raises(PermissionDenied, match="đã nghiệm thu"):
        workflow.check(task, TaskTransition.PROGRESS, None)
    assert workflow.check(make_task(), TaskTransition.CANCEL, None).target == CANCELLED


def test_assigning_is_no_update(db, office):
    with pytest.raises(PermissionDenied, match="tạo việc mới"):
        workflow.check(make_task(), TaskTransition.ASSIGN, office)


@pytest.mark.parametrize("state", TaskState)
def test_report_permit_gives_a_reason_when_nothing_can_be_done(actors, state):
    users, place = actors
    task = make_task(state=state, **place)
    permit = workflow.report_permit(task, users["own sponsor"])
    assert bool(permit) == (state in OPEN)
    assert bool(permit.reason) != bool(permit)


def test_desk_is_asked_once(actors, django_assert_num_queries):
    users, _place = actors
    for actor in ("own sponsor", "own commune", "own department"):
        user = type(users[actor]).objects.get(pk=users[actor].pk)
        with django_assert_num_queries(1):
            desk = desk_of(user)
            assert desk_of(desk) is desk
    with django_assert_num_queries(0):
        assert desk_of(WholeProvince()).role == Role.OFFICE


def test_who_may_record_contributions_for_whom(actors):
    users, place = actors
    commune, sponsor = place["commune"], place["sponsor"]
    may = {
        (actor, giver)
        for actor, user in users.items()
        for giver in ("sponsor", "people", "locality")
        if may_record_contribution(
            user,
            giver=giver,
            sponsor_id=sponsor.pk if giver == "sponsor" else None,
            commune_id=commune.pk,
        )
    }
    departments = {"own department", "other department", "department account of nobody"}
    assert may == (
        {(actor, giver) for actor in OFFICE for giver in ("sponsor", "people", "locality")}
        | {("own sponsor", "sponsor"), ("own commune", "people"), ("own commune", "locality")}
        | {(actor, giver) for actor in departments for giver in ("people", "locality")}
    )
