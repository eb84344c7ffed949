"""Tables of criteria and money that come in as files."""

from criteria.importers.needs import NeedImporter
from criteria.importers.results import ResultImporter
from criteria.importers.sources import SourceImporter
from criteria.importers.verified import VerifiedImporter

__all__ = ["NeedImporter", "ResultImporter", "SourceImporter", "VerifiedImporter"]
