"""The papers on the way to recognition: one row per step, the latest counts."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from communes.models import Commune
from criteria.choices import DossierState
from criteria.models import Dossier, DossierStep
from criteria.selectors.dossiers import dossier_states, dossier_steps
from criteria.services.dossiers import record_dossier_step
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import AuditEntry
from tests import factories
from tests.criteria.helpers import nothing_overwritten
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
DECLARED, APPRAISAL = DossierState.SELF_DECLARED, DossierState.UNDER_APPRAISAL


def step(commune, criteria_set, state, on, **fields):
    return record_dossier_step(
        commune=commune,
        criteria_set=criteria_set,
        state=state,
        effective_on=on,
        by=None,
        now=NOW,
        today=TODAY,
        **fields,
    )


def test_the_state_on_a_day_is_that_of_the_latest_step():
    commune, criteria_set = factories.make_commune(), factories.make_set(1)
    step(commune, criteria_set, DECLARED, date(2022, 4, 1))
    with nothing_overwritten():
        step(commune, criteria_set, APPRAISAL, date(2022, 4, 20))
    step(commune, criteria_set, DossierState.IN_PROGRESS, date(2022, 1, 1))  # noted afterwards

    def on(day):
        return dossier_states(Commune.objects.all(), criteria_set, day)

    assert on(date(2021, 12, 31)) == {}
    assert on(date(2022, 4, 19)) == {commune.pk: (DECLARED, date(2022, 4, 1))}
    assert on(TODAY) == {commune.pk: (APPRAISAL, date(2022, 4, 20))}
    assert Dossier.objects.count() == 1
    assert [s.state for s in dossier_steps(commune, AsOf(TODAY, TODAY, TODAY, TODAY))] == [
        APPRAISAL,
        DECLARED,
        DossierState.IN_PROGRESS,
    ]


def test_the_trail_tells_from_what_to_what():
    commune, criteria_set = factories.make_commune(), factories.make_set(1)
    step(commune, criteria_set, DECLARED, date(2022, 4, 1))
    step(commune, criteria_set, APPRAISAL, date(2022, 4, 20), note="đủ hồ sơ")

    entry = AuditEntry.objects.order_by("pk").last()
    assert (entry.old, entry.new, entry.note) == (
        "Chạm chuẩn (tự đánh giá đủ)",
        "Đang trình thẩm định",
        "đủ hồ sơ",
    )
    assert entry.commune_id == commune.pk


def test_dossiers_of_two_sets_are_two():
    commune = factories.make_commune()
    one, other = factories.make_set(1), factories.make_set(1)
    step(commune, one, DECLARED, TODAY)

    assert dossier_states(Commune.objects.all(), other, TODAY) == {}


def test_a_future_step_is_refused_and_no_dossier_is_opened():
    with pytest.raises(ValidationError, match="sau ngày báo cáo"):
        step(factories.make_commune(), factories.make_set(1), DECLARED, TODAY + timedelta(days=1))
    assert (Dossier.objects.count(), DossierStep.objects.count()) == (0, 0)


@pytest.mark.parametrize("n", [1, 3])
def test_states_of_many_communes_take_one_question(n, django_assert_num_queries):
    criteria_set = factories.make_set(1)
    for _ in range(n):
        step(factories.make_commune(), criteria_set, DECLARED, TODAY)
    with django_assert_num_queries(1):
        assert len(dossier_states(Commune.objects.all(), criteria_set, TODAY)) == n
