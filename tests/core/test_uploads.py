"""What counts as a photo or a document: the content decides, and must be what the name says."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from ntm_tracker.core import uploads
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
    photo = uploads.verify_photo(picture(kind, name="bao-cao.pdf"))
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
    photo = uploads.verify_photo(SimpleUploadedFile("IMG_2022.jpg", content.getvalue()))
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
        uploads.verify_photo(upload)


def test_empty_file_is_refused():
    with pytest.raises(ValidationError, match="trống"):
        uploads.verify_photo(SimpleUploadedFile("anh.png", b""))


def test_heavy_file_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(uploads, "MEGABYTE", 1)
    with pytest.raises(ValidationError, match="mỗi ảnh tối đa 8 MB"):
        uploads.verify_photo(picture())


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("side", "said"),
    [
        (5_200, r"quá lớn \(27 triệu điểm ảnh\)\. Hãy giảm cỡ ảnh xuống dưới 26 triệu"),
        (12_000, r"quá lớn \(144 triệu điểm ảnh\)"),
        (60_000, r"quá lớn\. Hãy giảm cỡ ảnh xuống dưới 13 triệu điểm ảnh"),
    ],
)
def test_small_file_that_claims_huge_pixels_is_refused(side, said):
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(header)) + chunk
    content += struct.pack(">I", zlib.crc32(chunk)) + struct.pack(">I", 0) + b"IDAT"
    with pytest.raises(ValidationError, match=said):
        uploads.verify_photo(SimpleUploadedFile("bom.png", content))


def test_all_bad_files_are_named_at_once():
    sent = [picture(), SimpleUploadedFile("a.txt", b"x"), SimpleUploadedFile("b.txt", b"y")]
    with pytest.raises(ValidationError) as refusal:
        uploads.verify_photos(sent)
    assert [message[:12] for message in refusal.value.messages] == ["Tệp “a.txt” ", "Tệp “b.txt” "]


def test_at_most_six_photos():
    with pytest.raises(ValidationError, match="tối đa 6 ảnh; đã chọn 7"):
        uploads.verify_photos([picture() for _ in range(7)])


def office_file(*parts: str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return content.getvalue()


OLE = uploads.OLE_HEAD + bytes(504)
PDF = b"%PDF-1.7\n..."
DOCX, XLSX = office_file("word/document.xml"), office_file("xl/workbook.xml")
DOC = OLE + "WordDocument".encode("utf-16-le")
XLS = OLE + "Workbook".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("bien-ban.pdf", PDF, "application/pdf"),
        ("Biên bản.DOCX", DOCX, uploads.DOCUMENT_TYPES["docx"][0]),
        ("so-lieu.xlsx", XLSX, uploads.DOCUMENT_TYPES["xlsx"][0]),
        ("bien-ban.doc", DOC, "application/msword"),
        ("so-lieu.xls", XLS, "application/vnd.ms-excel"),
    ],
)
def test_a_document_is_taken_when_its_content_is_what_its_name_says(name, content, content_type):
    found = uploads.verify_file(SimpleUploadedFile(name, content))

    assert (found.name, found.content_type, found.size) == (name, content_type, len(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html><script>alert(1)</script>"),
        ("a.pdf", DOCX),
        ("a.docx", XLSX),
        ("a.xlsx", DOCX),
        ("a.docx", b"PK\x03\x04 khong phai zip"),
        ("a.docx", office_file("word/document.xml", "word/vbaProject.bin")),
        ("a.doc", XLS),
        ("a.xls", DOC),
        ("a.doc", DOCX),
    ],
)
def test_a_document_whose_content_is_something_else_is_refused(name, content):
    with pytest.raises(ValidationError, match="nội dung không phải"):
        uploads.verify_file(SimpleUploadedFile(name, content))


@pytest.mark.parametrize("name", ["virus.exe", "trang.html", "anh", "anh.svg"])
def test_any_other_file_must_be_a_photo(name):
    with pytest.raises(ValidationError, match="không phải là ảnh"):
        uploads.verify_file(SimpleUploadedFile(name, PDF))
    assert uploads.verify_file(picture(name=name)).content_type == "image/png"


def test_a_path_in_the_name_is_cut_off():
    # SimpleUploadedFile cuts slashes itself; a name of Windows arrives whole.
    upload = SimpleUploadedFile("a.pdf", PDF)
    upload._name = "C:\\Users\\xa\\bien-ban.pdf"
    assert uploads.verify_file(upload).name == "bien-ban.pdf"


def test_a_heavy_document_is_refused_with_the_limit(monkeypatch):
    monkeypatch.setattr(uploads, "MEGABYTE", 0.1)
    with pytest.raises(ValidationError, match="mỗi tệp tối đa 20 MB"):
        uploads.verify_file(SimpleUploadedFile("a.pdf", PDF))
