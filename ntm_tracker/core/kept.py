"""What was typed into a form that could not be taken, kept so that it can be sent again.

The fields travel through the pages in between, signed, so that nobody can put other words or
another address into them. Files cannot: a browser lets no page fill in a file, so they are named
and have to be chosen again. Passwords are never kept.
"""

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest

FIELD = "kept"
ACCOUNT_HEADER = "X-Page-Account"
ACCOUNT_FIELD = "page_account"
OWN_FIELDS = frozenset({"csrfmiddlewaretoken", ACCOUNT_FIELD, FIELD})
SHORT = 20  # longer texts are shown, so that they can be copied whatever happens


@dataclass(frozen=True)
class KeptForm:
    """One sending: where to, from the page of which account (may be unknown), and what."""

    path: str
    account: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]  # name of the field, names of the files

    @property
    def texts(self) -> list[str]:
        """What somebody took the trouble to write."""
        return [value for _name, value in self.fields if len(value) > SHORT and " " in value]

    @property
    def sealed(self) -> str:
        """For a hidden field; `opened` reads it."""
        return _signer().sign_object(
            [self.path, self.account, self.fields, self.files], compress=True
        )


def keep(request: HttpRequest) -> KeptForm | None:
    """The form that this request sends; None where it sends none, or a password."""
    names = [name for name in request.POST if name not in OWN_FIELDS]
    if request.method != "POST" or any("password" in name for name in names):
        return None
    return KeptForm(
        path=request.get_full_path(),
        account=account_of(request),
        fields=tuple((name, value) for name in names for value in request.POST.getlist(name)),
        files=tuple(
            (name, ", ".join(file.name or "" for file in request.FILES.getlist(name)))
            for name in request.FILES
        ),
    )


def opened(sealed: str) -> KeptForm | None:
    """The form in a hidden field; None where nobody kept one, or somebody has changed it."""
    try:
        path, account, fields, files = _signer().unsign_object(sealed)
    except signing.BadSignature:
        return None
    return KeptForm(path, account, tuple(map(tuple, fields)), tuple(map(tuple, files)))


def page_account(username: str) -> str:
    """What a page carries to say for whom it was drawn: plain ASCII, because it is a header too."""
    return _signer("account").sign_object(username)


def account_of(request: HttpRequest) -> str:
    """For whom the page was drawn that sent this; "" where it does not say."""
    key = request.headers.get(ACCOUNT_HEADER) or request.POST.get(ACCOUNT_FIELD, "")
    try:
        return _signer("account").unsign_object(key)
    except signing.BadSignature:
        return ""


def _signer(what: str = "form") -> signing.Signer:
    return signing.Signer(salt=f"{__name__}.{what}")
