"""What is measured (sets), what was found (assessments), how far the papers are (dossiers),
what it costs (funding) and where the villages stand (villages)."""

from criteria.models.assessments import Assessment, Milestone, Standing
from criteria.models.dossiers import Dossier, DossierStep
from criteria.models.funding import (
    ControlTotal,
    ControlTotalLine,
    FundingCategory,
    FundingNeed,
    FundingSource,
    WorkItem,
)
from criteria.models.sets import (
    CriteriaSet,
    Criterion,
    Department,
    DepartmentMember,
    Indicator,
    Threshold,
    VillageRule,
)
from criteria.models.villages import VillageStatus

__all__ = [
    "Assessment",
    "ControlTotal",
    "ControlTotalLine",
    "CriteriaSet",
    "Criterion",
    "Department",
    "DepartmentMember",
    "Dossier",
    "DossierStep",
    "FundingCategory",
    "FundingNeed",
    "FundingSource",
    "Indicator",
    "Milestone",
    "Standing",
    "Threshold",
    "VillageRule",
    "VillageStatus",
    "WorkItem",
]
