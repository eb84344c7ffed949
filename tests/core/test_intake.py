"""Files as people send them: which are refused, with what sentence, and what the others say."""

import re
from datetime import date
from io import BytesIO
from unicodedata import normalize
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook

from ntm_tracker.core.intake import Field, UnreadableFile, fields, limits, read_book, read_table
from ntm_tracker.core.intake.fields import Near, nearest
from ntm_tracker.core.intake.table import letter
from tests.core.test_sheets_office import convert

FIELDS = (
    Field("code", "Mã xã", required=True, is_key=True),
    Field("need", "Nhu cầu", "money", aliases=("Nhu cầu kinh phí",)),
    Field("on", "Ngày", "date"),
    Field("met", "Kết quả", "choice", choices=(("met", "Đạt"), ("not", "Chưa đạt"))),
    Field("count", "Số hộ", "int"),
)
HEAD = ["Mã xã", "Nhu cầu", "Ngày", "Kết quả", "Số hộ"]


def xlsx(*rows, change=None, title="Bảng") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if change:
        change(book, sheet)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes, name="a.xlsx", fields=FIELDS):
    return read_table(read_book(data, name), fields)


def zipped(**parts: bytes) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    stream = BytesIO(data)
    with ZipFile(stream, "a") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


GOOD = xlsx(HEAD, ["18502", 5_000_000, date(2022, 4, 26), "đạt", 120])


def uncomputed(_book, sheet):
    sheet["B2"] = "=1+1"


def far(place):
    def put(_book, sheet):
        sheet[place] = "x"

    return put


