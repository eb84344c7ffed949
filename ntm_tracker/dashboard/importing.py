"""What can be imported: the importers of all apps, and who sees which file."""

from django.db.models import QuerySet

from communes.importers import UnitImporter, VillageImporter
from criteria.importers import NeedImporter, ResultImporter, SourceImporter, VerifiedImporter
from ntm_tracker.core.intake.importer import Importer
from ntm_tracker.core.models import ImportBatch, User
from ntm_tracker.core.permits import ALLOWED, Permit, refused
from ntm_tracker.dashboard.importers import AccountImporter
from sponsors.importers import (
    AssignmentImporter,
    ContributionImporter,
    SponsorImporter,
    TaskImporter,
)

IMPORTERS: dict[str, Importer] = {
    one.kind: one
    for one in (
        ResultImporter(),
        VerifiedImporter(),
        NeedImporter(),
        SourceImporter(),
        SponsorImporter(),
        AssignmentImporter(),
        TaskImporter(),
        UnitImporter(),
        VillageImporter(),
        ContributionImporter(),
        AccountImporter(),
    )
}


def importers_of(user: User) -> list[Importer]:
    """What the account may import."""
    return [one for one in IMPORTERS.values() if one.may(user)]


def may_import(user: User) -> Permit:
    """Whether the account imports anything at all."""
    if importers_of(user):
        return ALLOWED
    return refused("Nhập từ tệp dành cho tài khoản được ghi số liệu; tài khoản này chỉ xem.")


def visible_batches(user: User) -> QuerySet[ImportBatch]:
    """All files for the office, one's own for everybody else."""
    found = ImportBatch.objects.all()
    return found if user.is_office else found.filter(by=user)
