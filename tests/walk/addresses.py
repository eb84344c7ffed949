"""Every address of the product and what can be asked of it: found in code and pages, not listed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from django.urls import (
    NoReverseMatch,
    URLResolver,
    get_resolver,
    reverse,
)

from ntm_tracker.dashboard.importing import IMPORTERS

# Signing in and out, invitations and one's own password show nothing of others; the admin site has
# tests of its own.
NO_WALK = {
    "login",
    "logout",
    "admin",
    "invite",
    "password_change",
    "password_change_done",
    "security",
    "sign_out_all",
    "second_factor",
    "second_factor_setup",
    "second_factor_off",
}
TEXTS = {"month": ["2022-04"], "importkind": sorted(IMPORTERS)}
# What counts for the whole province: a criterion, a set, a month have no owner.
OWNERLESS = {"number", "slug", "month", "set_code", "kept", "section", "kind"}


@dataclass(frozen=True)
class Url:
    """A name of the URL configuration with the converters of its arguments."""

    name: str
    arguments: tuple[tuple[str, str], ...]

    def addresses(
        self, numbers: Iterable[int], texts: Iterable[str], parts: Iterable[str] | None = None
    ) -> Iterator[str]:
        """The URL with every combination of what may stand in it; `parts` is what may stand behind
        the first argument, the same texts where it is not given."""
        behind = texts if parts is None else parts
        pools = [
            list(numbers) if kind == "int" else TEXTS.get(kind) or list(behind if at else texts)
            for at, (_name, kind) in enumerate(self.arguments)
        ]
        for values in product(*pools):
            try:
                yield reverse(self.name, args=values)
            except NoReverseMatch:
                continue

    def absent(self) -> str:
        """The URL with what does not exist."""
        return next(self.addresses([999_999_999], ["khong-co"]))


def urls(resolver=None, namespace: str = "", outer: tuple = ()) -> Iterator[Url]:
    """Every name of the URL configuration."""
    for pattern in (resolver or get_resolver()).url_patterns:
        arguments = outer + tuple(
            (name, re.sub(r"(Path|)Converter$", "", type(one).__name__).lower())
            for name, one in pattern.pattern.converters.items()
        )
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in NO_WALK:
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from urls(pattern, inner, arguments)
        elif pattern.name not in NO_WALK:
            yield Url(f"{namespace}{pattern.name}", arguments)


def with_objects() -> list[Url]:
    """The URLs that name an object of somebody."""
    return [url for url in urls() if {name for name, _kind in url.arguments} - OWNERLESS]
