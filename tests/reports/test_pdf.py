"""The workbook as PDF: with LibreOffice, without it, and when it fails."""

# A fixture is imported by name and asked for by name.
# ruff: noqa: F811

import shutil
from pathlib import Path

import pytest
from django.urls import reverse

from ntm_tracker.core import office as libreoffice
from tests.reports.test_month import april  # noqa: F401 (fixture)


def page(client, address):
    return client.get(address, follow=True).content.decode()


def test_without_libreoffice_there_is_no_button_and_a_reason(april, client, office):
    client.force_login(office)

    assert "Tải PDF" not in page(client, reverse("reports:month", args=["2022-04"]))
    answer = page(client, reverse("reports:month-pdf", args=["2022-04"]))
    assert "chưa cài LibreOffice" in answer


def test_a_program_that_fails_or_hangs_is_a_sentence(tmp_path, settings, monkeypatch):
    broken = tmp_path / "soffice"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    settings.LIBREOFFICE = str(broken)
    with pytest.raises(libreoffice.OfficeFailed, match="không tạo được PDF"):
        libreoffice.to_pdf(b"PK", ".xlsx")

    broken.write_text("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setattr(libreoffice, "SECONDS", 0.2)
    with pytest.raises(libreoffice.OfficeFailed, match="không tạo được PDF"):
        libreoffice.to_pdf(b"PK", ".xlsx")


def test_a_program_that_makes_nothing_is_a_sentence(tmp_path, settings):
    idle = tmp_path / "soffice"
    idle.write_text("#!/bin/sh\nexit 0\n")
    idle.chmod(0o755)
    settings.LIBREOFFICE = str(idle)

    with pytest.raises(libreoffice.OfficeFailed):
        libreoffice.to_pdf(b"PK", ".xlsx")
    assert Path(idle).exists()


@pytest.mark.office
def test_the_month_comes_as_pages(april, client, office, settings):
    settings.LIBREOFFICE = "soffice"
    assert shutil.which("soffice"), "apt-get install libreoffice-calc-nogui"
    client.force_login(office)

    answer = client.get(reverse("reports:month-pdf", args=["2022-04"]))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
