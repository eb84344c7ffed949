"""Files that people send in: what may be read at all, where the table is, what its cells mean.

Nothing in here knows what the figures mean; the importers of the apps do.
"""

from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.intake.limits import UnreadableFile
from ntm_tracker.core.intake.reading import read_book
from ntm_tracker.core.intake.table import read_table

__all__ = ["Field", "Problem", "Row", "UnreadableFile", "read_book", "read_table"]
