"""Which communes the office follows: the one answer for board, criterion pages and reports."""

from datetime import date

from django.db.models import Exists, Q, QuerySet

from communes.models import Commune, CommuneQuerySet, District
from criteria.models import WorkItem
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import WholeProvince

Reader = User | WholeProvince


def tracked_communes(user: Reader, on: date, focus_district: str = "") -> CommuneQuerySet:
    """Communes proper (xã) in force on a day that the reader may see, in the district the office
    follows (`Installation.focus_district`) or, without one, in the whole province."""
    return followed(user, on, focus_district).rural()


def followed(user: Reader, on: date, focus_district: str = "") -> CommuneQuerySet:
    """All units in force on a day that the reader may see in that district, towns too.

    The district narrows only who sees all communes: who sees single ones sees them wherever they
    lie. A district that had ended by that day (30/6/2025) narrows nothing either.
    """
    communes: CommuneQuerySet = Commune.objects.visible_to(user).active_on(on)
    if not focus_district or not user.sees_all_communes:
        return communes
    lives = District.objects.filter(code=focus_district).exclude(valid_to__lt=on)
    return communes.filter(Q(district__code=focus_district) | ~Exists(lives))


def tracked_items(user: Reader, on: date, focus_district: str = "") -> QuerySet[WorkItem]:
    """Work items of those units, with what is inter-commune or not yet allotted for who sees the
    whole: what board, funding page and workbook add up."""
    here = Q(commune__in=followed(user, on, focus_district).values("pk")) | Q(commune=None)
    return WorkItem.objects.visible_to(user).filter(here)
