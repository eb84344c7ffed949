"""A start that refuses nonsense, asked of real processes: the sentence, the status, no secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KEY = "q7" + "Zm4-xW9vB2_nT6sLkP0hG8dRfJ3yC5uEaQ1iOoYtXbVcNwMzKl"
GUNICORN = ("-m", "gunicorn", "ntm_tracker.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket")


@pytest.fixture
def server(tmp_path):
    """The environment of a server on which all is well; nothing of this process's."""
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": KEY,
        "DEBUG": "0",
        "HTTPS": "1",
        "ALLOWED_HOSTS": "ntm.example.vn,127.0.0.1",
        "SITE_URL": "https://ntm.example.vn",
        "CSRF_TRUSTED_ORIGINS": "https://ntm.example.vn",
        "SECOND_FACTOR_ROLES": "office,admin",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "MEDIA_ROOT": str(tmp_path / "media"),
        "BACKUP_DIR": str(tmp_path / "backups"),
    }


def start(environment, *command):
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_sane_server_starts_and_its_deployment_check_is_clean(server):
    done = start(server, "manage.py", "check", "--deploy", "--fail-level", "INFO")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_make_run_writes_for_this_computer_starts(server):
    local = {"HTTPS": "0", "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]"}
    done = start(server | local, "manage.py", "check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changed", "sentences"),
    [
        (
            {"SECRET_KEY": "", "ALLOWED_HOSTS": "", "DATABASE_URL": ""},
            ["SECRET_KEY is not set", "ALLOWED_HOSTS is not set", "DATABASE_URL is not set"],
        ),
        (
            {
                "SECRET_KEY": "short",
                "DEBUG": "1",
                "SECOND_FACTOR_ROLES": "ofice,boss",
                "SITE_URL": "ntm.example.vn",
                "CSRF_TRUSTED_ORIGINS": "ntm.example.vn",
                "LOGIN_FAILURE": "3",
            },
            [
                "DEBUG=1 with the public host ntm.example.vn",
                "SECRET_KEY can be guessed",
                "SECOND_FACTOR_ROLES knows no role 'ofice': did you mean office?",
                "SECOND_FACTOR_ROLES knows no role 'boss': admin, office,",
                "SITE_URL must be like https://ntm.example.vn",
                "CSRF_TRUSTED_ORIGINS must be like https://ntm.example.vn",
                "LOGIN_FAILURE is no setting: did you mean LOGIN_FAILURES?",
            ],
        ),
        (
            {
                "SECRET_KEY": "a" * 80,
                "HTTPS": "0",
                "ALLOWED_HOSTS": "*,https://ntm.example.vn",
                "DATABASE_URL": "sqlite:////none/db.sqlite3",
                "MEDIA_ROOT": "static/uploads",
                "BACKUP_DIR": "static/uploads/backups",
            },
            [
                "ALLOWED_HOSTS=* lets anybody",
                "ALLOWED_HOSTS takes names without https://, port or path",
                "HTTPS=0 with the public host *",
                "SECRET_KEY can be guessed",
                "static/uploads) lies among static files",
                "static/uploads/backups) lies among static files",
                "lies inside MEDIA_ROOT",
                "there is no folder /none",
            ],
        ),
        (
            {"SECRET_KEY": f"django-insecure-{KEY}", "MEDIA_ROOT": "/dev/null/media"},
            ["SECRET_KEY looks like an example", "(/dev/null/media) cannot be written"],
        ),
        ({"MEDIA_ROOT": str(ROOT)}, ["holds the program itself"]),
        ({"LOGIN_FAILURES": "0"}, ["LOGIN_FAILURES must be from 1 to 20, not 0."]),
        ({"PROXY_COUNT": "-1"}, ["PROXY_COUNT must be from 0 to 5, not -1."]),
        ({"INVITE_DAYS": "0"}, ["INVITE_DAYS must be from 1 to 31, not 0."]),
        ({"SECRET_KEY_FILE": "/none"}, ["Both SECRET_KEY and SECRET_KEY_FILE are set"]),
    ],
)
def test_nonsense_is_refused_by_name_and_all_at_once(server, changed, sentences):
    done = start(server | changed, "manage.py", "check")
    said = done.stderr.splitlines()
    assert (done.returncode, said[0], len(said)) == (1, "Not started.", 1 + len(sentences))
    for line, sentence in zip(said[1:], sentences, strict=True):
        assert sentence in line
    assert KEY not in done.stderr


def test_the_server_itself_ends_with_the_sentence(server):
    done = start(server | {"SECRET_KEY": "short"}, *GUNICORN)
    assert done.returncode == 3
    assert "Not started.\nSECRET_KEY can be guessed" in done.stderr
    assert "Traceback" not in done.stderr


def test_secrets_may_lie_in_files_as_systemd_hands_them_over(server, tmp_path):
    secrets = {
        "SECRET_KEY": KEY,
        "DATABASE_URL": server["DATABASE_URL"],
        "EMAIL_PASSWORD": "mật khẩu thư",
    }
    for name, value in secrets.items():
        (tmp_path / name).write_text(f"{value}\n", encoding="utf-8")
        server.pop(name, None)
        server[f"{name}_FILE"] = str(tmp_path / name)
    program = (
        "import django; from django.conf import settings; print("
        "settings.SECRET_KEY, settings.DATABASES['default']['NAME'], settings.EMAIL_HOST_PASSWORD)"
    )
    server |= {"DJANGO_SETTINGS_MODULE": "ntm_tracker.settings", "PYTHONUTF8": "1"}
    done = start(server, "-c", program)
    assert done.stdout == f"{KEY} {tmp_path}/db.sqlite3 mật khẩu thư\n"
