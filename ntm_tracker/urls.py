"""Every address of the product. Each name stands in the role matrix of the tests."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from ntm_tracker.core.patterns import patterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ntm_tracker.core.urls")),
    path("", include("ntm_tracker.dashboard.urls")),
    path("", include("criteria.urls")),
    path("", include("sponsors.urls")),
    path("", include("ntm_tracker.reports.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEBUG:
    urlpatterns.append(path("patterns/", patterns, name="patterns"))

handler400 = "ntm_tracker.core.errors.bad_request"
handler403 = "ntm_tracker.core.errors.forbidden"
handler404 = "ntm_tracker.core.errors.not_found"
handler500 = "ntm_tracker.core.errors.server_error"
