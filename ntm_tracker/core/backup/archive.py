"""The file of a backup: how it is written, and how it is read without trusting it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile
from zlib import error as ZlibError

FORMAT = 1
MANIFEST = "manifest.json"
ROWS, FILES = "rows/", "files/"
BLOCK = 1024 * 1024


class DamagedBackup(Exception):
    """The file is not a backup, or not the one that was written. The sentence says where."""


@dataclass(frozen=True)
class Part:
    """One file inside: `rows` and `columns` for a table, neither for an uploaded file."""

    name: str
    size: int
    sha256: str
    rows: int | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What is inside. `missing`: uploaded files that rows name but the server did not have."""

    made_at: str
    program: str
    database: str
    migrations: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    missing: tuple[str, ...] = ()
    format: int = FORMAT

    @property
    def tables(self) -> dict[str, Part]:
        """The parts with rows, by the name of their table."""
        return {
            part.name.removeprefix(ROWS).removesuffix(".jsonl"): part
            for part in self.parts
            if part.name.startswith(ROWS)
        }

    @property
    def files(self) -> dict[str, Part]:
        """The uploaded files by their path below MEDIA_ROOT."""
        return {
            part.name.removeprefix(FILES): part
            for part in self.parts
            if part.name.startswith(FILES)
        }


class Writer:
    """Adds parts to a zip file and remembers what the manifest has to say of each."""

    def __init__(self, archive: ZipFile):
        self._archive = archive
        self.parts: list[Part] = []

    def add_table(self, table: str, lines: Iterable[str], columns: list[str]) -> None:
        """One line per row."""
        name, rows = f"{ROWS}{table}.jsonl", 0

        def blocks() -> Iterator[bytes]:
            nonlocal rows
            for line in lines:
                rows += 1
                yield f"{line}\n".encode()

        size, sha256 = self._add(name, blocks(), ZIP_DEFLATED)
        self.parts.append(Part(name, size, sha256, rows, tuple(columns)))

    def add_file(self, path: str, source: IO[bytes]) -> None:
        """An uploaded file as it is: photos and office files are compressed already."""
        name = f"{FILES}{path}"
        size, sha256 = self._add(name, iter(lambda: source.read(BLOCK), b""), ZIP_STORED)
        self.parts.append(Part(name, size, sha256))

    def finish(self, manifest: Manifest) -> None:
        """The manifest comes last, when everything in it is known."""
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
        self._archive.writestr(MANIFEST, text, ZIP_DEFLATED)

    def _add(self, name: str, blocks: Iterable[bytes], compression: int) -> tuple[int, str]:
        size, digest = 0, hashlib.sha256()
        self._archive.compression = compression
        with self._archive.open(name, "w", force_zip64=True) as target:
            for block in blocks:
                size += len(block)
                digest.update(block)
                target.write(block)
        return size, digest.hexdigest()


class Backup:
    """A file that has been read from end to end: every part is there, whole, and nothing else."""

    def __init__(self, archive: ZipFile, manifest: Manifest):
        self._archive = archive
        self.manifest = manifest

    def lines(self, table: str) -> Iterator[str]:
        """The rows of a table, each as one line without its end."""
        with self._archive.open(self.manifest.tables[table].name) as source:
            for line in source:
                yield line.decode().rstrip("\n")

    def file(self, path: str) -> IO[bytes]:
        """An uploaded file."""
        return self._archive.open(self.manifest.files[path].name)


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """The backup, verified before it is handed out. Raises DamagedBackup."""
    with _zip(path) as archive:
        yield Backup(archive, _verified(archive, path))


def listed(path: Path) -> Manifest:
    """What the backup says of itself, quickly: every part is there, its content is not read.
    Raises DamagedBackup."""
    with _zip(path) as archive:
        return _listed(archive, path)


def _zip(path: Path) -> ZipFile:
    try:
        return ZipFile(path)
    except (OSError, BadZipFile) as error:
        raise DamagedBackup(
            f"Không đọc được tệp {path}: không phải tệp sao lưu, hoặc bị cắt cụt."
        ) from error


def _verified(archive: ZipFile, path: Path) -> Manifest:
    manifest = _listed(archive, path)
    for part in manifest.parts:
        if not _is_whole(archive, part):
            raise DamagedBackup(f"Phần “{part.name}” trong tệp {path} bị hỏng: không đúng SHA-256.")
    return manifest


def _listed(archive: ZipFile, path: Path) -> Manifest:
    try:
        read = json.loads(archive.read(MANIFEST))
        manifest = _manifest(read) if read["format"] == FORMAT else None
    except (*_UNREADABLE, ValueError, TypeError, AttributeError) as error:
        raise DamagedBackup(f"Tệp {path} không có bản kê, hoặc bản kê bị hỏng.") from error
    if manifest is None:
        raise DamagedBackup(
            f"Tệp {path} theo định dạng {read['format']}; bản phần mềm này đọc định dạng {FORMAT}."
        )
    wanted = [part.name for part in manifest.parts]
    if sorted([*wanted, MANIFEST]) != sorted(archive.namelist()):
        raise DamagedBackup(f"Tệp {path} thiếu hoặc thừa phần so với bản kê bên trong.")
    return manifest


# What a zip with a flipped bit may raise, anywhere between its directory and its data.
_UNREADABLE = (
    BadZipFile,
    ZlibError,
    KeyError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


def _is_whole(archive: ZipFile, part: Part) -> bool:
    size, lines, digest = 0, 0, hashlib.sha256()
    try:
        with archive.open(part.name) as source:
            while block := source.read(BLOCK):
                size += len(block)
                lines += block.count(b"\n")
                digest.update(block)
    except _UNREADABLE:
        return False
    has_its_rows = part.rows is None or part.rows == lines
    return (size, digest.hexdigest()) == (part.size, part.sha256) and has_its_rows


def _manifest(read: dict) -> Manifest:
    parts = tuple(Part(**part | {"columns": tuple(part["columns"])}) for part in read["parts"])
    migrations = tuple((app, name) for app, name in read["migrations"])
    return Manifest(
        **read | {"parts": parts, "migrations": migrations, "missing": tuple(read["missing"])}
    )
