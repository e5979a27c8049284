"""Time zones as readers know them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from events.models import time_zone_choices
from events.zones import TRANSLATED, zone_label


@pytest.mark.parametrize(
    ("language", "zone", "label"),
    [
        ("en", "Europe/Brussels", "Brussels time"),
        ("en", "America/New_York", "New York time"),
        ("en", "America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("en", "UTC", "UTC"),
        ("fr", "Europe/Brussels", "fuseau horaire : Bruxelles"),
        ("fr", "America/New_York", "fuseau horaire : New York"),
        ("fr", "UTC", "UTC"),
    ],
)
def test_a_zone_is_called_after_its_city_in_the_readers_language(language: str, zone: str, label: str) -> None:
    with override(language):
        assert " ".join(zone_label(zone).split()) == label


def test_every_city_in_the_catalogue_is_that_of_a_zone() -> None:
    cities = {zone.rsplit("/", 1)[-1].replace("_", " ") for zone, _label in time_zone_choices()}
    assert {str(city) for city in TRANSLATED} <= cities
