"""What a unit came out of and what it went into."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from communes.models import Commune, UnitSuccession
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.dashboard.addresses import address


@dataclass(frozen=True)
class Succession:
    """A unit that this one came out of or went into. `url` leads to it on a day of its own
    validity; it is empty where the reader may not see it or there are no figures of that day."""

    commune: Commune
    on: date
    part: str
    legal_basis: str
    url: str


def known_changes(as_of: AsOf) -> Q:
    """A change of units after the last day with figures is not yet known here."""
    return Q(on__lte=as_of.last_date)


def with_changes(communes: QuerySet[Commune], as_of: AsOf) -> QuerySet[Commune]:
    """The communes, each knowing (`has_changed`) whether `successions` has anything to say: most
    have nothing, and then the page saves a query."""
    steps = UnitSuccession.objects.filter(known_changes(as_of))
    return communes.annotate(
        has_changed=Exists(steps.filter(Q(old=OuterRef("pk")) | Q(new=OuterRef("pk"))))
    )


def successions(
    user: User, commune: Commune, as_of: AsOf
) -> tuple[tuple[Succession, ...], tuple[Succession, ...]]:
    """What a unit came out of and what it went into, the latest first; at most two queries."""
    if not getattr(commune, "has_changed", True):
        return (), ()
    steps = list(
        UnitSuccession.objects.filter(known_changes(as_of), Q(old=commune) | Q(new=commune))
        .select_related("old", "new")
        .order_by("-on", "old__sort_key", "new__sort_key", "id")
    )
    others = {step.old_id for step in steps} | {step.new_id for step in steps}
    opened = (
        set(Commune.objects.visible_to(user).filter(pk__in=others).values_list("pk", flat=True))
        if others
        else set()
    )
    before, after = [], []
    for step in steps:
        # A unit may go on under its own code: then old and new differ only in validity.
        if step.new_id == commune.pk:
            day = step.old.valid_to or step.on
            before.append(_succession(step, step.old, day, as_of, step.old_id in opened))
        else:
            day = step.new.valid_from
            after.append(_succession(step, step.new, day, as_of, step.new_id in opened))
    return tuple(before), tuple(after)


def _succession(
    step: UnitSuccession, other: Commune, day: date, as_of: AsOf, is_open: bool
) -> Succession:
    url = ""
    if is_open and as_of.first_date <= day <= as_of.last_date:
        there = as_of.on(day)
        url = address("dashboard:commune", there, other.code)
    return Succession(other, step.on, str(step.get_part_display()), step.legal_basis, url)
