"""Administration of criteria sets, departments and the lines of the funding table.

Amounts, assessments and dossiers are absent on purpose: services write them.
"""

from django.contrib import admin

from communes.admin import unit_label
from criteria.models import (
    ControlTotal,
    CriteriaSet,
    Criterion,
    Department,
    DepartmentMember,
    FundingCategory,
    Indicator,
    ProcedureStep,
    Threshold,
    VillageRule,
    WorkItem,
)
from ntm_tracker.core.admin import AccentFreeSearch, LabelledChoices


def criterion_label(criterion: Criterion) -> str:
    """A criterion with its set: every set has a criterion 1."""
    return f"{criterion.criteria_set.code}: {criterion}"


class MemberInline(admin.TabularInline):
    model = DepartmentMember
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Department)
class DepartmentAdmin(AccentFreeSearch):
    list_display = ["name", "short_name", "code", "phone", "is_illustrative"]
    inlines = [MemberInline]


@admin.register(CriteriaSet)
class CriteriaSetAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "level", "valid_from", "valid_to", "is_validity_verified"]
    list_filter = ["level", "is_validity_verified"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["document"]


class VillageRuleInline(admin.StackedInline):
    model = VillageRule
    extra = 0


@admin.register(Criterion)
class CriterionAdmin(AccentFreeSearch):
    list_display = ["__str__", "criteria_set", "group_name", "lead"]
    list_filter = ["criteria_set", "lead"]
    list_select_related = ["criteria_set", "lead"]
    inlines = [VillageRuleInline]


@admin.register(ProcedureStep)
class ProcedureStepAdmin(admin.ModelAdmin):
    """Who does what on the way to recognition, within how many days, with which shares."""

    list_display = [
        "position",
        "name",
        "actor",
        "valid_from",
        "valid_to",
        "day_limit",
        "min_percent",
        "is_verified",
    ]
    list_display_links = ["name"]
    list_filter = ["is_verified"]


class ThresholdInline(admin.TabularInline):
    model = Threshold
    extra = 0


@admin.register(Indicator)
class IndicatorAdmin(LabelledChoices, admin.ModelAdmin):
    list_display = ["number", "text", "criterion", "kind", "unit", "is_verified"]
    list_display_links = ["number", "text"]
    list_filter = ["criterion__criteria_set", "kind", "is_verified"]
    list_select_related = ["criterion"]
    search_fields = ["number", "text"]
    choice_labels = {"criterion": (criterion_label, "criteria_set")}
    inlines = [ThresholdInline]


@admin.register(FundingCategory)
class FundingCategoryAdmin(LabelledChoices, admin.ModelAdmin):
    list_display = ["name", "code", "position"]
    search_fields = ["name"]
    filter_horizontal = ["criteria"]
    choice_labels = {"criteria": (criterion_label, "criteria_set")}


@admin.register(WorkItem)
class WorkItemAdmin(LabelledChoices, AccentFreeSearch):
    """What a work item is; what it costs is recorded on the funding page."""

    list_display = ["name", "code", "category", "commune", "provenance"]
    list_filter = ["category", "provenance"]
    list_select_related = ["category", "commune"]
    search_fields = ["search_text", "code"]
    autocomplete_fields = ["village"]
    choice_labels = {
        "commune": (unit_label, ""),
        "criterion": (criterion_label, "criteria_set"),
    }


@admin.register(ControlTotal)
class ControlTotalAdmin(admin.ModelAdmin):
    list_display = ["announced_on", "category", "measure", "wording", "amount", "is_approximate"]
    list_display_links = ["announced_on", "wording"]
    list_filter = ["announced_on", "measure", "category"]
    list_select_related = ["category"]
    autocomplete_fields = ["document"]
