"""Accounts, and the forms they have sent."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.choices import Role


class AccountManager(UserManager["User"]):
    def create_superuser(self, username, email=None, password=None, **extra_fields):
        extra_fields.setdefault("role", Role.ADMIN)
        return super().create_superuser(username, email, password, **extra_fields)


class User(AbstractUser):
    """An account, named by role and unit (`vanphong`, `xa-huong-binh`), never by a person."""

    role = models.CharField(_("vai trò"), max_length=12, choices=Role, default=Role.VIEWER)
    display_name = models.CharField(_("tên hiển thị"), max_length=150, blank=True)
    phone = models.CharField(_("điện thoại"), max_length=30, blank=True)
    # Counted up to end every session of the account.
    session_series = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")

    def __str__(self):
        return self.display_name or self.username

    def get_session_auth_hash(self):
        """Django's seal over the password, over the series too: a session of an old one ends."""
        return self._of_series(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self):
        """The same under the keys of SECRET_KEY_FALLBACKS."""
        yield from map(self._of_series, super().get_session_auth_fallback_hash())

    def _of_series(self, seal):
        return f"{seal}-{self.session_series}"

    @property
    def sees_all_communes(self) -> bool:
        """Whether the role looks at the whole province (what it may change is another matter)."""
        return self.role in {Role.ADMIN, Role.OFFICE, Role.DEPARTMENT, Role.VIEWER}

    @property
    def sees_all_sponsors(self) -> bool:
        """Whether the role sees every sponsor's tasks and amounts."""
        return self.sees_all_communes

    @property
    def is_office(self) -> bool:
        """Whether the account acts for the coordination office."""
        return self.role in {Role.ADMIN, Role.OFFICE}


class SentForm(models.Model):
    """The key of a form that has been written, for a day: see `core.once`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=32)
    sent_at = models.DateTimeField()
    location = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("biểu mẫu đã gửi")
        verbose_name_plural = _("biểu mẫu đã gửi")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="sent_form_once")]

    def __str__(self):
        return self.key
