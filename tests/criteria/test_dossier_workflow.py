"""Every role × step × state of a dossier, against a table written out by hand."""

from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied

from criteria.choices import DossierState
from criteria.desks import Desk
from criteria.dossier_workflow import (
    BY_TARGET,
    PASSAGES,
    Grounds,
    Step,
    check,
    may_record_any,
    may_take_back,
    permit,
    share_refusal,
)
from ntm_tracker.core.choices import Role
from tests.criteria.procedure import rule

COMMUNE = 7
DESKS = {
    "admin": Desk(Role.ADMIN),
    "office": Desk(Role.OFFICE),
    "department": Desk(Role.DEPARTMENT, department_id=1),
    "commune": Desk(Role.COMMUNE, commune_ids=frozenset({COMMUNE})),
    "other commune": Desk(Role.COMMUNE, commune_ids=frozenset({COMMUNE + 1})),
    "sponsor": Desk(Role.SPONSOR, sponsor_id=1),
    "viewer": Desk(Role.VIEWER),
}
PROCEDURE = {step: rule(step) for step in Step} | {
    step: rule(step, roles="commune office") for step in (Step.START, Step.DECLARE)
}
READY = Grounds(20, (), (), 0, has_recognised_origin=True)
# Step: the states from which it may be taken; "-" is no dossier yet.
SOURCES = {
    "start": "- refused revoked",
    "declare": "- in_progress",
    "submit": "self_declared",
    "complete": "under_appraisal",
    "survey": "complete",
    "vote": "surveyed",
    "recognise": "voted",
    "carry_over": "- in_progress self_declared",
    "refuse": "under_appraisal complete surveyed voted",
    "revoke": "recognised carried_over",
}
ACTORS = {"start": "admin office commune", "declare": "admin office commune"}
EXPECTED = {
    (step, who, state)
    for step, states in SOURCES.items()
    for who in ACTORS.get(step, "admin office").split()
    for state in states.split()
}


def ask(step, state=None, desk=DESKS["office"], grounds=READY, procedure=PROCEDURE):
    return permit(
        step,
        state=state,
        commune_id=COMMUNE,
        procedure=procedure,
        grounds=grounds,
        user=desk,
    )


def test_every_step_of_every_role_from_every_state():
    found = {
        (step.value, who, state.value if state else "-")
        for step, (who, desk), state in product(Step, DESKS.items(), [None, *DossierState])
        if ask(step, state, desk)
    }

    assert found == EXPECTED


def test_each_state_is_reached_by_one_step():
    assert {state: passage.step.value for state, passage in BY_TARGET.items()} == {
        DossierState.IN_PROGRESS: "start",
        DossierState.SELF_DECLARED: "declare",
        DossierState.UNDER_APPRAISAL: "submit",
        DossierState.COMPLETE: "complete",
        DossierState.SURVEYED: "survey",
        DossierState.VOTED: "vote",
        DossierState.RECOGNISED: "recognise",
        DossierState.CARRIED_OVER: "carry_over",
        DossierState.REFUSED: "refuse",
        DossierState.REVOKED: "revoke",
    }
    assert len(PASSAGES) == len(Step) == len(DossierState)
    assert {row.step for row in PASSAGES if row.note_required} == {Step.REFUSE, Step.REVOKE}
    assert {row.step for row in PASSAGES if row.document_required} == {
        Step.RECOGNISE,
        Step.CARRY_OVER,
        Step.REVOKE,
    }


def test_every_refusal_says_why_in_a_sentence():
    poor = Grounds(20, (2, 17), (2, 3, 17), 5)
    for step, desk, state in product(Step, DESKS.values(), [None, *DossierState]):
        answer = ask(step, state, desk, poor)
        if not answer:
            assert answer.reason.endswith("."), (step, desk.role, state)
            with pytest.raises(PermissionDenied, match=r"\."):
                check(
                    step,
                    state=state,
                    commune_id=COMMUNE,
                    procedure=PROCEDURE,
                    grounds=poor,
                    user=desk,
                )


