"""Working copies in the admin: what is typed is kept and offered again, and a form says who else has it open."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict, RawPostDataException
from django.middleware.csrf import get_token
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing import copies
from publishing.admin_urls import admin_url
from publishing.copies import Place
from publishing.dates import moment_in_words
from publishing.models import Publishable
from publishing.records import Revision, WorkingCopy

SIGNED_OUT = _("Not kept: you have been signed out. Sign in in another tab, then go on here.")
SOMEBODY_ELSE = _("Not kept: somebody else has signed in in this browser. Sign in as yourself, then go on here.")
UNREADABLE = _("Not kept: the server could not read what was sent. Copy your text, then open the form anew.")
TOO_LONG = _("Not kept: this is more than can be saved. Shorten the text.")
GONE = _("Not kept: this item has been deleted. Copy your text before you close the window.")
NOT_ALLOWED = _("Not kept: you may not change this item. Copy your text before you close the window.")


class NotKept(Exception):  # noqa: N818  (an answer, not a fault)
    """What the form is told instead: an HTTP status and a sentence."""

    def __init__(self, status: int, message: str | Promise) -> None:
        super().__init__()
        self.status, self.message = status, message


class BeatForm(forms.Form):
    """What a form sends every now and then, besides what was typed into it. `person` is who opened it."""

    person = forms.IntegerField()
    form_key = forms.CharField(max_length=40)
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    left = forms.BooleanField(required=False)

    def clean_form_key(self) -> str:
        key: str = self.cleaned_data["form_key"]
        if not key.isprintable():  # half a character, which no database takes
            raise ValidationError(UNREADABLE)
        return key


def beat_of(request: HttpRequest) -> dict[str, Any]:
    """The arguments of `copies.keep` from a form's message, a JSON object; its `typed` lists names with values."""
    try:
        sent = json.loads(request.body)
        form = BeatForm(sent)
        if not form.is_valid():
            raise NotKept(400, UNREADABLE)
        typed = _as_sent_by_browsers(sent["typed"]) if "typed" in sent else None
    except RequestDataTooBig as error:
        raise NotKept(413, TOO_LONG) from error
    except (ValueError, TypeError, AttributeError, RecursionError, TooManyFieldsSent, RawPostDataException) as error:
        raise NotKept(400, UNREADABLE) from error
    if form.cleaned_data.pop("person") != request.user.pk:
        raise NotKept(401, SOMEBODY_ELSE)
    return {**form.cleaned_data, "seen": form.cleaned_data["seen"] or 0, "typed": typed}


def _as_sent_by_browsers(pairs: list[list[str]]) -> str:
    fields = QueryDict(mutable=True)
    for name, value in pairs:
        if name != "csrfmiddlewaretoken":
            fields.appendlist(name, value)
    encoded = fields.urlencode()
    QueryDict(encoded)  # what could not be read again is refused now
    return encoded


def show(form: forms.BaseForm, fields: QueryDict) -> None:
    """Fill an unbound form with what was typed, right or wrong, as it would be shown again if it had been rejected."""
    for name, field in form.fields.items():
        if field.disabled or field.widget.value_omitted_from_data(fields, {}, form.add_prefix(name)):
            continue
        value = field.widget.value_from_datadict(fields, {}, form.add_prefix(name))
        form.initial[name] = field.bound_data(value, form.get_initial_for_field(field, name))


# ── What a form says ─────────────────────────────────────────────────────────────────────────────────────
def kept(copy: WorkingCopy) -> str:
    at = copy.typed_at
    return gettext("Draft kept at %(time)s.") % {"time": time_format(timezone.localtime(at))} if at else ""


def presence(copy: WorkingCopy) -> str:
    """That somebody else has the form open."""
    assert copy.open_since is not None
    text = (
        gettext("%(name)s has had this open since %(time)s and has unsaved changes.")
        if copy.typed_at
        else gettext("%(name)s has had this open since %(time)s.")
    )
    name = copy.user.get_full_name() or copy.user.get_username()
    return text % {"name": name, "time": time_format(timezone.localtime(copy.open_since))}


def overtaken(newest: Revision) -> str:
    """That there is a newer revision than the one that the author began with."""
    return gettext(
        "%(name)s has saved revision %(number)d meanwhile. When you save, your changes and theirs are put together."
    ) % {"name": newest.author or gettext("Somebody"), "number": newest.number}


