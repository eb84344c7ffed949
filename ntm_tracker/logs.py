"""Django's LOGGING: everything to stderr, where a service manager picks it up."""

import os
from typing import Any

FORMATS = ("json", "text")


def logging_config(style: str) -> dict[str, Any]:
    """The lines in the style of LOG_FORMAT."""
    stderr = {"handlers": ["stderr"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "ntm_tracker.core.log_lines.JsonLine",
                "json_ensure_ascii": False,
                "for_journal": is_journal(),
            },
            "text": {
                "()": "ntm_tracker.core.log_lines.TextLine",
                "format": "%(asctime)s %(message)s",
                "datefmt": "%H:%M:%S",
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": style}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "ntm": stderr | {"level": "INFO"},
            "django": stderr | {"level": "WARNING"},
            # Said by our own line of the request, without its query and with its id.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "gunicorn.error": stderr | {"level": "WARNING"},
        },
    }


def is_journal() -> bool:
    """Whether stderr leads into systemd's journal, which says so by its file."""
    if not (stream := os.environ.get("JOURNAL_STREAM")):
        return False
    file = os.fstat(2)
    return stream == f"{file.st_dev}:{file.st_ino}"
