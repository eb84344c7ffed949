"""Administration of the installation's settings.

Registered here and not in core, because another reporting date moves the present of the apps below.
"""

from django.contrib import admin
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse

from criteria.services.assessments import refresh_standings
from ntm_tracker.core.clock import reporting_date
from ntm_tracker.core.models import Installation
from sponsors.services import refresh_tasks, sync_access


@admin.register(Installation)
class InstallationAdmin(admin.ModelAdmin):
    """One row, so the list leads straight to it."""

    def has_add_permission(self, request):
        return not Installation.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        name = "change" if Installation.objects.exists() else "add"
        args = [1] if name == "change" else []
        return HttpResponseRedirect(reverse(f"admin:core_installation_{name}", args=args))

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "reporting_date" in form.changed_data:
            today = reporting_date(obj)
            refresh_standings(today)
            refresh_tasks(today)
            sync_access(today)
