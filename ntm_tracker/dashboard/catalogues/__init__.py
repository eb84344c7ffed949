"""The official catalogues (fixtures/*.csv) into the reference tables; a second run changes nothing.

The catalogues are authoritative for the rows they name: what was changed by hand in such a row is
put back, and said. Rows that no catalogue names stay as they are.
"""

from pathlib import Path

from django.db import transaction

from ntm_tracker.dashboard.catalogues.files import (
    FIXTURES,
    CatalogueError,
    FileReport,
    Loading,
)
from ntm_tracker.dashboard.catalogues.money import load_control_totals, load_funding_categories
from ntm_tracker.dashboard.catalogues.sets import (
    lend_indicators,
    load_criteria,
    load_departments,
    load_indicators,
    load_procedure_steps,
    load_sets,
    load_thresholds,
    load_village_rules,
)
from ntm_tracker.dashboard.catalogues.units import (
    documents_by_code,
    load_districts,
    load_documents,
    load_provinces,
    load_successions,
    load_units,
)

__all__ = [
    "FIXTURES",
    "CatalogueError",
    "FileReport",
    "documents_by_code",
    "load_catalogues",
    "load_control_totals",
]


@transaction.atomic
def load_catalogues(folder: Path = FIXTURES) -> list[FileReport]:
    """Load every catalogue of `folder`, all or nothing; says per file what it did.

    Raises CatalogueError with file, line and reason for every row that is wrong in a file.
    """
    loading = Loading(folder)
    documents = load_documents(loading)
    provinces = load_provinces(loading)
    load_successions(loading, load_units(loading, provinces, load_districts(loading, provinces)))
    departments = load_departments(loading)
    sets, lenders = load_sets(loading, provinces, documents)
    criteria = load_criteria(loading, sets, departments)
    load_village_rules(loading, criteria)
    indicators = load_indicators(loading, criteria)
    thresholds = load_thresholds(loading, indicators)
    for borrower, lender in lenders.items():
        lend_indicators(loading, sets[borrower], lender, criteria, indicators, thresholds)
    load_procedure_steps(loading)
    load_funding_categories(loading, criteria)
    return loading.reports
