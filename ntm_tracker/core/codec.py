"""Rows of selectors as JSON, and back: what a closed month is kept in.

A value that JSON has no word for becomes an object whose `$` names its kind. Names of classes come
from a list that is written down, so that renaming a class leaves old months readable; a field that
came later takes its default, one that is gone is left out.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db.models import Field, ForeignKey, Model

KIND = "$"
PLAIN = (str, int, float)


class UnknownKind(TypeError):
    """A value of a class that has no name for storing yet: give it one."""


class Codec:
    """Encodes tuples, dates, decimals, enums, dataclasses and unsaved copies of models, each class
    under the name that `names` gives it. `decode(encode(x)) == x`."""

    def __init__(self, names: Mapping[str, type]):
        self._classes = dict(names)
        self._names = {cls: name for name, cls in names.items()}
        self._fields = {
            cls: tuple(field.name for field in dataclasses.fields(cls))
            for cls in names.values()
            if dataclasses.is_dataclass(cls)
        }

    def encode(self, value: Any) -> Any:
        """The value as JSON knows it. Raises UnknownKind."""
        cls = value.__class__
        if value is None or cls is bool or cls in PLAIN:
            return value
        if cls is tuple:
            return [self.encode(one) for one in value]
        if cls is date:
            return {KIND: "date", "v": value.isoformat()}
        if cls is datetime:
            return {KIND: "datetime", "v": value.isoformat()}
        if cls is Decimal:
            return {KIND: "decimal", "v": str(value)}
        name = self._names.get(cls)
        if name is None:
            raise UnknownKind(f"{cls.__module__}.{cls.__qualname__}")
        if cls in self._fields:
            fields = {name: self.encode(getattr(value, name)) for name in self._fields[cls]}
            return {KIND: name, **fields}
        if isinstance(value, Enum):
            return {KIND: name, "v": value.value}
        return {KIND: name, **self._columns(value)}

    def decode(self, data: Any) -> Any:
        """The value again; models come back as objects that nobody has saved."""
        if isinstance(data, list):
            return tuple(self.decode(one) for one in data)
        if not isinstance(data, dict):
            return data
        kind = data[KIND]
        if kind == "date":
            return date.fromisoformat(data["v"])
        if kind == "datetime":
            return datetime.fromisoformat(data["v"])
        if kind == "decimal":
            return Decimal(data["v"])
        cls = self._classes[kind]
        if cls in self._fields:
            known = self._fields[cls]
            return cls(**{name: self.decode(data[name]) for name in known if name in data})
        if issubclass(cls, Enum):
            return cls(data["v"])
        assert issubclass(cls, Model)  # noqa: S101 (names are of dataclasses, enums and models)
        return self._model(cls, data)

    def _columns(self, row: Model) -> dict[str, Any]:
        """The columns of a model row; of related rows, those that were read with it."""
        columns: dict[str, Any] = {}
        for field in row._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.is_cached(row):
                related = getattr(row, field.name)
                if related is not None and related.__class__ in self._names:
                    columns[field.name] = self.encode(related)
            columns[field.attname] = self.encode(_column(field, row))
        return columns

    def _model(self, cls: type[Model], data: Mapping[str, Any]) -> Model:
        columns = {
            field.attname: self.decode(data[field.attname])
            for field in cls._meta.concrete_fields
            if field.attname in data
        }
        row = cls(**columns)
        for field in cls._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.name in data:
                field.set_cached_value(row, self.decode(data[field.name]))
        return row


def _column(field: Field, row: Model) -> Any:
    """What stands in the column. A file is its path, and a choice its code: a row that was just
    made holds the member of the enumeration, one that was read the plain text."""
    value = field.value_from_object(row)
    if isinstance(value, Enum):
        return value.value
    return str(value) if value.__class__.__name__ == "FieldFile" else value
