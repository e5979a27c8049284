"""What a news item and a featured card must say before they are stored."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from news.models import FeaturedItem, NewsItem
from publishing import workflow
from tests.conftest import Person
from tests.factories import IMPORTER, FeaturedItemFactory, NewsItemFactory, TermFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"kind": "speech"}, "speaker", "Say who speaks"),
        ({"kind": "video"}, "recording", "Choose what can be seen or heard"),
        ({"kind": "audio"}, "recording", "Choose what can be seen or heard"),
        ({"kind": "photo-gallery"}, "gallery", "needs pictures"),
        ({"gallery": [{"image": 1, "caption": {}}]}, "gallery", "Picture 1 is not in the library"),
        ({"delivery_status": "as-delivered"}, "delivery_status", "Only a speech"),
        ({"kind": "gossip"}, "kind", "not a valid choice"),
        ({"title": ""}, "title", "cannot be blank"),
        ({"title": "x" * 201}, "title", "at most 200"),
        ({"slug": "not a slug"}, "slug", "valid"),
        ({"slug": ""}, "slug", "cannot be blank"),
        ({"language": "xx"}, "language", "not a valid choice"),
    ],
)
def test_a_missing_or_wrong_value_is_named(values: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        NewsItemFactory(**values)
    assert said in " ".join(refused.value.message_dict[field])


def test_a_speech_has_a_speaker_by_name_or_by_office() -> None:
    term = TermFactory(title="Cleo Third")
    named = NewsItemFactory(kind="speech", speaker="Ann Envoy, Deputy")
    in_office = NewsItemFactory(kind="speech", secretary_general=term, delivery_status="as-delivered")
    assert named.speaker_name == "Ann Envoy, Deputy"
    assert in_office.speaker_name == "Cleo Third, Secretary General"


def test_the_name_on_a_term_of_office_that_is_not_public_yet_stands_on_no_page(visitor: Person) -> None:
    term = TermFactory(title="Cleo Third", scheduled=True)
    speech = NewsItemFactory(kind="speech", secretary_general=term)
    assert "Cleo Third" not in visitor.get(speech.get_absolute_url()).content.decode()
    workflow.approve(term, by=IMPORTER)
    assert "Cleo Third" in visitor.get(speech.get_absolute_url()).content.decode()


def test_somebody_who_appears_in_the_news_is_not_its_author() -> None:
    assert NewsItemFactory(kind="news", secretary_general=TermFactory()).speaker_name == ""


def test_slugs_may_be_in_any_script() -> None:
    assert NewsItemFactory(slug="саміт-україна").get_absolute_url().startswith("/en/news/2024/01/23/")


@pytest.mark.parametrize("kind", NewsItem.Kind)
def test_a_card_names_the_kind_unless_it_is_plain_news(kind: NewsItem.Kind) -> None:
    assert NewsItemFactory.build(kind=kind).kicker == ("" if kind == NewsItem.Kind.NEWS else str(kind.label))


@pytest.mark.parametrize("target", ["", "news", "javascript:alert(1)", "featured:1"])
def test_a_featured_card_leads_somewhere(target: str) -> None:
    with pytest.raises(ValidationError):
        FeaturedItemFactory(target=target)


def test_a_featured_card_needs_no_date() -> None:
    assert FeaturedItemFactory(date=None).display_date is None
    assert FeaturedItem.objects.live().count() == 1
