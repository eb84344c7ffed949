"""What an importer of an app has to be able to do: the pages and batches know nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.permits import Permit, sentences


@dataclass(frozen=True)
class CellChange:
    """One cell in words, before and after."""

    title: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """What one row of a file would change. `group` is what changes are counted by (the commune),
    `data` what `apply` needs."""

    row: int
    label: str
    group: str
    cells: tuple[CellChange, ...]
    data: Any
    is_new: bool = False


@dataclass(frozen=True)
class Done:
    """What a change became: whose it is, and what is needed to take it back (JSON)."""

    object_id: int
    undo: Mapping[str, Any]
    commune_id: int | None = None
    sponsor_id: int | None = None


@contextmanager
def at_row(change: Change) -> Iterator[None]:
    """Say of a refusal which row of the file it is about."""
    try:
        yield
    except ValidationError as error:
        raise ValidationError(f"Dòng {change.row}: {' '.join(error.messages)}") from error


def at_change(change: ImportChange, sentence: str) -> str:
    """What stands in the way of taking a change back, with its place in the file."""
    return f"Dòng {change.row}, {change.label}: {sentence}"


class Importer(Protocol):
    """One kind of table. `apply` and `undo_all` write through the services of the app and are
    called inside one transaction; what `apply` raises (ValidationError, PermissionDenied) is for
    the whole batch."""

    kind: str
    title: str
    lead: str
    fields: Sequence[Field]

    def may(self, user: User) -> Permit:
        """Whether the account imports this at all."""
        ...

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        """Today's rows by field, as the account may see them: what the form is filled with."""
        ...

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        """What the rows would change, and everything that is wrong with them."""
        ...

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        """Write the changes, in their order."""
        ...

    def undo_all(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> list[str]:
        """Take changes back, in their order; what stands in the way (as when something later rests
        on one), in sentences of `at_change`: then nothing of it counts."""
        ...


class OneByOne:
    """For importers whose changes are taken back one by one: `undo` raises ValidationError or
    PermissionDenied where one cannot be."""

    def undo(self, change: ImportChange, *, by: User, now: datetime, today: date) -> None:
        raise NotImplementedError

    def undo_all(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> list[str]:
        wrong = []
        for change in changes:
            try:
                self.undo(change, by=by, now=now, today=today)
            except (ValidationError, PermissionDenied) as error:
                said = sentences(error)
                wrong.append(at_change(change, " ".join(said)))
        return wrong


class Together(OneByOne):
    """For importers whose changes are taken back in one go: `undo_many` raises ValidationError or
    PermissionDenied where that cannot be. Then they are tried one by one, to name those that stand
    in the way."""

    def undo_many(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> None:
        raise NotImplementedError

    def undo(self, change: ImportChange, *, by: User, now: datetime, today: date) -> None:
        self.undo_many([change], by=by, now=now, today=today)

    def undo_all(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> list[str]:
        try:
            with transaction.atomic():
                self.undo_many(changes, by=by, now=now, today=today)
        except (ValidationError, PermissionDenied):
            return super().undo_all(changes, by=by, now=now, today=today)
        return []
