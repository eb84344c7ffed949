"""Loading the demo case is one transaction, into a database that holds nothing but catalogues."""

import shutil
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from ntm_tracker.core.models import AuditEntry
from ntm_tracker.dashboard.catalogues import CatalogueError, load_catalogues
from ntm_tracker.dashboard.demo import FOLDER, database_is_empty, seed
from sponsors.models import Task
from tests import factories

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def test_seed_is_all_or_nothing(db, tmp_path):
    load_catalogues()
    # With the catalogues beside it: the files of the case speak in the codes of documents.csv.
    fixtures = shutil.copytree(FOLDER.parent, tmp_path / "fixtures")
    folder = fixtures / FOLDER.name
    # The last file that is read: everything before it has been written by then.
    accounts = folder / "accounts.csv"
    accounts.write_text(accounts.read_text().replace(",viewer,", ",leader,"))

    with pytest.raises(CatalogueError, match=r"accounts\.csv, dòng 9: cột “role”"):
        seed(now=NOW, folder=folder)

    assert database_is_empty()
    assert not Task.objects.exists()
    assert not AuditEntry.objects.exists()


def test_command_asks_for_the_catalogues_first(db):
    with pytest.raises(CommandError, match="load_catalogues"):
        call_command("seed_demo")


def test_command_loads_the_case_and_says_what(db, capsys):
    load_catalogues()
    call_command("seed_demo", "--if-empty")

    assert "64 đơn vị đỡ đầu" in capsys.readouterr().out
    assert not database_is_empty()


def test_command_leaves_an_installation_alone(db):
    load_catalogues()
    factories.make_user()

    with pytest.raises(CommandError, match="đã có dữ liệu"):
        call_command("seed_demo")
    call_command("seed_demo", "--if-empty")

    assert not Task.objects.exists()
