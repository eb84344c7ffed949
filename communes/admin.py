"""Administration of units and villages."""

from django import forms
from django.contrib import admin

from communes.choices import AccessSource
from communes.models import (
    Commune,
    CommuneAccess,
    CommuneGroup,
    District,
    Province,
    UnitSuccession,
    Village,
    VillageMembership,
)
from communes.services import grant_access, revoke_access
from ntm_tracker.core.admin import AccentFreeSearch, LabelledChoices, rehearse, written_by


def unit_label(unit: Commune) -> str:
    """A unit told apart from its namesakes, and from what its code meant at another time."""
    return f"{unit} ({unit.code}, từ {unit.valid_from:%d/%m/%Y})"


@admin.register(Province)
class ProvinceAdmin(AccentFreeSearch):
    list_display = ["name", "code"]


@admin.register(District)
class DistrictAdmin(AccentFreeSearch):
    list_display = ["name", "code", "province", "valid_to"]
    list_select_related = ["province"]


@admin.register(Commune)
class CommuneAdmin(AccentFreeSearch):
    list_display = ["__str__", "code", "district", "valid_from", "valid_to"]
    list_filter = ["kind", "valid_from", "district"]
    list_select_related = ["district"]
    search_fields = ["search_text", "code"]
    ordering = ["sort_key", "-valid_from", "id"]


@admin.register(UnitSuccession)
class UnitSuccessionAdmin(LabelledChoices, admin.ModelAdmin):
    list_display = ["old", "new", "on", "part", "legal_basis", "is_verified"]
    list_filter = ["on", "part", "is_verified"]
    list_select_related = ["old", "new"]
    search_fields = ["old__search_text", "new__search_text", "old__code", "new__code"]
    choice_labels = {"old": (unit_label, ""), "new": (unit_label, "")}


@admin.register(CommuneGroup)
class CommuneGroupAdmin(LabelledChoices, admin.ModelAdmin):
    list_display = ["commune", "group", "valid_from", "valid_to", "provenance"]
    list_filter = ["group", "provenance"]
    list_select_related = ["commune"]
    search_fields = ["commune__search_text", "commune__code"]
    choice_labels = {"commune": (unit_label, "")}


class MembershipInline(LabelledChoices, admin.TabularInline):
    model = VillageMembership
    extra = 0
    choice_labels = {"commune": (unit_label, "")}


@admin.register(Village)
class VillageAdmin(AccentFreeSearch):
    list_display = ["name", "communes", "households", "provenance"]
    list_filter = ["provenance", "memberships__commune__district"]
    inlines = [MembershipInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("memberships__commune")

    @admin.display(description="xã")
    def communes(self, village):
        return ", ".join(str(membership.commune) for membership in village.memberships.all())


class AccessForm(forms.ModelForm):
    class Meta:
        model = CommuneAccess
        fields = ["user", "commune", "level"]

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if "user" in data and "commune" in data:
            rehearse(lambda: grant_access(**data, **written_by(None)))
        return data


@admin.register(CommuneAccess)
class CommuneAccessAdmin(LabelledChoices, admin.ModelAdmin):
    """Who sees which commune. Clerks get theirs here, sponsors through their assignments; both go
    through services, so a row is given or taken back and never edited."""

    form = AccessForm
    list_display = ["user", "commune", "village", "level", "source"]
    list_filter = ["level", "source"]
    list_select_related = ["user", "commune", "village"]
    search_fields = ["user__username", "user__display_name", "commune__search_text"]
    autocomplete_fields = ["user"]
    choice_labels = {"commune": (unit_label, "")}

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (
            obj is None or obj.source == AccessSource.MEMBER
        )

    def get_actions(self, request):
        # Deleting many at once would pass the service by.
        return {}

    def save_model(self, request, obj, form, change):
        saved = grant_access(**form.cleaned_data, **written_by(request.user))
        obj.pk, obj.source = saved.pk, saved.source

    def delete_model(self, request, obj):
        revoke_access(access=obj, **written_by(request.user))
