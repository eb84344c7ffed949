"""The rows of sponsorship that a closed month keeps, by the names they bear there.

Stored in the database: a name stays as it is, whatever becomes of the class.
"""

from criteria.selectors.kept import NAMES as OF_CRITERIA
from ntm_tracker.core.codec import Codec
from sponsors.selectors.assignments import AssignmentRow, Paper, TaskSums
from sponsors.selectors.difficulties import DifficultyRow, Said
from sponsors.selectors.gifts import Gifts
from sponsors.selectors.reviews import ReviewLine
from sponsors.selectors.sponsors import Papers, Place, SponsorRow
from sponsors.selectors.tasks import TaskCounts, TaskRow

NAMES: dict[str, type] = OF_CRITERIA | {
    "assignment": AssignmentRow,
    "difficulty": DifficultyRow,
    "gifts": Gifts,
    "paper": Paper,
    "papers": Papers,
    "place": Place,
    "review": ReviewLine,
    "said": Said,
    "sponsor": SponsorRow,
    "task": TaskRow,
    "task-counts": TaskCounts,
    "task-sums": TaskSums,
}
CODEC = Codec(NAMES)
# Kinds of rows.
SPONSOR, TASK, CANCELLED = "sponsor", "task", "cancelled-task"
ASSIGNMENT, DIFFICULTY = "assignment", "difficulty"
