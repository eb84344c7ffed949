"""Photos as evidence: what counts as one, and keeping its file only if the report is kept."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, UnidentifiedImageError

from ntm_tracker.core.models import Attachment, User
from ntm_tracker.core.text import nfc

MAX_PHOTOS = 6
MAX_MEGABYTES = 8
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
# A phone takes at most 200 megapixels but hands over 12 to 50; a small file may claim any number.
MAX_PIXELS = 120_000_000
# MPO is what Pillow calls a JPEG with a second picture in it (HDR photos of current phones).
CONTENT_TYPES = {
    "JPEG": ("image/jpeg", "jpg"),
    "MPO": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
ACCEPT = "image/jpeg,image/png,image/webp"


@dataclass(frozen=True)
class Photo:
    """An uploaded file that was found to be a picture. Only `verify` makes these."""

    file: UploadedFile
    name: str
    content_type: str
    extension: str
    size: int
    sha256: str


def verify_all(uploads: Sequence[UploadedFile]) -> list[Photo]:
    """All uploads as photos; ValidationError with one sentence per file that is none."""
    if len(uploads) > MAX_PHOTOS:
        raise ValidationError(
            f"Mỗi lần báo cáo gửi tối đa {MAX_PHOTOS} ảnh; đã chọn {len(uploads)} ảnh."
        )
    photos, errors = [], []
    for upload in uploads:
        try:
            photos.append(verify(upload))
        except ValidationError as error:
            errors += error.messages
    if errors:
        raise ValidationError(errors)
    return photos


def verify(upload: UploadedFile) -> Photo:
    """The upload as a photo. Its content decides, not its name; ValidationError if it is none."""
    name = nfc(upload.name or "")[:255] or "anh"
    if not upload.size:
        raise ValidationError(f"Tệp “{name}” trống.")
    if upload.size > MAX_BYTES:
        raise ValidationError(
            f"Ảnh “{name}” nặng {upload.size / 1024 / 1024:.1f} MB".replace(".", ",")
            + f"; mỗi ảnh tối đa {MAX_MEGABYTES} MB. Hãy chọn ảnh nhẹ hơn hoặc giảm cỡ ảnh."
        )
    kind, pixels = _look_into(upload, name)
    if pixels > MAX_PIXELS:
        raise ValidationError(
            f"Ảnh “{name}” quá lớn ({pixels // 1_000_000} triệu điểm ảnh). "
            f"Hãy giảm cỡ ảnh xuống dưới {MAX_PIXELS // 1_000_000} triệu điểm ảnh."
        )
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    content_type, extension = CONTENT_TYPES[kind]
    return Photo(upload, name, content_type, extension, upload.size, digest.hexdigest())


def _look_into(upload: UploadedFile, name: str) -> tuple[str, int]:
    """Format and number of pixels, without decoding the picture."""
    try:
        upload.seek(0)
        with Image.open(upload, formats=("JPEG", "PNG", "WEBP")) as image:
            kind, pixels = image.format or "", image.width * image.height
            if pixels <= MAX_PIXELS:
                image.verify()
    except Image.DecompressionBombError:
        return "PNG", MAX_PIXELS * 2
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        kind, pixels = "", 0
    if kind not in CONTENT_TYPES:
        raise ValidationError(
            f"Tệp “{name}” không phải là ảnh JPEG, PNG hoặc WEBP, hoặc ảnh bị hỏng. "
            "Hãy chọn lại ảnh chụp."
        )
    return kind, pixels


@contextmanager
def stored(
    photos: Iterable[Photo], *, by: User | None, now: datetime
) -> Iterator[list[Attachment]]:
    """Write the files first and yield unsaved attachments; on any error take the files away.

    Wrapped around the transaction, so that neither a refusal nor a failing commit leaves a file
    behind, and the database is not locked while files are written.
    """
    attachments: list[Attachment] = []
    try:
        for photo in photos:
            attachment = Attachment(
                original_name=photo.name,
                content_type=photo.content_type,
                size=photo.size,
                sha256=photo.sha256,
                uploaded_by=by,
                uploaded_at=now,
            )
            photo.file.seek(0)
            attachment.file.save(f"{photo.sha256[:24]}.{photo.extension}", photo.file, save=False)
            attachments.append(attachment)
        yield attachments
    except BaseException:
        for attachment in attachments:
            attachment.file.delete(save=False)
        raise
