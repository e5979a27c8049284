"""Every kind of content and every section of the site, entered once by its app.

What a lower floor shows of a higher one (a topic's news, what a menu points to, what the search finds) comes
through here, so that imports point down only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst

from publishing.admin_urls import admin_url
from publishing.models import Publishable, PublishableQuerySet
from publishing.syndication import Syndicated


@dataclass(frozen=True, slots=True)
class Section:
    """A list or page of the site that is not a row: what a menu can point to besides items."""

    key: str
    label: str | Promise
    url_name: str
    argument: str = ""
    canonical: bool = True
    """False where it shows an item that has an address of its own."""

    def url(self) -> str:
        return reverse(self.url_name, args=[self.argument] if self.argument else [])


def name_of(kind: str, form: str) -> str:
    """One word for a kind or for one form of it, as readers' choices hold it; `str.partition(":")` takes it apart."""
    return f"{kind}:{form}" if form else kind


@dataclass(frozen=True, slots=True)
class ContentKind:
    """One kind of publishable content."""

    key: str
    model: type[Publishable]
    list_url: str = ""
    """URL name of the list of all items of this kind."""
    has_page: bool = True
    """False for what only stands on other pages, such as a featured card."""
    teaser_field: str = "title"
    """The column with the words under its title; the site's search looks there and in the title."""
    searched: tuple[str, ...] = ()
    """What else the site's search looks in: its columns, and those of what it refers to (`authors__name`)."""
    topics_field: str = ""
    """The field with its topics, by which search results can be narrowed."""
    form_field: str = ""
    """The column that tells apart what readers take for kinds of their own (speeches, photos), if there is one."""
    feed: Syndicated | None = None
    """What feeds tell of it; None for what stands in none."""

    @property
    def forms(self) -> dict[str, str]:
        """The labels of its forms, by their values; none for a kind that has only one."""
        field: Any = self.model._meta.get_field(self.form_field) if self.form_field else None
        return {str(value): str(label) for value, label in field.choices} if field else {}

    def form_label(self, form: str) -> str:
        """What readers call an item of this kind, or of one form of it."""
        return capfirst(self.forms.get(form) or form or str(self.model._meta.verbose_name))

    def form_of(self, item: Publishable) -> str:
        return str(getattr(item, self.form_field)) if self.form_field else ""

    def teaser_of(self, item: Publishable) -> str:
        """The words under its title, if it has any."""
        return "" if self.teaser_field == "title" else str(getattr(item, self.teaser_field))

    @property
    def label(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))

    def field_to(self, model: type[Model]) -> str | None:
        """The name of this kind's field that refers to a model (a news item's topics), or None."""
        for field in self.model._meta.get_fields():
            if field.related_model is model and not field.auto_created and field.name != "original":
                return field.name
        return None


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that leads to an item, and where staff change it."""

    kind: str
    field: str
    title: str
    language: str
    url: str

    @classmethod
    def of(cls, row: Any, field: Any, *, title: str = "") -> Mention:
        """A row that leads to an item by one of its fields."""
        return cls(
            kind=capfirst(str(row._meta.verbose_name)),
            field=str(field.verbose_name),
            title=title or str(row),
            language=row.language,
            url=admin_url(row, "change"),
        )


DeskPanel = Callable[[Any], Any]
"""Makes a `publishing.admin_start.Panel` for a person, or None if there is nothing to tell them."""

MentionFinder = Callable[[Publishable], Iterable[Mention]]

Follower = Callable[[type[Publishable], Collection[int]], None]
"""Told, inside the transaction, which versions of a kind have changed in their columns, or are gone."""

StaffSearch = Callable[[type[Publishable], str], Any]
"""The keys (a subquery) of the versions of a kind with what staff typed, drafts among them; None if it cannot say."""

_kinds: dict[str, ContentKind] = {}
_sections: dict[str, Section] = {}
_finders: list[MentionFinder] = []
_desk_panels: list[DeskPanel] = []
_followers: list[Follower] = []
_staff_searches: list[StaffSearch] = []


def register(kind: ContentKind) -> None:
    """Enter a kind; called once by its app's `ready`. Raises ValueError for a key that is taken."""
    if _kinds.get(kind.key, kind) != kind:
        raise ValueError(f"The kind “{kind.key}” is registered already.")
    _kinds[kind.key] = kind


