"""Read settings from the environment, and refuse nonsense at start instead of guessing."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}

known_names: set[str] = set()
"""Every name that the settings have asked for, so that one that is nearly it can be pointed out."""


def load_dotenv(path: Path) -> None:
    """Put the KEY=VALUE lines of `path` into the environment, without replacing what is set there,
    be it as NAME or as NAME_FILE.

    Quotes around a value are left out, as systemd does with the same file.
    """
    if not path.is_file():
        return
    outside = {name.removesuffix("_FILE") for name in os.environ}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, sep, value = line.partition("=")
        if sep and not line.lstrip().startswith("#"):
            value = value.strip()
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            if key.strip().removesuffix("_FILE") not in outside:
                os.environ[key.strip()] = value


def env_str(name: str, default: str = "") -> str:
    """The value of NAME, or of the file that NAME_FILE points to (secrets), or the default."""
    known_names.update({name, f"{name}_FILE"})
    if file_name := os.environ.get(f"{name}_FILE"):
        if os.environ.get(name):
            raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set: keep one of them.")
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    """NAME as a yes or no: 1/0, true/false, yes/no, on/off."""
    known_names.add(name)
    raw = os.environ.get(name)
    if raw is None:
        return default
    word = raw.strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {raw!r}.")
    return word in TRUE_WORDS


def env_int(name: str, *, default: int, least: int, most: int) -> int:
    """NAME as a whole number from `least` to `most`."""
    known_names.add(name)
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        number = int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from error
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name} must be from {least} to {most}, not {number}.")
    return number


def env_choice(name: str, *, default: str, choices: tuple[str, ...]) -> str:
    """NAME as one of `choices`."""
    word = env_str(name).strip().lower() or default
    if word not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}, not {word!r}.")
    return word


def env_path(name: str, *, default: Path, base_dir: Path) -> Path:
    """NAME as a folder; one that begins with no slash lies in `base_dir`, wherever one starts."""
    raw = env_str(name)
    return base_dir / raw if raw else default


def env_list(name: str) -> list[str]:
    """NAME as a list split at commas."""
    return [part.strip() for part in env_str(name).split(",") if part.strip()]


def database_from_url(url: str, base_dir: Path) -> dict[str, object]:
    """Django's DATABASES entry for `sqlite:///file` or `postgres://user:password@host:port/name`.

    `sqlite:///db.sqlite3` lies in `base_dir`, wherever the command was started from;
    `sqlite:////srv/db.sqlite3` is an absolute path. No URL is no entry: `refusals` says so.
    """
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)
        name = path[1:] if path.startswith("/") else path
        if not name:
            raise ImproperlyConfigured("DATABASE_URL names no SQLite file: sqlite:///db.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name if name == ":memory:" else str(base_dir / name),
            # What makes SQLite hold under several writers: every transaction takes the write lock
            # at its start and waits for it. WAL itself is switched on once, by `setup_database`,
            # because that switch ignores the busy timeout and would race between workers.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; "
                    "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        name = unquote(parts.path.lstrip("/"))
        if not name:
            raise ImproperlyConfigured("DATABASE_URL names no database: postgres://u:p@host/name")
        try:
            port = parts.port
        except ValueError as error:
            raise ImproperlyConfigured(
                "DATABASE_URL has no number as its port: in a password, : / @ # ? are written "
                "%3A %2F %40 %23 %3F."
            ) from error
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(port or ""),
            # Seconds until a server that does not even refuse counts as gone.
            "OPTIONS": {"connect_timeout": "5"} | dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL must begin with sqlite:/// or postgres://, not {parts.scheme!r}."
    )
