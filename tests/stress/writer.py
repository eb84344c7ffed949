"""One of several writers: `python -m tests.stress.writer NUMBER SECONDS`; DATABASE_URL names the
installation. Reports on tasks without a pause; prints writes, refusals and seconds as JSON."""

import json
import sys
import time

import django


def main(number: int, seconds: float) -> None:
    django.setup()
    from django.db import OperationalError
    from django.utils import timezone

    from ntm_tracker.core.clock import reporting_date
    from sponsors.choices import OPEN_STATES
    from sponsors.models import Task
    from sponsors.services import record_task_update

    today = reporting_date()
    tasks = list(Task.objects.filter(state__in=OPEN_STATES, assigned_on__lte=today).order_by("pk"))
    taken, refused = [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            record_task_update(
                task=tasks[len(taken) % len(tasks)], by=None, transition="progress",
                progress=len(taken) % 100, note=f"{number}-{len(taken)}",
                now=timezone.now(), today=today,
            )  # fmt: skip
        except OperationalError as error:
            refused.append(str(error))
        else:
            taken.append(time.monotonic() - began)
    sys.stdout.write(json.dumps({"taken": taken, "refused": refused}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
