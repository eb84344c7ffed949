"""Signing in and out, and one's own password."""

from django.contrib.auth import views as auth
from django.urls import path

from ntm_tracker.core.forms import PasswordForm, SignInForm

urlpatterns = [
    path(
        "accounts/login/",
        auth.LoginView.as_view(authentication_form=SignInForm, redirect_authenticated_user=True),
        name="login",
    ),
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
