"""The Secretary General pages."""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from leadership.metadata import profile, report
from leadership.models import AnnualReport, TermOfOffice
from publishing import clock, registry
from publishing.metadata import Absolute, Thing
from publishing.models import Publishable
from publishing.syndication import feed_links
from publishing.views import Breadcrumbs, ItemList, ItemView, crumb


class TermView(ItemView):
    """One Secretary General: biography, and where they appear."""

    model = TermOfOffice
    template_name = "leadership/term_detail.html"
    shows = ("image",)
    has_feeds = True
    limit = 8

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        term: TermOfOffice = self.object
        today = clock.today()
        is_current = term.began_on <= today and (term.ended_on is None or term.ended_on >= today)
        reports = AnnualReport.objects.live().for_readers_of(term.language).for_cards().latest_first()
        return super().get_context_data(
            is_current=is_current,
            appearances=self._appearances(term),
            reports=list(reports[:3]) if is_current else [],
            feeds=feed_links(self.request, term.title),
            **kwargs,
        )

    def _appearances(self, term: TermOfOffice) -> list[Publishable]:
        items = [
            item for _kind, rows in registry.rows_about(term) for item in rows.for_cards().latest_first()[: self.limit]
        ]
        return sorted(items, key=lambda item: str(item.display_date or ""), reverse=True)[: self.limit]

    def structured_data(self, context: dict[str, Any], absolute: Absolute) -> Thing:
        return profile(self.object, absolute)

    def breadcrumbs(self, item: TermOfOffice) -> Breadcrumbs:
        return [crumb(_("Secretary General"), reverse("leadership:current"))]


class CurrentTermView(TermView):
    """The Secretary General in office."""

    def here(self, rows: Any) -> Any:
        return rows.current()

    def rows_here(self) -> Any:
        """Nobody's own: who has left office has an address of their own."""
        return self.model.rows().none()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The language switch stays here; for search engines the person's own page is the one that counts."""
        context = super().get_context_data(**kwargs)
        here = reverse("leadership:current")
        self.request.language_switch = {  # type: ignore[attr-defined]
            code: here.replace(f"/{self.object.language}/", f"/{code}/", 1)
            for code in self.request.item_versions  # type: ignore[attr-defined]
        }
        return context

    def breadcrumbs(self, item: TermOfOffice) -> Breadcrumbs:
        return [crumb(_("Secretary General"))]


class FormerTerms(ItemList):
    model = TermOfOffice
    template_name = "leadership/term_list.html"
    heading = _("Former Secretaries General")
    has_feeds = False

    def base_queryset(self) -> Any:
        queryset: Any = super().base_queryset()
        return queryset.former()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["breadcrumbs"].insert(0, crumb(_("Secretary General"), reverse("leadership:current")))
        return context


class ReportList(ItemList):
    model = AnnualReport
    template_name = "leadership/report_list.html"
    heading = _("Annual reports")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["breadcrumbs"].insert(0, crumb(_("Secretary General"), reverse("leadership:current")))
        return context


class ReportView(ItemView):
    model = AnnualReport
    template_name = "leadership/report_detail.html"
    shows = ("image", "document")

    @cached_property
    def parents(self) -> Breadcrumbs:
        return [
            crumb(_("Secretary General"), reverse("leadership:current")),
            crumb(_("Annual reports"), reverse("leadership:reports")),
        ]

    def structured_data(self, context: dict[str, Any], absolute: Absolute) -> Thing:
        return report(self.object, absolute)

    def breadcrumbs(self, item: AnnualReport) -> Breadcrumbs:
        return self.parents
