"""Administration of reporting periods."""

from django import forms
from django.contrib import admin

from ntm_tracker.reports.models import Period


class PeriodForm(forms.ModelForm):
    class Meta:
        model = Period
        fields = ["month", "cut_off_on", "due_on"]

    def clean_month(self):
        month = self.cleaned_data["month"]
        if month.day != 1:
            raise forms.ValidationError("Tháng được ghi bằng ngày đầu tháng, ví dụ 01/04/2022.")
        return month


@admin.register(Period)
class PeriodAdmin(admin.ModelAdmin):
    form = PeriodForm
    list_display = ["__str__", "cut_off_on", "due_on"]
