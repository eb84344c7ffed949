"""What a commune types into its self-assessment, out of a file: drafts, which count once sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from communes.models import Commune
from criteria.choices import OUTCOME_WORDS, Outcome
from criteria.desks import OFFICE, desk_of
from criteria.grid_forms import FIELDS, CellForm
from criteria.rules import outcome_of_words
from criteria.selectors.sheet import Sheet, SheetCell, stamp_of
from criteria.selectors.sheet_rows import sheet
from criteria.services.drafts import CellEntry, StaleCells, save_cells, wrong_in
from criteria.workflow import may_report
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row, nearest
from ntm_tracker.core.intake.importer import CellChange, Change, Done
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.permits import ALLOWED, Permit, refused
from ntm_tracker.core.text import nfc

CHOICES = tuple(
    (outcome.value, str(outcome.label))
    for outcome in (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE)
)


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
        found = Commune.objects.visible_to(user).active_on(as_of.reporting_date)
        desk = desk_of(user)
        if desk.role in OFFICE:
            found = found.filter(assessments__isnull=False).distinct()
        chosen = found.select_related("province").order_by("sort_key", "pk")
        return [commune for commune in chosen if may_report(commune.pk, desk)]

    def _cells(self, user: User, communes: Sequence[Commune], today: date) -> dict[str, Cell]:
        desk = desk_of(user)
        cells = {}
        for commune in communes:
            found = sheet(commune, today, desk)
            for row in found.criteria:
                for one in row.cells:
                    cell = Cell(commune, found, one)
                    cells[cell.name] = cell
        return cells

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
        seen: dict[str, int] = {}
        for row in rows:
            code = str(row.values.get("code") or "")
            cell = cells.get(code)
            if cell is None:
                near = nearest(code, list(cells)[:2000])
                hint = f" Có phải “{near}”?" if near else ""
                text = f"Không có ô “{code}” trong bảng của các xã bạn nhập.{hint}"
                problems.append(row.problem(self.fields[0], text))
            elif code in seen:
                text = f"Trùng với dòng {seen[code]} của tệp; chỉ giữ lại một dòng."
                problems.append(row.problem(self.fields[0], text))
            else:
                change, wrong = self._change(row, cell)
                problems += wrong
                if change and not wrong:
                    changes.append(change)
            seen.setdefault(code, row.number)
        return changes, problems

    def _change(self, row: Row, cell: Cell) -> tuple[Change | None, list[Problem]]:
        says = dict(zip(FIELDS, cell.cell.says, strict=True))
        given = {name: nfc(str(row.values.get(name) or "")) for name in FIELDS}
        given["outcome"] = outcome_of_words(given["outcome"]) if given["outcome"] else ""
        new = says | {name: text for name, text in given.items() if text}
        changed = [name for name in FIELDS if new[name] != says[name]]
        if not changed:
            return None, []
        form = self._form(cell, new)
        fields = {one.key: one for one in self.fields}
        if not form.is_valid():
            return None, [
                row.problem(fields.get(name, self.fields[0]), str(sentence))
                for name, sentences in form.errors.items()
                for sentence in sentences
            ]
        entry = form.entry()
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

    def _form(self, cell: Cell, texts: Mapping[str, str]) -> CellForm:
        key = cell.cell.key
        data = {f"{key}-{name}": text for name, text in texts.items()}
        return CellForm(data | {f"{key}-stamp": stamp_of(cell.cell)}, prefix=key)

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        done = []
        for _code, group in groupby(changes, lambda change: change.data[0].commune.code):
            rows = list(group)
            commune = rows[0].data[0].commune
            try:
                after = save_cells(
                    commune=commune, entries=[change.data[1] for change in rows], **written
                )
            except StaleCells as stale:
                raise ValidationError(
                    f"Có người vừa ghi vào {len(stale.entries)} ô của {commune}; hãy xem lại."
                ) from stale
            for change in rows:
                cell: SheetCell = change.data[0].cell
                now_there = after.cell(cell.key)
                stamp = now_there.stamp if now_there else ""
                undo = {"key": cell.key, "before": list(cell.says), "stamp": stamp}
                done.append(Done(commune.pk, undo, commune_id=commune.pk))
        return done

    def undo(self, change: ImportChange, *, by: User, now: datetime, today: date) -> None:
        commune = Commune.objects.get(pk=change.object_id)
        found = sheet(commune, today, desk_of(by))
        cell = found.cell(change.undo["key"])
        if cell is None or cell.stamp != change.undo["stamp"]:
            raise ValidationError("Ô đã được sửa hoặc gửi sau lần nhập này.")
        texts = dict(zip(FIELDS, change.undo["before"], strict=True))
        form = self._form(Cell(commune, found, cell), texts)
        if not form.is_valid():
            raise ValidationError("Giá trị cũ của ô không còn hợp lệ; hãy sửa trực tiếp.")
        entry: CellEntry = form.entry()
        try:
            save_cells(commune=commune, entries=[entry], by=by, now=now, today=today)
        except (StaleCells, PermissionDenied) as error:
            raise ValidationError(str(error)) from error


def _shown(text: str) -> str:
    return OUTCOME_WORDS.get(text, text)
