"""Every role × move × place of one criterion, against a table written out by hand."""

from datetime import date
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied

from criteria.choices import DossierState, Outcome, Stage
from criteria.desks import Desk
from criteria.models import Criterion
from criteria.rules import Row, counting
from criteria.workflow import (
    BY_NAME,
    TRANSITIONS,
    UNDOING,
    Move,
    Place,
    check,
    may_judge,
    may_report,
    permit,
    place_of,
)
from ntm_tracker.core.choices import Role

COMMUNE, LEAD = 7, 3
DESKS = {
    "admin": Desk(Role.ADMIN),
    "office": Desk(Role.OFFICE),
    "lead": Desk(Role.DEPARTMENT, department_id=LEAD),
    "other department": Desk(Role.DEPARTMENT, department_id=LEAD + 1),
    "homeless department": Desk(Role.DEPARTMENT),
    "commune": Desk(Role.COMMUNE, commune_ids=frozenset({COMMUNE})),
    "other commune": Desk(Role.COMMUNE, commune_ids=frozenset({COMMUNE + 1})),
    "sponsor": Desk(Role.SPONSOR, sponsor_id=1),
    "viewer": Desk(Role.VIEWER),
}
# Move, who: the places (u)nreported, (s)ubmitted, (r)eturned, (v)erified, (a)ppraised in which it
# may be made. Who stands in no line may never make the move.
ALLOWED = """
submit      admin    u.rva
submit      office   u.rva
submit      commune  u.rva
take_back   admin    .s...
take_back   office   .s...
take_back   commune  .s...
verify      admin    .s...
verify      office   .s...
return      admin    .s.v.
return      office   .s.v.
return      lead     ...v.
appraise    admin    ...v.
appraise    office   ...v.
appraise    lead     ...v.
unverify    admin    ...v.
unverify    office   ...v.
unappraise  admin    ....a
unappraise  office   ....a
unappraise  lead     ....a
unreturn    admin    ..r..
unreturn    office   ..r..
unreturn    lead     ..r..
"""
LETTERS = dict(
    zip("usrva", (Place.UNREPORTED, Place.SUBMITTED, Place.RETURNED, Place.VERIFIED,
                  Place.APPRAISED), strict=True)
)  # fmt: skip
EXPECTED = {
    (move, who, LETTERS[letter])
    for move, who, letters in (line.split() for line in ALLOWED.split("\n") if line)
    for letter in letters
    if letter != "."
}


def ask(move, place, desk, dossier=None, stage=Stage.APPRAISED):
    return permit(
        move,
        place=place,
        criterion=Criterion(number=1, lead_id=LEAD),
        commune_id=COMMUNE,
        dossier=dossier,
        user=desk,
        stage=stage,
    )


def test_every_move_of_every_role_in_every_place():
    found = {
        (move.value, who, place)
        for move, (who, desk), place in product(Move, DESKS.items(), Place)
        if ask(move, place, desk)
    }

    assert found == EXPECTED


def test_every_refusal_says_why_in_a_sentence():
    for move, desk, place, dossier in product(Move, DESKS.values(), Place, [None, *DossierState]):
        answer = ask(move, place, desk, dossier, Stage.VERIFIED)
        if answer:
            continue
        assert answer.reason.endswith("."), (move, desk.role, place)
        assert answer.reason[0] in "“" or answer.reason[0].isupper()
        with pytest.raises(PermissionDenied, match=r"\."):
            check(
                move,
                place=place,
                criterion=Criterion(number=1, lead_id=LEAD),
                commune_id=COMMUNE,
                dossier=dossier,
                user=desk,
                stage=Stage.VERIFIED,
            )


@pytest.mark.parametrize(
    ("move", "who", "place", "sentence"),
    [
        ("submit", "viewer", "unreported", "“Gửi báo cáo” là việc của xã."),
        ("verify", "commune", "submitted", "“Xác nhận” là việc của Văn phòng Điều phối."),
        (
            "appraise",
            "sponsor",
            "verified",
            "“Thẩm định” là việc của sở, ngành phụ trách và Văn phòng Điều phối.",
        ),
        (
            "submit",
            "other commune",
            "unreported",
            "Tài khoản này chỉ xem, không cập nhật số liệu của xã này.",
        ),
        (
            "appraise",
            "other department",
            "verified",
            "Tiêu chí này do sở, ngành khác phụ trách.",
        ),
        ("verify", "office", "unreported", "Xã chưa báo cáo tiêu chí này. Chưa thể “Xác nhận”."),
        (
            "verify",
            "office",
            "returned",
            "Tiêu chí đã trả lại, đang chờ xã báo cáo lại. Chưa thể “Xác nhận”.",
        ),
        (
            "verify",
            "office",
            "verified",
            "Tiêu chí đã kiểm tra, đang chờ sở, ngành thẩm định. Chưa thể “Xác nhận”.",
        ),
        ("return", "office", "appraised", "Tiêu chí đã được thẩm định. Chưa thể “Trả lại”."),
        (
            "appraise",
            "lead",
            "submitted",
            "Tiêu chí đã gửi, đang chờ Văn phòng Điều phối kiểm tra. Chưa thể “Thẩm định”.",
        ),
        (
            "return",
            "lead",
            "submitted",
            "Văn phòng Điều phối chưa kiểm tra; sở, ngành thẩm định sau.",
        ),
        (
            "unreturn",
            "lead",
            "returned",
            "Văn phòng Điều phối đã trả lại tiêu chí này; chỉ Văn phòng rút lại được.",
        ),
    ],
)
def test_the_sentence_of_each_refusal(move, who, place, sentence):
    assert ask(move, place, DESKS[who], stage=Stage.VERIFIED).reason == sentence


