"""LibreOffice, where the server has one: a file as pages."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings

SECONDS = 60
PDF = "application/pdf"
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>vi-VN</value></prop></item></oor:items>
"""


class OfficeFailed(RuntimeError):
    """No pages came out; the message is a Vietnamese sentence."""


def program() -> str | None:
    """Where LibreOffice is; None on a server without it."""
    return shutil.which(settings.LIBREOFFICE)


def to_pdf(content: bytes, suffix: str) -> bytes:
    """The pages of a file. Its own profile in a folder that goes away, so that two conversions do
    not meet and nothing of the account is read. Raises OfficeFailed."""
    found = program()
    if found is None:
        raise OfficeFailed("Máy chủ chưa cài LibreOffice nên chưa tạo được PDF. Hãy tải tệp Excel.")
    with tempfile.TemporaryDirectory(prefix="ntm-pdf-") as name:
        folder = Path(name)
        source = folder / f"bao-cao{suffix}"
        source.write_bytes(content)
        _speak_vietnamese(folder / "profile")
        command = [
            found,
            f"-env:UserInstallation=file://{folder / 'profile'}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            name,
            str(source),
        ]
        try:
            subprocess.run(command, capture_output=True, check=True, timeout=SECONDS)  # noqa: S603
            return source.with_suffix(".pdf").read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise OfficeFailed(
                "LibreOffice trên máy chủ không tạo được PDF. Hãy tải tệp Excel rồi in từ Excel, "
                "và báo quản trị."
            ) from error


def _speak_vietnamese(profile: Path) -> None:
    """Numbers with a comma, whatever language the server has: a file says no language, so
    LibreOffice would take that of the machine."""
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
