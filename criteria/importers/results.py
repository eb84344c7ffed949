"""What a commune types into its self-assessment, out of a file: drafts, which count once sent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef

from communes.models import Commune
from criteria.cell_texts import CHOICES, FIELDS, read_entry
from criteria.choices import OUTCOME_WORDS
from criteria.desks import OFFICE, desk_of
from criteria.models import Assessment
from criteria.rules import outcome_of_words
from criteria.selectors.sheet import Sheet, SheetCell
from criteria.selectors.sheet_rows import reporting_communes, sheets, with_groups
from criteria.services.drafts import CellEntry, StaleCells, save_sheets, wrong_in
from criteria.workflow import may_report
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.background import tell
from ntm_tracker.core.intake.fields import Field, Near, Problem, Row
from ntm_tracker.core.intake.importer import CellChange, Change, Done, at_change
from ntm_tracker.core.intake.lines import Once, unknown
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.permits import ALLOWED, Permit, refused
from ntm_tracker.core.text import nfc

TOGETHER = 20
"""Communes that are written at once, between two words on how far the file is."""


@dataclass(frozen=True)
class Cell:
    """A cell of the sheet of one commune, by the name that files call it."""

    commune: Commune
    found: Sheet
    cell: SheetCell

    @property
    def name(self) -> str:
        """18502-4.2 for an indicator, 18502-4 for the verdict of a criterion."""
        indicator = self.cell.indicator
        number = indicator.number if indicator else self.cell.criterion.number
        return f"{self.commune.code}-{number}"

    @property
    def words(self) -> str:
        indicator = self.cell.indicator
        return indicator.text if indicator else self.cell.criterion.name


class ResultImporter:
    """Values, verdicts and notes by criterion and indicator, as the grid keeps them."""

    kind = "results"
    title = "Kết quả tiêu chí, chỉ tiêu"
    lead = (
        "Mỗi dòng một tiêu chí hoặc chỉ tiêu của một xã, theo mã như 18502-4.2. Nhập vào bảng tự "
        "đánh giá như khi gõ tay: số liệu chỉ được tính khi xã gửi. Ô trống giữ nguyên ô của bảng. "
        "Tiêu chí đang chờ kiểm tra thì khóa."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã ô", required=True, is_key=True, aliases=("Mã chỉ tiêu",), width=14),
        Field("name", "Tiêu chí, chỉ tiêu", is_key=True, width=50),
        Field("commune", "Xã", is_key=True, width=18),
        Field("value", "Giá trị", width=14, help="Như 95,5 hoặc 382/400."),
        Field("outcome", "Kết quả", choices=CHOICES, width=16, help="Để trống: theo ngưỡng."),
        Field("note", "Hiện trạng, ghi chú", aliases=("Hiện trạng", "Ghi chú"), width=50),
    )

    def may(self, user: User) -> Permit:
        desk = desk_of(user)
        if desk.role in OFFICE or (desk.role == Role.COMMUNE and desk.commune_ids):
            return ALLOWED
        return refused("Kết quả tự đánh giá do xã và Văn phòng Điều phối nhập.")

    def _communes(self, user: User, as_of: AsOf) -> list[Commune]:
        """Those that the account reports for: of the office the ones that it follows."""
        found = reporting_communes(user, as_of)
        desk = desk_of(user)
        if desk.role in OFFICE:
            found = found.filter(Exists(Assessment.objects.filter(commune=OuterRef("pk"))))
        chosen = found.order_by("sort_key", "pk")
        return [commune for commune in chosen if may_report(commune.pk, desk)]

    def _cells(self, user: User, communes: Sequence[Commune], today: date) -> dict[str, Cell]:
        read = sheets(communes, today, desk_of(user))
        cells = (
            Cell(commune, read[commune.pk], one)
            for commune in communes
            for row in read[commune.pk].criteria
            for one in row.cells
        )
        return {cell.name: cell for cell in cells}

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        today = as_of.reporting_date
        cells = self._cells(user, self._communes(user, as_of), today)
        return [
            {
                "code": name,
                "name": cell.words,
                "commune": str(cell.commune),
                "value": cell.cell.typed,
                "outcome": OUTCOME_WORDS.get(cell.cell.chosen, ""),
                "note": cell.cell.note,
            }
            for name, cell in cells.items()
        ]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        asked = {str(row.values.get("code") or "").partition("-")[0] for row in rows}
        communes = [one for one in self._communes(user, as_of) if one.code in asked]
        cells = self._cells(user, communes, as_of.reporting_date)
        changes, problems = [], []
        once, near, code_field = Once(), Near(cells), self.fields[0]
        for row in rows:
            code = str(row.values.get("code") or "")
            cell = cells.get(code)
            if cell is None:
                problems.append(unknown(row, code_field, code, near, "ô bạn được nhập mã"))
            elif problem := once.problem(row, code_field, code):
                problems.append(problem)
            else:
                change, wrong = self._change(row, cell)
                problems += wrong
                if change and not wrong:
                    changes.append(change)
        return changes, problems

    def _change(self, row: Row, cell: Cell) -> tuple[Change | None, list[Problem]]:
        says = dict(zip(FIELDS, cell.cell.says, strict=True))
        given = {name: str(row.values.get(name) or "") for name in FIELDS}
        given["outcome"] = outcome_of_words(given["outcome"]) if given["outcome"] else ""
        # A cell of a file is one line: a note of several lines comes back as one, unchanged.
        new = says | {
            name: text
            for name, text in given.items()
            if text and text != says[name] and text != nfc(says[name])
        }
        changed = [name for name in FIELDS if new[name] != says[name]]
        if not changed:
            return None, []
        fields = {one.key: one for one in self.fields}
        try:
            entry = read_entry(cell.cell.key, cell.cell.stamp, new)
        except ValidationError as error:
            return None, [
                row.problem(fields[name], sentence)
                for name, sentences in error.message_dict.items()
                for sentence in sentences
            ]
        if wrong := wrong_in(entry, cell.cell):
            return None, [row.problem(fields[changed[0]], sentence) for sentence in wrong]
        criterion = cell.found.criterion_of(cell.cell.key)
        if criterion is not None and not criterion.submit:
            return None, [row.problem(self.fields[0], criterion.submit.reason)]
        shown = tuple(
            CellChange(fields[name].title, _shown(says[name]), _shown(new[name]))
            for name in changed
        )
        label = f"{cell.name} {cell.words}"
        return Change(row.number, label, str(cell.commune), shown, (cell, entry)), []

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        entries: dict[Commune, list[CellEntry]] = defaultdict(list)
        for change in changes:
            entries[change.data[0].commune].append(change.data[1])
        after: dict[int, Sheet] = {}
        communes, written = list(entries), 0
        try:
            for at in range(0, len(communes), TOGETHER):
                part = {commune: entries[commune] for commune in communes[at : at + TOGETHER]}
                after |= save_sheets(entries=part, by=by, now=now, today=today)
                written += sum(map(len, part.values()))
                tell(written, len(changes))
        except StaleCells as stale:
            raise ValidationError(
                f"Có người vừa ghi vào {len(stale.entries)} ô của {stale.sheet.commune}; hãy xem "
                "lại."
            ) from stale
        return [self._done(change.data[0], after) for change in changes]

    def _done(self, cell: Cell, after: Mapping[int, Sheet]) -> Done:
        there = after[cell.commune.pk].cell(cell.cell.key)
        undo = {
            "key": cell.cell.key,
            "before": list(cell.cell.says),
            "stamp": there.stamp if there else "",
        }
        return Done(cell.commune.pk, undo, commune_id=cell.commune.pk)

    def undo_all(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> list[str]:
        """Take many back at once; the sentences say what stands in the way."""
        wanted = {change.object_id for change in changes}
        found = with_groups(Commune.objects.filter(pk__in=wanted), today)
        communes = {one.pk: one for one in found}
        read = sheets([*communes.values()], today, desk_of(by))
        entries: dict[Commune, list[CellEntry]] = defaultdict(list)
        wrong = []
        for change in changes:
            cell = read[change.object_id].cell(change.undo["key"])
            if cell is None or cell.stamp != change.undo["stamp"]:
                wrong.append(at_change(change, "Ô đã được sửa hoặc gửi sau lần nhập này."))
                continue
            texts = dict(zip(FIELDS, change.undo["before"], strict=True))
            entry = read_entry(cell.key, cell.stamp, texts)
            entries[communes[change.object_id]].append(entry)
        if wrong:
            return wrong
        try:
            save_sheets(entries=entries, by=by, now=now, today=today)
        except (StaleCells, PermissionDenied) as error:
            return [str(error)]
        return []


def _shown(text: str) -> str:
    return OUTCOME_WORDS.get(text, text)
