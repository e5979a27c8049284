"""One more of the cast, for what two administrators do at once."""

import pytest

from tests.conftest import Person, member_of


@pytest.fixture
def colleague(db: None) -> Person:
    """Another administrator."""
    return member_of("Administrators", "colleague")
