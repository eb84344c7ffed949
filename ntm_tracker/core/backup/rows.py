"""Rows as lines of JSON that read the same whichever database they come from."""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import connections
from django.db.models import Field, FileField, Model
from django.db.models.sql import InsertQuery

CHUNK = 1000
LEFT_OUT = {Session}


def tables() -> list[type[Model]]:
    """Every model with a table of its own, also those between two others, in a fixed order."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model not in LEFT_OUT
    ]
    return sorted(found, key=label)


def label(model: type[Model]) -> str:
    """The name of a table in a backup: `core.user`."""
    return model._meta.label_lower


def columns(model: type[Model]) -> list[str]:
    """The columns in the order in which a row lists them."""
    return [field.attname for field in _fields(model)]


def lines(model: type[Model], alias: str) -> Iterator[str]:
    """The rows of a table by key, each as one line without its end."""
    names = columns(model)
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=CHUNK):
        values = [_plain(value) for value in row]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def insert(model: type[Model], source: Iterable[str], alias: str) -> None:
    """Write rows as they were: no default, no automatic time and no derived column is touched."""
    fields = _fields(model)
    names = [field.attname for field in fields]
    size = max(1, connections[alias].ops.bulk_batch_size(names, [None] * CHUNK))
    objects = (_object(model, fields, json.loads(line)) for line in source)
    while batch := list(islice(objects, size)):
        query = InsertQuery(model)
        query.insert_values(fields, batch, raw=True)
        query.get_compiler(using=alias).execute_sql()


def reset_sequences(models: Iterable[type[Model]], alias: str) -> None:
    """The next new row of each table gets a key that no restored row has."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def file_names(model: type[Model], alias: str) -> Iterator[str]:
    """The paths below MEDIA_ROOT that the rows of a table name."""
    for field in _fields(model):
        if isinstance(field, FileField):
            rows = model._base_manager.using(alias).exclude(**{field.attname: ""})
            yield from rows.order_by("pk").values_list(field.attname, flat=True).iterator()


def _fields(model: type[Model]) -> list[Field]:
    return list(model._meta.local_concrete_fields)


def _object(model: type[Model], fields: list[Field], values: list[Any]) -> Model:
    return model(
        **{
            field.attname: field.to_python(value)
            for field, value in zip(fields, values, strict=True)
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
