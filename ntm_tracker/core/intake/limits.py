"""What a file may be at all, decided before anything in it is read as a table."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

MEGABYTE = 1024 * 1024
MAX_BYTES = 10 * MEGABYTE
MAX_UNPACKED = 150 * MEGABYTE
"""What the parts of a workbook may come to together; an honest one of 50,000 rows needs 60 MB."""
MAX_CELLS = 1_500_000
MAX_ROWS = 60_000
CHUNK = 256 * 1024
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
ROW, CELL = re.compile(rb"<row\b"), re.compile(rb"<c\b")
# A formula that no program has computed yet: there is nothing to read, and blank would be a lie.
UNCOMPUTED = re.compile(rb'<c r="([A-Z]{1,3}[0-9]+)"[^>]*><f[^>]*>[^<]*</f><v ?/?>(?:</v>)?</c>')
SAVE_AGAIN = "Hãy mở tệp bằng Excel rồi lưu lại dạng Excel Workbook (.xlsx)."


class UnreadableFile(Exception):
    """The file cannot be taken; the message is a Vietnamese sentence that says what to do."""


def kind_of(data: bytes, name: str) -> str:
    """ "xlsx" or "csv". Raises UnreadableFile for everything that is neither, or too large."""
    if not data:
        raise UnreadableFile("Tệp rỗng, không có nội dung nào. Hãy kiểm tra rồi chọn lại tệp.")
    if len(data) > MAX_BYTES:
        raise UnreadableFile(
            f"Tệp lớn hơn {MAX_BYTES // MEGABYTE} MB. Hãy bỏ ảnh, bảng không cần, hoặc chia tệp."
        )
    extension = name.rpartition(".")[2].lower()
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise UnreadableFile("Tệp có mật khẩu. Hãy mở tệp, bỏ mật khẩu rồi lưu và chọn lại.")
        raise UnreadableFile(f"Tệp theo định dạng Excel cũ (.xls). {SAVE_AGAIN}")
    if data.startswith(b"PK"):
        _check_workbook(data)
        return "xlsx"
    if extension in {"csv", "txt"}:
        return "csv"
    if extension in {"xlsx", "xlsm", "xls"}:
        raise UnreadableFile(
            f"Nội dung tệp không phải của Excel dù tên là “.{extension}”. {SAVE_AGAIN}"
        )
    raise UnreadableFile("Chỉ nhận tệp Excel (.xlsx) hoặc CSV. Hãy lưu lại dạng đó rồi chọn lại.")


def _check_workbook(data: bytes) -> None:
    """The parts are unpacked piece by piece and thrown away: what a header says of its size may be
    a lie, and memory stays at one piece."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            _refuse_parts(names)
            left = MAX_UNPACKED
            rows = cells = 0
            for name in names:
                is_sheet = SHEET.fullmatch(name) is not None
                tail = b""
                with archive.open(name) as part:
                    while chunk := part.read(CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise UnreadableFile(
                                "Tệp nén quá nhiều dữ liệu, không mở được an toàn. Hãy sao chép "
                                "bảng cần nhập sang một tệp mới rồi chọn tệp đó."
                            )
                        if is_sheet:
                            window = tail + chunk
                            rows += len(ROW.findall(window)) - len(ROW.findall(tail))
                            cells += len(CELL.findall(window)) - len(CELL.findall(tail))
                            _refuse_uncomputed(window)
                            _refuse_many(rows, cells)
                            tail = window[-400:]
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UnreadableFile(f"Tệp bị hỏng, không mở được. {SAVE_AGAIN}") from error


def _refuse_parts(names: list[str]) -> None:
    if "xl/workbook.xml" not in names:
        raise UnreadableFile(f"Tệp không phải bảng tính Excel. {SAVE_AGAIN}")
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise UnreadableFile(
            "Tệp có liên kết tới tệp khác. Hãy chép cả bảng, dán giá trị (Paste Special, Values) "
            "sang một tệp mới rồi chọn tệp đó."
        )
    if any(name.endswith("vbaProject.bin") for name in names):
        raise UnreadableFile(f"Tệp có macro. {SAVE_AGAIN}")


def _refuse_uncomputed(window: bytes) -> None:
    if found := UNCOMPUTED.search(window):
        raise UnreadableFile(
            f"Ô {found[1].decode()} có công thức chưa được tính. {SAVE_AGAIN} Excel sẽ tính và ghi "
            "giá trị vào tệp."
        )


def _refuse_many(rows: int, cells: int) -> None:
    if rows > MAX_ROWS or cells > MAX_CELLS:
        raise UnreadableFile(
            f"Tệp có quá nhiều dòng hoặc ô (tối đa {MAX_ROWS:,} dòng).".replace(",", ".")
            + " Hãy xóa các dòng trống có định dạng ở cuối bảng, hoặc chia tệp."
        )
