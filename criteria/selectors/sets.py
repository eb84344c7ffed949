"""Which criteria set is in force, and its criteria."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, Subquery

from criteria.choices import Level
from criteria.models import CriteriaSet, Criterion


@dataclass(frozen=True)
class SetInForce:
    """A criteria set with its criteria in order; `total` is what "20/20" divides by."""

    criteria_set: CriteriaSet
    criteria: tuple[Criterion, ...]

    @property
    def total(self) -> int:
        return len(self.criteria)

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Group names with how many criteria stand in each, for a header over the columns."""
        spans: list[tuple[str, int]] = []
        for criterion in self.criteria:
            if spans and spans[-1][0] == criterion.group_name:
                spans[-1] = (criterion.group_name, spans[-1][1] + 1)
            else:
                spans.append((criterion.group_name, 1))
        return spans


def chosen_set(level: Level, on: date, province_code: str) -> Subquery:
    """The id of the set that measures a level on a day, for use inside another query: the
    province's own before the national one; only sets with criteria."""
    return Subquery(
        CriteriaSet.objects.in_force(level, on)
        .filter(Q(province__code=province_code) | Q(province=None), criteria__isnull=False)
        .order_by(F("province").asc(nulls_last=True), "-valid_from", "code")
        .values("pk")[:1]
    )


def set_in_force(level: Level, on: date, province_code: str = "") -> SetInForce | None:
    """The set that measures a level on a day: the province's own before the national one.

    One query. None where no set with criteria is in force.
    """
    criteria = tuple(
        Criterion.objects.filter(criteria_set=chosen_set(level, on, province_code))
        .select_related("criteria_set__document", "lead")
        .order_by("number")
    )
    return SetInForce(criteria[0].criteria_set, criteria) if criteria else None
