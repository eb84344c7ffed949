"""What the rules find in promises and deliveries, as far as the reader may see them."""

from django.db.models import QuerySet

from communes.choices import unit_word
from criteria.selectors.scope import followed
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.findings import Finding, Place
from ntm_tracker.core.models import Installation
from sponsors.choices import Giver
from sponsors.models import Commitment, Contribution, Sponsor
from sponsors.rules import Reader
from sponsors.selectors.gifts import Gifts, commitments, contributions, gifts_by
from sponsors.warning_rules import Rule, delivered_over_promised

PLACE = ("sponsor", "sponsor__name", "commune", "commune__code", "commune__name", "commune__kind")


def findings(user: Reader, as_of: AsOf, installation: Installation) -> list[Finding]:
    """Sponsors that gave a commune more money than they promised there; two queries. Who follows
    one district reads of that district only."""
    promised, delivered = commitments(user, as_of), contributions(user, as_of)
    delivered = delivered.filter(giver=Giver.SPONSOR)
    if user.sees_all_communes:
        here = followed(user, as_of.date, installation.focus_district).values("pk")
        promised, delivered = promised.filter(commune__in=here), delivered.filter(commune__in=here)
    return _found(promised, delivered)


def findings_at(user: Reader, as_of: AsOf, *, sponsor_id: int, commune_id: int) -> list[Finding]:
    """The same of one sponsor in one commune, right after something was written there."""
    here = {"sponsor": sponsor_id, "commune": commune_id}
    delivered = contributions(user, as_of).filter(giver=Giver.SPONSOR, **here)
    return _found(commitments(user, as_of).filter(**here), delivered)


def _found(promised: QuerySet[Commitment], delivered: QuerySet[Contribution]) -> list[Finding]:
    promises = gifts_by(promised, "sponsor", "commune")
    found = []
    for (sponsor, name, commune, code, commune_name, kind), gifts in sorted(
        gifts_by(delivered, *PLACE).items(), key=lambda pair: (pair[0][3], pair[0][1])
    ):
        said = promises.get((sponsor, commune), Gifts())
        if seen := delivered_over_promised(said.money, gifts.money):
            found.append(
                Finding(
                    rule=Rule.DELIVERED_OVER_PROMISED.value,
                    object_type=Sponsor._meta.label_lower,
                    object_id=sponsor,
                    fingerprint=seen.fingerprint,
                    sentence=seen.sentence,
                    place=Place("sponsors:sponsor", sponsor, name),
                    commune_id=commune,
                    commune_code=code,
                    commune_label=f"{unit_word(kind)} {commune_name}",
                    sponsor_id=sponsor,
                )
            )
    return found
