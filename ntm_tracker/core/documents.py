"""A paper typed into a form: the one that is known already, or a new one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ntm_tracker.core import audit
from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.text import nfc


@dataclass(frozen=True)
class Paper:
    """What a person typed of a document. Number and day of issue tell which it is."""

    number: str
    issued_on: date
    kind: str = DocumentKind.DECISION
    issuer: str = ""
    subject: str = ""


@transaction.atomic
def documents_of(
    papers: Iterable[Paper], *, by: User | None, now: datetime, today: date
) -> dict[Paper, Document]:
    """The documents of many papers: one query for those that are known, and `document_of` for each
    of the others; raises as that does."""
    papers = list(dict.fromkeys(papers))
    known = known_documents(papers)
    found = {}
    for paper in papers:
        key = (nfc(paper.number), paper.issued_on)
        if key not in known:
            known[key] = document_of(paper, by=by, now=now, today=today)
        found[paper] = known[key]
    return found


def known_documents(papers: Iterable[Paper]) -> dict[tuple[str, date], Document]:
    """(number, day) → document, as far as they are known; one query."""
    keys = {(nfc(paper.number), paper.issued_on) for paper in papers}
    rows = Document.objects.filter(number__in={number for number, _on in keys})
    return {
        (row.number, row.issued_on): row
        for row in rows
        if row.issued_on and (row.number, row.issued_on) in keys
    }


@transaction.atomic
def document_of(paper: Paper, *, by: User | None, now: datetime, today: date) -> Document:
    """The document with this number and day, added where it is not known yet. What stands of a
    known one is kept, whatever was typed.

    Raises ValidationError by field for a day that has not come, or where a new one says nothing of
    its subject.
    """
    number = nfc(paper.number)
    if not number:
        raise ValidationError({"number": "Hãy ghi số, ký hiệu của văn bản."})
    if paper.issued_on > today:
        raise ValidationError({"issued_on": f"Văn bản chưa ban hành vào ngày {today:%d/%m/%Y}."})
    known = Document.objects.filter(number=number, issued_on=paper.issued_on)
    if found := known.first():
        return found
    if not nfc(paper.subject):
        raise ValidationError(
            {"subject": "Văn bản này chưa có trong hệ thống; hãy ghi trích yếu của văn bản."}
        )
    try:
        with transaction.atomic():
            row = Document.objects.create(
                kind=paper.kind,
                number=number,
                issued_on=paper.issued_on,
                issuer=nfc(paper.issuer)[:200],
                subject=nfc(paper.subject),
            )
    except IntegrityError:  # somebody added it in the same moment
        return known.get()
    audit.record(
        by=by,
        action="document.add",
        obj=row,
        now=now,
        effective_on=paper.issued_on,
        new=row.subject,
        note=row.issuer,
    )
    return row
