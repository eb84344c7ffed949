"""Conclusions of the committee: papers from which tasks are made."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from ntm_tracker.core import audit
from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.documents import Paper, document_of
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.uploads import Upload
from sponsors import rules


def record_conclusion(
    *, paper: Paper, upload: Upload | None = None, by: User | None, now: datetime, today: date
) -> Document:
    """Enter a conclusion with its file. Raises ValidationError where number and day are those of a
    paper that is there already. The file of a refused conclusion is not kept."""
    if by is not None and not (permit := rules.may_assign(by)):
        raise PermissionDenied(permit.reason)
    saved = None
    try:
        with transaction.atomic():
            known = Document.objects.filter(number=paper.number, issued_on=paper.issued_on)
            if there := known.first():
                raise ValidationError(
                    {"number": f"Văn bản {there} đã có: {there.get_kind_display()}."}
                )
            document = document_of(paper, by=by, now=now, today=today)
            if document.kind != DocumentKind.CONCLUSION:
                raise ValidationError({"number": "Văn bản này không phải thông báo kết luận."})
            if upload is not None:
                upload.file.seek(0)
                name = f"{upload.sha256[:24]}.{upload.extension}"
                document.file.save(name, upload.file, save=False)
                saved = document.file
                document.save(update_fields=["file"])
                audit.record(
                    by=by,
                    action="document.file",
                    obj=document,
                    now=now,
                    effective_on=today,
                    new=upload.name,
                )
    except BaseException:
        if saved:
            saved.delete(save=False)
        raise
    return document
