"""The lists of publishable content: where each item stands, in which languages, and who worked on it last."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from publishing import registry
from publishing.admin_urls import admin_url
from publishing.dates import short_moment
from publishing.languages import language_choices, own_name
from publishing.models import Publishable, State
from publishing.records import DRAFTS, Revision


class StateFilter(admin.SimpleListFilter):
    """By where an item stands with the public, or by what is under way."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        work = [("review", str(_("In review"))), ("pending", str(_("Changes not yet published")))]
        return [*((value, str(label)) for value, label in State.choices), *work]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value in State.values:
            return queryset.in_state(State(value))  # type: ignore[attr-defined, no-any-return]
        if value == "review":
            return queryset.filter(pk__in=_worked_on(queryset.model, state=Revision.State.SUBMITTED))
        if value == "pending":
            return queryset.filter(live_from__isnull=False, pk__in=_worked_on(queryset.model, state__in=DRAFTS))
        return queryset


class LanguageFilter(admin.SimpleListFilter):
    """Versions in a language; in a list of originals, the items that have one."""

    title = _("language")
    parameter_name = "language"

    def __init__(self, request: HttpRequest, params: Any, model: type[Any], model_admin: Any) -> None:
        self.originals = model_admin.lists_originals
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return language_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        language = self.value()
        if language is None:
            return queryset
        if not self.originals:
            return queryset.filter(language=language)
        versions = queryset.model.rows().in_language(language).filter(original=OuterRef("pk"))
        return queryset.filter(Q(language=language) | Exists(versions))


class MineFilter(admin.SimpleListFilter):
    title = _("author")
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", str(_("What I have written")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=_worked_on(queryset.model, author=request.user.pk))


# What every kind's list shows and can be narrowed by, beside the kind's own.
STANDING = ("state_badge", "language_badges", "author_name", "changed_at")
FILTERS = (StateFilter, LanguageFilter, MineFilter)


class PublishableList(admin.ModelAdmin[Any]):
    """The list half of `PublishableAdmin`."""

    list_display: Any = ("title", *STANDING)
    list_filter: ClassVar[Any] = FILTERS
    search_fields: ClassVar[Any] = ("title",)
    list_select_related: ClassVar[Any] = ("original",)
    # Newest first, by the one index that every kind has.
    ordering: ClassVar[Any] = ("-pk",)
    list_per_page = 50
    show_full_result_count = False

    # True for a kind in hand order: its translations stand where their originals stand.
    lists_originals = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        work = Prefetch(
            "revisions", Revision.objects.open().defer("content").order_by("-number"), to_attr="open_revisions"
        )
        queryset: Any = super().get_queryset(request).prefetch_related("translations", "original__translations", work)
        match = request.resolver_match
        if match is None or not str(match.url_name).endswith("_changelist"):
            return queryset  # type: ignore[no-any-return]
        if self.lists_originals:
            queryset = queryset.originals()
        return _with_newest_revision(queryset)  # type: ignore[no-any-return]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the site's index, where it has this kind; also for choosers, which ask by the beginning of a word."""
        found = registry.found_by_staff(self.model, search_term) if search_term.strip() else None
        if found is None:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(pk__in=found), False

    @admin.display(description=_("state"), ordering="live_from")
    def state_badge(self, item: Any) -> SafeString:
        """Where it stands with the public, and what is under way."""
        badges = [(item.state.value, item.state.label, item.live_from if item.state is State.SCHEDULED else None)]
        for revision in item.open_revisions:
            if revision.state != Revision.State.DRAFT:
                badges.append((revision.state, revision.get_state_display(), revision.due_at))
            elif item.state is not State.DRAFT:
                badges.append(("pending", _("Changes not yet published"), None))
        return format_html_join(
            " ",
            '<span class="state state--{}">{}</span> {}',
            ((key, label, short_moment(timezone.localtime(when)) if when else "") for key, label, when in badges),
        )

    @admin.display(description=_("languages"))
    def language_badges(self, item: Publishable) -> SafeString:
        original = item.original or item
        versions = {version.language: version for version in (original, *original.translations.all())}
        return format_html_join(
            " ",
            '<a class="version version--{}{}" href="{}" title="{}" aria-label="{}">{}</a>',
            (
                (
                    versions[code].state.value,
                    " version--own" if versions[code].pk == item.pk else "",
                    admin_url(versions[code], "change"),
                    versions[code].state.label,
                    f"{own_name(code)}: {versions[code].state.label}",
                    code.upper(),
                )
                for code, _name in language_choices()
                if code in versions
            ),
        )

    @admin.display(description=_("author"), empty_value="–")
    def author_name(self, item: Any) -> str | None:
        """Who wrote the newest revision."""
        return item.newest_author or None

    @admin.display(description=_("updated"))
    def changed_at(self, item: Any) -> str:
        """When the newest revision was written: a draft over a live item leaves the item's own columns alone."""
        return short_moment(timezone.localtime(item.newest_at or item.updated_at))


def _worked_on(model: type[Publishable], **wanted: Any) -> QuerySet[Any, Any]:
    """The keys of the items of a kind with such a revision."""
    kind = ContentType.objects.get_for_model(model)
    return Revision.objects.filter(content_type=kind, **wanted).values("object_id")


def _with_newest_revision(queryset: Any) -> Any:
    """Each row with the author and the time of its newest revision, looked up for the rows of one page only."""
    kind = ContentType.objects.get_for_model(queryset.model)
    newest = Revision.objects.filter(content_type=kind, object_id=OuterRef("pk")).order_by("-number")
    full_name = Trim(Concat("author__first_name", Value(" "), "author__last_name"), output_field=CharField())
    name = Coalesce(NullIf(full_name, Value("")), "author__username", output_field=CharField())
    return queryset.annotate(
        newest_author=Subquery(newest.values(name=name)[:1], output_field=CharField()),
        newest_at=Subquery(newest.values("created_at")[:1]),
    )
