"""Rows of indicators: recorded by the one writer of assessments, never part of the present."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from criteria.choices import Cell, Outcome, Stage
from criteria.models import Assessment, Standing
from criteria.selectors.history import standing_differences
from criteria.services.assessments import AssessmentEntry, record_assessments
from ntm_tracker.core.models import Attachment, AuditEntry
from tests.criteria.grid_build import make_indicator
from tests.factories import NOW, TODAY, assess, make_commune, make_set

pytestmark = pytest.mark.django_db


def record(*entries):
    return record_assessments(entries, by=None, now=NOW, today=TODAY)


def test_an_indicator_row_keeps_value_and_evidence_and_moves_no_criterion(office):
    commune, criterion = make_commune(), make_set(size=1).criteria.get()
    indicator = make_indicator(criterion, unit="%")
    assess(commune, criterion, Outcome.MET)
    paper = Attachment.objects.create(
        file=SimpleUploadedFile("a.pdf", b"%PDF-"),
        original_name="a.pdf",
        content_type="application/pdf",
        size=5,
        sha256="0" * 64,
        uploaded_by=office,
        uploaded_at=datetime(2022, 4, 30, tzinfo=UTC),
    )
    (row,) = record(
        AssessmentEntry(
            None,
            Stage.SELF,
            Outcome.NOT_MET,
            TODAY,
            indicator=indicator,
            commune=commune,
            value=Decimal("95.5"),
            numerator=382,
            denominator=400,
            attachments=[paper],
        )
    )

    row.refresh_from_db()
    assert (row.value, row.numerator, row.denominator) == (Decimal("95.5"), 382, 400)
    assert list(row.attachments.all()) == [paper]
    assert Standing.objects.get(commune=commune).cell == Cell.MET_SELF
    assert standing_differences(TODAY) == []
    trail = AuditEntry.objects.get(action="indicator.self")
    assert trail.new == "95,5% (382/400): Chưa đạt (tự đánh giá)"


def test_a_row_speaks_of_a_criterion_or_an_indicator_never_both():
    commune, criterion = make_commune(), make_set(size=1).criteria.get()
    indicator = make_indicator(criterion)
    for wrong in (
        {"criterion": criterion, "indicator": indicator},
        {"criterion": None, "indicator": None},
    ):
        with pytest.raises(ValidationError, match="đúng một tiêu chí hoặc một chỉ tiêu"):
            record(
                AssessmentEntry(
                    stage=Stage.SELF, outcome=Outcome.MET, as_of=TODAY, commune=commune, **wrong
                )
            )
    assert not Assessment.objects.exists()
