"""The demo case: Hương Khê as of 26/4/2022, with the months around it.

What the article or a decision states is marked *sourced*; what had to be filled in to make a
working case is marked *illustrative*, row by row, in fixtures/huongkhe_2022/*.csv.
"""

from ntm_tracker.dashboard.demo.seeding import (
    FOLDER,
    Summary,
    catalogues_are_loaded,
    database_is_empty,
    seed,
)

__all__ = ["FOLDER", "Summary", "catalogues_are_loaded", "database_is_empty", "seed"]
