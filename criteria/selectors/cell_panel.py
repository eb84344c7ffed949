"""What belongs to one cell of a sheet beside its value: files, and who wrote what and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from communes.models import Commune
from criteria.models import Assessment
from criteria.rules import value_words
from criteria.selectors.grid import GridCell, grid_cell
from criteria.selectors.sheet import Sheet, SheetCell
from ntm_tracker.core.models import Attachment, AuditEntry, User
from ntm_tracker.core.permits import Permit


@dataclass(frozen=True)
class HistoryLine:
    """One line of the history of a cell: who, when, what stood there, what stands, and why."""

    at: datetime
    by: str
    action: str
    old: str
    new: str
    why: str


@dataclass(frozen=True)
class CellPanel:
    """What belongs to one cell beside its value: files and history."""

    cell: GridCell
    may: Permit
    files: tuple[Attachment, ...]
    reported_files: tuple[Attachment, ...]
    history: tuple[HistoryLine, ...]


ACTIONS = {"draft.save": "Nhập", "draft.evidence": "Bằng chứng"}


def cell_panel(found: Sheet, key: str, may: Permit) -> CellPanel | None:
    """The files and the history of a cell; at most four queries. Who may not type sees what was
    reported, not what was typed."""
    shown = grid_cell(found, key, may)
    if shown is None:
        return None
    cell = shown.cell
    return CellPanel(
        shown,
        may,
        tuple(cell.draft.attachments.order_by("pk")) if cell.draft else (),
        tuple(cell.reported.attachments.order_by("pk")) if cell.reported else (),
        tuple(_history(found.commune, cell, found.on, typed=bool(may))),
    )


def _history(commune: Commune, cell: SheetCell, on: date, *, typed: bool) -> Iterable[HistoryLine]:
    target = Q(indicator=cell.indicator) if cell.indicator else Q(criterion=cell.criterion)
    said = Assessment.objects.filter(target, commune=commune, as_of__lte=on).order_by("-pk")
    before = {
        entry.object_id: entry
        for entry in AuditEntry.objects.filter(
            object_type=Assessment._meta.label_lower, object_id__in=said.values("pk")
        )
    }
    lines = []
    for row in said:
        entry = before.get(row.pk)
        unit = cell.indicator.unit if cell.indicator else ""
        new = ": ".join(filter(None, (value_words(row, unit), str(row.get_outcome_display()))))
        lines.append(
            HistoryLine(
                row.recorded_at,
                row.by_label,
                str(row.get_stage_display()),
                entry.old if entry else "",
                new,
                row.note,
            )
        )
    if typed:
        subject = cell.indicator or cell.criterion
        lines += [
            HistoryLine(
                entry.at, entry.by_label, ACTIONS[entry.action], entry.old, entry.new, entry.note
            )
            for entry in AuditEntry.objects.filter(
                object_type=subject._meta.label_lower,
                object_id=subject.pk,
                commune_id=commune.pk,
                action__in=ACTIONS,
            )
        ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def visible_evidence(user: User, pk: int, desk_communes: Iterable[int] = ()) -> Attachment | None:
    """A file beside a report of a commune that the reader may see, or beside a draft of one that he
    fills in; None otherwise."""
    communes = Commune.objects.visible_to(user).values("pk")
    mine = Q(drafts__commune__in=communes)
    if not user.is_office:
        mine &= Q(drafts__commune__in=list(desk_communes))
    return (
        Attachment.objects.filter(Q(assessments__commune__in=communes) | mine, pk=pk)
        .distinct()
        .first()
    )
