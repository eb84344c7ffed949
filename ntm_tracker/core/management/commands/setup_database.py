"""Bring the database to the state that this version of the product needs."""

from django.core.management import BaseCommand, call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite


class Command(BaseCommand):
    help = "Switch SQLite to write-ahead logging, then migrate."

    def handle(self, *args, **options):
        # Once and here, before any worker starts: this switch ignores the busy timeout, and
        # several processes that open a new file at the same moment fail with "database is locked".
        connection = connections[DEFAULT_DB_ALIAS]
        if isinstance(connection, SQLite) and not connection.is_in_memory_db():
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode=WAL")
        call_command("migrate", interactive=False, verbosity=max(options["verbosity"] - 1, 0))
