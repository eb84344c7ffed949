"""Signing in and out, and one's own password."""

from django.contrib.auth import views as auth
from django.urls import path

from ntm_tracker.core.forms import PasswordForm
from ntm_tracker.core.signin import SignIn

urlpatterns = [
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path(
        "accounts/password/",
        auth.PasswordChangeView.as_view(form_class=PasswordForm),
        name="password_change",
    ),
    path(
        "accounts/password/done/",
        auth.PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
]
