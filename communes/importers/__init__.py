"""Tables of units and villages that come in as files."""

from communes.importers.units import UnitImporter
from communes.importers.villages import VillageImporter

__all__ = ["UnitImporter", "VillageImporter"]
