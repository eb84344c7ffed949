"""Typing into the sheet, sending it, taking it back: blank, zero, not applicable, not reported."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from communes.models import CommuneGroup
from criteria.choices import Cell, DossierState, IndicatorKind, Outcome, Stage, ThresholdOp
from criteria.models import Assessment, Draft, Standing
from criteria.selectors.history import standing_differences
from criteria.selectors.sheet import CellState
from criteria.selectors.sheet_rows import reporting_commune, sheet
from criteria.services.dossiers import record_dossier_step
from criteria.services.drafts import CellEntry, StaleCells, save_cells
from criteria.services.self_reports import submit_criteria, take_back_report
from ntm_tracker.core.models import AuditEntry
from tests.criteria.grid_build import make_indicator, make_threshold
from tests.criteria.helpers import nothing_overwritten, present
from tests.factories import NOW, TODAY, assess, make_set

pytestmark = pytest.mark.django_db
MET, NOT_MET, NA = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE


@pytest.fixture
def criterion():
    return make_set(size=2).criteria.get(number=1)


@pytest.fixture
def share(criterion):
    """At least 90 % of something."""
    return make_indicator(criterion, threshold=(ThresholdOp.AT_LEAST, 90))


@pytest.fixture
def yes(criterion):
    return make_indicator(criterion, kind=IndicatorKind.BOOLEAN, unit="", may_not_apply=True)


@pytest.fixture
def clerk(user_a, commune_a):
    """Who types for commune A, with a hand for each act."""

    class Clerk:
        user, commune = user_a, commune_a

        def see(self, user=None):
            who = user or self.user
            found = reporting_commune(who, self.commune.code, present())
            return sheet(found, TODAY, who)

        def type(self, target, *, stamp=None, user=None, key="", **says):
            who = user or self.user
            key = key or f"{target._meta.model_name[0]}{target.pk}"
            entry = CellEntry(key, stamp or self.see(who).cell(key).stamp, **says)
            return save_cells(
                commune=self.commune, entries=[entry], by=who, now=NOW, today=TODAY
            ).cell(key)

        def send(self, *criteria, user=None):
            return submit_criteria(
                commune=self.commune,
                criteria=[row.pk for row in criteria],
                by=user or self.user,
                now=NOW + timedelta(minutes=Assessment.objects.count()),
                today=TODAY,
            )

        def take_back(self, criterion):
            return take_back_report(
                commune=self.commune, criterion=criterion.pk, by=self.user, now=NOW, today=TODAY
            )

    return Clerk()


def typed(target):
    return Draft.objects.filter(**{target._meta.model_name: target}).first()


# --- Four different things ----------------------------------------------------------------------


def test_blank_zero_not_applicable_and_not_reported_are_four_things(clerk, criterion, share, yes):
    assert clerk.see().cell(f"i{share.pk}").state == CellState.UNREPORTED

    zero = clerk.type(share, value=Decimal(0))
    assert (zero.state, zero.typed, zero.verdict) == (CellState.DRAFT, "0", NOT_MET)

    blank = clerk.type(share)
    assert (blank.state, blank.typed, blank.verdict) == (CellState.CLEARED, "", "")
    assert typed(share).value is None

    absent = clerk.type(yes, outcome=NA)
    assert (absent.state, absent.verdict) == (CellState.DRAFT, NA)


def test_a_blank_is_never_sent_as_zero(clerk, criterion, share):
    clerk.type(share, value=Decimal(95))
    clerk.type(share)
    clerk.type(criterion, outcome=MET)
    clerk.send()

    assert not Assessment.objects.filter(indicator=share).exists()
    assert Assessment.objects.get(criterion=criterion).outcome == MET


def test_a_value_that_is_emptied_later_is_withdrawn(clerk, criterion, share, office):
    clerk.type(share, value=Decimal(95))
    clerk.send()
    assess(clerk.commune, criterion, stage=Stage.VERIFIED)
    clerk.type(share)
    clerk.type(criterion, outcome=MET)
    clerk.send()

    rows = Assessment.objects.filter(indicator=share).order_by("pk")
    assert [(row.outcome, row.value) for row in rows] == [
        (MET, Decimal("95.0000")),
        (Outcome.WITHDRAWN, None),
    ]
    assert clerk.see().cell(f"i{share.pk}").state == CellState.UNREPORTED


def test_does_not_apply_only_where_the_decision_says_if_any(clerk, share, yes):
    with pytest.raises(ValidationError, match="nếu có"):
        clerk.type(share, outcome=NA)
    assert clerk.type(yes, outcome=NA).verdict == NA


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"value": Decimal(101)}, "0 đến 100"),
        ({"value": Decimal(5), "outcome": NA}, "nếu có"),
    ],
)
def test_nonsense_is_refused_and_not_kept(clerk, share, says, sentence):
    with pytest.raises(ValidationError, match=sentence):
        clerk.type(share, **says)
    assert typed(share) is None


def test_a_share_is_worked_out_from_what_was_counted(clerk, share):
    cell = clerk.type(share, numerator=382, denominator=400)

    assert (cell.draft.value, cell.typed, cell.words) == (
        Decimal("95.5000"),
        "382/400",
        "95,5% (382/400)",
    )


# --- Thresholds -----------------------------------------------------------------------------------


def test_the_threshold_of_the_group_on_the_day_proposes(clerk, criterion):
    income = make_indicator(criterion, kind=IndicatorKind.MONEY, unit="triệu đồng")
    year = {"valid_from": date(2022, 1, 1), "valid_to": date(2022, 12, 31)}
    make_threshold(income, value=39, group="bac_trung_bo", is_verified=False, **year)
    make_threshold(income, value=36, group="bac_trung_bo", valid_to=date(2021, 12, 31))
    make_threshold(income, value=50, group="other", **year)
    assert clerk.type(income, value=Decimal(40)).proposed is None

    CommuneGroup.objects.create(
        commune=clerk.commune, group="bac_trung_bo", valid_from=date(2020, 1, 1)
    )
    cell = clerk.see().cell(f"i{income.pk}")
    assert (cell.proposed, cell.threshold.is_verified) == (MET, False)


def test_an_unknown_threshold_proposes_nothing_and_asks_for_a_choice(clerk, criterion):
    unknown = make_indicator(criterion, threshold=(ThresholdOp.UNKNOWN, None))
    assert clerk.type(unknown, value=Decimal(99)).verdict == ""
    clerk.type(criterion, outcome=MET)
    with pytest.raises(ValidationError, match="hãy chọn Đạt hoặc Chưa đạt"):
        clerk.send()

    clerk.type(unknown, value=Decimal(99), outcome=MET)
    clerk.send()
    row = Assessment.objects.get(indicator=unknown)
    assert (row.outcome, row.is_override) == (MET, False)


def test_overruling_a_threshold_takes_a_reason(clerk, share):
    clerk.type(share, value=Decimal(80), outcome=MET)
    with pytest.raises(ValidationError, match="khác với ngưỡng"):
        clerk.send()

    clerk.type(share, value=Decimal(80), outcome=MET, note="Đã làm xong, chờ số đo mới.")
    clerk.send()
    assert Assessment.objects.get(indicator=share).is_override


# --- The criterion follows --------------------------------------------------------------------


def test_the_verdict_follows_from_the_indicators(clerk, criterion, share, yes):
    clerk.type(share, value=Decimal(95))
    with pytest.raises(ValidationError, match="chưa đủ để kết luận"):
        clerk.send()
    clerk.type(yes, outcome=NOT_MET)
    rows = clerk.send()

    assert [(row.outcome, row.is_override) for row in rows] == [
        (NOT_MET, False),
        (MET, False),
        (NOT_MET, False),
    ]
    assert Standing.objects.get(criterion=criterion).cell == Cell.NOT_MET_SELF
    assert not Draft.objects.exists()
    assert standing_differences(TODAY) == []


def test_a_criterion_is_overruled_only_with_a_reason(clerk, criterion, share):
    clerk.type(share, value=Decimal(80))
    clerk.type(criterion, outcome=MET)
    with pytest.raises(ValidationError, match="khác với các chỉ tiêu"):
        clerk.send()

    clerk.type(criterion, outcome=MET, note="Tính cả đoạn vừa nghiệm thu.")
    clerk.send()
    row = Assessment.objects.get(criterion=criterion)
    assert (row.outcome, row.is_override, row.note) == (MET, True, "Tính cả đoạn vừa nghiệm thu.")


def test_a_verdict_may_stand_without_indicators(clerk, criterion):
    clerk.type(criterion, outcome=NOT_MET)
    (row,) = clerk.send()

    assert (row.outcome, row.is_override) == (NOT_MET, False)


def test_only_the_chosen_criteria_are_sent(clerk, criterion):
    other = criterion.criteria_set.criteria.get(number=2)
    clerk.type(criterion, outcome=MET)
    clerk.type(other, outcome=MET)
    clerk.send(other)

    assert [row.criterion for row in Assessment.objects.all()] == [other]
    assert typed(criterion) is not None


def test_nothing_typed_is_nothing_to_send(clerk, criterion):
    with pytest.raises(ValidationError, match="Chưa có gì để gửi"):
        clerk.send()


# --- Two people -----------------------------------------------------------------------------------


def test_the_second_person_is_told_and_nothing_is_overwritten(clerk, share, office):
    seen = clerk.see().cell(f"i{share.pk}").stamp
    clerk.type(share, value=Decimal(95), user=office)

    with pytest.raises(StaleCells) as refusal:
        clerk.type(share, value=Decimal(80), stamp=seen)

    now = refusal.value.sheet.cell(f"i{share.pk}")
    assert (now.draft.by_label, now.typed) == (str(office), "95")
    assert typed(share).value == Decimal(95)


def test_the_same_value_twice_is_no_conflict_and_no_new_row(clerk, share):
    seen = clerk.see().cell(f"i{share.pk}").stamp
    clerk.type(share, value=Decimal(95))
    again = clerk.type(share, value=Decimal(95), stamp=seen)

    assert again.draft.version == 1
    assert AuditEntry.objects.filter(action="draft.save").count() == 1


def test_a_cell_that_was_sent_meanwhile_is_stale(clerk, criterion, office):
    seen = clerk.see().cell(f"c{criterion.pk}").stamp
    clerk.type(criterion, outcome=MET, user=office)
    clerk.send(user=office)

    with pytest.raises(StaleCells):
        clerk.type(criterion, outcome=NOT_MET, stamp=seen)


# --- Who and when -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["user_b", "viewer", "department", "sponsor_a"])
def test_who_does_not_report_for_the_commune_types_nothing(request, clerk, criterion, role):
    user = request.getfixturevalue(role)
    for act in (
        lambda: clerk.type(criterion, outcome=MET, user=user, stamp="0.0", key=f"c{criterion.pk}"),
        lambda: clerk.send(user=user),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not Draft.objects.exists()


def test_what_waits_to_be_verified_is_closed(clerk, criterion):
    clerk.type(criterion, outcome=MET)
    clerk.send()

    with pytest.raises(PermissionDenied, match="đang chờ Văn phòng Điều phối kiểm tra"):
        clerk.type(criterion, outcome=NOT_MET)


def test_a_dossier_that_is_read_opens_only_what_was_returned(clerk, criterion):
    other = criterion.criteria_set.criteria.get(number=2)
    assess(clerk.commune, criterion, Outcome.RETURNED, stage=Stage.VERIFIED, note="Thiếu biên bản.")
    assess(clerk.commune, other, stage=Stage.VERIFIED)
    record_dossier_step(
        commune=clerk.commune,
        criteria_set=criterion.criteria_set,
        state=DossierState.UNDER_APPRAISAL,
        effective_on=TODAY,
        by=None,
        now=NOW,
        today=TODAY,
    )

    assert clerk.type(criterion, outcome=MET).chosen == MET
    assert clerk.see().criterion_of(f"c{criterion.pk}").returned.note == "Thiếu biên bản."
    with pytest.raises(PermissionDenied, match="chỉ tiêu chí bị trả lại"):
        clerk.type(other, outcome=NOT_MET)


# --- Taking back ------------------------------------------------------------------------------


def test_taking_back_restores_what_stood_before_and_keeps_what_was_typed(clerk, criterion, share):
    assess(clerk.commune, criterion, NOT_MET)
    assess(clerk.commune, criterion, NOT_MET, stage=Stage.VERIFIED)
    clerk.type(share, numerator=382, denominator=400, note="Đã kiểm đếm.")
    clerk.send()
    assert clerk.see().criterion_of(f"i{share.pk}").verdict == MET

    with nothing_overwritten():
        rows = clerk.take_back(criterion)

    assert [row.outcome for row in rows] == [Outcome.WITHDRAWN] * 2
    assert all(row.corrects_id for row in rows)
    assert Standing.objects.get(criterion=criterion).cell == Cell.NOT_MET_VERIFIED
    assert standing_differences(TODAY) == []
    cell = clerk.see().cell(f"i{share.pk}")
    assert (cell.reported, cell.typed, cell.note) == (None, "382/400", "Đã kiểm đếm.")
    # And it can be sent again.
    clerk.send()
    assert Standing.objects.get(criterion=criterion).self_row.outcome == MET


def test_the_first_report_taken_back_leaves_nothing_reported(clerk, criterion):
    clerk.type(criterion, outcome=MET)
    clerk.send()
    clerk.take_back(criterion)

    assert clerk.see().criterion_of(f"c{criterion.pk}").place == "unreported"
    assert typed(criterion).outcome == MET
    with pytest.raises(PermissionDenied):
        clerk.take_back(criterion)


def test_what_was_verified_is_not_taken_back(clerk, criterion):
    clerk.type(criterion, outcome=MET)
    clerk.send()
    assess(clerk.commune, criterion, stage=Stage.VERIFIED)

    with pytest.raises(PermissionDenied, match="đã kiểm tra"):
        clerk.take_back(criterion)


# --- The trail ------------------------------------------------------------------------------------


def test_every_change_of_a_cell_is_in_the_trail(clerk, share):
    clerk.type(share, value=Decimal(80))
    clerk.type(share, value=Decimal(95), note="Đếm lại.")
    clerk.type(share)

    rows = AuditEntry.objects.filter(object_type="criteria.indicator", object_id=share.pk)
    assert list(rows.order_by("id").values_list("old", "new", "commune_id")) == [
        ("chưa báo cáo", "80", clerk.commune.pk),
        ("80", "95; Đếm lại.", clerk.commune.pk),
        ("95; Đếm lại.", "để trống", clerk.commune.pk),
    ]
