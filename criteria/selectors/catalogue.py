"""The criteria sets as a catalogue to read: what they ask, since when, and how sure the text is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q

from criteria.choices import Level
from criteria.models import CriteriaSet, Criterion, Indicator, Threshold

LEVELS = [level.value for level in Level]


@dataclass(frozen=True)
class SetLine:
    """One set of the catalogue as seen from a day."""

    criteria_set: CriteriaSet
    criteria: int
    indicators: int
    unverified: int
    is_in_force: bool
    is_over: bool

    @property
    def when(self) -> str:
        """Where its validity stands on that day."""
        if self.is_in_force:
            return "Đang có hiệu lực"
        return "Hết hiệu lực" if self.is_over else "Chưa có hiệu lực"


def set_lines(on: date) -> list[SetLine]:
    """Every set, by level, the newest first; one query."""
    sets = CriteriaSet.objects.select_related("document", "province").annotate(
        criteria_count=Count("criteria", distinct=True),
        indicator_count=Count("criteria__indicators", distinct=True),
        unverified_count=Count(
            "criteria__indicators",
            filter=Q(criteria__indicators__is_verified=False),
            distinct=True,
        ),
    )
    lines = [
        SetLine(
            row,
            row.criteria_count,
            row.indicator_count,
            row.unverified_count,
            row.valid_from <= on and (row.valid_to is None or on <= row.valid_to),
            row.valid_to is not None and row.valid_to < on,
        )
        for row in sets.order_by("-valid_from", "code")
    ]
    return sorted(lines, key=lambda line: LEVELS.index(line.criteria_set.level))


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator with what it must reach, per group of communes."""

    indicator: Indicator
    thresholds: tuple[Threshold, ...]

    @property
    def is_verified(self) -> bool:
        """Whether text and every threshold are verified; a missing threshold is not."""
        return (
            self.indicator.is_verified
            and bool(self.thresholds)
            and all(threshold.is_verified for threshold in self.thresholds)
        )


@dataclass(frozen=True)
class CriterionLine:
    """A criterion with its indicators."""

    criterion: Criterion
    indicators: tuple[IndicatorLine, ...]


def criterion_lines(criteria: Iterable[Criterion], on: date | None = None) -> list[CriterionLine]:
    """The criteria with indicators and thresholds in order, two queries. With a day, only the
    thresholds in force on it; without, every version."""
    criteria = list(criteria)
    thresholds = Threshold.objects.order_by("group", "valid_from", "id")
    if on is not None:
        thresholds = thresholds.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    found: dict[int, list[IndicatorLine]] = {}
    for indicator in (
        Indicator.objects.filter(criterion__in=criteria)
        .order_by("position", "id")
        .prefetch_related(Prefetch("thresholds", queryset=thresholds))
    ):
        line = IndicatorLine(indicator, tuple(indicator.thresholds.all()))
        found.setdefault(indicator.criterion_id, []).append(line)
    return [CriterionLine(row, tuple(found.get(row.pk, ()))) for row in criteria]


@dataclass(frozen=True)
class SetContents:
    """One set to read: its criteria under their groups."""

    criteria_set: CriteriaSet
    groups: tuple[tuple[str, tuple[CriterionLine, ...]], ...]
    indicators: int
    unverified: int


def set_contents(code: str) -> SetContents | None:
    """The set of that code with all it asks, four queries; None where there is none."""
    chosen = CriteriaSet.objects.select_related("document", "province").filter(code=code).first()
    if chosen is None:
        return None
    lines = criterion_lines(chosen.criteria.select_related("lead").order_by("number"))
    groups: list[tuple[str, list[CriterionLine]]] = []
    for line in lines:
        if not groups or groups[-1][0] != line.criterion.group_name:
            groups.append((line.criterion.group_name, []))
        groups[-1][1].append(line)
    indicators = [row for line in lines for row in line.indicators]
    return SetContents(
        chosen,
        tuple((name, tuple(members)) for name, members in groups),
        len(indicators),
        sum(not row.is_verified for row in indicators),
    )
