"""What an entry form offers: the communes for which an account may write, and what is in them."""

from django.db.models import QuerySet

from communes.models import Commune, Village, VillageMembership, valid_on
from criteria.desks import desk_of
from criteria.models import Department
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from sponsors.models import Assignment, Sponsor


def entry_communes(user: User, as_of: AsOf) -> QuerySet[Commune]:
    """The communes for which an account may write something down, by name: a sponsor where it is
    assigned, a commune its own, the office and departments any."""
    communes = Commune.objects.active_on(as_of.date).order_by("sort_key", "pk")
    desk = desk_of(user)
    if desk.role == Role.SPONSOR:
        mine = Assignment.objects.active_on(as_of.date).filter(sponsor=desk.sponsor_id)
        return communes.filter(pk__in=mine.values("commune"))
    if desk.role == Role.COMMUNE:
        return communes.filter(pk__in=desk.commune_ids)
    return communes.visible_to(user)


def villages_of(user: User, commune: Commune, as_of: AsOf) -> QuerySet[Village]:
    """The villages of a commune on the day that the account may see, by name."""
    there = VillageMembership.objects.filter(valid_on(as_of.date), commune=commune)
    villages = Village.objects.visible_to(user).filter(pk__in=there.values("village"))
    return villages.order_by("sort_key", "pk")


def sponsors_at(user: User, commune: Commune, as_of: AsOf) -> QuerySet[Sponsor]:
    """The sponsors at work in a commune on the day; a sponsor only itself."""
    there = Assignment.objects.active_on(as_of.date).filter(commune=commune)
    sponsors = Sponsor.objects.filter(pk__in=there.values("sponsor"))
    if user.role == Role.SPONSOR:
        sponsors = sponsors.visible_to(user)
    return sponsors.order_by("sort_key", "pk")


def communes_of(sponsor: Sponsor, as_of: AsOf) -> QuerySet[Commune]:
    """The communes that a sponsor was assigned to by the day, by name."""
    assigned = Assignment.objects.filter(sponsor=sponsor, decided_on__lte=as_of.date)
    communes = Commune.objects.filter(pk__in=assigned.values("commune"))
    return communes.order_by("sort_key", "pk")


def departments() -> QuerySet[Department]:
    """Every department, by name."""
    return Department.objects.order_by("sort_key", "pk")
