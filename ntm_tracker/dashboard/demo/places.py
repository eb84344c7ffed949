"""The villages of the eight communes, and where each stands."""

from communes.models import Village, VillageMembership
from criteria.choices import VillageState
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.dashboard.catalogues.files import Row
from ntm_tracker.dashboard.demo.case import OFFICE_LABEL, VALID_FROM, Case, code


def seed_villages(case: Case) -> None:
    """Create the villages of villages.csv and record village_statuses.csv."""

    def build(row: Row) -> tuple[Row, Village]:
        village = Village(
            name=row.text("village"), households=row.whole("households"), **case.origin(row)
        )
        return row, village.prepare()

    built = case.read("villages.csv", "commune_code commune village households", build)
    villages = Village.objects.bulk_create([village for _, village in built], batch_size=500)
    VillageMembership.objects.bulk_create(
        [
            VillageMembership(village=village, commune=case.commune(row), valid_from=VALID_FROM)
            for (row, _), village in zip(built, villages, strict=True)
        ],
        batch_size=500,
    )
    for (row, _), village in zip(built, villages, strict=True):
        case.villages[row.text("commune_code"), village.name] = village
    case.wrote("thôn", len(villages))

    def status(row: Row) -> VillageEntry:
        village = row.find((row.text("commune_code"), row.text("village")), case.villages, "thôn")
        return VillageEntry(
            village=village,
            commune=case.commune(row),
            state=code(row, "state", VillageState),
            effective_on=row.day("effective_on"),
            is_plan_approved=row.flag("is_plan_approved"),
            plan_percent=row.whole("plan_percent"),
            gardens_planned=row.whole("gardens_planned"),
            gardens_met=row.whole("gardens_met"),
            note=row.optional("note"),
            **case.origin(row),
        )

    entries = case.read(
        "village_statuses.csv",
        "commune_code commune village effective_on state is_plan_approved plan_percent"
        " gardens_planned gardens_met note",
        status,
    )
    record_village_statuses(entries, by_label=OFFICE_LABEL, **case.written)
    case.wrote("hiện trạng thôn", len(entries))
