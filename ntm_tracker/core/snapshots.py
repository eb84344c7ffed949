"""Reading what was kept when a month was closed."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from ntm_tracker.core.codec import Codec
from ntm_tracker.core.models import Period, SnapshotRow


def stored(
    period_id: int, revision: int, codec: Codec, kinds: tuple[str, ...] = ()
) -> dict[str, tuple]:
    """The rows of one closing by kind, each in its order; one query. Without kinds: everything."""
    found = SnapshotRow.objects.filter(period_id=period_id, revision=revision)
    if kinds:
        found = found.filter(kind__in=kinds)
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for kind, data in found.order_by("kind", "position").values_list("kind", "data"):
        by_kind[kind].append(codec.decode(data))
    return {kind: tuple(rows) for kind, rows in by_kind.items()}


@dataclass(frozen=True)
class ClosedMonth:
    """A closed month as the answer for its cut-off day. What was read once is kept for the rest of
    the request, so that a page may ask for the same rows in several places."""

    period_id: int
    revision: int
    at: datetime
    title: str
    _read: dict[str, tuple] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, period: Period) -> "ClosedMonth":
        """The latest closing of a closed month."""
        if period.closed_at is None:
            raise ValueError(f"{period} is open")
        return cls(period.pk, period.revision, period.closed_at, str(period))

    def rows(self, kind: str, codec: Codec) -> tuple:
        """The kept rows of one kind; one query for each kind."""
        if kind not in self._read:
            found = stored(self.period_id, self.revision, codec, (kind,))
            self._read[kind] = found.get(kind, ())
        return self._read[kind]

    @property
    def words(self) -> str:
        """What pages say of it."""
        at = timezone.localtime(self.at)
        again = f", lần {self.revision}" if self.revision > 1 else ""
        return f"Số liệu {self.title.lower()} đã chốt lúc {at:%H:%M} ngày {at:%d/%m/%Y}{again}"
