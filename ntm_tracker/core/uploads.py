"""Uploaded files as evidence: what counts as one, and keeping it only if its report is kept."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile

from ntm_tracker.core.models import Attachment, User
from ntm_tracker.core.photos import NoPhoto, TooManyPixels, draw_anew
from ntm_tracker.core.text import nfc

MAX_PHOTOS = 6
MAX_FILES = 10
MAX_MEGABYTES = 8
MAX_DOCUMENT_MEGABYTES = 20
MEGABYTE = 1024 * 1024
CONTENT_TYPES = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
OFFICE_XML = "application/vnd.openxmlformats-officedocument."
DOCUMENT_TYPES = {
    "pdf": ("application/pdf", "PDF"),
    "docx": (f"{OFFICE_XML}wordprocessingml.document", "Word"),
    "xlsx": (f"{OFFICE_XML}spreadsheetml.sheet", "Excel"),
    "doc": ("application/msword", "Word"),
    "xls": ("application/vnd.ms-excel", "Excel"),
}
ACCEPT = "image/jpeg,image/png,image/webp"
ACCEPT_FILES = ",".join([ACCEPT, *(f".{extension}" for extension in DOCUMENT_TYPES)])
# What stands in a file of Word or Excel: the main part of a zip, the main stream of an OLE file.
ZIP_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
OLE_HEAD = bytes.fromhex("d0cf11e0a1b11ae1")
OLE_STREAMS = {"doc": ("WordDocument",), "xls": ("Workbook", "Book")}


@dataclass(frozen=True)
class Upload:
    """An uploaded file whose content is what it should be. Only the functions below make these.

    `file`, `size` and `sha256` are those of what is kept: of a photo, the picture drawn anew.
    """

    file: File
    name: str
    content_type: str
    extension: str
    size: int
    sha256: str


def verify_photos(uploads: Sequence[UploadedFile]) -> list[Upload]:
    """All uploads as photos; ValidationError with one sentence per file that is none."""
    if len(uploads) > MAX_PHOTOS:
        raise ValidationError(
            f"Mỗi lần báo cáo gửi tối đa {MAX_PHOTOS} ảnh; đã chọn {len(uploads)} ảnh."
        )
    return _each(uploads, verify_photo)


def verify_files(uploads: Sequence[UploadedFile]) -> list[Upload]:
    """All uploads as photos, PDF, Word or Excel files; one sentence per file that is none."""
    if len(uploads) > MAX_FILES:
        raise ValidationError(f"Mỗi lần gửi tối đa {MAX_FILES} tệp; đã chọn {len(uploads)} tệp.")
    return _each(uploads, verify_file)


def _each(uploads: Sequence[UploadedFile], verify) -> list[Upload]:
    found, errors = [], []
    for upload in uploads:
        try:
            found.append(verify(upload))
        except ValidationError as error:
            errors += error.messages
    if errors:
        raise ValidationError(errors)
    return found


def verify_photo(upload: UploadedFile) -> Upload:
    """The upload as a photo, drawn anew: without place, comments or anything behind its end.

    Its content decides, not its name; ValidationError if it is none.
    """
    name = _name(upload)
    _refuse_size(upload, name, MAX_MEGABYTES, "ảnh")
    try:
        drawn = draw_anew(upload)
    except NoPhoto as error:
        raise ValidationError(
            f"Tệp “{name}” không phải là ảnh JPEG, PNG hoặc WEBP, hoặc ảnh bị hỏng. "
            "Hãy chọn lại ảnh chụp."
        ) from error
    except TooManyPixels as error:
        claimed = f" ({error.pixels // 1_000_000} triệu điểm ảnh)" if error.pixels else ""
        raise ValidationError(
            f"Ảnh “{name}” quá lớn{claimed}. "
            f"Hãy giảm cỡ ảnh xuống dưới {error.limit // 1_000_000} triệu điểm ảnh."
        ) from error
    content_type, extension = CONTENT_TYPES[drawn.kind]
    kept = ContentFile(drawn.content)
    return Upload(kept, name, content_type, extension, kept.size, _digest(kept))


def verify_file(upload: UploadedFile) -> Upload:
    """The upload as a photo or a document. The content must be what the name says."""
    name = _name(upload)
    extension = name.rpartition(".")[2].lower()
    if extension not in DOCUMENT_TYPES:
        return verify_photo(upload)
    content_type, word = DOCUMENT_TYPES[extension]
    _refuse_size(upload, name, MAX_DOCUMENT_MEGABYTES, "tệp")
    if not _is_what_it_says(upload, extension):
        raise ValidationError(
            f"Tệp “{name}” mang tên tệp {word} nhưng nội dung không phải, hoặc tệp bị hỏng. "
            f"Hãy mở tệp, lưu lại thành {word} rồi gửi."
        )
    return Upload(upload, name, content_type, extension, upload.size or 0, _digest(upload))


def _name(upload: UploadedFile) -> str:
    name = re.split(r"[\\/]", nfc(upload.name or ""))[-1]
    return name[-255:] or "anh"


def _refuse_size(upload: UploadedFile, name: str, megabytes: int, what: str) -> None:
    if not upload.size:
        raise ValidationError(f"Tệp “{name}” trống.")
    if upload.size > megabytes * MEGABYTE:
        advice = "Hãy chọn ảnh nhẹ hơn hoặc giảm cỡ ảnh." if what == "ảnh" else "Hãy giảm cỡ tệp."
        raise ValidationError(
            f"{what.capitalize()} “{name}” nặng {upload.size / MEGABYTE:.1f} MB".replace(".", ",")
            + f"; mỗi {what} tối đa {megabytes} MB. {advice}"
        )


def _digest(upload: File) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _is_what_it_says(upload: UploadedFile, extension: str) -> bool:
    """Whether the head and the main part of the file are those of its kind. Nothing is unpacked."""
    upload.seek(0)
    if extension == "pdf":
        return upload.read(5) == b"%PDF-"
    if extension in ZIP_PART:
        try:
            with ZipFile(upload) as parts:
                names = set(parts.namelist())
        except (BadZipFile, OSError, ValueError, NotImplementedError):
            return False
        has_macros = any(name.endswith("vbaProject.bin") for name in names)
        return {"[Content_Types].xml", ZIP_PART[extension]} <= names and not has_macros
    content = upload.read()
    streams = [name.encode("utf-16-le") for name in OLE_STREAMS[extension]]
    return content.startswith(OLE_HEAD) and any(name in content for name in streams)


@contextmanager
def stored(
    uploads: Iterable[Upload], *, by: User | None, now: datetime
) -> Iterator[list[Attachment]]:
    """Write the files first and yield unsaved attachments; on any error take the files away.

    Wrapped around the transaction, so that neither a refusal nor a failing commit leaves a file
    behind, and the database is not locked while files are written.
    """
    attachments: list[Attachment] = []
    try:
        for upload in uploads:
            attachment = Attachment(
                original_name=upload.name,
                content_type=upload.content_type,
                size=upload.size,
                sha256=upload.sha256,
                uploaded_by=by,
                uploaded_at=now,
            )
            upload.file.seek(0)
            name = f"{upload.sha256[:24]}.{upload.extension}"
            attachment.file.save(name, upload.file, save=False)
            attachments.append(attachment)
        yield attachments
    except BaseException:
        for attachment in attachments:
            attachment.file.delete(save=False)
        raise
