import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ntm_tracker.env import (
    database_from_url,
    env_bool,
    env_int,
    env_list,
    env_path,
    env_str,
    load_dotenv,
)

BASE = Path("/base")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///db.sqlite3", "/base/db.sqlite3"),
        ("sqlite:////srv/ntm/db.sqlite3", "/srv/ntm/db.sqlite3"),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_sqlite_file_does_not_depend_on_the_working_directory(url, name):
    assert database_from_url(url, BASE)["NAME"] == name


def test_postgres_url_is_taken_apart():
    database = database_from_url("postgres://ntm:p%40ss@db.local:5433/ntm?sslmode=require", BASE)
    wanted = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "ntm",
        "USER": "ntm",
        "PASSWORD": "p@ss",
        "HOST": "db.local",
        "PORT": "5433",
        "OPTIONS": {"connect_timeout": "5", "sslmode": "require"},
    }
    assert {key: database[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    "url",
    ["sqlite:///", "postgres://host", "mysql://host/name", "db.sqlite3", "postgres://u:a/b@h/n"],
)
def test_nonsense_url_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database_from_url(url, BASE)


def test_dotenv_does_not_replace_the_environment(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", {"A": "outside"})
    (tmp_path / ".env").write_text("# comment\nA=file\nB = two=2 \nC='a b'\n", encoding="utf-8")
    load_dotenv(tmp_path / ".env")
    assert os.environ == {"A": "outside", "B": "two=2", "C": "a b"}


def test_a_file_outside_wins_over_the_value_in_dotenv(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", {"KEY_FILE": "/outside", "NAME": "outside"})
    (tmp_path / ".env").write_text("KEY=inside\nNAME_FILE=/inside\n", encoding="utf-8")
    load_dotenv(tmp_path / ".env")
    assert os.environ == {"KEY_FILE": "/outside", "NAME": "outside"}


def test_secret_may_lie_in_a_file(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("hidden\n", encoding="utf-8")
    monkeypatch.setattr(os, "environ", {"KEY_FILE": str(tmp_path / "key"), "BAD_FILE": "/none"})
    assert env_str("KEY") == "hidden"
    with pytest.raises(ImproperlyConfigured, match="BAD_FILE"):
        env_str("BAD")


def test_words_are_read_or_refused(monkeypatch):
    values = {"YES": "on", "NO": "0", "ODD": "maybe", "N": "7", "L": " a, b,,"}
    monkeypatch.setattr(os, "environ", values)
    assert (env_bool("YES", default=False), env_bool("NO", default=True)) == (True, False)
    assert env_int("N", default=1, least=0, most=7) == 7
    assert env_int("NONE", default=1, least=0, most=7) == 1
    assert env_list("L") == ["a", "b"]
    with pytest.raises(ImproperlyConfigured, match="ODD must be 1 or 0"):
        env_bool("ODD", default=False)
    with pytest.raises(ImproperlyConfigured, match="ODD must be a whole number"):
        env_int("ODD", default=1, least=0, most=7)
    with pytest.raises(ImproperlyConfigured, match="N must be from 1 to 6, not 7"):
        env_int("N", default=1, least=1, most=6)


def test_a_folder_does_not_depend_on_the_working_directory(monkeypatch):
    monkeypatch.setattr(os, "environ", {"NEAR": "media", "FAR": "/srv/media", "EMPTY": ""})
    default = BASE / "default"
    folders = [env_path(name, default=default, base_dir=BASE) for name in ("NEAR", "FAR", "EMPTY")]
    assert folders == [BASE / "media", Path("/srv/media"), default]
