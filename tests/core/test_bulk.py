"""Rows written without learning their keys are the rows that `bulk_create` writes."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from ntm_tracker.core import bulk
from ntm_tracker.core.models import AuditEntry, ImportBatch, ImportChange, Period, SnapshotRow
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 5, 2, 8, 30, 15, 123456, tzinfo=UTC)


def trail(count):
    user = make_user()
    return [
        AuditEntry(
            at=NOW,
            effective_on=date(2022, 4, 30),
            by=user if place % 2 else None,
            by_label="Nguyễn Văn “Đức” %s",
            action="x",
            object_type="core.user",
            object_id=place,
            object_label=f"Dòng {place}",
            old="",
            new="a\nb\\'c",
            commune_id=place or None,
        )
        for place in range(count)
    ]


def changes(count):
    batch = ImportBatch.objects.create(
        kind="results", name="a", sha256="0" * 64, size=1, row_count=1, uploaded_at=NOW,
        by=make_user(),
    )  # fmt: skip
    cells = [{"title": "Giá trị", "old": "", "new": "95,5 “%”"}]
    return [
        ImportChange(
            batch=batch, row=row, label="x", object_id=row, is_new=row % 2 == 0,
            cells=cells, undo={"key": "i1", "before": ["", None, 1.5]},
        )
        for row in range(count)
    ]  # fmt: skip


def snapshot(count):
    day = date(2022, 4, 30)
    period = Period.objects.create(month=date(2022, 4, 1), cut_off_on=day, due_on=day)
    return [
        SnapshotRow(period=period, revision=1, kind="k", position=place, data=[{"$": "x"}, None])
        for place in range(count)
    ]


@pytest.mark.parametrize("make", [trail, changes, snapshot])
def test_rows_are_those_of_bulk_create(make):
    rows = make(5)
    model = type(rows[0])
    bulk.insert(rows)
    ours = [model_to_dict(row) for row in model.objects.order_by("pk")]
    model.objects.all().delete()
    model.objects.bulk_create(rows)
    django = [model_to_dict(row) for row in model.objects.order_by("pk")]
    assert len(ours) == 5
    assert [row | {"id": 0} for row in ours] == [row | {"id": 0} for row in django]


def test_many_rows_keep_their_order_in_few_statements(django_assert_num_queries):
    rows = trail(1500)
    with django_assert_num_queries(3):
        bulk.insert(rows)
    found = AuditEntry.objects.order_by("pk").values_list("object_id", flat=True)
    assert list(found) == list(range(1500))


def test_nothing_is_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert([])


def test_what_the_database_refuses_leaves_nothing():
    rows = snapshot(3)
    rows[2].position = 0
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(rows)
    assert not SnapshotRow.objects.exists()
