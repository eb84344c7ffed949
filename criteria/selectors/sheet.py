"""The self-assessment of one commune as data: every cell with what stands in it and who said so.

A cell is one indicator ("i" and its id) or the verdict declared for one criterion ("c" and its id).
Four things are kept apart: nobody has reported it, somebody emptied it, it does not apply, and a
value (which may be zero).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from zlib import crc32

from django.db import models
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from criteria.choices import DossierState, IndicatorKind, Outcome
from criteria.models import Assessment, Criterion, Draft, Indicator, Threshold
from criteria.rules import criterion_outcome, proposed_outcome, typed_value, value_words
from criteria.workflow import Place
from ntm_tracker.core.permits import Permit


class CellState(models.TextChoices):
    """What stands in a cell, before anybody judges it."""

    UNREPORTED = "unreported", _("Chưa báo cáo")
    REPORTED = "reported", _("Đã gửi")
    DRAFT = "draft", _("Đã lưu, chưa gửi")
    CLEARED = "cleared", _("Để trống, chưa gửi")


def mark_of(says: tuple[str, str, str]) -> str:
    """A short mark of the three texts of a cell, by which a form knows what was left untouched."""
    return f"{crc32('|'.join(says).encode()):x}"


@dataclass(frozen=True)
class SheetCell:
    """One cell: `draft` is what is being typed (None: nobody has since the last report),
    `reported` the latest self-report, `threshold` the one in force for the commune's group."""

    criterion: Criterion
    indicator: Indicator | None
    threshold: Threshold | None
    draft: Draft | None
    reported: Assessment | None

    @property
    def key(self) -> str:
        return f"i{self.indicator.pk}" if self.indicator else f"c{self.criterion.pk}"

    @property
    def label(self) -> str:
        """The number by which people call it."""
        if self.indicator:
            return f"chỉ tiêu {self.indicator.number}"
        return f"tiêu chí {self.criterion.number}"

    @property
    def entry(self) -> Draft | Assessment | None:
        """What stands in the cell: the draft before the report."""
        return self.draft or self.reported

    @property
    def is_measured(self) -> bool:
        """Whether a value is written; otherwise there is only met or not."""
        return self.indicator is not None and self.indicator.kind != IndicatorKind.BOOLEAN

    @property
    def may_not_apply(self) -> bool:
        return self.indicator is not None and self.indicator.may_not_apply

    @property
    def stamp(self) -> str:
        """Which draft and which report the cell was drawn from: another one means that somebody
        has written in between."""
        draft, reported = self.draft, self.reported
        return f"{draft.version if draft else 0}.{reported.pk if reported else 0}"

    @property
    def says(self) -> tuple[str, str, str]:
        """The three texts of the cell: value, verdict chosen, note."""
        return self.typed, self.chosen, self.note

    @property
    def typed(self) -> str:
        """What stands in the box of the value."""
        return typed_value(self.entry) if self.is_measured and self.entry else ""

    @property
    def words(self) -> str:
        """The value with its unit; empty for none."""
        return value_words(self.entry, self.indicator.unit) if self.entry and self.indicator else ""

    @property
    def note(self) -> str:
        return self.entry.note if self.entry else ""

    @property
    def proposed(self) -> Outcome | None:
        """What the threshold says of the value."""
        return self._proposed(self.entry)

    def _proposed(self, entry: Draft | Assessment | None) -> Outcome | None:
        if entry is None or self.indicator is None:
            return None
        limit = self.threshold
        if limit is None:
            return None
        return proposed_outcome(self.indicator.kind, entry.value, limit.op, limit.value)

    @property
    def chosen(self) -> str:
        """The verdict that somebody chose; empty where it is left to the threshold (for a
        criterion: to its indicators)."""
        if self.draft:
            return self.draft.outcome
        if self.reported is None or self.indicator is None:
            return ""
        said = self.reported.outcome
        return "" if said == self._proposed(self.reported) else said

    @property
    def verdict(self) -> str:
        """What the cell says of an indicator: chosen, or proposed, or nothing."""
        return self.chosen or self.proposed or ""

    @property
    def is_overruled(self) -> bool:
        """Whether the verdict chosen differs from what the threshold says; that takes a reason."""
        overruling = {Outcome.MET, Outcome.NOT_MET} - {self.proposed}
        return self.proposed is not None and self.chosen in overruling

    @property
    def is_filled(self) -> bool:
        """Whether the cell says anything: a value or a verdict. Zero does, blank does not."""
        return bool(self.entry and (self.entry.value is not None or self.verdict))

    @property
    def state(self) -> CellState:
        if self.draft is None:
            return CellState.REPORTED if self.reported else CellState.UNREPORTED
        says = self.is_filled or (self.indicator is None and self.draft.note)
        return CellState.DRAFT if says else CellState.CLEARED


