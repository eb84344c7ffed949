"""Uploaded files on the disk: each is there as a whole, or not at all."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

PREFIX = ".part-"


class Finished(File):
    """A file that has only to be moved to its place."""

    def temporary_file_path(self) -> str:
        return str(self.name)


class WholeFiles(FileSystemStorage):
    """Django's own would leave the beginning of a file behind when the disk is full.

    What is in its place is on the disk, too: the row that names it must not survive a power cut
    that the file does not. Raises OSError.
    """

    def _save(self, name: str, content: Any) -> str:
        Path(self.location).mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.location, prefix=PREFIX, delete=False) as part:
            try:
                for chunk in content.chunks():
                    part.write(chunk)
                part.flush()
                os.fsync(part.fileno())
                return super()._save(name, Finished(part, part.name))  # type: ignore[misc]
            finally:
                Path(part.name).unlink(missing_ok=True)
