"""The commune that an entry form is for: the only one, or the one that was chosen."""

from dataclasses import dataclass

from django.http import Http404

from communes.models import Commune
from ntm_tracker.core.http import PageRequest
from sponsors import selectors


@dataclass(frozen=True)
class CommuneChoice:
    """What there is to choose from, and what was chosen (None: nothing yet)."""

    communes: tuple[Commune, ...]
    commune: Commune | None


def chosen_commune(request: PageRequest) -> CommuneChoice:
    """Which commune the address or the form names, out of those for which the account may write.

    Villages and sponsors depend on it, so without JavaScript it is chosen first, by a GET.
    """
    communes = tuple(selectors.entry_communes(request.user, request.as_of))
    code = request.POST.get("commune") or request.GET.get("commune") or ""
    if not code:
        return CommuneChoice(communes, communes[0] if len(communes) == 1 else None)
    for commune in communes:
        if commune.code == code:
            return CommuneChoice(communes, commune)
    raise Http404(f"Không có xã mang mã “{code[:10]}” trong phạm vi được nhập.")