@pytest.mark.parametrize(
    ("step", "state", "grounds", "sentence"),
    [
        ("vote", None, READY, "Xã chưa có hồ sơ; chưa thể “Ghi kết quả bỏ phiếu”."),
        (
            "recognise",
            DossierState.SURVEYED,
            READY,
            "Hồ sơ đang ở bước “Đã lấy ý kiến người dân”; chưa thể “Công nhận”.",
        ),
        (
            "declare",
            DossierState.IN_PROGRESS,
            Grounds(20, (2, 17), (), 0),
            "Mới đạt 18/20 tiêu chí; còn tiêu chí 2, 17.",
        ),
        (
            "submit",
            DossierState.SELF_DECLARED,
            Grounds(20, (20,), (), 0),
            "Mới đạt 19/20 tiêu chí; còn tiêu chí 20.",
        ),
        (
            "complete",
            DossierState.UNDER_APPRAISAL,
            Grounds(3, (), (1, 3), 0),
            "Mới 1/3 tiêu chí được thẩm định đạt; còn tiêu chí 1, 3.",
        ),
        (
            "complete",
            DossierState.UNDER_APPRAISAL,
            Grounds(3, (), (1, 2, 3), 0),
            "Mới 0/3 tiêu chí được thẩm định đạt.",
        ),
        (
            "recognise",
            DossierState.VOTED,
            Grounds(20, (), (), 1_500_000_000),
            "Xã còn nợ đọng xây dựng cơ bản 1.500.000.000 đồng; phải trả hết trước khi công nhận.",
        ),
        (
            "carry_over",
            None,
            Grounds(20, (), (), 0),
            "Chỉ thừa nhận xã được lập từ đơn vị đã công nhận; không thấy đơn vị nào như vậy.",
        ),
    ],
)
def test_the_sentence_of_each_refusal_has_its_figures(step, state, grounds, sentence):
    assert ask(step, state, grounds=grounds).reason == sentence


def test_refusals_for_who_does_not_record():
    assert ask("vote", None, DESKS["viewer"]).reason == (
        "“Ghi kết quả bỏ phiếu” do cơ quan thực hiện; tài khoản này chỉ xem."
    )
    assert ask("declare", None, DESKS["other commune"]).reason == (
        "Tài khoản này chỉ xem, không ghi hồ sơ của xã này."
    )


def test_unknown_debt_does_not_block_and_debt_blocks_only_recognition():
    assert ask("recognise", DossierState.VOTED, grounds=Grounds(20, (), (), None))
    in_debt = Grounds(20, (), (), 5)
    assert ask("submit", DossierState.SELF_DECLARED, grounds=in_debt)
    assert ask("vote", DossierState.SURVEYED, grounds=in_debt)


def test_a_step_without_configuration_on_the_day_cannot_be_taken():
    without = {step: row for step, row in PROCEDURE.items() if step != Step.SUBMIT}
    answer = ask("submit", DossierState.SELF_DECLARED, procedure=without)
    assert answer.reason == "Vào ngày này không có quy định nào đang áp dụng cho bước này."


def test_who_may_record_anything_and_who_may_take_back():
    assert {who for who, desk in DESKS.items() if may_record_any(COMMUNE, PROCEDURE, desk)} == {
        "admin",
        "office",
        "commune",
    }

    def may(who, state, is_undoing=False):
        return bool(
            may_take_back(
                state,
                is_undoing=is_undoing,
                commune_id=COMMUNE,
                procedure=PROCEDURE,
                user=DESKS[who],
            )
        )

    assert {who for who in DESKS if may(who, DossierState.SELF_DECLARED)} == {
        "admin",
        "office",
        "commune",
    }
    assert {who for who in DESKS if may(who, DossierState.VOTED)} == {"admin", "office"}
    assert not any(may(who, DossierState.VOTED, is_undoing=True) for who in DESKS)


@pytest.mark.parametrize(
    ("part", "whole", "least", "refusal"),
    [
        (90, 100, "90", ""),
        (899, 1000, "90", "Hài lòng: 899/1.000 (89,9%), dưới mức 90%."),
        (0, 0, "90", "Hài lòng: 0/0 (0,0%), dưới mức 90%."),
        (1, 3, "33.34", "Hài lòng: 1/3 (33,3%), dưới mức 33,34%."),
        (0, 10, None, ""),
    ],
)
def test_a_share_below_its_threshold_is_named_with_its_figures(part, whole, least, refusal):
    least = Decimal(least) if least else None
    assert share_refusal("Hài lòng", part, whole, least) == refusal
