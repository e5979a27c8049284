"""The admin of everything publishable: one form, one list, one way to publish and to translate."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from admin_ordering.admin import OrderableAdmin
from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import UniqueConstraint
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing import (  # noqa: F401  (the first three register themselves)
    admin_audit,
    admin_people,
    admin_releases,
    copies,
    rights,
    workflow,
)
from publishing.admin_copies import WorkingCopyAdminMixin, show
from publishing.admin_forms import RevisedForm
from publishing.admin_lists import STANDING, PublishableList
from publishing.admin_pages import ItemPages, revision_numbered
from publishing.admin_preview import PreviewAdminMixin
from publishing.admin_urls import admin_url
from publishing.admin_verbs import VERBS, Standing, Verb, VerbForm, offered
from publishing.diff import Difference, differences
from publishing.keys import key_in
from publishing.languages import language_choices, own_name
from publishing.models import HandOrdered, Publishable, State
from publishing.preview import preview_url
from publishing.problems import Problem, problems_of
from publishing.records import Revision, WorkingCopy, new_key
from publishing.registry import kind_with_page, mentions_of
from publishing.snapshots import OUTSIDE, overlay

# What search engines and networks are told; for kinds with pages of their own.
ELSEWHERE = ("search_title", "search_description", "unlisted")


class PublishableForm(RevisedForm):
    """A version's form. It opens with the newest revision and is stored as one.

    `form_key` tells this opening of the form from others of the same item. `taken_up` is what the author had typed
    there and not saved, to go on with.
    """

    form_key = forms.CharField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note for colleagues"), required=False, help_text=_("What you changed and why. Not shown to readers.")
    )

    translated_from: Publishable | None = None
    translated_into: str = ""
    taken_up: WorkingCopy | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item = self.instance
        if item.pk is None and self.translated_from is not None:
            item.original, item.language = self.translated_from, self.translated_into
            for name in item.fact_columns():
                setattr(item, name, getattr(self.translated_from, name))
        self.initial.update(getattr(item, "draft_relations", {}))
        self.initial["form_key"] = new_key()
        if self.taken_up is not None:
            show(self, self.taken_up.fields)
            # What was chosen in a conflict is chosen again: the form does not show it now.
            self.initial.update(decided=None, seen=self.taken_up.seen, form_key=self.taken_up.form_key)

    def _get_validation_exclusions(self) -> set[str]:
        # A rule that spans a field of the form and one outside it (language and slug) is checked all the same.
        ruled = {
            name
            for constraint in self.instance._meta.constraints
            if isinstance(constraint, UniqueConstraint)
            for name in constraint.fields
        }
        return super()._get_validation_exclusions() - ruled  # type: ignore[no-any-return, misc]


class PublishableAdmin(PreviewAdminMixin, WorkingCopyAdminMixin, ItemPages, PublishableList):
    """Base of every publishable kind's admin.

    A kind names `content_fieldsets`; publication and language are added. Who lacks the right to publish may write
    drafts, and may not touch what the public sees or is about to see.
    """

    form = PublishableForm
    change_form_template = "admin/publishing/item_form.html"
    delete_confirmation_template = "admin/publishing/item_delete.html"
    content_fieldsets: ClassVar[tuple[Any, ...]] = ()
    prepopulated_fields: ClassVar[Any] = {"slug": ("title",)}
    save_on_top = True

    # ── Rights ───────────────────────────────────────────────────────────────────────────────────────
    def _may(self, action: str, request: HttpRequest, obj: Publishable | None) -> bool:
        return rights.may(request.user, action, self.model, obj.language if obj else None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        language = request.GET.get("language") if self._source(request) else None
        return rights.may(request.user, "add", self.model, language)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("change", request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was ever public is withdrawn, not deleted: its address goes on to answer."""
        allowed = self._may("delete", request, obj)
        if not allowed or obj is None or obj.live_from is None:
            return allowed
        return not obj.was_public and self._may("publish", request, obj)

    def delete_model(self, request: HttpRequest, obj: Publishable) -> None:
        workflow.delete(obj, by=request.user)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        return super().render_delete_form(request, {**context, "mentions": mentions_of(context["object"])})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @property
    def has_page(self) -> bool:
        return kind_with_page(self.model) is not None

    # ── The form ─────────────────────────────────────────────────────────────────────────────────────
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With the content of the newest revision: what staff work on, whatever the public sees."""
        item = super().get_object(request, object_id, from_field)
        if item is not None:
            item.standing = Standing.of(item)
            item.public_url = item.get_absolute_url() if item.state is State.LIVE and self.has_page else ""
            latest = item.standing.latest
            item.draft_relations = (
                overlay(item, latest.content) if latest and latest.state != Revision.State.LIVE else {}
            )
        return item

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        elsewhere = [(_("Search engines and share cards"), {"fields": ELSEWHERE})] if self.has_page else []
        return [*self.content_fieldsets, (_("Language"), {"fields": ["language"]}), *elsewhere]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The language of a version is fixed, and a translation's facts are its original's."""
        translation = obj.original_id is not None if obj else self._source(request) is not None
        fixed = {*super().get_readonly_fields(request, obj)}
        if obj is not None or translation:
            fixed.add("language")
        if translation:
            fixed |= set(self.model.shared_fields)
        return sorted(fixed.intersection(flatten_fieldsets(self.get_fieldsets(request, obj))))

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
        if obj is None:
            order = flatten_fieldsets(self.get_fieldsets(request, obj))
            first = next(name for name in order if name in form.base_fields)
            form.base_fields[first].widget.attrs["autofocus"] = True
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new translation starts from the words of its original."""
        source = self._source(request)
        if source is None:
            return dict(super().get_changeform_initial_data(request))
        skipped = {"id", "slug", *OUTSIDE, *source.shared_fields}
        return {
            field.name: getattr(source, field.attname)
            for field in source._meta.concrete_fields
            if field.editable and field.name not in skipped
        }

    def _source(self, request: HttpRequest) -> Publishable | None:
        """The original version, while a translation of it is being added."""
        key, language = key_in(request.GET.get("original")), request.GET.get("language", "")
        if key is None or language not in dict(language_choices()):
            return None
        source: Publishable | None = self.model.rows().filter(pk=key, original=None).exclude(language=language).first()
        return source

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only the languages that this person looks after are offered."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "language":
            field.choices = [  # type: ignore[attr-defined]
                (code, name) for code, name in language_choices() if rights.may(request.user, "add", self.model, code)
            ]
        return field

    # ── Saving ───────────────────────────────────────────────────────────────────────────────────────
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        newest: Revision | None = form.newest
        if not change and isinstance(obj, HandOrdered):
            obj.put_last()
        workflow.save_draft(
            obj,
            by=request.user,
            relations=form.relations,
            seen=newest.number if newest else None,
            note=form.cleaned_data["note"],
        )
        copies.drop(by=request.user, form_key=form.cleaned_data["form_key"])
        form.tell(request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The item's own relations are part of its revision."""
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._after_saving(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._after_saving(request, obj) or super().response_change(request, obj)

    def _after_saving(self, request: HttpRequest, item: Publishable) -> HttpResponse | None:
        """To where the button leads; None for the stock admin's own ways, as out of a pop-up window.

        Its own message would say that a live item “was changed”, though its readers see what they saw before.
        """
        if "_preview" in request.POST:
            return HttpResponseRedirect(preview_url(item))
        verb = request.POST.get("_verb", "")
        if verb in VERBS:
            return HttpResponseRedirect(admin_url(item, "verb", verb))
        if IS_POPUP_VAR in request.POST:
            return None
        messages.success(request, gettext("The draft is saved. Readers see nothing of it."))
        if "_continue" not in request.POST:
            return self.response_post_save_change(request, item)
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(filters, admin_url(item, "change")))

    # ── Pages ────────────────────────────────────────────────────────────────────────────────────────
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        item = kwargs.get("obj") or context.get("original")
        context["media"] = self._media(request, context["media"])
        context["versions"] = list(self._versions(item, request.user)) if item else []
        standing = getattr(item, "standing", None) or Standing(self.model(), None, None)
        context["standing"] = standing
        context["verbs"] = list(offered(standing, request.user))
        context["elsewhere"] = self._elsewhere(request, item)
        response = super().render_change_form(request, context, *args, **kwargs)
        assert isinstance(response, TemplateResponse)
        return response

    def _elsewhere(self, request: HttpRequest, item: Any) -> dict[str, str] | None:
        """What the example of a search result needs besides the words; None for what has no page."""
        kind = kind_with_page(self.model)
        if kind is None:
            return None
        path = getattr(item, "public_url", "").split("/")
        return {"address": " › ".join(filter(None, [request.get_host(), *path])), "intro": kind.teaser_field}

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return getattr(obj, "public_url", "") or None

    def _versions(self, item: Publishable, user: object) -> Any:
        """Every language of the site with this item's version in it, or where to add one."""
        original = item.original or item
        existing = {version.language: version for version in (original, *original.translations.all())}
        add = admin_url(self.model, "add")
        for code, _name in language_choices():
            version = existing.get(code)
            yield {
                "name": own_name(code),
                "code": code,
                "state": version.state if version else None,
                "current": version is not None and version.pk == item.pk,
                "may_add": version is None and rights.may(user, "add", self.model, code),
                "url": admin_url(version, "change")
                if version
                else f"{add}?{urlencode({'original': original.pk, 'language': code})}",
            }

    def verb_context(self, item: Any, verb: Verb, form: VerbForm) -> dict[str, Any]:
        if verb.key == "restore":
            revision, newest = revision_numbered(item, str(form["revision"].value())), item.standing.latest
            changes = differences(item, newest.content, revision.content) if revision and newest else []
            return {"revision": revision, "differences": changes}
        handing_back = VERBS["return"]
        return {
            "preview_url": preview_url(item) if verb.key in ("submit", "approve", "release") else "",
            "differences": self._unpublished(item) if verb.key in ("submit", "approve") else [],
            # Who reads what was submitted may also find that it cannot go out yet.
            "instead": handing_back if verb.key == "approve" and handing_back.fits(item.standing) else None,
            "problems": self._problems(item) if verb.key in ("submit", "approve", "release") else [],
            "mentions": mentions_of(item) if verb.key in ("withdraw", "expire") else [],
        }

    def _problems(self, item: Any) -> list[Problem]:
        """What would keep the newest revision from going out now, and what readers would stumble over."""
        latest = item.standing.latest
        return problems_of(item, latest.content) if latest else []

    def _unpublished(self, item: Any) -> list[Difference]:
        """What the newest revision changes in what the public sees."""
        live = item.revisions.filter(state=Revision.State.LIVE).first()
        newest = item.standing.latest
        return differences(item, live.content, newest.content) if live and newest else []


class HandOrderedAdmin(OrderableAdmin, PublishableAdmin):
    """A kind whose order staff set by dragging. Its list shows originals: translations stand where those stand."""

    ordering_field = "position"
    ordering_field_hide_input = True
    list_display: Any = ("title", *STANDING, "position")
    list_editable: ClassVar[Any] = ("position",)
    ordering = ("position", "pk")
    list_per_page = 200
    lists_originals = True

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The order is what visitors see, in all languages: only who may publish in all of them can change it."""
        changelist: Any = super().get_changelist_instance(request)
        if not rights.may_publish_everywhere(request.user, self.model):
            changelist.list_editable = ()
        return changelist

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        # Only the position is saved from a list, so a publishable form's rules have no part in it.
        return super().get_changelist_form(request, **{**kwargs, "form": forms.ModelForm})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not isinstance(form, PublishableForm):
            workflow.place(obj, by=request.user, position=obj.position)
            return
        super().save_model(request, obj, form, change)