LOCKING = {
    DossierState.UNDER_APPRAISAL,
    DossierState.COMPLETE,
    DossierState.SURVEYED,
    DossierState.VOTED,
}


@pytest.mark.parametrize("dossier", [None, *DossierState])
def test_papers_that_are_being_read_lock_all_but_what_was_returned(dossier):
    commune, office = DESKS["commune"], DESKS["office"]
    is_open = dossier not in LOCKING

    assert bool(ask(Move.SUBMIT, Place.VERIFIED, commune, dossier)) is is_open
    assert bool(ask(Move.TAKE_BACK, Place.SUBMITTED, commune, dossier)) is is_open
    assert ask(Move.SUBMIT, Place.RETURNED, commune, dossier)
    assert ask(Move.VERIFY, Place.SUBMITTED, office, dossier)
    assert ask(Move.RETURN, Place.VERIFIED, office, dossier)
    if not is_open:
        reason = ask(Move.SUBMIT, Place.VERIFIED, commune, dossier).reason
        assert reason.startswith(f"Hồ sơ của xã ở bước “{dossier.label}”; chỉ tiêu chí bị trả lại")


@pytest.mark.parametrize("dossier", [None, *DossierState])
def test_a_conclusion_on_which_the_dossier_rests_is_not_taken_back(dossier):
    rests = dossier in {
        DossierState.COMPLETE,
        DossierState.SURVEYED,
        DossierState.VOTED,
        DossierState.RECOGNISED,
        DossierState.CARRIED_OVER,
    }

    for move, place in ((Move.UNVERIFY, Place.VERIFIED), (Move.UNAPPRAISE, Place.APPRAISED)):
        answer = ask(move, place, DESKS["office"], dossier)
        assert bool(answer) is not rests
        assert ("dựa trên kết luận này" in answer.reason) is rests
    assert ask(Move.UNRETURN, Place.RETURNED, DESKS["office"], dossier)


def test_who_reports_and_who_judges():
    assert {who for who, desk in DESKS.items() if may_report(COMMUNE, desk)} == {
        "admin",
        "office",
        "commune",
    }
    assert {who for who, desk in DESKS.items() if may_judge(desk)} == {
        "admin",
        "office",
        "lead",
        "other department",
        "homeless department",
    }


def test_every_move_has_one_row_and_those_that_return_or_conclude_need_a_note():
    assert [row.name for row in TRANSITIONS] == list(Move)
    assert {row.name for row in TRANSITIONS if row.note_required} == {
        Move.RETURN,
        Move.APPRAISE,
        *UNDOING.values(),
    }
    assert {BY_NAME[move].source for move in UNDOING.values()} == {
        frozenset({place}) for place in UNDOING
    }


def said(stage, outcome, day, pk):
    return stage, Row(pk, outcome, date(2022, 4, day))


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([], Place.UNREPORTED),
        ([said("self", Outcome.WITHDRAWN, 1, 1)], Place.UNREPORTED),
        ([said("self", Outcome.MET, 1, 1)], Place.SUBMITTED),
        ([said("self", Outcome.NOT_APPLICABLE, 1, 1)], Place.SUBMITTED),
        ([said("self", Outcome.MET, 1, 1), said("verified", Outcome.MET, 1, 2)], Place.VERIFIED),
        ([said("self", Outcome.MET, 2, 1), said("verified", Outcome.MET, 1, 2)], Place.SUBMITTED),
        ([said("self", Outcome.MET, 1, 1), said("verified", Outcome.RETURNED, 1, 2)],
         Place.RETURNED),
        ([said("self", Outcome.MET, 3, 3), said("appraised", Outcome.RETURNED, 2, 2)],
         Place.SUBMITTED),
        ([said("verified", Outcome.MET, 1, 1), said("appraised", Outcome.NOT_MET, 2, 2)],
         Place.APPRAISED),
        ([said("verified", Outcome.MET, 1, 1), said("appraised", Outcome.WITHDRAWN, 2, 2)],
         Place.VERIFIED),
    ],
)  # fmt: skip
def test_the_newest_row_says_whose_turn_it_is(rows, place):
    assert place_of(dict(rows)) == place


class Undo(Row):
    corrects_id: int | None = None


def test_a_row_that_takes_back_another_goes_with_it_and_no_more():
    def row(pk, outcome, corrects=None):
        made = Undo(pk, outcome, date(2022, 4, pk))
        made.corrects_id = corrects
        return made

    rows = [
        row(1, Outcome.MET),
        row(2, Outcome.NOT_MET),
        row(3, Outcome.WITHDRAWN, 2),
        row(4, Outcome.WITHDRAWN),
        row(5, Outcome.MET, 1),  # a correction, which takes nothing back
    ]

    assert [one.pk for one in counting(rows)] == [1, 4, 5]
