"""Where visits are counted: by one variable, and nothing of it without."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.environment import Environment
from portal.measurement import Measurement
from tests.conftest import Person
from tests.factories import NewsItemFactory
from tests.html import elements, one, parse
from tests.portal.test_environment import start

SAID = "settings.CONTENT_SECURITY_POLICY['DIRECTIVES']"


@pytest.mark.parametrize(
    ("address", "endpoint", "site"),
    [
        ("matomo://stats.example.org/?site=3", "https://stats.example.org/matomo.php", "3"),
        ("matomo://example.org/matomo/?site=12", "https://example.org/matomo/matomo.php", "12"),
        (
            "plausible://stats.example.org:8443/?domain=newsroom.example.org",
            "https://stats.example.org:8443/api/event",
            "newsroom.example.org",
        ),
    ],
)
def test_one_address_says_all(address: str, endpoint: str, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", address)
    found = Environment().measurement("IT")
    assert found is not None
    assert (found.endpoint, found.site) == (endpoint, site)


@pytest.mark.parametrize(
    "address",
    [
        "https://stats.example.org/?site=3", "matomo://stats.example.org/", "matomo:///?site=3", "nonsense",
        "matomo://stats.example.org/?site=three", "matomo://stats.example.org/?site=3&x=1", "matomo://a b/?site=3",
        "plausible://stats.example.org/?site=3", "plausible://stats.example.org/?domain=https://a.example",
        "matomo://user:password@stats.example.org/?site=3", "matomo://stats.example.org:port/?site=3",
        "matomo://stats.example.org;script-src/?site=3", "matomo://*/?site=3", "matomo://[::1/?site=3",
    ],
)  # fmt: skip
def test_a_wrong_address_is_answered_with_a_sentence(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", address)
    with pytest.raises(ImproperlyConfigured, match=r"IT cannot be read. It looks like: matomo://.* or plausible://"):
        Environment().measurement("IT")


def test_the_policy_is_widened_by_that_host_alone_and_for_sending_alone() -> None:
    plain, wide = start(say=SAID), start(say=SAID, MEASUREMENT_URL="matomo://stats.example.org/?site=3")
    assert wide.stdout == plain.stdout.replace(
        '"connect-src": ["\'self\'"]', "\"connect-src\": [\"'self'\", 'https://stats.example.org']"
    ).replace("'connect-src': [\"'self'\"]", "'connect-src': [\"'self'\", 'https://stats.example.org']")
    assert plain.stdout != wide.stdout


@pytest.mark.django_db
def test_where_nothing_is_measured_nothing_of_it_is_on_the_page(visitor: Person) -> None:
    for address in ("/en/", NewsItemFactory().get_absolute_url()):
        page = visitor.get(address).content.decode()
        assert "consent" not in page
        assert "statistics" not in page.lower()


@pytest.mark.django_db
def test_both_answers_are_buttons_of_one_kind_in_every_language(visitor: Person, settings: Any) -> None:
    settings.MEASUREMENT = Measurement("matomo", "https://stats.example.org", "/matomo.php", "3")
    for language in ("en", "fr"):
        page = parse(visitor.get(f"/{language}/"))
        panel = one(page, "section", data_consent="")
        assert panel.get("hidden") is not None, "without scripts nothing asks, for nothing is counted"
        refuse, accept = elements(panel, "button")
        assert refuse.get("class") == accept.get("class")
        assert [b.get("data-consent-answer") for b in (refuse, accept)] == ["refused", "accepted"]
        assert one(page, "button", data_consent_again="").get("hidden") is not None
        sources = [script.get("src") or "" for script in elements(page, "script")]
        assert not [source for source in sources if "example.org" in source]


@pytest.mark.django_db
def test_staff_who_look_at_a_preview_are_not_asked(editor: Person, settings: Any) -> None:
    settings.MEASUREMENT = Measurement("matomo", "https://stats.example.org", "/matomo.php", "3")
    assert "data-consent" not in editor.get("/preview/at-20260101T0000/en/").content.decode()
