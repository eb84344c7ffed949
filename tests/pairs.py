"""A writer for `test_backup_while_working`: `python -m tests.pairs` writes until it is killed.

Every transaction writes two rows with one number; its number is printed when it is committed.
"""

import sys
from datetime import UTC, datetime
from itertools import count

import django


def write() -> None:
    from django.db import transaction

    from ntm_tracker.core.models import Explanation

    for number in count(1):
        with transaction.atomic():
            for side in ("left", "right"):
                Explanation.objects.create(
                    rule="pair", object_type=side, object_id=number, fingerprint=str(number),
                    text="x" * 500, by_label="writer", recorded_at=datetime.now(UTC),
                )  # fmt: skip
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    django.setup()
    write()
