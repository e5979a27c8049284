"""One factory a model. What they make has passed the model's own rules, as what staff make has."""

from __future__ import annotations

import datetime as dt
import io
from functools import cache
from typing import Any

import factory
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image as Picture

from events.models import Event
from leadership.models import AnnualReport, TermOfOffice
from library.models import Document, Image, Recording
from news.models import FeaturedItem, NewsItem
from pages.models import Page, Topic
from portal.models import MenuLink, SiteSettings
from publishing import workflow
from publishing.fields import Translations
from publishing.models import Publishable
from review.models import Article, Author, Issue
from subscriptions.models import Subscriber

# Acts for the tests and is not in the database, as an import does.
IMPORTER = User(username="importer", is_active=True, is_superuser=True)
A_DAY = dt.timedelta(days=1)


@cache
def jpeg(width: int = 12, height: int = 8, kind: str = "JPEG") -> bytes:
    """A small picture's file."""
    file = io.BytesIO()
    Picture.new("RGB", (width, height), "navy").save(file, kind)
    return file.getvalue()


class Validated(DjangoModelFactory[Any]):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        row = model_class(*args, **kwargs)
        row.full_clean()
        row.save()
        return row


class PublishableFactory(DjangoModelFactory[Any]):
    """A live version in English; `draft=True`, `scheduled=True`, `expired=True` and `withdrawn=True` make other states."""

    class Meta:
        abstract = True

    class Params:
        draft = factory.Trait(live_from=None)
        scheduled = factory.Trait(live_from=factory.LazyFunction(lambda: timezone.now() + A_DAY))
        expired = factory.Trait(live_until=factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=1)))
        withdrawn = factory.Trait(withdrawn_at=factory.LazyFunction(timezone.now))

    language = "en"
    live_from = factory.LazyFunction(lambda: timezone.now() - A_DAY)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        many = {field.name for field in model_class._meta.many_to_many}
        relations = {name: kwargs.pop(name) for name in many & set(kwargs)}
        live_from, live_until = kwargs.pop("live_from", None), kwargs.pop("live_until", None)
        withdrawn = kwargs.pop("withdrawn_at", None)
        version = model_class(*args, **kwargs)
        workflow.save_draft(version, by=IMPORTER, relations=relations)
        if live_from is not None:
            workflow.approve(version, by=IMPORTER, at=live_from)
        if live_until is not None:
            workflow.expire(version, by=IMPORTER, at=live_until)
        if withdrawn is not None:
            workflow.withdraw(version, by=IMPORTER)
        return version


class ImageFactory(Validated):
    class Meta:
        model = Image

    title = factory.Sequence(lambda n: Translations(en=f"Picture {n}", fr=f"Image {n}"))
    file = factory.LazyAttribute(lambda o: ContentFile(jpeg(), name="picture.jpg"))
    alt_text = factory.LazyAttribute(lambda o: Translations(en=f"What {o.title} shows", fr=f"Ce que montre {o.title}"))
    credit = Translations(en="Chancery")


class DocumentFactory(Validated):
    class Meta:
        model = Document

    title = factory.Sequence(lambda n: f"Document {n}")
    file = factory.LazyAttribute(lambda o: ContentFile(b"A text.", name="document.txt"))


class RecordingFactory(Validated):
    """On another website; with `file`, here."""

    class Meta:
        model = Recording

    title = factory.Sequence(lambda n: f"Recording {n}")
    address = factory.LazyAttribute(lambda o: "" if getattr(o, "file", None) else "https://video.example.org/watch?v=1")


class TopicFactory(PublishableFactory):
    class Meta:
        model = Topic

    title = factory.Sequence(lambda n: f"Topic {n}")
    slug = factory.Sequence(lambda n: f"topic-{n}")
    teaser = "What it is about."


class PageFactory(PublishableFactory):
    class Meta:
        model = Page

    title = factory.Sequence(lambda n: f"Page {n}")
    slug = factory.Sequence(lambda n: f"page-{n}")
    teaser = "What stands there."
    body = "<p>Words of a page.</p>"


