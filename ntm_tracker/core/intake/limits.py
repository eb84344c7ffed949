"""What a file may be at all, decided before anything in it is read as a table."""

import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

MEGABYTE = 1024 * 1024
MAX_BYTES = 10 * MEGABYTE
MAX_UNPACKED = 150 * MEGABYTE
"""What the parts of a workbook may come to together; an honest one of 50,000 rows needs 60 MB."""
MAX_CELLS = 1_500_000
MAX_ROWS = 60_000
MAX_AREA = 3_000_000
"""Rows × columns up to the furthest cell: the reader lays the whole of it out in memory."""
CHUNK = 256 * 1024
ZIPPED = b"PK"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# A sheet may lie under any name and its tags may have a prefix: every part is looked through.
ROW, CELL = re.compile(rb"<(?:\w+:)?row[\s>/]"), re.compile(rb"<(?:\w+:)?c[\s>/]")
PLACE = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3})([0-9]{1,7})"(?:\s[\w:]+="[^"<>]*")*\s*'
    rb"(/>|>\s*</(?:\w+:)?c>|>(?!\s*</|\s*\Z))"
)
# A formula that no program has computed yet: there is nothing to read, and blank would be a lie.
# One that was computed to an empty text says t="str".
UNCOMPUTED = re.compile(
    rb'<(?:\w+:)?c(?![^>]*\st="str")\s[^>]*?\br="([A-Z]{1,3}[0-9]+)"[^>]*>'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v>))?</(?:\w+:)?c>"
)
TAIL = 20_000
"""Bytes of a piece that are looked at again with the next: a cell with the longest formula."""
# What `zipfile` raises of an archive that is none, or whose directory says what cannot be.
BROKEN_ARCHIVE = (
    BadZipFile,
    ZlibError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
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
    if data.startswith(ZIPPED):
        _check_workbook(data)
        return "xlsx"
    if extension in {"csv", "txt"}:
        return "csv"
    if extension in {"xlsx", "xlsm", "xls"}:
        raise UnreadableFile(
            f"Nội dung tệp không phải của Excel dù tên là “.{extension}”. {SAVE_AGAIN}"
        )
    raise UnreadableFile("Chỉ nhận tệp Excel (.xlsx) hoặc CSV. Hãy lưu lại dạng đó rồi chọn lại.")


@dataclass
class Counts:
    """How much a reader would lay out. It makes a rectangle up to the furthest cell with a value,
    so that two cells alone can ask for all the memory there is."""

    rows: int = 0
    cells: int = 0
    area: int = 0
    last_row: int = 0
    last_column: int = 0
    nowhere: int = 0

    def add(self, window: bytes, tail: bytes) -> None:
        """Count one piece of a part, of which `tail` was counted before."""
        self.rows += len(ROW.findall(window)) - len(ROW.findall(tail))
        cells = len(CELL.findall(window)) - len(CELL.findall(tail))
        places = PLACE.findall(window)
        self.cells += cells
        self.nowhere += cells - len(places) + len(PLACE.findall(tail))
        for letters, row, end in places:
            if end == b">":  # The others are cells with a format alone.
                self.last_row = max(self.last_row, int(row))
                self.last_column = max(self.last_column, _column_of(letters))

    def end_part(self) -> None:
        """The rectangles of all parts add up. A cell that does not say first where it stands
        cannot be measured; no office program writes one."""
        if self.nowhere:
            raise UnreadableFile(f"Tệp có ô không ghi địa chỉ. {SAVE_AGAIN}")
        self.area += self.last_row * self.last_column
        self.last_row = self.last_column = 0

    def refuse_many(self) -> None:
        """Raise UnreadableFile where that is more than a list of people."""
        area = self.area + self.last_row * self.last_column
        if max(self.rows, self.last_row) > MAX_ROWS or self.cells > MAX_CELLS or area > MAX_AREA:
            raise UnreadableFile(
                f"Tệp có quá nhiều dòng hoặc ô (tối đa {MAX_ROWS:,} dòng).".replace(",", ".")
                + " Hãy xóa các ô nằm xa bảng, các dòng trống có định dạng ở cuối bảng, hoặc chia "
                "tệp."
            )


@lru_cache(maxsize=1000)
def _column_of(letters: bytes) -> int:
    """A → 1, AA → 27."""
    number = 0
    for one in letters:
        number = number * 26 + one - 64
    return number


def _check_workbook(data: bytes) -> None:
    """The parts are unpacked piece by piece and thrown away: what a header says of its size may be
    a lie, and memory stays at one piece."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            _refuse_parts(names)
            left, counts = MAX_UNPACKED, Counts()
            for name in names:
                tail = b""
                with archive.open(name) as part:
                    while chunk := part.read(CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise UnreadableFile(
                                "Tệp nén quá nhiều dữ liệu, không mở được an toàn. Hãy sao chép "
                                "bảng cần nhập sang một tệp mới rồi chọn tệp đó."
                            )
                        window = tail + chunk
                        _refuse_uncomputed(window)
                        counts.add(window, tail)
                        counts.refuse_many()
                        tail = window[-TAIL:]
                counts.end_part()
                counts.refuse_many()
    except BROKEN_ARCHIVE as error:
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
