"""Assignments out of a file: made where they are not there yet, their papers by their code."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet

from communes.finding import PLACE_FIELDS, Places, place_cells
from communes.models import Commune
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.documents import Paper, document_of
from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.intake.importer import Change, Done, at_change
from ntm_tracker.core.intake.lines import Line, Once, in_words, matched
from ntm_tracker.core.intake.names import Names
from ntm_tracker.core.models import Document, ImportChange, User
from ntm_tracker.core.permits import Permit, sentences
from ntm_tracker.core.text import nfc
from sponsors import rules
from sponsors.choices import Basis
from sponsors.importers.finding import sponsors_named
from sponsors.models import Assignment, Sponsor
from sponsors.services import (
    AssignmentEntry,
    Papers,
    remove_assignments,
    resting_on_assignments,
    set_papers,
    write_assignments,
    wrong_assignments,
    wrong_papers,
)

BASES = tuple((one.value, str(one.label)) for one in Basis)
LEAD = "co"
LEADS = ((LEAD, "x"),)
DAYS = tuple(Papers.__dataclass_fields__)
"""What can be changed later: by when the papers are due, and when they were done."""


@dataclass(frozen=True)
class Wanted:
    """A new assignment with its decision as it was typed."""

    entry: AssignmentEntry
    paper: Paper


class AssignmentImporter:
    """Who sponsors which commune or village, and how far agreement and plan are."""

    kind = "assignments"
    title = "Phân công đỡ đầu"
    lead = (
        "Để trống mã thì phân công mới theo quyết định ghi ở dòng đó; quyết định chưa có trong hệ "
        "thống thì ghi thêm trích yếu. Có mã thì sửa hạn và ngày ký kết, hạn và ngày có kế hoạch; "
        "ô trống giữ nguyên. Kết thúc phân công làm ở trang của phân công."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã phân công", is_key=True, width=10, help="Để trống hoặc “mới”: thêm."),
        Field(
            "sponsor",
            "Tên đơn vị",
            required=True,
            is_key=True,
            aliases=("Đơn vị đỡ đầu", "Đơn vị"),
            width=36,
            help="Tên, tên viết tắt hoặc mã đơn vị.",
        ),
        *PLACE_FIELDS,
        Field("is_lead", "Chủ trì", "choice", choices=LEADS, is_key=True, width=8),
        Field("basis", "Hình thức", "choice", choices=BASES, is_key=True, width=12),
        Field("number", "Số quyết định", is_key=True, width=18, longest=60),
        Field("decided_on", "Ngày quyết định", "date", is_key=True, width=13),
        Field("subject", "Trích yếu", is_key=True, width=30, longest=500),
        Field("agreement_due_on", "Hạn ký kết", "date", width=12),
        Field("agreement_signed_on", "Ngày ký kết", "date", width=12),
        Field("plan_due_on", "Hạn có kế hoạch", "date", aliases=("Hạn lập kế hoạch",), width=12),
        Field("plan_done_on", "Ngày có kế hoạch", "date", width=12),
    )

    def may(self, user: User) -> Permit:
        return rules.may_assign(user)

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        active = Assignment.objects.active_on(as_of.reporting_date)
        ordered = (
            _assignments(user)
            .filter(pk__in=active.values("pk"))
            .order_by("commune__sort_key", "-is_lead", "sponsor__sort_key", "pk")
        )
        return [in_words(self.fields, {"code": row.pk} | _cells(row)) for row in ordered]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        today = as_of.reporting_date
        by_code = {str(row.pk): row for row in _assignments(user)}
        standing = {
            (row.sponsor_id, row.commune_id, row.village_id, row.decided_on): row
            for row in by_code.values()
        }
        pairs, problems = matched(rows, by_code, self.fields[0], "phân công mã")
        places = Places(Commune.objects.visible_to(user).rural(), today)
        sponsors = sponsors_named(user)
        papers = set(Document.objects.values_list("number", "issued_on"))
        once = Once()
        changes: list[Change] = []
        lines: list[tuple[Line, Wanted]] = []
        for row, found in pairs:
            line: Line = Line(row, self.fields)
            new = None if found else self._new(line, places, sponsors)
            if new and (problem := once.problem(row, self.fields[1], new.entry.place)):
                line.problems.append(problem)
            elif new and (same := standing.get((*new.entry.place, new.entry.decided_on))):
                found = same  # known by what it says: sent before, or corrected without its code
            elif new and self._has_paper(line, new.paper, papers):
                lines.append((line, new))
            if found and (change := _papers_change(line, found, today)):
                changes.append(change)
            problems += line.problems
        wrong = wrong_assignments([new.entry for _line, new in lines], today)
        for number, (line, new) in enumerate(lines):
            if number in wrong:
                line.wrong(*wrong[number])
                problems += line.problems
            else:
                changes.append(_new_change(line, new))
        return sorted(changes, key=lambda change: change.row), problems

    def _new(self, line: Line, places: Places, sponsors: Names[Sponsor]) -> Wanted | None:
        sponsor = line.named("sponsor", sponsors)
        commune, village = places.read(line)
        decided = line.day("decided_on")
        for key in ("basis", "number", "decided_on"):
            if not line.row.values.get(key):
                line.wrong(key, f"Phân công mới phải có {line.fields[key].title.lower()}.")
        if sponsor is None or commune is None or decided is None or line.problems:
            return None
        entry = AssignmentEntry(
            sponsor=sponsor,
            commune=commune,
            village=village,
            basis=Basis(line.choice("basis")),
            decided_on=decided,
            is_lead=line.choice("is_lead") == LEAD,
            agreement_due_on=line.day("agreement_due_on"),
            agreement_signed_on=line.day("agreement_signed_on"),
            plan_due_on=line.day("plan_due_on"),
            plan_done_on=line.day("plan_done_on"),
        )
        return Wanted(entry, Paper(line.text("number"), decided, subject=line.text("subject")))

    def _has_paper(self, line: Line, paper: Paper, known: set[tuple[str, date | None]]) -> bool:
        """Whether the decision is known, or says enough to be added."""
        if (paper.number, paper.issued_on) not in known and not paper.subject:
            line.wrong(
                "subject",
                f"Quyết định {paper.number} ngày {paper.issued_on:%d/%m/%Y} chưa có trong hệ "
                "thống; hãy ghi trích yếu.",
            )
        for key, sentence in _wrong_days(line, paper.issued_on).items():
            line.wrong(key, sentence)
        return not line.problems

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        new = [(change, change.data) for change in changes if change.is_new]
        papers: dict[Paper, Document] = {}
        entries = []
        for _change, wanted in new:
            if wanted.paper not in papers:
                papers[wanted.paper] = document_of(wanted.paper, **written)
            fields = dict(vars(wanted.entry)) | {"document": papers[wanted.paper]}
            entries.append(AssignmentEntry(**fields))
        done = {
            change.row: _done(row, None)
            for (change, _wanted), row in zip(
                new, write_assignments(entries, **written), strict=True
            )
        }
        old = [change for change in changes if not change.is_new]
        before = [change.data[0] for change in old]
        for change, row, was in zip(
            old, set_papers([change.data for change in old], **written), before, strict=True
        ):
            done[change.row] = _done(row, Papers.of(was))
        return [done[change.row] for change in changes]

    def undo_all(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> list[str]:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        rows = Assignment.objects.in_bulk([change.object_id for change in changes])
        new = {change.object_id for change in changes if change.undo["before"] is None}
        resting = resting_on_assignments(new)
        wrong = []
        for change in changes:
            row = rows.get(change.object_id)
            if row is None or row.ended_on or _said(Papers.of(row)) != change.undo["after"]:
                sentence = "Phân công đã được sửa hoặc kết thúc sau lần nhập này."
                wrong.append(at_change(change, sentence))
            elif row.pk in resting:
                sentence = f"Phân công đã có {resting[row.pk]}, không bỏ được; hãy kết thúc."
                wrong.append(at_change(change, sentence))
        if wrong:
            return wrong
        before = [
            (rows[change.object_id], _papers(change.undo["before"]))
            for change in changes
            if change.object_id not in new
        ]
        try:
            set_papers(before, **written)
            remove_assignments([rows[pk] for pk in new], **written)
        except (ValidationError, PermissionDenied) as error:
            return sentences(error)
        return []


def _papers(said: Mapping[str, str | None]) -> Papers:
    days = {field: date.fromisoformat(day) if day else None for field, day in said.items()}
    return Papers(**days)


def _assignments(user: User) -> QuerySet[Assignment]:
    return Assignment.objects.visible_to(user).select_related(
        *("sponsor", "commune__province", "village", "document")
    )


def _cells(row: Assignment) -> dict[str, Any]:
    """The cells of an assignment as it stands, choices by their codes."""
    return place_cells(row.commune, row.village) | {
        "sponsor": row.sponsor.name,
        "is_lead": LEAD if row.is_lead else "",
        "basis": row.basis,
        "number": row.document.number if row.document else "",
        "decided_on": row.decided_on,
        "subject": row.document.subject if row.document else "",
        **asdict(Papers.of(row)),
    }


def _papers_change(line: Line, row: Assignment, today: date) -> Change | None:
    """What a row says otherwise of the papers of an assignment; None where it says nothing."""
    cells = _cells(row)
    has_code = bool(line.text("code")) and line.text("code") == str(row.pk)
    there = cells if has_code else {field: cells[field] for field in DAYS}
    changed = line.changed(there, keeps=DAYS)
    if not changed:
        return None
    if row.ended_on and row.ended_on <= today:
        line.wrong("code", f"Phân công đã kết thúc ngày {row.ended_on:%d/%m/%Y}.")
        return None
    papers = Papers(**{field: changed.get(field, cells[field]) for field in DAYS})
    for field, sentence in wrong_papers(row, papers, today).items():
        line.wrong(field, sentence)
    if line.problems:
        return None
    shown = line.cells(cells, asdict(papers))
    return Change(line.row.number, str(row), str(row.commune), shown, (row, papers))


def _new_change(line: Line, new: Wanted) -> Change:
    entry = new.entry
    cells = place_cells(entry.commune, entry.village) | {
        "sponsor": entry.sponsor.name,
        "is_lead": LEAD if entry.is_lead else "",
        "basis": entry.basis.value,
        "number": nfc(new.paper.number),
        "decided_on": entry.decided_on,
        "subject": new.paper.subject,
        **{field: getattr(entry, field) for field in DAYS},
    }
    label = f"{entry.sponsor} → {entry.village or entry.commune}"
    shown = line.cells({}, cells)
    return Change(line.row.number, label, str(entry.commune), shown, new, is_new=True)


def _wrong_days(line: Line, decided_on: date) -> dict[str, str]:
    return {
        field: f"Hạn không thể trước ngày giao {decided_on:%d/%m/%Y}."
        for field in ("agreement_due_on", "plan_due_on")
        if (day := line.day(field)) and day < decided_on
    }


def _said(papers: Papers) -> dict[str, str | None]:
    return {field: day.isoformat() if day else None for field, day in asdict(papers).items()}


def _done(row: Assignment, before: Papers | None) -> Done:
    undo = {"before": _said(before) if before else None, "after": _said(Papers.of(row))}
    return Done(row.pk, undo, commune_id=row.commune_id, sponsor_id=row.sponsor_id)
