"""What every public list and item page does alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.views.generic import DetailView, ListView

from publishing import former
from publishing.filters import ListFilter, month_label
from publishing.languages import current_language, listed
from publishing.metadata import Absolute, Thing, work
from publishing.models import Publishable, PublishableQuerySet
from publishing.syndication import feed_links
from publishing.targets import targets_in, targets_of_page

Breadcrumbs = list[dict[str, str]]


def crumb(label: object, url: str = "") -> dict[str, str]:
    return {"label": str(label), "url": url}


def share_links(request: HttpRequest, title: str) -> list[dict[str, str]]:
    """Plain links that hand a page's address to a network or a mail program; no script of theirs is loaded."""
    url = request.build_absolute_uri(request.path)
    return [
        {
            "label": "X",
            "icon": "x",
            "url": f"https://x.com/intent/post?{urlencode({'text': title, 'url': url})}",
        },
        {
            "label": "Facebook",
            "icon": "facebook",
            "url": f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}",
        },
        {
            "label": "LinkedIn",
            "icon": "linkedin",
            "url": f"https://www.linkedin.com/sharing/share-offsite/?{urlencode({'url': url})}",
        },
        {
            "label": gettext("E-mail"),
            "icon": "mail",
            "url": "mailto:?" + urlencode({"subject": title, "body": url}).replace("+", "%20"),
        },
    ]


def addresses_of(versions: Iterable[Publishable]) -> dict[str, str]:
    """The paths of an item's versions by language."""
    return {version.language: version.get_absolute_url() for version in versions}


class ItemView(DetailView[Any]):
    """The page of one live version, in the language of the address."""

    model: type[Publishable]
    context_object_name = "item"
    slug_field = "slug"
    share = True
    # Relations to one row that its template shows.
    shows: ClassVar[tuple[str, ...]] = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            answer = former.answer(request, self.rows_here().first()) or self.untranslated()
            if answer is None:
                raise
            return answer

    def untranslated(self) -> HttpResponse | None:
        """What to say at the address of an item that has no version in this language; None if it is nobody's."""
        live = self.model.rows().live()
        found = self.here(live).first()
        if found is None:
            return None
        versions = live.versions_of(found.original_key).exclude(language=current_language())
        offered = sorted(versions, key=lambda version: (version.original_id is not None, version.language))
        self.request.item_versions = addresses_of(offered)  # type: ignore[attr-defined]
        return render(self.request, "untranslated.html", {"versions": offered})

    def get_queryset(self) -> PublishableQuerySet[Any]:
        return self.model.rows().live().select_related(*self.shows)

    def get_object(self, queryset: Any = None) -> Any:
        """With its other live versions, read by the same query."""
        here = self.here(self.model.rows().live().in_language(current_language()))
        original = Subquery(here.values(key=Coalesce("original_id", "pk"))[:1])
        # Equal to one key and not among keys, so that either column's index is used.
        versions = list(self.get_queryset().filter(Q(pk=original) | Q(original=original)))
        found = next((version for version in versions if version.language == current_language()), None)
        if found is None:
            raise Http404(gettext("There is no such page."))
        self.versions = versions
        return found

    def here(self, rows: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        """The one of these rows that has this address."""
        return rows.filter(**{self.slug_field: self.kwargs.get(self.slug_url_kwarg)})

    def rows_here(self) -> PublishableQuerySet[Any]:
        """The version with this address, whether it is live or not."""
        return self.here(self.model.rows().in_language(current_language()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        item: Publishable = self.object
        self.request.item_versions = addresses_of(self.versions)  # type: ignore[attr-defined]
        targets_of_page(self.request, item.language).announce(targets_in(item))
        context["breadcrumbs"] = [*self.breadcrumbs(item), crumb(item.title)]
        context["structured_data"] = self.structured_data(context, self.request.build_absolute_uri)
        if self.share and not hasattr(self.request, "preview"):
            context["share"] = share_links(self.request, item.title)
        return context

    def breadcrumbs(self, item: Any) -> Breadcrumbs:
        return []

    def structured_data(self, context: dict[str, Any], absolute: Absolute) -> Thing:
        """What the page tells machines of its item, made from the item and from what the page shows beside it."""
        return work(context["item"], "WebPage", absolute)


class DatedItemView(ItemView):
    """The page of an item with a day in its address."""

    def here(self, rows: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        assert self.model.address_day is not None
        return super().here(rows).filter(**{self.model.address_day: self.day})

    @property
    def day(self) -> dt.date:
        try:
            return dt.date(self.kwargs["year"], self.kwargs["month"], self.kwargs["daynumber"])
        except ValueError as error:
            raise Http404(gettext("There is no such day.")) from error


class ItemList(ListView[Any]):
    """Live items for readers of the language of the address, newest first, with the filters in the query string."""

    model: type[Publishable]
    paginate_by = 20
    filter_class: type[ListFilter] | None = None
    heading: Any = ""
    # Whether the list holds several kinds of things, so that each row says which one it is.
    mixed = False
    # Whether it leads to its months.
    by_month = False
    # Whether feeds stand beside it.
    has_feeds = True

    def base_queryset(self) -> PublishableQuerySet[Any]:
        return self.model.rows().live().for_readers_of(current_language())

    def ordered(self, queryset: PublishableQuerySet[Any]) -> QuerySet[Any]:
        return queryset.for_cards().latest_first()

    @cached_property
    def filter(self) -> ListFilter | None:
        """The filter form of this request. Raises Http404 for a value that the list does not know."""
        if self.filter_class is None:
            return None
        form = self.filter_class(self.request.GET, queryset=self.base_queryset())
        if not form.is_valid():
            raise Http404(gettext("This list has no such filter."))
        return form

    def shown(self, rows: Iterable[Any]) -> list[Any]:
        """Those of the rows that readers are shown."""
        return list(rows)

    def get_queryset(self) -> QuerySet[Any]:
        queryset = self.base_queryset()
        return self.ordered(self.filter.narrow(queryset) if self.filter else queryset)

    @property
    def title(self) -> str:
        """The heading, and what the list is narrowed to."""
        chosen = listed(self.filter.chosen) if self.filter else ""
        return f"{self.heading} – {chosen}" if chosen else str(self.heading)

    @property
    def query(self) -> str:
        """The filters that are on, as a query string."""
        return self.filter.query if self.filter else ""

    def address(self, **part: str) -> str:
        """The address of a part of the list, narrowed to the kind and the topic that the reader has chosen."""
        chosen = {name: self.filter.cleaned_data.get(name) for name in ("kind", "topic")} if self.filter else {}
        query = urlencode({name: value for name, value in {**part, **chosen}.items() if value})
        return f"{self.request.path}?{query}" if query else self.request.path

    def months(self) -> list[dict[str, Any]]:
        """Links to the months of the archive around the one that is open, or of the year that is chosen."""
        if self.filter is None or not self.by_month:
            return []
        here = self.filter.first_of_month
        return [
            {"label": month_label(first), "url": self.address(month=f"{first:%Y-%m}"), "current": first == here}
            for first in self.filter.months()
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.pop("page", None)
        month = self.filter.first_of_month if self.filter else None
        return super().get_context_data(
            heading=self.heading,
            filter=self.filter,
            months=self.months(),
            month_label=month_label(month) if month else "",
            query=f"{query.urlencode()}&" if query else "",
            breadcrumbs=[crumb(self.heading)],
            feeds=feed_links(self.request, self.title, self.query) if self.has_feeds else [],
            **kwargs,
        )
