"""Administration of sponsors, their teams and accounts, and of who sponsors whom.

An assignment and an account decide who sees which commune, so both go through the services, whose
refusals appear as errors of the form.
"""

from django import forms
from django.contrib import admin
from django.utils import timezone

from communes.admin import unit_label
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.admin import AccentFreeSearch, LabelledChoices, rehearse, written_by
from ntm_tracker.core.clock import reporting_date
from sponsors.models import Assignment, Sponsor, SponsorMember, TaskTeam
from sponsors.services import add_member, create_assignment, sync_access

# What names an assignment: to change one of these is to end it and to make another.
IDENTITY = ["sponsor", "commune", "village", "decided_on"]


class TeamInline(admin.StackedInline):
    model = TaskTeam
    extra = 0
    autocomplete_fields = ["document"]


class MemberForm(forms.ModelForm):
    class Meta:
        model = SponsorMember
        fields = ["user"]

    def clean(self):
        super().clean()
        data = self.cleaned_data
        sponsor = self.instance.sponsor
        if self.has_changed() and data.get("user") and sponsor.pk and not data.get("DELETE"):
            rehearse(lambda: add_member(sponsor=sponsor, user=data["user"], **written_by(None)))
        return data


class MemberInline(admin.TabularInline):
    """The accounts of a sponsor. One is taken away and another added, never exchanged."""

    model = SponsorMember
    form = MemberForm
    extra = 0
    autocomplete_fields = ["user"]

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Sponsor)
class SponsorAdmin(AccentFreeSearch):
    list_display = ["name", "short_name", "kind", "contact", "phone", "provenance"]
    list_filter = ["kind", "provenance"]
    inlines = [TeamInline, MemberInline]

    def get_inlines(self, request, obj):
        # An account can be given only to a sponsor that is there.
        return self.inlines if obj else [TeamInline]

    def save_formset(self, request, form, formset, change):
        if formset.model is not SponsorMember:
            super().save_formset(request, form, formset, change)
            return
        now, today = timezone.now(), reporting_date()
        members = formset.save(commit=False)
        for member in formset.deleted_objects:
            audit.record(
                by=request.user,
                action="sponsor.member_removed",
                obj=member,
                now=now,
                effective_on=today,
                old=str(member.user),
                sponsor_id=member.sponsor_id,
            )
            member.delete()
        for member in members:
            add_member(
                sponsor=form.instance, user=member.user, by=request.user, now=now, today=today
            )
        sync_access(today)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        sync_access(reporting_date())

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        sync_access(reporting_date())


class AssignmentForm(forms.ModelForm):
    class Meta:
        model = Assignment
        fields = [
            *IDENTITY,
            "basis",
            "document",
            "is_lead",
            "agreement_due_on",
            "agreement_signed_on",
            "plan_due_on",
            "plan_done_on",
            "ended_on",
            "provenance",
            "source",
        ]

    def values(self) -> dict:
        """What `create_assignment` is given; an assignment begins without an end."""
        return {name: value for name, value in self.cleaned_data.items() if name != "ended_on"}

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if self.errors:
            return data
        today = reporting_date()
        if self.instance.pk is None:
            rehearse(lambda: create_assignment(**self.values(), **written_by(None)))
            return data
        for name in ("agreement_signed_on", "plan_done_on", "ended_on"):
            try:
                if data.get(name):
                    refuse_future(data[name], today)
            except forms.ValidationError as error:
                self.add_error(name, error)
        ended = data.get("ended_on")
        if ended and ended < self.instance.decided_on:
            self.add_error("ended_on", "Ngày kết thúc không thể trước ngày quyết định.")
        return data


@admin.register(Assignment)
class AssignmentAdmin(LabelledChoices, admin.ModelAdmin):
    form = AssignmentForm
    list_display = ["sponsor", "commune", "village", "basis", "is_lead", "decided_on", "ended_on"]
    list_filter = ["basis", "is_lead", "provenance", "commune__district"]
    list_select_related = ["sponsor", "commune", "village"]
    search_fields = ["sponsor__search_text", "commune__search_text", "village__search_text"]
    autocomplete_fields = ["sponsor", "village", "document"]
    choice_labels = {"commune": (unit_label, "")}

    def get_readonly_fields(self, request, obj=None):
        return IDENTITY if obj else ["ended_on"]

    def has_delete_permission(self, request, obj=None):
        # What was promised and done under it stays, so it ends (ended_on) and is not deleted.
        return False

    def save_model(self, request, obj, form, change):
        now, today = timezone.now(), reporting_date()
        if not change:
            made = create_assignment(**form.values(), by=request.user, now=now, today=today)
            obj.pk, obj._state.adding = made.pk, False
            return
        if not form.changed_data:
            return
        obj.save(update_fields=form.changed_data)
        audit.record(
            by=request.user,
            action="assignment.edit",
            obj=obj,
            now=now,
            effective_on=today,
            old=self._words(form, form.initial),
            new=self._words(form, form.cleaned_data),
            commune_id=obj.commune_id,
            village_id=obj.village_id,
            sponsor_id=obj.sponsor_id,
        )
        sync_access(today, sponsors=[obj.sponsor_id])

    @staticmethod
    def _words(form, values) -> str:
        return "; ".join(
            f"{form.fields[name].label}: {values.get(name) or '(trống)'}"
            for name in form.changed_data
        )
