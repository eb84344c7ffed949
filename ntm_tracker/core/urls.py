"""Signing in and out, and one's own password."""

from django.contrib.auth import views as auth
from django.urls import path

from ntm_tracker.core import security_pages
from ntm_tracker.core.forms import PasswordForm
from ntm_tracker.core.signin import SignIn, SignOut

# Django's pages with a form take PUT as well, for POST.
METHODS = ["get", "head", "post", "options"]

urlpatterns = [
    path("accounts/login/", SignIn.as_view(http_method_names=METHODS), name="login"),
    path("accounts/logout/", SignOut.as_view(), name="logout"),
    path(
        "accounts/password/",
        auth.PasswordChangeView.as_view(form_class=PasswordForm, http_method_names=METHODS),
        name="password_change",
    ),
    path(
        "accounts/password/done/",
        auth.PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
    path("accounts/security/", security_pages.security, name="security"),
    path("accounts/sign-out-everywhere/", security_pages.sign_out_everywhere, name="sign_out_all"),
    path("accounts/second-factor/", security_pages.code, name="second_factor"),
    path("accounts/second-factor/setup/", security_pages.setup, name="second_factor_setup"),
    path("accounts/second-factor/off/", security_pages.turn_off, name="second_factor_off"),
]
