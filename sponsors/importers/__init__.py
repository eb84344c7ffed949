"""Tables of sponsorship that come in as files."""

from sponsors.importers.assignments import AssignmentImporter
from sponsors.importers.contributions import ContributionImporter
from sponsors.importers.sponsors import SponsorImporter
from sponsors.importers.tasks import TaskImporter

__all__ = ["AssignmentImporter", "ContributionImporter", "SponsorImporter", "TaskImporter"]
