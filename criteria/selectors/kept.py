"""The rows of criteria, villages and money that a closed month keeps, by the names they bear there.

Stored in the database: a name stays as it is, whatever becomes of the class.
"""

from criteria.choices import Cell, DossierState, SourceKind, VillageState
from criteria.models import (
    ControlTotal,
    CriteriaSet,
    Criterion,
    Department,
    FundingCategory,
    Indicator,
    Threshold,
)
from criteria.selectors.catalogue import CriterionLine, IndicatorLine
from criteria.selectors.control import ControlLine, ItemDifference, Verdict
from criteria.selectors.debts import Debt
from criteria.selectors.funding import FundingNode, ItemKind, ItemLine, KindLine, Money
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import Change, CommuneStanding, OverdueCriterion
from criteria.selectors.villages import VillageCounts, VillageRow
from ntm_tracker.core.codec import Codec
from ntm_tracker.core.models import Document

NAMES: dict[str, type] = {
    "cell": Cell,
    "change": Change,
    "commune": CommuneStanding,
    "control": ControlLine,
    "control-total": ControlTotal,
    "criterion": Criterion,
    "criterion-line": CriterionLine,
    "debt": Debt,
    "department": Department,
    "document": Document,
    "dossier-state": DossierState,
    "funding-category": FundingCategory,
    "funding-node": FundingNode,
    "indicator": Indicator,
    "indicator-line": IndicatorLine,
    "item": ItemLine,
    "item-difference": ItemDifference,
    "item-kind": ItemKind,
    "money": Money,
    "money-kind": KindLine,
    "overdue": OverdueCriterion,
    "set": CriteriaSet,
    "set-in-force": SetInForce,
    "source-kind": SourceKind,
    "threshold": Threshold,
    "verdict": Verdict,
    "village": VillageRow,
    "village-counts": VillageCounts,
    "village-state": VillageState,
}
CODEC = Codec(NAMES)
# Kinds of rows.
COMMUNE, VILLAGE, ITEM, ITEM_KIND = "commune", "village", "item", "item-kind"
OVERDUE, IN_FORCE, DEBT, CHANGE = "overdue", "in-force", "debt", "change"
