"""The area that the board looks at: one district with its own criteria set."""

import pytest

from tests import factories


@pytest.fixture
def focus(installation):
    """The installation opens its board on the district of the factories."""
    installation.focus_district = factories.make_district().code
    installation.save()
    return installation


@pytest.fixture
def criteria_set(db):
    """A set of three criteria: large enough for every state, small enough to read."""
    return factories.make_set(size=3)
