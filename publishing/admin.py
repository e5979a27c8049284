"""The admin of everything publishable: one form, one list, one way to publish and to translate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from admin_ordering.admin import OrderableAdmin
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, UniqueConstraint
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from js_asset.media import Media

from publishing import workflow
from publishing.languages import language_choices, own_name
from publishing.models import Publishable, State

PUBLISH, WITHDRAW = "_publish", "_withdraw"


class PublishableForm(forms.ModelForm[Publishable]):
    """A version's form. The buttons “Publish now” and “Take down” set the two timestamps that decide."""

    translated_from: Publishable | None = None
    translated_into: str = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.translated_from
        if source is not None and self.instance.pk is None:
            self.instance.original = source
            self.instance.language = self.translated_into
            for name in source.fact_columns():
                setattr(self.instance, name, getattr(source, name))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if PUBLISH in self.data:
            data["live_from"], data["live_until"] = timezone.now(), None
            if self.instance.state is State.TAKEN_DOWN:
                data["live_from"] = self.instance.live_from
        elif WITHDRAW in self.data:
            data["live_from"], data["live_until"] = workflow.withdrawn(self.instance)
        return data

    def _get_validation_exclusions(self) -> set[str]:
        # A rule that spans a field of the form and one outside it (language and slug) is checked all the same.
        ruled = {
            name
            for constraint in self.instance._meta.constraints
            if isinstance(constraint, UniqueConstraint)
            for name in constraint.fields
        }
        return super()._get_validation_exclusions() - ruled - {"live_from", "live_until"}  # type: ignore[no-any-return, misc]


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value not in State.values:
            return queryset
        return queryset.in_state(State(value))  # type: ignore[attr-defined, no-any-return]


