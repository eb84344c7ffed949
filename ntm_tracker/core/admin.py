"""Administration of accounts and documents, and what the reference tables of all apps share.

The admin site is for reference tables only. Assessments, money, tasks and contributions are written
by services, which check rules, keep the present in step and leave an audit entry.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypedDict

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from ntm_tracker.core.clock import reporting_date
from ntm_tracker.core.models import AuditEntry, Document, Period, User
from ntm_tracker.core.text import search_text

admin.site.site_header = _("Quản trị danh mục")
admin.site.site_title = _("Quản trị danh mục")
admin.site.index_title = _("Danh mục")
# What a user may do follows from the role and the unit, not from groups.
admin.site.unregister(Group)
# Phones are bound by whoever holds them, and their keys are nothing to look at.
admin.site.unregister([TOTPDevice, StaticDevice])


class AccentFreeSearch(admin.ModelAdmin):
    """Finds "huong khe", "Hương Khê" and NFD spellings alike, through the stored search text."""

    search_fields = ["search_text"]

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_text(search_term))


class LabelledChoices(BaseModelAdmin):
    """Lists of choices that the name alone does not tell apart: two units called Hương Bình.

    `choice_labels` gives, per field, the label of a choice and the relation it reads, or "".
    """

    choice_labels: dict[str, tuple[Callable, str]] = {}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return self._labelled(
            super().formfield_for_foreignkey(db_field, request, **kwargs), db_field
        )

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return self._labelled(
            super().formfield_for_manytomany(db_field, request, **kwargs), db_field
        )

    def _labelled(self, field, db_field):
        if field and db_field.name in self.choice_labels:
            label, relation = self.choice_labels[db_field.name]
            field.label_from_instance = label
            if relation:
                field.queryset = field.queryset.select_related(relation)
        return field


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that services write: shown, never touched."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def rehearse(write: Callable[[], object]) -> None:
    """Run a service and take it back, so that its refusal (ValidationError) reaches the form."""
    with transaction.atomic():
        write()
        transaction.set_rollback(True)


class Written(TypedDict):
    """The arguments that every service wants: who, at what instant, on which reporting date."""

    by: User | None
    now: datetime
    today: date


def written_by(user: User | None) -> Written:
    """These arguments for what an administrator writes now."""
    return {"by": user, "now": timezone.now(), "today": reporting_date()}


@admin.register(User)
class AccountAdmin(UserAdmin):
    list_display = ["username", "display_name", "role", "is_active", "is_staff", "last_login"]
    list_filter = ["role", "is_active", "is_staff"]
    search_fields = ["username", "display_name"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Vai trò"), {"fields": ["role", "display_name", "phone", "email"]}),
        (_("Trang quản trị"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("Thời gian"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [
        (
            None,
            {"fields": ["username", "role", "display_name", "phone", "password1", "password2"]},
        ),
    ]


@admin.register(Document)
class DocumentAdmin(AccentFreeSearch):
    list_display = ["number", "issued_on", "subject", "issuer", "kind", "provenance"]
    list_display_links = ["number", "subject"]
    list_filter = ["kind", "provenance"]
    date_hierarchy = "issued_on"
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "by_label", "action", "object_label", "effective_on", "note"]
    list_filter = ["action"]
    search_fields = ["object_label", "by_label", "note"]
    date_hierarchy = "at"
    show_full_result_count = False


@admin.register(Period)
class PeriodAdmin(ReadOnlyAdmin):
    """Set up, changed and closed on the pages of the reports, with an entry in the trail."""

    list_display = ["__str__", "cut_off_on", "due_on", "revision", "closed_at"]
