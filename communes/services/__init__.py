"""Writing units, their outlines and villages, and who has access to which commune."""

from communes.services.access import grant_access, grant_accesses, revoke_access
from communes.services.boundaries import load_boundaries
from communes.services.units import UnitChange, UnitEntry, remove_units, save_units, wrong_units
from communes.services.villages import (
    VillageChange,
    VillageEntry,
    remove_villages,
    save_villages,
    wrong_villages,
)

__all__ = [
    "UnitChange",
    "UnitEntry",
    "VillageChange",
    "VillageEntry",
    "grant_access",
    "grant_accesses",
    "load_boundaries",
    "remove_units",
    "remove_villages",
    "revoke_access",
    "save_units",
    "save_villages",
    "wrong_units",
    "wrong_villages",
]
