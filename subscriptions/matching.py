"""Which readers want which items: one rule, in SQL for making a mailing and in Python for what each is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Manager, OuterRef, Q, TextField
from django.db.models.functions import Cast

from pages.models import Topic
from publishing import registry
from publishing.models import Publishable
from publishing.registry import ContentKind

if TYPE_CHECKING:
    from subscriptions.models import Subscriber


@dataclass(frozen=True, slots=True)
class Traits:
    """What readers choose an item by."""

    language: str
    kind: str
    topics: frozenset[int]
    """Keys of the originals."""
    live_from: dt.datetime


def mailed_kinds() -> list[ContentKind]:
    """The kinds that are news: what stands in a list of the site. A page of the page tree, such as a legal notice, is
    not."""
    return [kind for kind in registry.kinds_with_pages() if kind.list_url]


def kind_choices() -> list[tuple[str, str]]:
    """(name, label) of every kind that readers can choose; the newsroom's own kinds are offered one by one."""
    choices: list[tuple[str, str]] = []
    for kind in mailed_kinds():
        forms = [(registry.name_of(kind.key, form), label) for form, label in kind.forms.items()]
        choices += forms or [(kind.key, kind.label)]
    return choices


def traits_of(item: Publishable) -> Traits:
    """Of an item whose topics, if it has any, have been read before."""
    kind = registry.kind_of(type(item))
    assert kind is not None
    assert item.live_from is not None
    topics = {item.original_key} if isinstance(item, Topic) else set()
    if kind.topics_field:
        topics |= {topic.pk for topic in getattr(item, kind.topics_field).all()}
    name = registry.name_of(kind.key, kind.form_of(item))
    return Traits(item.language, name, frozenset(topics), item.live_from)


def wants(reader: Subscriber, traits: Traits) -> bool:
    """The same rule as `wanted_by`; the reader's topics are read if they were not before."""
    assert reader.since is not None
    if traits.live_from <= reader.since or traits.language not in reader.languages:
        return False
    if reader.kinds and traits.kind not in reader.kinds:
        return False
    topics = {topic.pk for topic in reader.topics.all()}
    return not topics or not topics.isdisjoint(traits.topics)


def wanted_by(readers: Any, subjects: Iterable[Traits]) -> Any:
    """Those of the readers (a queryset) who want at least one of these."""
    newest: dict[Traits, dt.datetime] = {}
    for traits in subjects:
        alike = replace(traits, live_from=dt.datetime.min.replace(tzinfo=dt.UTC))
        newest[alike] = max(traits.live_from, newest.get(alike, traits.live_from))
    condition = Q(pk__in=[])
    for traits, live_from in newest.items():
        condition |= Q(since__lt=live_from) & _condition(traits, readers.model.topics.through._default_manager)
    texts = {f"{name}_text": Cast(name, TextField()) for name in ("languages", "kinds")}
    return readers.alias(**texts).filter(condition)


def _condition(traits: Traits, chosen: Manager[Any]) -> Q:
    kinds = Q(kinds_text="[]") | Q(kinds_text__contains=f'"{traits.kind}"')
    own = chosen.filter(subscriber=OuterRef("pk"))
    topics = Q(~Exists(own))
    if traits.topics:
        topics |= Q(Exists(own.filter(topic__in=traits.topics)))
    return Q(languages_text__contains=f'"{traits.language}"') & kinds & topics
