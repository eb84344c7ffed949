"""Addresses of the monthly reports."""

from django.urls import path, register_converter

from ntm_tracker.reports.views import closing, letterhead, letters, months, periods, week


class MonthConverter:
    """`2022-04`; what is no month is no address."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(MonthConverter, "month")

app_name = "reports"
urlpatterns = [
    path("reports/", months.month_list, name="month-list"),
    path("reports/letterhead/", letterhead.letterhead, name="letterhead"),
    path("reports/week/", week.week, name="week"),
    path("reports/periods/", periods.periods, name="periods"),
    path("reports/<month:slug>/days/", periods.days, name="days"),
    path("reports/<month:slug>/desk/", closing.desk, name="desk"),
    path("reports/<month:slug>/desk/seen/", closing.look, name="look"),
    path("reports/<month:slug>/files/<int:kept>/", months.kept_file, name="kept-file"),
    path("reports/<month:slug>/", months.month, name="month"),
    path("reports/<month:slug>/texts/", letters.texts, name="texts"),
    path("reports/<month:slug>/texts/<slug:section>/", letters.text, name="text"),
    path("reports/<month:slug>.docx", letters.month_letter, name="month-letter"),
    path("reports/<month:slug>.pdf", months.month_pdf, name="month-pdf"),
    path("reports/<month:slug>.xlsx", months.month_file, name="month-file"),
]
