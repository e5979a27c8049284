"""The register of kinds and sections."""

import pytest

from leadership.models import TermOfOffice
from news.models import FeaturedItem, NewsItem
from pages.models import Topic
from publishing import registry
from tests.conftest import PUBLISHABLE


def test_every_publishable_model_is_entered_once() -> None:
    assert sorted(kind.model.__name__ for kind in registry.kinds()) == sorted(model.__name__ for model in PUBLISHABLE)


def test_a_featured_card_has_no_page() -> None:
    assert FeaturedItem not in [kind.model for kind in registry.kinds_with_pages()]


def test_kinds_about_a_topic_are_found_by_their_field() -> None:
    assert {(kind.key, field) for kind, field in registry.kinds_about(Topic)} == {
        ("news", "topics"),
        ("article", "topics"),
        ("event", "topics"),
    }


def test_kinds_about_a_secretary_general_are_found_by_their_field() -> None:
    assert [(kind.key, field) for kind, field in registry.kinds_about(TermOfOffice)] == [("news", "secretary_general")]


def test_a_key_that_is_taken_is_refused() -> None:
    with pytest.raises(ValueError, match="registered already"):
        registry.register(registry.ContentKind(key="news", model=Topic))
    with pytest.raises(ValueError, match="registered already"):
        registry.register_section(registry.Section("news", "Another", "home"))


def test_entering_the_same_kind_again_changes_nothing() -> None:
    before = registry.kinds()
    news = registry.kind_named("news")
    assert news is not None
    registry.register(news)
    assert registry.kinds() == before
    assert registry.kind_of(NewsItem) == news


@pytest.mark.django_db
def test_every_section_and_every_list_has_an_address() -> None:
    assert all(section.url().startswith("/en/") for section in registry.sections())
    assert {kind.key for kind in registry.kinds() if not kind.list_url} == {"page"}
