"""The pages of an item beside its form: its verbs, its history, what differs between two of its revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from js_asset.media import Media

from publishing import versions
from publishing.admin_urls import admin_url
from publishing.admin_verbs import VERBS, Verb, VerbForm
from publishing.diff import differences
from publishing.records import AuditEntry, Revision


class ItemPages:
    """For an admin of things with revisions. It says by `_may` who may do what."""

    opts: Any
    admin_site: Any
    media: Any
    get_object: Any

    verbs: ClassVar[Mapping[str, Verb]] = VERBS
    # False for what is public as soon as it is saved, so that its revisions have no states to tell.
    has_drafts = True

    def _may(self, action: str, request: HttpRequest, obj: Any) -> bool:
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name, view = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        return [
            path("<path:object_id>/compare/", view(self.compare_view), name=f"{name}_compare"),
            path("<path:object_id>/do/<slug:verb>/", view(self.verb_view), name=f"{name}_verb"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def _item(self, request: HttpRequest, object_id: str) -> Any:
        item = self._found(request, unquote(object_id))
        if item is None:
            raise Http404(gettext("There is no such item."))
        if not self._may("view", request, item):
            raise PermissionDenied
        return item

    def _found(self, request: HttpRequest, key: str) -> Any:
        return self.get_object(request, key)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing is saved as new: Django's button is not offered, and its address would be half obeyed."""
        if "_saveasnew" in request.POST:
            raise BadRequest
        return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def verb_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Asks what a verb has to be told, and does it."""
        item = self._item(request, object_id)
        chosen = self.verbs.get(verb)
        if chosen is None:
            raise Http404(gettext("There is no such action."))
        if not self._may(chosen.permission, request, item):
            raise PermissionDenied
        initial = {name: request.GET[name] for name in ("revision",) if name in request.GET}
        form = chosen.form(request.POST or None, initial=initial, standing=item.standing, user=request.user)
        if request.method == "POST" and chosen.fits(item.standing) and form.is_valid():
            try:
                chosen.run(item, by=request.user, seen=form.cleaned_data["seen"], **form.arguments())
            except ValidationError as error:
                form.add_error(None, " ".join(error.messages))
                if isinstance(error, versions.Overtaken):
                    form.data = {**request.POST.dict(), "seen": str(error.latest.number)}
                item = self._item(request, object_id)
            else:
                messages.success(request, str(chosen.done))
                return HttpResponseRedirect(admin_url(item, "change"))
        context = {
            "verb": chosen,
            "standing": item.standing,
            "form": form,
            "fits": chosen.fits(item.standing),
            "media": self._media(request, self.media + form.media),
            **self.verb_context(item, chosen, form),
        }
        return self._page(request, "verb", str(chosen.heading), item, context)

    def verb_context(self, item: Any, verb: Verb, form: VerbForm) -> dict[str, Any]:
        """What the page of a verb shows beside its form."""
        return {}

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every revision with author, note and state, and everything that was done."""
        item = self._item(request, object_id)
        context = {
            # Without their texts, of which one alone may be long.
            "revisions": item.revisions.defer("content")
            .select_related("author", "approved_by")
            .order_by("-number")[:200],
            "entries": AuditEntry.objects.of(item).defer("changes")[:200],
            **(extra_context or {}),
        }
        return self._page(request, "history", gettext("History"), item, context)

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The differences between two revisions, by their numbers in the query string."""
        item = self._item(request, object_id)
        old, new = (numbered(item, request.GET.get(name, "")) for name in ("from", "to"))
        context = {"old": old, "new": new, "differences": differences(item, old.content, new.content)}
        return self._page(request, "compare", gettext("Compare"), item, context)

    def _page(self, request: HttpRequest, name: str, title: str, item: Any, context: dict[str, Any]) -> HttpResponse:
        restore = self.verbs["restore"]
        common = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "item": item,
            "is_deleted": item._state.adding,
            "has_drafts": self.has_drafts,
            "restore": restore,
            "may_restore": self._may(restore.permission, request, item),
        }
        return TemplateResponse(request, f"admin/publishing/{name}.html", {**common, **context})

    def _media(self, request: HttpRequest, media: Any) -> Any:
        return under_nonce(request, media)


def under_nonce(request: HttpRequest, media: Any) -> Any:
    """A form's scripts under the nonce of this answer's Content-Security-Policy, which rich-text editors need."""
    nonce = str(getattr(request, "csp_nonce"))  # noqa: B009  (set by django-csp's middleware)
    return Media.from_media(media, nonce=nonce)  # type: ignore[no-untyped-call]


def revision_numbered(item: Any, number: str) -> Revision | None:
    """An item's revision by its number as somebody has sent it."""
    known = number.isdecimal() and len(number) < 10
    found: Revision | None = item.revisions.filter(number=number).first() if known else None
    return found


def numbered(item: Any, number: str) -> Revision:
    """An item's revision by its number as it stands in an address. Raises Http404 if there is none."""
    found = revision_numbered(item, number)
    if found is None:
        raise Http404(gettext("There is no such revision."))
    return found
