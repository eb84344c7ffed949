"""What a write asks of the database beside its own questions."""

from django.db import connection

# On PostgreSQL a writer takes the lock that it shares with other writers and closing takes alone
# (`ntm_tracker.core.periods`); SQLite has one writer at a time anyway.
WRITER_LOCK = int(connection.vendor == "postgresql")
