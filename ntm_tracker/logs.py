"""Django's LOGGING: everything to stderr, where a service manager picks it up."""

from typing import Any

FORMATS = ("json", "text")


def logging_config(style: str) -> dict[str, Any]:
    """The lines in the style of LOG_FORMAT."""
    stderr = {"handlers": ["stderr"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "ntm_tracker.core.log_lines.JsonLine", "json_ensure_ascii": False},
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
