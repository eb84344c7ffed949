"""What is measured (sets), what was found (assessments), how far the papers are (dossiers),
what it costs (funding) and where the villages stand (villages)."""

from criteria.models.assessments import Assessment, Milestone, Standing
from criteria.models.dossiers import (
    CouncilVote,
    Dossier,
    DossierStep,
    ProcedureStep,
    Survey,
    SurveyContent,
)
from criteria.models.drafts import Declaration, Draft
from criteria.models.funding import (
    ControlTotal,
    ControlTotalLine,
    DebtStatement,
    Disbursement,
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
    "CouncilVote",
    "CriteriaSet",
    "Criterion",
    "DebtStatement",
    "Declaration",
    "Department",
    "DepartmentMember",
    "Disbursement",
    "Dossier",
    "DossierStep",
    "Draft",
    "FundingCategory",
    "FundingNeed",
    "FundingSource",
    "Indicator",
    "Milestone",
    "ProcedureStep",
    "Standing",
    "Survey",
    "SurveyContent",
    "Threshold",
    "VillageRule",
    "VillageStatus",
    "WorkItem",
]
