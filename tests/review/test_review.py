"""The Review: reading time, authors, issues."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from publishing.fields import Translations
from review.models import Article, Issue
from tests.admin_forms import change_url
from tests.conftest import Person
from tests.factories import ArticleFactory, AuthorFactory, ImageFactory, IssueFactory, TopicFactory, translated
from tests.html import form_data, one, parse, text, texts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (240, 1), (241, 2), (2400, 10)])
def test_reading_time_is_rounded_up_and_at_least_a_minute(words: int, minutes: int) -> None:
    assert ArticleFactory.build(body=f"<p>{'word ' * words}</p>").reading_time == minutes


def test_tags_are_not_read() -> None:
    assert ArticleFactory.build(body='<p><a href="https://example.org/">word</a></p>' * 240).reading_time == 1


def test_an_article_shows_its_authors_issue_and_reading_time(visitor: Person) -> None:
    author = AuthorFactory(name="Ann Author", image=ImageFactory())
    second = AuthorFactory(name="Bob Writer")
    article = ArticleFactory(
        title="Decide the future", standfirst="Two sentences.", body=f"<p>{'word ' * 500}</p>", authors=[author, second],
        issue=IssueFactory(year=2023, season=Issue.Season.WINTER), image=ImageFactory(credit={"en": "A photographer"}),
        topics=[TopicFactory(title="Foresight")],
    )  # fmt: skip
    main = text(one(parse(visitor.get(article.get_absolute_url())), "main"))
    for words in (
        "Decide the future", "Two sentences.", "Ann Author", "Bob Writer", "A university", "Writes.", "Winter 2023",
        "3 minutes to read", "13 December 2023", "A photographer", "Foresight",
    ):  # fmt: skip
        assert words in main, words


def test_an_authors_words_are_in_the_readers_language(visitor: Person) -> None:
    article = ArticleFactory(authors=[AuthorFactory()])
    french = translated(article)
    french.authors.set(article.authors.all())
    page = text(one(parse(visitor.get(french.get_absolute_url())), "main"))
    assert "Une université" in page
    assert "A university" not in page


def test_articles_are_listed_newest_first_and_by_topic(visitor: Person) -> None:
    topic = TopicFactory(slug="climate")
    ArticleFactory(title="Older", date=dt.date(2023, 1, 1), topics=[topic])
    ArticleFactory(title="Newer", date=dt.date(2023, 2, 1))
    ArticleFactory(title="SECRET", topics=[topic], draft=True)
    assert texts(one(parse(visitor.get("/en/review/")), "ul", cls="cards"), "h2") == ["Newer", "Older"]
    assert texts(one(parse(visitor.get("/en/review/?topic=climate")), "ul", cls="cards"), "h2") == ["Older"]
    assert texts(one(parse(visitor.get("/en/review/?month=2023-01")), "ul", cls="cards"), "h2") == ["Older"]


def test_an_issue_exists_once() -> None:
    IssueFactory(year=2023, season=Issue.Season.WINTER)
    with pytest.raises(ValidationError, match="exists already"):
        IssueFactory(year=2023, season=Issue.Season.WINTER)


def test_the_newest_issue_comes_first() -> None:
    older = IssueFactory(year=2023, season=Issue.Season.SPRING)
    newer = IssueFactory(year=2023, season=Issue.Season.WINTER)
    assert list(Issue.objects.all()) == [newer, older]


def test_an_author_with_articles_is_kept_in_the_library(writer: Person) -> None:
    author = AuthorFactory(name="Ann")
    data = form_data(writer.get(change_url(author)), "author_form")
    response = writer.post(change_url(author), {**data, "name": "Ann Author"})
    assert response.status_code == 302
    author.refresh_from_db()
    assert author.name == "Ann Author"
    assert author.affiliation == Translations(en="A university", fr="Une université")


def test_the_standfirst_stands_for_the_teaser() -> None:
    assert Article(standfirst="Words").teaser == "Words"
