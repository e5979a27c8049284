"""The Secretary General in feeds: where a holder of the office appears, and the annual reports."""

from __future__ import annotations

from django.urls import reverse

from leadership.models import AnnualReport, TermOfOffice
from leadership.views import CurrentTermView, ReportList, TermView
from library.feeds import ItemFeed, ListFeed
from publishing.languages import current_language
from publishing.syndication import Labels, Told


class TermFeed(ItemFeed, TermView):
    def feed_title(self, item: TermOfOffice) -> str:
        return f"{item.title}, {item.role}"


class CurrentTermFeed(TermFeed, CurrentTermView):
    """Of who is in office, under an address that stays when somebody else is."""


class ReportFeed(ListFeed, ReportList):
    pass


def tell_report(item: AnnualReport, labels: Labels) -> Told:
    return Told(summary=item.teaser, categories=(item.kicker,), enclosed=(item.document, item.image))


def lists_of_report(item: AnnualReport) -> list[str]:
    return [reverse("leadership:reports")]


def lists_with(leader: TermOfOffice | None) -> list[str]:
    """The paths of the pages on which a Secretary General's appearances stand, in the active language."""
    if leader is None:
        return []
    here = TermOfOffice.objects.live().in_language(current_language())
    own = [term.get_absolute_url() for term in here.versions_of(leader.original_key)]
    return [reverse("leadership:current"), *own]
