"""The answer of a rule: yes, or no with the sentence that people read."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError

from ntm_tracker.core.choices import Role


@dataclass(frozen=True)
class Permit:
    """`if permit:` reads as "may"; `permit.reason` says why not, in Vietnamese."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Permit(True)


def refused(reason: str) -> Permit:
    """A no, with its reason."""
    return Permit(False, reason)


def require(permit: Permit) -> None:
    """Go on only where the rule allows it; PermissionDenied with its reason otherwise."""
    if not permit:
        raise PermissionDenied(permit.reason)


def sentences(refusal: Exception) -> list[str]:
    """What a refusal of a service says: all sentences of a ValidationError, or the one."""
    return refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]


@dataclass(frozen=True)
class WholeProvince:
    """Who a command reads for: the coordination office itself. Stands where a user would, so that
    commands and pages call the same selectors."""

    pk: None = None
    role: str = Role.OFFICE
    is_authenticated: bool = True
    sees_all_communes: bool = True
    sees_all_sponsors: bool = True
    is_office: bool = True