def _answers_in_json(view: Callable[..., dict[str, Any]], admin_site: Any) -> Callable[..., HttpResponse]:
    """For a script: never a page to sign in on, never a page that says what went wrong."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return JsonResponse(view(request, *args, **kwargs))
        except NotKept as error:
            return JsonResponse({"message": str(error.message)}, status=error.status)

    protected = admin_site.admin_view(answered)

    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not admin_site.has_permission(request):
            return JsonResponse({"message": str(SIGNED_OUT)}, status=401)
        return protected(request, *args, **kwargs)  # type: ignore[no-any-return]

    return signed_in


class WorkingCopyAdminMixin:
    """For an admin of publishable items."""

    model: Any
    opts: Any
    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = _answers_in_json(self.working_copy_view, self.admin_site)
        return [
            path("add/working-copy/", view, name=f"{name}_new_working_copy"),
            path("<path:object_id>/working-copy/", view, name=f"{name}_working_copy"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def working_copy_view(self, request: HttpRequest, object_id: str | None = None) -> dict[str, Any]:
        """Keeps what was typed, and answers who else has the item open and whether it was saved by somebody.

        A GET is answered with the token that a form needs after its author has signed in anew.
        """
        item = self._row(object_id) if object_id is not None else None
        if not self._may_write(request, item):
            raise NotKept(403, NOT_ALLOWED)
        if request.method != "POST":
            return {"token": get_token(request)}
        place, beat = self._place(request, item), beat_of(request)
        try:
            copy = copies.keep(place, by=request.user, **beat)
        except copies.TypedElsewhere as error:
            raise NotKept(409, _typed_elsewhere(error)) from error
        newer = Revision.objects.none()
        if item is not None:
            newer = Revision.objects.of(item).filter(number__gt=beat["seen"]).defer("content").select_related("author")
        notes = [*map(overtaken, newer[:1]), *map(presence, copies.others(place, than=request.user))]
        return {"kept": kept(copy) if copy.form_key == beat["form_key"] else "", "notes": notes}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and "_discard" in request.POST:
            copies.drop(by=request.user, form_key=_key(request.POST["_discard"]))
            messages.success(request, gettext("What you had typed is discarded."))
            return HttpResponseRedirect(request.get_full_path())
        return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        form.taken_up = None
        if request.method == "GET" and "copy" in request.GET and self._may_write(request, obj):
            mine = copies.unsaved(self._place(request, obj), by=request.user)
            form.taken_up = mine.filter(form_key=_key(request.GET["copy"])).first()
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        item = kwargs.get("obj") or context.get("original")
        if self._may_write(request, item):
            context |= self._copies(request, item, context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def _copies(self, request: HttpRequest, item: Any, form: Any) -> dict[str, Any]:
        """What the template needs to offer what was typed before, and to keep what is typed now."""
        place = self._place(request, item)
        query = f"?{place.query}" if place.query else ""
        key = form["form_key"].value()
        newest = form.newest if form.taken_up and form.newest and form.newest.number > form.taken_up.seen else None
        notes = [overtaken(newest)] if newest else []
        return {
            "form_address": (admin_url(item, "change") if item else admin_url(self.model, "add")) + query,
            "copy_address": (admin_url(item, "working_copy") if item else admin_url(self.model, "new_working_copy"))
            + query,
            "copy_query": f"{place.query}&" if place.query else "",
            "unsaved": [copy for copy in copies.unsaved(place, by=request.user)[:10] if copy.form_key != key],
            "notes": [*notes, *map(presence, copies.others(place, than=request.user))],
        }

    def _may_write(self, request: HttpRequest, item: Any) -> bool:
        if item is None:
            return bool(self.has_add_permission(request))  # type: ignore[attr-defined]
        return bool(self.has_change_permission(request, item))  # type: ignore[attr-defined]

    def _place(self, request: HttpRequest, item: Any) -> Place:
        if item is not None:
            return Place(self.model, item.pk)
        source = self._source(request)  # type: ignore[attr-defined]
        translates = {"original": source.pk, "language": request.GET["language"]} if source else {}
        return Place(self.model, query=urlencode(translates))

    def _row(self, object_id: str) -> Publishable:
        try:
            item: Publishable | None = self.model.rows().filter(pk=unquote(object_id)).first()
        except ValueError:
            item = None
        if item is None:
            raise NotKept(404, GONE)
        return item


def _key(given: str) -> str:
    """A form's key as it came in an address: a database may refuse what cannot be printed."""
    return given if given.isprintable() else ""


def _typed_elsewhere(error: copies.TypedElsewhere) -> str:
    return gettext(
        "Not kept: what you typed on %(when)s, in another window or before, is not saved yet. Save here, "
        "or open the form anew to take it up or to discard it."
    ) % {"when": moment_in_words(timezone.localtime(error.at))}
