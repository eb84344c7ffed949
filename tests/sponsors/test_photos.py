"""What counts as a photo: its content decides, not its name."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from sponsors import photos
from tests.sponsors.build import picture


@pytest.mark.parametrize(
    ("kind", "content_type", "extension"),
    [
        ("JPEG", "image/jpeg", "jpg"),
        ("PNG", "image/png", "png"),
        ("WEBP", "image/webp", "webp"),
    ],
)
def test_picture_is_known_by_its_content(kind, content_type, extension):
    photo = photos.verify(picture(kind, name="bao-cao.pdf"))
    assert (photo.content_type, photo.extension, photo.name) == (
        content_type,
        extension,
        "bao-cao.pdf",
    )
    assert len(photo.sha256) == 64


def test_hdr_photo_of_a_phone_is_a_jpeg():
    content = BytesIO()
    frame = Image.new("RGB", (8, 6))
    frame.save(content, "MPO", save_all=True, append_images=[frame])
    photo = photos.verify(SimpleUploadedFile("IMG_2022.jpg", content.getvalue()))
    assert photo.content_type == "image/jpeg"


@pytest.mark.parametrize(
    "content",
    [
        b"khong phai anh",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"%PDF-1.4",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(content):
    upload = SimpleUploadedFile("anh.png", content, "image/png")
    with pytest.raises(ValidationError, match=r"“anh\.png” không phải là ảnh"):
        photos.verify(upload)


def test_empty_file_is_refused():
    with pytest.raises(ValidationError, match="trống"):
        photos.verify(SimpleUploadedFile("anh.png", b""))


def test_heavy_file_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(photos, "MAX_BYTES", 10)
    with pytest.raises(ValidationError, match="mỗi ảnh tối đa 8 MB"):
        photos.verify(picture())


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [12_000, 60_000])
def test_small_file_that_claims_huge_pixels_is_refused(side):
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(header)) + chunk
    content += struct.pack(">I", zlib.crc32(chunk)) + struct.pack(">I", 0) + b"IDAT"
    with pytest.raises(ValidationError, match="điểm ảnh"):
        photos.verify(SimpleUploadedFile("bom.png", content))


def test_all_bad_files_are_named_at_once():
    uploads = [picture(), SimpleUploadedFile("a.txt", b"x"), SimpleUploadedFile("b.txt", b"y")]
    with pytest.raises(ValidationError) as refusal:
        photos.verify_all(uploads)
    assert [message[:12] for message in refusal.value.messages] == ["Tệp “a.txt” ", "Tệp “b.txt” "]


def test_at_most_six_photos():
    with pytest.raises(ValidationError, match="tối đa 6 ảnh; đã chọn 7"):
        photos.verify_all([picture() for _ in range(7)])
