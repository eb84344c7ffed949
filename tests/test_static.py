"""What the browser is sent besides the pages: how much, and whether its colours can be read."""

from django.conf import settings

STATIC = settings.BASE_DIR / "static"
SCRIPTS_AT_MOST = 15_000  # bytes, besides htmx


def test_our_own_scripts_stay_small():
    sizes = {path.name: path.stat().st_size for path in (STATIC / "js").glob("**/*.js")}

    assert sizes
    assert sum(sizes.values()) < SCRIPTS_AT_MOST, sizes