def rewritten(data: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    """The workbook with patterns of its first sheet replaced, as other programs write them."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as before, ZipFile(stream, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            for old, new in changes if name.endswith("sheet1.xml") else ():
                content, count = re.subn(old, new, content)
                assert count
            after.writestr(name, content)
    return stream.getvalue()


FORMULA = xlsx(HEAD, ["18502"], change=uncomputed)
PREFIX = b'<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.xlsx", "Tệp rỗng"),
        (b"MZ\x90\0" * 50, "a.xlsx", "không phải của Excel"),
        (b"MZ\x90\0" * 50, "a.exe", "Chỉ nhận tệp Excel"),
        (limits.OLE + b"\0" * 600, "a.xlsx", "định dạng Excel cũ"),
        (limits.OLE + limits.ENCRYPTED + b"\0" * 600, "a.xlsx", "có mật khẩu"),
        (b"PK\3\4" + b"\0" * 40, "a.xlsx", "bị hỏng"),
        (GOOD[: len(GOOD) // 2], "a.xlsx", "bị hỏng"),
        (GOOD[:-6] + b"\xff" + GOOD[-5:], "a.xlsx", "bị hỏng"),  # its parts begin before it
        (zipped(word__document=b"<w/>"), "a.xlsx", "không phải bảng tính"),
        (with_part(GOOD, "xl/externalLinks/externalLink1.xml", b"<a/>"), "a.xlsx", "liên kết"),
        (with_part(GOOD, "xl/vbaProject.bin", b"x"), "a.xlsm", "macro"),
        (FORMULA, "a.xlsx", "B2 có công thức chưa được tính"),
        (rewritten(FORMULA, (rb"<v ?/>|<v></v>", b"")), "a.xlsx", "B2 có công thức chưa được tính"),
        (xlsx(HEAD, change=far("XFD1048576")), "a.xlsx", "ô nằm xa bảng"),
        (xlsx(HEAD, change=far("XFD50000")), "a.xlsx", "ô nằm xa bảng"),
        (xlsx(HEAD, change=far("C1048576")), "a.xlsx", "quá nhiều dòng"),
        (
            rewritten(
                xlsx(HEAD, change=far("XFD50000")),
                (b"<c ", b"<x:c "),
                (b"</c>", b"</x:c>"),
                (b"<worksheet ", PREFIX),
            ),
            "a.xlsx",
            "ô nằm xa bảng",
        ),
        (rewritten(GOOD, (b'<c r="A2"', b"<c")), "a.xlsx", "không ghi địa chỉ"),
        (b"x" * (limits.MAX_BYTES + 1), "a.csv", "lớn hơn 10 MB"),
        ("Mã xã;Nhu cầu\nHuyện;1".encode("cp1258", "replace") + b"\xff", "a.csv", "UTF-8"),
        (b"Ma xa;Nhu cau\n1\x00;2", "a.csv", "không phải chữ"),
        (b"Ma xa\n" * (limits.MAX_ROWS + 1), "a.csv", "quá nhiều dòng"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_what_to_do(data, name, sentence):
    with pytest.raises(UnreadableFile, match=sentence) as refusal:
        read(data, name)

    assert "Hãy" in str(refusal.value)


def test_a_zip_bomb_is_refused_without_being_unpacked_whole(monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED", 2_000_000)
    bomb = with_part(GOOD, "xl/media/a.bin", b"\0" * 3_000_000)

    with pytest.raises(UnreadableFile, match="nén quá nhiều"):
        read(bomb)


def test_a_formula_computed_to_an_empty_text_is_an_empty_cell():
    data = rewritten(FORMULA, (b'<c r="B2"', b'<c r="B2" t="str"'))

    (row,), problems = read(data)
    assert row.values["need"] is None
    assert problems == []


def test_a_format_that_reaches_far_takes_no_room():
    def change(_book, sheet):
        sheet["XFD9000"].number_format = "0.00"

    assert len(read(xlsx(HEAD, ["18502", 5], change=change))[0]) == 1


def test_rows_are_counted_before_anything_is_read(monkeypatch):
    monkeypatch.setattr(limits, "MAX_ROWS", 100)
    with pytest.raises(UnreadableFile, match="quá nhiều dòng"):
        read(xlsx(HEAD, *([["18502", n] for n in range(150)])))


def test_the_table_is_found_below_titles_with_columns_in_any_order():
    rows, problems = read(
        xlsx(
            ["BÁO CÁO NHU CẦU KINH PHÍ"],
            ["(Kèm theo Công văn số 1)"],
            [],
            ["TT", "Kết quả", "Thừa", "Nhu cầu kinh phí (tỷ đồng)", None, "Mã xã"],
            [1, "chưa đạt", "x", 1.5, None, 18502],
            [None, None, None, None, None, None],
            ["Tổng cộng", None, None, 1.5],
            [],
        )
    )

    assert problems == []
    assert [(row.number, dict(row.values)) for row in rows] == [
        (5, {"code": "18502", "need": 1_500_000_000, "met": "not"})
    ]


def test_merged_headings_name_a_column_from_above():
    def merge(_book, sheet):
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")

    fields = (
        FIELDS[0],
        Field("need", "Kinh phí, nhu cầu", "money"),
        Field("got", "Kinh phí, đã có"),
    )
    rows, problems = read(
        xlsx(
            ["Mã xã", "Kinh phí", None], [None, "Nhu cầu", "Đã có"], ["18502", 7, "x"], change=merge
        ),
        fields=fields,
    )

    assert problems == []
    assert dict(rows[0].values) == {"code": "18502", "need": 7, "got": "x"}


@pytest.mark.parametrize(
    ("cell", "dong"),
    [
        ("1.142,1 tỷ", 1_142_100_000_000),
        ("1,142.1 tỷ", 1_142_100_000_000),
        ("1142,1 tỷ", 1_142_100_000_000),
        ("1.142.100 triệu", 1_142_100_000_000),
        ("1.500.000", 1_500_000),
        (1_500_000, 1_500_000),
        (normalize("NFD", "2 tỷ đồng"), 2_000_000_000),
        ("", None),
    ],
)
def test_money_as_people_write_it(cell, dong):
    rows, problems = read(xlsx(HEAD, ["18502", cell]))

    assert problems == []
    assert rows[0].values["need"] == dong


@pytest.mark.parametrize(
    ("column", "cell", "sentence", "place"),
    [
        (1, "nhiều", "Không đọc được số tiền “nhiều”", "B2"),
        (1, 10**30, "quá lớn", "B2"),
        (1, -5, "không được âm", "B2"),
        (2, "31/02/2022", "Không đọc được ngày", "C2"),
        (3, "dat roi", "Chọn một trong", "D2"),
        (3, "chua dạt", None, "D2"),
        (4, 1.5, "số nguyên", "E2"),
        (0, None, "Chưa có mã xã", "A2"),
    ],
)
def test_a_wrong_cell_is_named_as_excel_names_it(column, cell, sentence, place):
    row = ["18502", None, None, None, None]
    row[column] = cell
    if column == 0:
        row[1] = 5
    _rows, problems = read(xlsx(HEAD, row))

    if sentence is None:
        assert problems == []
    else:
        assert [(problem.place, sentence in problem.message) for problem in problems] == [
            (place, True)
        ]


def test_all_problems_come_at_once():
    _rows, problems = read(xlsx(HEAD, ["1", "a", "b"], ["2", "c"]))

    assert [problem.place for problem in problems] == ["B2", "C2", "B3"]


def test_a_missing_column_is_named_with_what_it_may_be():
    _rows, problems = read(xlsx(["Mã xa xã", "Nhu cầu", "Ngày"], ["1", 2, None]))

    assert "Thiếu cột “Mã xã”" in problems[0].message
    assert "Có phải cột “Mã xa xã”?" in problems[0].message
    assert "Không thấy bảng" in read(xlsx(["a"], ["b"]))[1][0].message


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_as_programs_write_it(separator, encoding):
    text = separator.join(["Mã xã", "Nhu cầu"]) + "\r\n" + separator.join(["18502", '"1,5 tỷ"'])
    rows, problems = read(text.encode(encoding), "a.csv")

    assert problems == []
    assert dict(rows[0].values) == {"code": "18502", "need": 1_500_000_000}


def test_formulas_with_values_and_hidden_rows_are_read():
    def hide(_book, sheet):
        sheet.row_dimensions[2].hidden = True

    rows, _problems = read(xlsx(HEAD, ["1", 5], ["2", 6], change=hide))
    assert [row.number for row in rows] == [2, 3]
    # As Excel saves it: the formula with its value.
    data = with_value(xlsx(HEAD, ["1", 77]), b"<v>77</v>", b"<f>70+7</f><v>77</v>")
    assert read(data)[0][0].values["need"] == 77


def with_value(data: bytes, old: bytes, new: bytes) -> bytes:
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                content, count = re.subn(old, new, content)
                assert count
            target.writestr(name, content)
    return stream.getvalue()


def test_the_nearest_name_is_offered():
    assert nearest("Hương Thuỷ", ["Hà Linh", "Hương Thủy", "Hương Lâm"]) == "Hương Thủy"
    assert nearest("xyz", ["Hà Linh"]) == ""


def with_second(*rows):
    def put(book, _sheet):
        second = book.create_sheet("Bảng cũ")
        for row in rows:
            second.append(row)

    return put


def test_two_sheets_that_contradict_each_other_are_named_and_none_is_taken():
    data = xlsx(HEAD, ["18502", 5], change=with_second(HEAD, ["18502", 6]))
    rows, problems = read(data)
    assert rows == []
    (problem,) = problems
    assert "“Bảng”, “Bảng cũ”" in problem.message
    assert problem.row is None


@pytest.mark.parametrize(
    "second", [(), (HEAD,), (HEAD, ["18502", 5]), (["Mã xã"], ["1"]), (["Ngày", "Số hộ"], [1, 2])]
)
def test_a_sheet_without_another_table_changes_nothing(second):
    rows, problems = read(xlsx(HEAD, ["18502", 5], change=with_second(*second)))
    assert [(row.sheet, row.values["need"]) for row in rows] == [("Bảng", 5)]
    assert problems == []


def test_a_workbook_with_a_password_is_refused():
    locked = BytesIO()
    OOXMLFile(BytesIO(GOOD)).encrypt("mat-khau", locked)
    with pytest.raises(UnreadableFile, match="có mật khẩu"):
        read(locked.getvalue())


@pytest.mark.office
@pytest.mark.parametrize("target", ["xls", "ods"])
def test_an_older_or_another_format_is_refused(target, tmp_path):
    other = convert(tmp_path, GOOD, target).read_bytes()
    for name in (f"a.{target}", "a.xlsx"):
        with pytest.raises(UnreadableFile, match="Excel"):
            read(other, name)


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_are_lettered_as_in_excel(place, name):
    assert letter(place) == name


def test_offers_are_made_once_for_a_text_and_not_without_end(monkeypatch):
    asked = []
    real = fields.process.extractOne
    monkeypatch.setattr(
        fields.process, "extractOne", lambda *a, **k: asked.append(a[0]) or real(*a, **k)
    )
    near = Near(["Hương Thủy", "Hà Linh"])
    assert [near.to("Hương Thuỷ") for _ in range(3)] == ["Hương Thủy"] * 3
    assert asked == ["huong thuy"]
    for n in range(2 * fields.MOST_OFFERS):
        near.to(f"Hà Linh {n}")
    assert len(asked) == fields.MOST_OFFERS
