"""Whole files, to be broken: the forms of all importers with rows of today, pictures, papers."""

from io import BytesIO
from zipfile import ZipFile

from ntm_tracker.core.uploads import OLE_HEAD, ZIP_PART
from ntm_tracker.dashboard.importing import IMPORTERS

MOST_ROWS = 30  # of a file: what is wrong with one row is wrong with a thousand


def books(site) -> list[tuple[str, str, bytes]]:
    """Kind of importer, name and content: as the page gives it, and as a table of text."""
    found = []
    for kind in IMPORTERS:
        content = site.send("quantri", "GET", f"/imports/{kind}/form.xlsx").content
        small, text = shortened(content)
        found += [(kind, "a.xlsx", small), (kind, "a.csv", text)]
    return found


def shortened(content: bytes) -> tuple[bytes, bytes]:
    """The workbook with its first rows only, and its first sheet as text."""
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(content))
    for sheet in book:
        sheet.delete_rows(MOST_ROWS, max(0, sheet.max_row - MOST_ROWS))
    out = BytesIO()
    book.save(out)
    rows = book.worksheets[0].iter_rows(values_only=True)
    text = "\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in rows)
    return out.getvalue(), text.encode()


def others() -> list[tuple[str, bytes]]:
    """Name and content of pictures and papers that are taken as evidence."""
    from PIL import Image

    found = []
    for kind in ("jpeg", "png", "webp"):
        out = BytesIO()
        Image.effect_noise((120, 80), 60).convert("RGB").save(out, kind)
        found.append((f"a.{kind}", out.getvalue()))
    for extension, part in ZIP_PART.items():
        out = BytesIO()
        with ZipFile(out, "w") as archive:
            for name in ("[Content_Types].xml", part, "docProps/app.xml"):
                archive.writestr(name, f"<{extension}/>")
        found.append((f"a.{extension}", out.getvalue()))
    found.append(("a.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"))
    found.append(("a.xls", OLE_HEAD + "Workbook".encode("utf-16-le") + bytes(500)))
    return found