def stamp_of(cell: SheetCell) -> str:
    """What a form carries: from which draft and report a cell was drawn, and what it said."""
    return f"{cell.stamp}.{mark_of(cell.says)}"


@dataclass(frozen=True)
class SheetCriterion:
    """One criterion with its indicators. `latest` are its rows by stage; `submit` says whether
    the reader may report it now, `take_back` whether the last report can be taken back."""

    cell: SheetCell
    indicators: tuple[SheetCell, ...]
    latest: dict[str, Assessment]
    place: Place
    submit: Permit
    take_back: Permit

    @property
    def criterion(self) -> Criterion:
        return self.cell.criterion

    @property
    def cells(self) -> tuple[SheetCell, ...]:
        return (self.cell, *self.indicators)

    @property
    def is_changed(self) -> bool:
        """Whether something was typed since the last report."""
        return any(cell.draft for cell in self.cells)

    @property
    def follows(self) -> Outcome | None:
        """The verdict that follows from the indicators."""
        return criterion_outcome(cell.verdict for cell in self.indicators)

    @property
    def declared(self) -> str:
        """The verdict that somebody declares against or without the indicators."""
        return self.cell.draft.outcome if self.cell.draft else ""

    @property
    def verdict(self) -> str:
        """Declared, or following from the indicators, or as it was reported before."""
        reported = self.cell.reported
        return self.declared or self.follows or (reported.outcome if reported else "")

    @property
    def is_override(self) -> bool:
        """Whether the declared verdict differs from what follows from the indicators."""
        return bool(self.declared and self.follows and self.declared != self.follows)

    @property
    def returned(self) -> Assessment | None:
        """The row that asks for a new report; its note says why."""
        if self.place != Place.RETURNED:
            return None
        rows = [row for row in self.latest.values() if row.outcome == Outcome.RETURNED]
        return max(rows, key=lambda row: (row.as_of, row.pk))


@dataclass(frozen=True)
class Totals:
    """The figures above the sheet. Indicators: filled + left = all."""

    indicators: int
    filled: int
    met: int
    not_met: int
    criteria: int
    criteria_met: int
    changed: int

    @property
    def left(self) -> int:
        return self.indicators - self.filled


@dataclass(frozen=True)
class Sheet:
    """Everything that a commune self-assesses, as one reader sees it on one day."""

    commune: Commune
    on: date
    dossier: DossierState | None
    criteria: tuple[SheetCriterion, ...]

    @cached_property
    def _places(self) -> dict[str, tuple[SheetCriterion, SheetCell]]:
        return {cell.key: (row, cell) for row in self.criteria for cell in row.cells}

    def criterion_of(self, key: str) -> SheetCriterion | None:
        """The criterion that a cell belongs to."""
        found = self._places.get(key)
        return found[0] if found else None

    def cell(self, key: str) -> SheetCell | None:
        found = self._places.get(key)
        return found[1] if found else None

    @property
    def totals(self) -> Totals:
        cells = [cell for row in self.criteria for cell in row.indicators]
        verdicts = [cell.verdict for cell in cells]
        passes = {Outcome.MET, Outcome.NOT_APPLICABLE}
        return Totals(
            indicators=len(cells),
            filled=sum(cell.is_filled for cell in cells),
            met=sum(verdict in passes for verdict in verdicts),
            not_met=verdicts.count(Outcome.NOT_MET),
            criteria=len(self.criteria),
            criteria_met=sum(row.verdict in passes for row in self.criteria),
            changed=sum(row.is_changed for row in self.criteria),
        )

    def with_drafts(self, drafts: Mapping[str, Draft]) -> "Sheet":
        """The same sheet with other drafts in some cells, for the answer to who has just typed."""

        def put(cell: SheetCell) -> SheetCell:
            draft = drafts.get(cell.key)
            return replace(cell, draft=draft) if draft else cell

        return replace(
            self,
            criteria=tuple(
                replace(row, cell=put(row.cell), indicators=tuple(map(put, row.indicators)))
                for row in self.criteria
            ),
        )
