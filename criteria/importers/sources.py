"""Identified money of work items out of a file: one row per work item, kind and document."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Sum

from criteria.choices import SourceKind
from criteria.models import FundingSource, WorkItem
from criteria.money_rules import Entry, may_enter
from criteria.selectors.funding import ItemLine, item_lines
from criteria.services.sources import SourceChange, adjust_sources
from criteria.services.work_items import require_paper, take_back_many
from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.documents import Paper, known_documents
from ntm_tracker.core.intake.fields import Field, Near, Problem, Row
from ntm_tracker.core.intake.importer import Change, Done, Together
from ntm_tracker.core.intake.lines import NOTE, Line, Once, in_words, matched, unknown
from ntm_tracker.core.models import Document, ImportChange, User
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.permits import Permit

TOLD = (
    "item",
    "kind",
    "amount",
    "number",
    "issued_on",
    "document_kind",
    "issuer",
    "subject",
    "note",
)
"""What the preview shows of a new row."""
PAPER = ("number", "issued_on", "document_kind", "issuer", "subject")


@dataclass(frozen=True)
class Held:
    """What a work item has of one kind by one document (None: by none) on the reporting date."""

    line: ItemLine
    kind: SourceKind
    document: Document | None
    amount: int

    @property
    def code(self) -> str:
        """What files call it: HM-18502-3/central/12."""
        return f"{self.line.code}/{self.kind.value}/{self.document.pk if self.document else 0}"

    @property
    def cells(self) -> dict[str, Any]:
        """Values by field, choices by their codes."""
        paper = self.document
        return {
            "code": self.code,
            "item": self.line.code,
            "name": self.line.name,
            "commune": self.line.commune_label,
            "kind": self.kind.value,
            "amount": self.amount,
            "number": paper.number if paper else "",
            "issued_on": paper.issued_on if paper else None,
            "document_kind": paper.kind if paper else "",
            "issuer": paper.issuer if paper else "",
            "subject": paper.subject if paper else "",
        }


class SourceImporter(Together):
    """Money that has a source: adjusted to the sums that a file gives, from the reporting date."""

    kind = "sources"
    title = "Nguồn vốn đã xác định"
    lead = (
        "Mỗi dòng là số vốn một công trình có từ một nguồn theo một văn bản. Có mã dòng thì sửa số "
        "tiền: số trong tệp là tổng mới, phần chênh lệch ghi thành dòng điều chỉnh từ ngày báo "
        "cáo; ghi 0 để bỏ. Để trống mã dòng thì thêm nguồn, cần số, ngày văn bản giao vốn (nhân "
        "dân, doanh nghiệp: ghi rõ ở cột Lý do). Văn bản cắt giảm vốn thì ghi số âm."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã dòng", is_key=True, width=26, help="Để trống hoặc “mới”: thêm nguồn."),
        Field("item", "Mã công trình", required=True, is_key=True, aliases=("Mã",), width=16),
        Field("name", "Công trình, hạng mục", is_key=True, aliases=("Công trình",), width=40),
        Field("commune", "Xã", is_key=True, width=18),
        Field(
            "kind",
            "Nguồn vốn",
            "choice",
            choices=tuple((one.value, str(one.label)) for one in SourceKind),
            required=True,
            is_key=True,
            aliases=("Loại nguồn", "Nguồn"),
            width=22,
        ),
        Field(
            "amount",
            "Số tiền (đồng)",
            "money",
            is_signed=True,
            aliases=("Số vốn", "Đã xác định nguồn"),
            width=20,
        ),
        Field("number", "Số, ký hiệu văn bản", is_key=True, aliases=("Số văn bản",), longest=60),
        Field("issued_on", "Ngày văn bản", "date", is_key=True, width=14),
        Field(
            "document_kind",
            "Loại văn bản",
            "choice",
            choices=tuple((one.value, str(one.label)) for one in DocumentKind),
            is_key=True,
            width=18,
            help="Để trống: quyết định.",
        ),
        Field("issuer", "Cơ quan ban hành", is_key=True, width=24, longest=200),
        Field("subject", "Trích yếu", is_key=True, width=40, help="Cần khi văn bản chưa có."),
        Field("note", "Lý do, ghi chú", aliases=("Ghi chú", "Lý do"), width=36),
    )

    def may(self, user: User) -> Permit:
        return may_enter(Entry.SOURCE, None, user)

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        return [
            in_words(self.fields, held.cells | {"note": ""})
            for held in _held(_lines(user, as_of), as_of.reporting_date)
            if held.amount
        ]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        today = as_of.reporting_date
        items = _lines(user, as_of)
        held = {one.code: one for one in _held(items, today)}
        pairs, problems = matched(rows, held, self.fields[0], "dòng nguồn vốn mã")
        papers = known_documents(_papers(rows))
        once, near, found = Once(), Near(items), []
        for row, known in pairs:
            line: Line = Line(row, self.fields)
            if known is not None:
                line.changed({key: value for key, value in known.cells.items() if key != "amount"})
                change = self._change(line, known, None, once, today)
            else:
                change = self._new(line, items, near, held, papers, once, today)
            if change and not line.problems:
                found.append((line, change))
            problems += line.problems
        return self._not_below_zero(found, held.values(), problems), problems

    def _not_below_zero(
        self,
        found: Iterable[tuple[Line, Change]],
        held: Iterable[Held],
        problems: list[Problem],
    ) -> list[Change]:
        """The changes, without those that together take more of one kind than there is."""
        sums = Counter[tuple[int, str]]()
        for one in held:
            sums[one.line.pk, one.kind] += one.amount
        wanted = [(line, change, change.data[1]) for line, change in found]
        for _line, _change, data in wanted:
            sums[data.item_id, data.kind] += data.to - data.seen
        changes = []
        for line, change, data in wanted:
            if (left := sums[data.item_id, data.kind]) < 0:
                sentence = f"{data.kind.label} của công trình sẽ âm {vi_number(-left)} đồng."
                problems.append(line.row.problem(line.fields["amount"], sentence))
            else:
                changes.append(change)
        return changes

    def _new(
        self,
        line: Line,
        items: Mapping[str, ItemLine],
        near: Near,
        held: Mapping[str, Held],
        papers: Mapping[tuple[str, date], Document],
        once: Once,
        today: date,
    ) -> Change | None:
        """What a row without a code changes: a sum that there is, or one to be added."""
        code = line.text("item")
        if code not in items:
            line.problems.append(
                unknown(line.row, line.fields["item"], code, near, "công trình mã")
            )
            return None
        kind, number, issued_on = line.choice("kind"), line.text("number"), line.day("issued_on")
        if not kind:
            return None
        if bool(number) != bool(issued_on):
            key = "issued_on" if number else "number"
            line.wrong(key, "Văn bản cần cả số, ký hiệu và ngày.")
            return None
        document = papers.get((number, issued_on)) if issued_on else None
        there = Held(items[code], SourceKind(kind), document, 0)
        if document is None and issued_on:
            chosen = line.choice("document_kind", DocumentKind.DECISION)
            issuer, subject = line.text("issuer"), line.text("subject")
            paper = Paper(number, issued_on, chosen, issuer, subject)
            return self._change(line, there, paper, once, today)
        return self._change(line, held.get(there.code, there), None, once, today)

    def _change(
        self,
        line: Line,
        held: Held,
        paper: Paper | None,
        once: Once,
        today: date,
    ) -> Change | None:
        """What the row changes; what is wrong with it is noted at its cells."""
        same = (held.line.pk, held.kind, (paper.number, paper.issued_on) if paper else held.code)
        if problem := once.problem(line.row, line.fields["item"], same):
            line.problems.append(problem)
            return None
        amount, note = line.row.values.get("amount"), line.text("note")
        is_coded = line.text("code") == held.code
        if amount is None and not is_coded:
            line.wrong("amount", "Chưa có số tiền.")
        if amount is None or amount == held.amount:
            return None
        to = int(str(amount))
        try:
            require_paper(held.kind, bool(paper or held.document), note)
        except ValidationError as error:
            for field, sentences in error.message_dict.items():
                line.wrong(field, sentences[0])
        if paper:
            _check_paper(line, paper, today)
        data = SourceChange(
            held.line.pk,
            held.kind,
            to,
            held.amount,
            held.document.pk if held.document else None,
            paper,
            note or NOTE,
        )
        is_new = not is_coded and not held.amount
        given = held.cells | {"amount": to, "note": note}
        if paper:
            given |= {name: line.row.values.get(name) for name in PAPER}
        told = TOLD if is_new else ("amount",)
        cells = line.cells(
            {} if is_new else {"amount": held.amount}, {name: given[name] for name in told}
        )
        label = f"{held.line.code} {held.line.name}, {held.kind.label.lower()}"
        return Change(
            line.row.number,
            label,
            held.line.commune_label,
            cells,
            (held.line, data),
            is_new=is_new,
        )

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        wanted = [data for _line, data in (change.data for change in changes)]
        written = adjust_sources(wanted, by=by, now=now, today=today)
        return [
            Done(line.pk, {"source": row.pk}, commune_id=line.commune_id)
            for row, (line, _data) in zip(written, (change.data for change in changes), strict=True)
        ]

    def undo_many(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> None:
        rows = [(change.object_id, change.undo["source"]) for change in changes]
        take_back_many(Entry.SOURCE, rows, by=by, now=now, today=today)


def _lines(user: User, as_of: AsOf) -> dict[str, ItemLine]:
    """The work items that the account sees, by code."""
    found = item_lines(WorkItem.objects.visible_to(user), as_of.reporting_date)
    return {line.code: line for line in found}


def _held(items: Mapping[str, ItemLine], on: date) -> list[Held]:
    """What these have by kind and document, in the order of the items; two queries."""
    by_id = {line.pk: line for line in items.values()}
    rows = FundingSource.objects.filter(effective_on__lte=on).order_by()
    sums = rows.values_list("item", "kind", "document").annotate(Sum("amount"))
    documents = Document.objects.in_bulk({document for _item, _kind, document, _sum in sums})
    found = [
        Held(by_id[item], SourceKind(kind), documents.get(document), int(amount))
        for item, kind, document, amount in sums
        if item in by_id
    ]
    place = {code: number for number, code in enumerate(items)}
    kinds = list(SourceKind)
    found.sort(
        key=lambda one: (
            place[one.line.code],
            kinds.index(one.kind),
            one.document.pk if one.document else 0,
        )
    )
    return found


def _papers(rows: Iterable[Row]) -> list[Paper]:
    """The documents that the rows name by number and day."""
    given = [(row.values.get("number"), row.values.get("issued_on")) for row in rows]
    return [Paper(str(number), on) for number, on in given if number and isinstance(on, date)]


def _check_paper(line: Line, paper: Paper, today: date) -> None:
    """What is wrong with a document that is not known yet."""
    if paper.issued_on > today:
        line.wrong("issued_on", f"Văn bản chưa ban hành vào ngày {today:%d/%m/%Y}.")
    if paper.kind == DocumentKind.PRESS:
        line.wrong("document_kind", "Bài báo không phải văn bản giao vốn.")
    if not paper.subject:
        line.wrong("subject", "Văn bản này chưa có trong hệ thống; hãy ghi trích yếu của văn bản.")
