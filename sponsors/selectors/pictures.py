"""The sponsors as a picture: promised and delivered, last heard of, villages with none or many."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.pictures.pairs import Pair, Quiet, Slice, pairs, quiet, slices
from sponsors.rules import Reader
from sponsors.selectors.coverage import MANY, Coverage, coverage
from sponsors.selectors.gifts import contributions
from sponsors.selectors.reported import sponsors_then
from sponsors.selectors.sponsors import SponsorFilters, SponsorList, SponsorRow

NONE, SOME, CROWDED = "none", "some", "many"


@dataclass(frozen=True)
class SponsorBar:
    """One sponsor: its figures as the list has them, drawn. `sign` is what was heard last."""

    row: SponsorRow
    money: Pair
    heard: Quiet
    sign: str


@dataclass(frozen=True)
class CoverBar:
    """The villages of a commune that are not yet recognised, by how many sponsors they have."""

    commune_code: str
    commune_name: str
    none: int
    some: int
    many: int
    parts: tuple[Slice, ...]

    @property
    def villages(self) -> int:
        return self.none + self.some + self.many

    @property
    def words(self) -> str:
        return (
            f"Xã {self.commune_name}, {self.villages} thôn: {self.none} chưa có đơn vị, "
            f"{self.some} có một hoặc hai, {self.many} có từ ba"
        )


@dataclass(frozen=True)
class SponsorPicture:
    """Context of `sponsor_picture.html`; `cover` is empty for who sees only his own."""

    list: SponsorList
    bars: tuple[SponsorBar, ...]
    cover: tuple[CoverBar, ...]


def sponsor_picture(
    user: Reader, as_of: AsOf, filters: SponsorFilters, number: int | None = 1
) -> SponsorPicture:
    """One page of sponsors as the sponsor list tells them, drawn; constant queries. Money alone
    is drawn: goods and labour days are never added to it. Raises EmptyPage past the last page."""
    found = sponsors_then(user, as_of, filters, number)
    gave = _last_gifts(user, as_of, [row.pk for row in found.rows])
    drawn = pairs([(row.promised.money, row.delivered.money) for row in found.rows])
    return SponsorPicture(
        found,
        tuple(
            SponsorBar(row, pair, quiet(on, as_of.date), sign)
            for row, pair in zip(found.rows, drawn, strict=True)
            for on, sign in [last_sign(row, gave.get(row.pk))]
        ),
        cover_bars(coverage(user, as_of, filters.commune)),
    )


def last_sign(row: SponsorRow, gave_on: date | None) -> tuple[date | None, str]:
    """The last sign of life of a sponsor: the day, and what came in; of two on one day the report
    counts."""
    signs = [
        (row.plan.last_done_on, "lập kế hoạch"),
        (row.agreement.last_done_on, "ký kết"),
        (gave_on, "đóng góp"),
        (row.last_update_on, "báo cáo việc"),
    ]
    known = [(on, sign) for on, sign in signs if on]
    return max(known[::-1], key=lambda pair: pair[0], default=(None, ""))


def _last_gifts(user: Reader, as_of: AsOf, sponsors: list[int]) -> dict[int, date]:
    """Sponsor id → the day of its latest contribution; one query."""
    rows = contributions(user, as_of).filter(sponsor__in=sponsors)
    return dict(rows.order_by().values_list("sponsor_id").annotate(Max("effective_on")))


def cover_bars(cover: Coverage | None) -> tuple[CoverBar, ...]:
    """Commune by commune, the one with most villages without a sponsor first."""
    if cover is None:
        return ()
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for village, sponsors in cover.counted:
        kind = NONE if not sponsors else CROWDED if sponsors >= MANY else SOME
        key = (village.commune_code, village.commune_name)
        own = counts.setdefault(key, {NONE: 0, SOME: 0, CROWDED: 0})
        own[kind] += 1
    most = max((sum(own.values()) for own in counts.values()), default=0)
    ordered = sorted(counts.items(), key=lambda pair: -pair[1][NONE])
    return tuple(
        CoverBar(
            commune_code=code,
            commune_name=name,
            none=own[NONE],
            some=own[SOME],
            many=own[CROWDED],
            parts=slices(list(own.items()), most),
        )
        for (code, name), own in ordered
    )
