"""What the forms that create tasks share: the communes of the address, and the preview."""

from dataclasses import dataclass

from ntm_tracker.core.http import PageRequest
from sponsors import selectors
from sponsors.forms import CommunesForm, open_districts
from sponsors.forms.tasks import ScopeForm
from sponsors.services import Preview


@dataclass(frozen=True)
class Scope:
    """The chosen communes with their villages, and who sponsors what there."""

    codes: list[str]
    districts: tuple
    places: tuple[selectors.CommunePlaces, ...]
    there: selectors.SponsorsThere


def chosen_scope(request: PageRequest) -> Scope:
    """The communes named in the address, or again in what was sent. BadRequest for unknown ones."""
    districts = selectors.commune_choices(request.user, request.as_of)
    data = request.POST if request.method == "POST" else request.GET
    codes = CommunesForm(data, districts=districts).codes()
    places = selectors.places_of(request.user, request.as_of, codes)
    there = selectors.sponsors_there(
        request.user, request.as_of, [place.commune for place in places]
    )
    return Scope(codes, districts, places, there)


def scope_context(
    request: PageRequest,
    scope: Scope,
    form: ScopeForm,
    preview: Preview | None,
    *,
    is_changed: bool,
) -> dict:
    """What the templates of such forms need."""
    focus = request.installation.focus_district
    return {
        "form": form,
        "places": scope.places,
        "chosen": scope.codes,
        "chosen_places": form["place"].value() or [],
        "districts": open_districts(scope.districts, scope.codes, focus),
        "preview": preview,
        "is_changed": is_changed,
    }
