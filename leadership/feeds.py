"""The Secretary General in feeds: where a holder of the office appears, and the annual reports."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from leadership.models import AnnualReport, TermOfOffice
from leadership.views import CurrentTermView, ReportList, TermView
from library.feeds import ListFeed, answer, newest
from publishing import former
from publishing.languages import current_language
from publishing.syndication import Labels, Told, refuse_preview


class TermFeed(TermView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_preview(request)
        try:
            term: TermOfOffice = self.get_object()
        except Http404:
            if address := former.moved_to(request.path_info.rpartition("/")[0] + "/"):
                return HttpResponsePermanentRedirect(f"{address}feed.{kwargs['form'].extension}")
            raise
        return answer(request, kwargs["form"], newest(self.rows_about(term)), title=f"{term.title}, {term.role}")


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
    own = [term.get_absolute_url() for term in here.filter(Q(pk=leader.original_key) | Q(original=leader.original_key))]
    return [reverse("leadership:current"), *own]
