"""A start that refuses nonsense: every process of the product ends here rather than run unsafely.

Not Django's system checks, because the server itself never runs those. All that is wrong is said at
once, one sentence each, with what to do; no sentence repeats a secret.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from rapidfuzz.distance import OSA

from ntm_tracker.core.choices import Role
from ntm_tracker.env import known_names

KEY_LENGTH, KEY_LETTERS = 50, 10
EXAMPLE_WORDS = ("insecure", "change", "example", "secret", "please", "password")
SLIPS = 2
"""Letters that may be wrong in a name for it to be taken as another one misspelt."""


def refuse_nonsense(settings: Mapping[str, Any]) -> None:
    """Raise ImproperlyConfigured with a sentence for everything that cannot be meant."""
    if found := [*problems(settings), *misspelt_names(os.environ)]:
        raise ImproperlyConfigured("\n".join(found))


def problems(settings: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the settings, as sentences."""
    yield from _missing(settings)
    yield from _hosts(settings)
    yield from _key(settings["SECRET_KEY"])
    yield from _roles(settings["SECOND_FACTOR_ROLES"])
    yield from _addresses(settings)
    yield from _folders(settings)


def misspelt_names(names: Iterable[str]) -> Iterator[str]:
    """Names in the environment that are nearly one of ours. Of short ones too many are near."""
    for name in sorted(set(names) - known_names):
        near = _nearest(name, known_names)
        if near and len(near) >= 8:
            yield f"{name} is no setting: did you mean {near}?"


def is_local(host: str) -> bool:
    """Whether an entry of ALLOWED_HOSTS can be reached from this computer only."""
    return host in {"localhost", "[::1]", "::1"} or host.startswith("127.")


def _missing(settings: Mapping[str, Any]) -> Iterator[str]:
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"):
        if not settings[name]:
            yield (
                f"{name} is not set. `make setup` writes a .env for this computer; "
                "a server sets it in its environment (README, Settings)."
            )


def _hosts(settings: Mapping[str, Any]) -> Iterator[str]:
    hosts = settings["ALLOWED_HOSTS"]
    for host in hosts:
        if host == "*":
            yield (
                "ALLOWED_HOSTS=* lets anybody put another name into our links: "
                "write the names of this server, e.g. ntm.example.vn."
            )
        elif "/" in host or (":" in host and not host.endswith("]")):
            yield f"ALLOWED_HOSTS takes names without https://, port or path, not {host!r}."
    public = [host for host in hosts if not is_local(host)]
    if not public:
        return
    if settings["DEBUG"]:
        yield (
            f"DEBUG=1 with the public host {public[0]} would show settings and data to whoever "
            "makes an error happen: DEBUG is for localhost."
        )
    elif not settings["HTTPS"]:
        yield (
            f"HTTPS=0 with the public host {public[0]} would send passwords readable over the "
            "network: put a proxy with a certificate in front, or name only localhost and reach "
            "it by `ssh -L 8000:localhost:8000 server`."
        )


def _key(key: str) -> Iterator[str]:
    advice = (
        'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(50))" '
        "and keep it in a file that SECRET_KEY_FILE names."
    )
    if not key:
        return
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_LETTERS:
        yield f"SECRET_KEY can be guessed: it needs {KEY_LENGTH} letters drawn by lot. {advice}"
    elif any(word in key.lower() for word in EXAMPLE_WORDS):
        yield f"SECRET_KEY looks like an example that others know too. {advice}"


def _roles(roles: list[str]) -> Iterator[str]:
    for role in roles:
        if role not in Role:
            near = _nearest(role, Role.values)
            meant = f": did you mean {near}?" if near else f": {', '.join(Role.values)}."
            yield f"SECOND_FACTOR_ROLES knows no role {role!r}{meant}"


def _addresses(settings: Mapping[str, Any]) -> Iterator[str]:
    site = settings["SITE_URL"]
    if site and not _is_origin(site):
        yield f"SITE_URL must be like https://ntm.example.vn, not {site!r}."
    for origin in settings["CSRF_TRUSTED_ORIGINS"]:
        if not _is_origin(origin):
            yield f"CSRF_TRUSTED_ORIGINS must be like https://ntm.example.vn, not {origin!r}."


def _is_origin(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and parts.path in {"", "/"}


def _folders(settings: Mapping[str, Any]) -> Iterator[str]:
    media, backups = (Path(os.path.realpath(settings[n])) for n in ("MEDIA_ROOT", "BACKUP_DIR"))
    base = Path(os.path.realpath(settings["BASE_DIR"]))
    static = [settings["STATIC_ROOT"], *settings["STATICFILES_DIRS"]]
    served = [Path(os.path.realpath(folder)) for folder in static]
    for name, folder in {"MEDIA_ROOT": media, "BACKUP_DIR": backups}.items():
        if base.is_relative_to(folder):
            yield f"{name} ({folder}) holds the program itself: give it a folder of its own."
        elif any(folder.is_relative_to(one) or one.is_relative_to(folder) for one in served):
            yield f"{name} ({folder}) lies among static files, which everybody may read."
    if backups.is_relative_to(media):
        yield f"BACKUP_DIR ({backups}) lies inside MEDIA_ROOT: a lost disk would take both."
    if not _can_write(media):
        yield f"MEDIA_ROOT ({media}) cannot be written by this user: no upload could be kept."
    database = settings["DATABASES"]["default"]
    if database.get("ENGINE") == "django.db.backends.sqlite3" and database["NAME"] != ":memory:":
        folder = Path(database["NAME"]).parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            yield f"DATABASE_URL: there is no folder {folder} that this user can write."


def _can_write(folder: Path) -> bool:
    """Whether files can be kept there; what does not exist yet is made at the first upload."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _nearest(word: str, words: Iterable[str]) -> str | None:
    distances = {one: OSA.distance(word, one, score_cutoff=SLIPS) for one in words}
    near = [one for one, distance in sorted(distances.items()) if distance <= SLIPS]
    return min(near, key=lambda one: distances[one], default=None)
