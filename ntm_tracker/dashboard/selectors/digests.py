"""Who is to get a mail of the day, and what it says."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User
from ntm_tracker.dashboard.selectors.due import own_items
from ntm_tracker.dashboard.selectors.due_sources import Ground
from ntm_tracker.dashboard.selectors.due_text import counts_words, reminder_text


@dataclass(frozen=True)
class Digest:
    """One mail to one person."""

    user: User
    address: str
    subject: str
    body: str


def digests(as_of: AsOf, installation: Installation, site_url: str = "") -> Iterator[Digest]:
    """The mails of a day: for active accounts with an address that have something due.

    An account of a sponsor without an address of its own gets it at the sponsor's; two of them are
    one person there, and get one mail.
    """
    link = site_url + reverse("dashboard:due") if site_url else ""
    accounts = User.objects.filter(is_active=True).select_related("sponsor_member__sponsor")
    served: set[tuple[str, int]] = set()
    for user in accounts.order_by("username"):
        member = getattr(user, "sponsor_member", None)
        address = user.email or (member.sponsor.email if member else "")
        key = (address.lower(), member.sponsor_id if member else -user.pk)
        if not address or key in served:
            continue
        items = own_items(Ground(user, as_of, installation))
        if not items:
            continue
        served.add(key)
        yield Digest(
            user,
            address,
            f"Việc cần làm ngày {as_of.date:%d/%m/%Y}: {counts_words(items)}",
            reminder_text(str(user), items, as_of.date, installation, link),
        )