class PublishableAdmin(admin.ModelAdmin[Any]):
    """Base of every publishable kind's admin.

    A kind names `content_fieldsets`; publication and language are added. Who lacks the right to publish may write
    drafts, and may not touch what the public sees or is about to see.
    """

    form = PublishableForm
    change_form_template = "admin/publishing/change_form.html"
    content_fieldsets: ClassVar[tuple[Any, ...]] = ()
    list_display: Any = ("title", "state_badge", "language_badges", "updated_at")
    list_filter: ClassVar[Any] = (StateFilter, "language")
    search_fields: ClassVar[Any] = ("title",)
    prepopulated_fields: ClassVar[Any] = {"slug": ("title",)}
    list_select_related: ClassVar[Any] = ("original",)
    list_per_page = 50
    show_full_result_count = False
    save_on_top = True
    # Fields that make up the address; fixed once the page has been public.
    address_fields: ClassVar[tuple[str, ...]] = ("slug",)

    # ── Lists ────────────────────────────────────────────────────────────────────────────────────────
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("translations", "original__translations")

    @admin.display(description=_("state"), ordering="live_from")
    def state_badge(self, item: Publishable) -> SafeString:
        when = ""
        if item.state is State.SCHEDULED and item.live_from:
            when = date_format(timezone.localtime(item.live_from), "SHORT_DATETIME_FORMAT")
        return format_html(
            '<span class="state state--{}">{}</span> {}', item.state.value.replace("_", "-"), item.state.label, when
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
                    versions[code].state.value.replace("_", "-"),
                    " version--own" if versions[code].pk == item.pk else "",
                    self._change_url(versions[code]),
                    versions[code].state.label,
                    f"{own_name(code)}: {versions[code].state.label}",
                    code.upper(),
                )
                for code, _name in language_choices()
                if code in versions
            ),
        )

    # ── Rights ───────────────────────────────────────────────────────────────────────────────────────
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        if allowed and obj is not None and obj.state is not State.DRAFT:
            return workflow.may_publish(request.user, self.model)
        return allowed

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was ever public is taken down, not deleted: its address goes on to answer."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.was_public)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    # ── The form ─────────────────────────────────────────────────────────────────────────────────────
    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        publication = (_("Publication"), {"fields": ["language", "live_from", "live_until"]})
        return [*self.content_fieldsets, publication]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = {name for _title, options in self.get_fieldsets(request, obj) for name in _flat(options["fields"])}
        fixed = {*super().get_readonly_fields(request, obj), *self._fixed_fields(request, obj)}
        return sorted(fixed & shown)

    def _fixed_fields(self, request: HttpRequest, item: Publishable | None) -> Iterator[str]:
        """What cannot be changed in this form by this person."""
        may_publish = workflow.may_publish(request.user, self.model)
        adding_translation = item is None and self._source(request) is not None
        if not may_publish:
            yield from ("live_from", "live_until")
        if item is not None or adding_translation:
            yield "language"
        if adding_translation or (item is not None and item.original_id):
            yield from self.model.shared_fields
        if item is not None and item.was_public:
            yield from self.address_fields
        if item is not None and not may_publish and _has_public_translation(item):
            # The facts of a draft are those of its translations too.
            yield from self.model.shared_fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = self.get_readonly_fields(request, obj)
        return {
            name: sources
            for name, sources in super().get_prepopulated_fields(request, obj).items()
            if name not in fixed and (obj is None or self.has_change_permission(request, obj))
        }

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.translated_from = self._source(request) if obj is None else None
        form.translated_into = request.GET.get("language", "")
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new translation starts from the words of its original."""
        source = self._source(request)
        if source is None:
            return dict(super().get_changeform_initial_data(request))
        skipped = {"id", "original", "language", "slug", "live_from", "live_until", "position", *source.shared_fields}
        return {
            field.name: getattr(source, field.attname)
            for field in source._meta.concrete_fields
            if field.editable and field.name not in skipped
        }

    def _source(self, request: HttpRequest) -> Publishable | None:
        """The original version, while a translation of it is being added."""
        key, language = request.GET.get("original", ""), request.GET.get("language", "")
        if not key.isdecimal() or language not in dict(language_choices()):
            return None
        source: Publishable | None = self.model.rows().filter(pk=int(key), original=None).first()
        return source

    # ── Saving ───────────────────────────────────────────────────────────────────────────────────────
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        pressed = {PUBLISH, WITHDRAW}.intersection(request.POST)
        if pressed and not workflow.may_publish(request.user, self.model):
            raise PermissionDenied
        return super().changeform_view(request, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        workflow.settle(form.instance)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        self._say_state(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self._say_state(request, obj)
        return super().response_change(request, obj)

    def _say_state(self, request: HttpRequest, item: Publishable) -> None:
        """After each save, in plain words: who can see this?"""
        said = {
            State.DRAFT: gettext("It is a draft: nobody outside can see it."),
            State.SCHEDULED: gettext("It is not public yet and appears by itself on %s."),
            State.LIVE: gettext("It is public now."),
            State.TAKEN_DOWN: gettext("It has been taken down: nobody outside can see it."),
        }[item.state]
        if item.state is State.SCHEDULED and item.live_from:
            said %= date_format(timezone.localtime(item.live_from), "DATETIME_FORMAT")
        messages.info(request, said)

    # ── Pages ────────────────────────────────────────────────────────────────────────────────────────
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        item = kwargs.get("obj") or context.get("original")
        nonce = str(getattr(request, "csp_nonce"))  # noqa: B009  (set by django-csp's middleware)
        context["media"] = Media.from_media(context["media"], nonce=nonce)  # type: ignore[no-untyped-call]
        context["versions"] = list(self._versions(item)) if item else []
        context["item_state"] = item.state if item else None
        context["may_publish"] = workflow.may_publish(request.user, self.model)
        context["show_publish"] = context["may_publish"] and (not item or item.state is not State.LIVE)
        context["show_withdraw"] = context["may_publish"] and item and item.state in (State.LIVE, State.SCHEDULED)
        response = super().render_change_form(request, context, *args, **kwargs)
        assert isinstance(response, TemplateResponse)
        return response

    def view_on_site(self, obj: Any) -> str:
        return obj.get_absolute_url() if obj.state is State.LIVE else ""

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return (self.view_on_site(obj) or None) if obj is not None and obj.pk else None

    def _versions(self, item: Publishable) -> Any:
        """Every language of the site with this item's version in it, or where to add one."""
        original = item.original or item
        existing = {version.language: version for version in (original, *original.translations.all())}
        add = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
        for code, _name in language_choices():
            version = existing.get(code)
            yield {
                "name": own_name(code),
                "code": code,
                "state": version.state if version else None,
                "current": version is not None and version.pk == item.pk,
                "url": self._change_url(version)
                if version
                else f"{add}?{urlencode({'original': original.pk, 'language': code})}",
            }

    def _change_url(self, version: Publishable) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[version.pk])


class HandOrderedAdmin(OrderableAdmin, PublishableAdmin):
    """A kind whose order staff set by dragging. Its list shows originals: translations stand where those stand."""

    ordering_field = "position"
    ordering_field_hide_input = True
    list_display: Any = ("title", "state_badge", "language_badges", "updated_at", "position")
    list_editable: ClassVar[Any] = ("position",)
    ordering = ("position", "pk")
    list_per_page = 200

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and str(match.url_name).endswith("_changelist"):
            queryset = queryset.filter(original__isnull=True)
        return queryset

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The order is what visitors see: only who may publish can change it."""
        changelist: Any = super().get_changelist_instance(request)
        if not workflow.may_publish(request.user, self.model):
            changelist.list_editable = ()
        return changelist

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        # Only the position is saved from a list, so a publishable form's rules have no part in it.
        return super().get_changelist_form(request, **{**kwargs, "form": forms.ModelForm})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.put_last()
        super().save_model(request, obj, form, change)


def _has_public_translation(item: Publishable) -> bool:
    return any(version.state is not State.DRAFT for version in item.translations.all())


def _flat(fields: Any) -> list[str]:
    return [name for entry in fields for name in ([entry] if isinstance(entry, str) else entry)]