class TermFactory(PublishableFactory):
    class Meta:
        model = TermOfOffice

    title = factory.Sequence(lambda n: f"Person {n}")
    slug = factory.Sequence(lambda n: f"person-{n}")
    body = "<p>A life.</p>"
    began_on = dt.date(2014, 10, 1)


class ReportFactory(PublishableFactory):
    class Meta:
        model = AnnualReport

    title = factory.Sequence(lambda n: f"Annual Report {n}")
    slug = factory.Sequence(lambda n: f"report-{n}")
    year = 2023


class NewsItemFactory(PublishableFactory):
    class Meta:
        model = NewsItem

    title = factory.Sequence(lambda n: f"News item {n}")
    slug = factory.Sequence(lambda n: f"news-item-{n}")
    date = dt.date(2024, 1, 23)
    teaser = "In short."
    body = "<p>Words of a news item.</p>"


class FeaturedItemFactory(PublishableFactory):
    class Meta:
        model = FeaturedItem

    title = factory.Sequence(lambda n: f"Feature {n}")
    target = "https://example.org/"


class IssueFactory(Validated):
    class Meta:
        model = Issue

    year = factory.Sequence(lambda n: 1950 + n % 200)
    season = Issue.Season.AUTUMN


class AuthorFactory(Validated):
    class Meta:
        model = Author

    name = factory.Sequence(lambda n: f"Author {n}")
    affiliation = factory.LazyFunction(lambda: Translations(en="A university", fr="Une université"))
    biography = factory.LazyFunction(lambda: Translations(en="Writes.", fr="Écrit."))


class ArticleFactory(PublishableFactory):
    class Meta:
        model = Article

    title = factory.Sequence(lambda n: f"Article {n}")
    slug = factory.Sequence(lambda n: f"article-{n}")
    date = dt.date(2023, 12, 13)
    standfirst = "Two sentences. They open the article."
    body = "<p>Words of an article.</p>"


class EventFactory(PublishableFactory):
    class Meta:
        model = Event

    title = factory.Sequence(lambda n: f"Event {n}")
    slug = factory.Sequence(lambda n: f"event-{n}")
    start_date = dt.date(2024, 2, 15)
    city = "Brussels"


class SiteSettingsFactory(Validated):
    class Meta:
        model = SiteSettings

    name = factory.LazyFunction(lambda: Translations(en="The Organisation", fr="L’Organisation"))


class MenuLinkFactory(Validated):
    class Meta:
        model = MenuLink

    label = factory.Sequence(lambda n: f"Link {n}")
    target = "section:news"


class SubscriberFactory(Validated):
    class Meta:
        model = Subscriber

    class Params:
        confirmed = factory.Trait(
            state=Subscriber.State.CONFIRMED,
            confirmed_at=factory.LazyAttribute(lambda o: o.since),
            since=factory.LazyFunction(timezone.now),
        )

    email = factory.Sequence(lambda n: f"reader{n}@example.org")
    language = "en"
    languages = factory.LazyAttribute(lambda o: [o.language])


class UserFactory(DjangoModelFactory[Any]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    is_staff = True


FACTORIES: dict[type[Publishable], type[PublishableFactory]] = {
    factory_class._meta.model: factory_class
    for factory_class in (
        NewsItemFactory, FeaturedItemFactory, ArticleFactory, EventFactory, PageFactory, TopicFactory, TermFactory,
        ReportFactory,
    )
}  # fmt: skip


def factory_of(model: type[Publishable]) -> type[PublishableFactory]:
    """The factory of a kind: the tests of what every kind does ask for one as soon as the kind is registered."""
    assert model in FACTORIES, f"tests/factories.py has no factory for {model.__name__}: add one to FACTORIES."
    return FACTORIES[model]


def translated(original: Publishable, language: str = "fr", **values: Any) -> Any:
    """A live version of an item in another language, with the facts copied as the admin copies them."""
    if "slug" not in values and getattr(original, "slug", None):
        values["slug"] = f"{original.slug}-{language}"
    values.setdefault("title", f"{original.title} ({language})")
    many = {field.name for field in original._meta.many_to_many}
    facts = {name: getattr(original, name) for name in original.shared_fields if name not in many}
    version = FACTORIES[type(original)].create(**{**facts, "original": original, "language": language, **values})
    version.refresh_from_db()
    return version
