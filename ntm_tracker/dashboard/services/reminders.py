"""Sending the mails of the day, each once."""

from datetime import date, datetime

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction

from ntm_tracker.core import audit
from ntm_tracker.core.models import Reminder
from ntm_tracker.dashboard.selectors.digests import Digest


def send_reminder(*, digest: Digest, on: date, now: datetime) -> bool:
    """Send a mail and keep that it was sent; False where this person has had one for the day.

    The row is written first, in the transaction of the sending: a failure leaves none, and of two
    runs at once the second waits and then finds it. Raises what the mail server's refusal raises.
    """
    try:
        with transaction.atomic():
            if Reminder.objects.filter(user=digest.user, on=on).exists():
                return False
            reminder = Reminder.objects.create(
                user=digest.user,
                on=on,
                address=digest.address,
                subject=digest.subject[:200],
                body=digest.body,
                sent_at=now,
            )
            audit.record(
                by=None,
                action="reminder.send",
                obj=reminder,
                now=now,
                effective_on=on,
                new=digest.address,
            )
            EmailMessage(digest.subject, digest.body, to=[digest.address]).send()
    except IntegrityError:
        return False
    return True
