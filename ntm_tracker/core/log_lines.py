"""How lines of the log are written: one JSON object each, or text for a terminal."""

import logging
import traceback
from datetime import UTC, datetime

from pythonjsonlogger.json import JsonFormatter

from ntm_tracker.core import requests

FIELDS = ("method", "path", "status", "ms")
"""What a line may bring beside its sentence. Django adds whole requests, with their query."""


PRIORITIES = ((logging.ERROR, "<3>"), (logging.WARNING, "<4>"), (logging.INFO, "<6>"))


class JsonLine(JsonFormatter):
    """`{"time", "level", "logger", "event", "request", "user"}`, the fields above, and "error".

    Before it, for the journal alone, the priority, which it takes off: `journalctl -p warning`.
    """

    def __init__(self, *args, for_journal: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.for_journal = for_journal

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        if not self.for_journal:
            return line
        return next((p for level, p in PRIORITIES if record.levelno >= level), "<7>") + line

    def add_fields(self, log_data, record, message_dict) -> None:
        request = requests.current.get()
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        log_data["event"] = requests.without_links(record.getMessage())
        log_data["request"] = requests.id_of(request)
        log_data["user"] = requests.account_of(request) if request else None
        log_data |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if "exc_info" in message_dict:
            log_data["error"] = message_dict["exc_info"]

    def formatException(self, exc_info) -> str:
        """Kinds of exceptions and their way through the code. What they say is left out: databases
        quote there what people have typed."""
        lines, error, seen = [], exc_info[1], set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            kind = type(error)
            lines.append(f"{kind.__module__}.{kind.__qualname__}")
            lines += [
                f"  {frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


class TextLine(logging.Formatter):
    """For whoever sits before it: the time of day, the line, and whole tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return requests.without_links(super().format(record))
