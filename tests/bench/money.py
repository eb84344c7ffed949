"""What the work costs, where money comes from, and what was announced."""

from collections import Counter
from datetime import UTC, date, datetime, time

from criteria.choices import Measure, SourceKind
from criteria.models import (
    ControlTotal,
    ControlTotalLine,
    FundingCategory,
    FundingNeed,
    FundingSource,
    WorkItem,
)
from tests.bench.world import World, write

ITEMS = 6
TRIEU = 1_000_000
STATED, ADJUSTED, ANNOUNCED = date(2022, 2, 10), date(2022, 8, 10), date(2022, 9, 30)
WORK = (
    "Đường trục thôn",
    "Kênh mương nội đồng",
    "Nhà văn hóa thôn",
    "Trạm y tế xã",
    "Điểm thu gom rác thải",
    "Vườn mẫu, hàng rào xanh",
)


def write_money(world: World) -> None:
    """Six work items per commune: a need, here and there adjusted, and up to three sources."""
    random = world.random
    categories = list(FundingCategory.objects.all())
    items = [
        WorkItem(
            code=f"HM{commune.code}-{n}",
            name=f"{WORK[n]} xã {commune.name}",
            category=categories[n % len(categories)],
            commune=commune,
            criterion=world.criteria[random.randrange(len(world.criteria))],
        ).prepare()
        for commune in world.communes
        for n in range(ITEMS)
    ]
    write(items)
    needs, sources = [], []
    kinds = list(SourceKind)
    for item in items:
        office = {"item": item} | world.by("Văn phòng Điều phối")
        amount = random.randint(200, 9000) * TRIEU
        needs.append(FundingNeed(amount=amount, **on(STATED), **office))
        if random.random() < 0.3:
            change = random.randint(-100, 400) * TRIEU
            needs.append(FundingNeed(amount=change, **on(ADJUSTED), **office))
        for month in range(random.randint(0, 3)):
            sources.append(
                FundingSource(
                    amount=amount // random.randint(3, 8),
                    kind=random.choice(kinds),
                    **on(date(2022, 3 + 4 * month, 10)),
                    document=world.document,
                    **office,
                )
            )
    write(needs)
    write(sources)
    for action, rows in (("funding.need", needs), ("funding.source", sources)):
        world.trail(action, rows, "Kinh phí")
    if not world.size.is_national:
        _announce(world, items, needs, sources)


def on(day: date) -> dict[str, date | datetime]:
    """When a row holds, written down on that day as offices do."""
    return {"effective_on": day, "recorded_at": datetime.combine(day, time(9), UTC)}


def _announce(world: World, items, needs, sources) -> None:
    """Figures announced for the whole and by category, with what each item stood at: ten items
    have moved since, so that the page has differences to name."""

    def sums(rows) -> Counter:
        counted = Counter()
        for row in rows:
            if row.effective_on <= ANNOUNCED:
                counted[row.item_id] += row.amount
        return counted

    need, have = sums(needs), sums(sources)
    for item in items[:10]:
        need[item.pk] -= 200 * TRIEU
    lines = [
        ControlTotalLine(
            announced_on=ANNOUNCED, item=item, need=need[item.pk], identified=have[item.pk]
        )
        for item in items
    ]
    write(lines)
    totals = []
    for category in (None, *FundingCategory.objects.all()):
        chosen = [
            line for line in lines if category is None or line.item.category_id == category.pk
        ]
        amounts = {
            Measure.NEED: sum(line.need for line in chosen),
            Measure.IDENTIFIED: sum(line.identified for line in chosen),
            Measure.MISSING: sum(max(0, line.need - line.identified) for line in chosen),
        }
        totals += [
            ControlTotal(
                measure=measure,
                category=category,
                announced_on=ANNOUNCED,
                amount=amount,
                precision=100 * TRIEU,
                wording="số công bố",
                document=world.document,
            )
            for measure, amount in amounts.items()
        ]
    write(totals)
