"""Needs of work items out of a file."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from criteria.models import WorkItem
from criteria.money_rules import Entry, may_add_items, may_enter
from criteria.selectors.funding import ItemLine, item_lines
from criteria.services.work_items import NeedChange, StaleNeeds, adjust_needs, take_back_many
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Near, Problem, Row
from ntm_tracker.core.intake.importer import CellChange, Change, Done, Together
from ntm_tracker.core.intake.lines import NOTE, Once, unknown
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.permits import Permit


class NeedImporter(Together):
    """What work items need: the total that a file gives is adjusted to, from the reporting date."""

    kind = "needs"
    title = "Nhu cầu kinh phí"
    lead = (
        "Mỗi dòng một công trình theo mã. Nhu cầu trong tệp là tổng mới; phần chênh lệch được ghi "
        "thành dòng điều chỉnh từ ngày báo cáo. Ô nhu cầu để trống thì giữ nguyên. Công trình mới "
        "hãy thêm ở trang Kinh phí."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã công trình", required=True, is_key=True, aliases=("Mã",), width=16),
        Field("name", "Công trình, hạng mục", is_key=True, aliases=("Công trình",), width=44),
        Field("commune", "Xã", is_key=True, width=20),
        Field("need", "Nhu cầu (đồng)", "money", aliases=("Nhu cầu kinh phí",), width=22),
        Field("note", "Lý do điều chỉnh", aliases=("Ghi chú", "Lý do"), width=36),
    )

    def may(self, user: User) -> Permit:
        return may_add_items(user)

    def _lines(self, user: User, as_of: AsOf) -> list[ItemLine]:
        return item_lines(WorkItem.objects.visible_to(user), as_of.reporting_date)

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        return [
            {
                "code": line.code,
                "name": line.name,
                "commune": line.commune_label,
                "need": line.money.need,
                "note": "",
            }
            for line in self._lines(user, as_of)
            if may_enter(Entry.NEED, line.commune_id, user)
        ]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        known = {line.code: line for line in self._lines(user, as_of)}
        changes, problems = [], []
        once, near = Once(), Near(known)
        code_field, need_field = self.fields[0], self.fields[3]
        for row in rows:
            code = str(row.values.get("code") or "")
            line = known.get(code)
            if line is None:
                problems.append(unknown(row, code_field, code, near, "công trình mã"))
            elif problem := once.problem(row, code_field, code):
                problems.append(problem)
            elif not (permit := may_enter(Entry.NEED, line.commune_id, user)):
                problems.append(row.problem(code_field, permit.reason))
            elif (need := row.values.get("need")) is not None and need != line.money.need:
                if need == 0:
                    problems.append(row.problem(need_field, "Nhu cầu phải lớn hơn 0."))
                else:
                    changes.append(self._change(row, line, int(str(need))))
        return changes, problems

    def _change(self, row: Row, line: ItemLine, need: int) -> Change:
        return Change(
            row.number,
            f"{line.code} {line.name}",
            line.commune_label,
            (CellChange("Nhu cầu (đồng)", vi_number(line.money.need), vi_number(need)),),
            (line, need, str(row.values.get("note") or "")),
        )

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        wanted = [
            NeedChange(line.pk, need, line.money.need, note or NOTE)
            for line, need, note in (change.data for change in changes)
        ]
        lines = {line.pk: line for line, _need, _note in (change.data for change in changes)}
        try:
            written = adjust_needs(wanted, by=by, now=now, today=today)
        except StaleNeeds as stale:
            raise ValidationError(
                [
                    f"Người khác vừa ghi nhu cầu của {lines[pk].code}: {vi_number(now_is)} đồng."
                    for pk, (_row, now_is) in stale.rows.items()
                ]
            ) from stale
        return [
            Done(pk, {"need": written[pk].pk}, commune_id=line.commune_id)
            for pk, line in lines.items()
        ]

    def undo_many(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> None:
        rows = [(change.object_id, change.undo["need"]) for change in changes]
        take_back_many(Entry.NEED, rows, by=by, now=now, today=today)