def register_section(section: Section) -> None:
    if _sections.get(section.key, section) != section:
        raise ValueError(f"The section “{section.key}” is registered already.")
    _sections[section.key] = section


def register_finder(finder: MentionFinder) -> None:
    """Enter a way to find what leads to an item."""
    if finder not in _finders:
        _finders.append(finder)


def mentions_of(item: Publishable) -> list[Mention]:
    """What would lead nowhere if this version were not public, as far as the apps know."""
    return [mention for finder in _finders for mention in finder(item)]


def register_desk_panel(panel: DeskPanel) -> None:
    """Enter a list of the admin's start page; called once by an app's `ready`."""
    if panel not in _desk_panels:
        _desk_panels.append(panel)


def desk_panels(user: Any) -> list[Any]:
    """What the apps have to tell a person on the start page, in the order in which they entered it."""
    return [found for panel in _desk_panels if (found := panel(user)) is not None]


def register_follower(follower: Follower) -> None:
    """Enter what has to follow every change of a version, such as an index."""
    if follower not in _followers:
        _followers.append(follower)


def tell_followers(model: type[Publishable], keys: Collection[int]) -> None:
    """Whoever writes a version's columns, or what the registry says is searched with them, says so here."""
    for follower in _followers:
        follower(model, keys)


def tell_followers_of(row: Model) -> None:
    """A row whose columns are searched with the versions that refer to it, such as an author, has changed."""
    for kind in kinds():
        for path in kind.searched:
            name, _separator, column = path.partition("__")
            if column and kind.model._meta.get_field(name).related_model is type(row):
                tell_followers(
                    kind.model, list(kind.model.rows().filter(**{name: row.pk}).values_list("pk", flat=True))
                )


def register_staff_search(search: StaffSearch) -> None:
    """Enter a way to find what staff look for in the admin's lists."""
    if search not in _staff_searches:
        _staff_searches.append(search)


def found_by_staff(model: type[Publishable], text: str) -> Any:
    """What the first who knows this kind has found; None if nobody does."""
    return next((found for search in _staff_searches if (found := search(model, text)) is not None), None)


def kinds() -> tuple[ContentKind, ...]:
    return tuple(_kinds.values())


def kind_with_page(model: type[Model]) -> ContentKind | None:
    """A model's kind; None if it has no page of its own, or is of no kind."""
    kind = kind_of(model)
    return kind if kind and kind.has_page else None


def kinds_with_pages() -> tuple[ContentKind, ...]:
    return tuple(kind for kind in kinds() if kind.has_page)


def kinds_about(model: type[Model]) -> Iterator[tuple[ContentKind, str]]:
    """The kinds with pages that refer to a model, each with the name of the field that does."""
    for kind in kinds_with_pages():
        field = kind.field_to(model)
        if field:
            yield kind, field


def rows_about(item: Publishable) -> Iterator[tuple[ContentKind, PublishableQuerySet[Any]]]:
    """Each kind that can refer to what this item is (a topic, a person), with its live items that refer to this one."""
    for kind, field in kinds_about(type(item)):
        yield kind, kind.model.rows().live().for_readers_of(item.language).filter(**{field: item.original_key})


def kind_of(model: type[Model]) -> ContentKind | None:
    return next((kind for kind in kinds() if kind.model is model), None)


def kind_named(key: str) -> ContentKind | None:
    return _kinds.get(key)


def sections() -> tuple[Section, ...]:
    return tuple(_sections.values())


def section(key: str) -> Section | None:
    return _sections.get(key)
