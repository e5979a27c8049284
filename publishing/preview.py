"""Seeing what is not public yet: do it, look, undo.

`/preview/<what>/<language>/…` shows the site as it will be. In a transaction that is always rolled back, the workflow
puts the revisions live, the clock stands at the moment asked for, and the page is computed by the same view and
template as ever; links made on it stay in the preview. What can be seen:

    item-<content type>-<key>   the newest revision of one item
    at-<YYYYMMDDTHHMM>          the whole site at a moment (UTC)
    release-<key>               the whole site as a release will leave it
    link-<key>                  one revision of one item, for somebody without an account, until the link expires
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing import clock, due, rights, versions
from publishing.admin_urls import admin_url
from publishing.keys import key_in
from publishing.languages import default_language, language_choices
from publishing.models import Publishable, require_plausible_year
from publishing.records import AuditEntry, PreviewLink, Release, Revision
from publishing.registry import kind_with_page, kinds

ROOT = "/preview/"
PATH = re.compile(rf"^(?P<prefix>{ROOT}(?P<what>[a-z]+)-(?P<key>[\w-]+)/)(?P<rest>.*)$")
MOMENT = "%Y%m%dT%H%M"


class Closed(Exception):  # noqa: N818  (an answer, not a fault)
    """What somebody who came by a link is told instead of being shown it."""


@dataclass
class Preview:
    """What is shown, and what the banner says about it."""

    revisions: list[Revision]
    instant: dt.datetime
    item: Publishable | None = None
    link: PreviewLink | None = None
    whole_site: bool = False
    back: str = ""

    def enact(self) -> None:
        """Inside the transaction: everything that will have happened by then."""
        due.apply_due(at=self.instant)
        for revision in self.revisions:
            versions.rehearse(revision, at=self.instant)
        if self.item is not None:
            self.item.refresh_from_db()

    def start(self) -> str:
        """The address, within the preview, at which to begin."""
        if self.item is None:
            return reverse("home")
        if kind_with_page(type(self.item)):
            return self.item.get_absolute_url()
        with translation.override(self.item.language):
            return reverse("home")


class PreviewMiddleware:
    """Answers under `/preview/`. It stands after those that know who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == ROOT and "at" in request.GET:
            return HttpResponseRedirect(chosen_moment(request.GET["at"]))
        match = PATH.match(request.path_info)
        if match is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if match["what"] != "link" and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            response = self.shown(request, match["prefix"], match["rest"], found(request, match["what"], match["key"]))
        except Closed as reason:
            request.preview = None  # type: ignore[attr-defined]
            response = render(request, "preview_closed.html", {"reason": reason}, status=404)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def shown(self, request: HttpRequest, prefix: str, rest: str, preview: Preview) -> HttpResponse:
        outside, before = get_script_prefix(), translation.get_language()
        request.path, request.path_info = prefix + rest, f"/{rest}"
        request.preview = preview  # type: ignore[attr-defined]
        language = translation.get_language_from_path(request.path_info) or default_language()
        try:
            with transaction.atomic(), clock.stopped(preview.instant):
                preview.enact()
                # From here on every link is made to stay in the preview.
                set_script_prefix(prefix)
                translation.activate(language)
                request.LANGUAGE_CODE = language
                response = self.answer(request, rest, preview)
                transaction.set_rollback(True)
        except ValidationError as error:
            response = not_possible(request, preview, error)
        finally:
            set_script_prefix(outside)
            translation.activate(before or default_language())
        return response

    def answer(self, request: HttpRequest, rest: str, preview: Preview) -> HttpResponse:
        start = preview.start()
        if not rest:
            return HttpResponseRedirect(start)
        if not request.path_info.startswith(tuple(f"/{code}/" for code, _name in language_choices())):
            raise Http404(gettext("There is nothing to preview at this address."))
        if preview.link is not None and request.path != start:
            raise Closed(_("This link shows one page only."))
        return self.get_response(request)


def not_possible(request: HttpRequest, preview: Preview, error: ValidationError) -> HttpResponse:
    """What breaks a rule by now, such as a slug that another has taken, has no page that could be shown."""
    if not preview.back:
        raise Closed(_("This preview cannot be shown at the moment.")) from error
    messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(preview.back)


def found(request: HttpRequest, what: str, key: str) -> Preview:
    """Raises Http404 for what does not exist, Closed for a link that is not open, PermissionDenied for what this person
    may not see.
    """
    finders = {"item": _item, "at": _moment, "release": _release, "link": _link}
    if what not in finders:
        raise Http404(gettext("There is nothing to preview at this address."))
    if what != "link" and not request.user.is_staff:
        raise PermissionDenied
    return finders[what](request, key)


def _item(request: HttpRequest, key: str) -> Preview:
    kind, _dash, pk = key.partition("-")
    model = getattr(ContentType.objects.filter(pk=key_in(kind) or 0).first(), "model_class", lambda: None)()
    item = model.rows().filter(pk=key_in(pk)).first() if model and issubclass(model, Publishable) else None
    if item is None:
        raise Http404(gettext("There is no such item."))
    if not rights.may(request.user, "view", type(item)):
        raise PermissionDenied
    newest = item.revisions.order_by("-number").first()
    back = admin_url(item, "change")
    return Preview([newest] if newest else [], timezone.now(), item=item, back=back)


def _moment(request: HttpRequest, key: str) -> Preview:
    try:
        instant = dt.datetime.strptime(key, MOMENT).replace(tzinfo=dt.UTC)
        require_plausible_year(instant)
    except (ValueError, ValidationError) as error:
        raise Http404(gettext("There is no such moment.")) from error
    return Preview([], _of_whole_site(request, instant), whole_site=True, back=reverse("admin:index"))


def _release(request: HttpRequest, key: str) -> Preview:
    release = Release.objects.filter(pk=key_in(key) or 0).first()
    if release is None:
        raise Http404(gettext("There is no such release."))
    now = timezone.now()
    instant = _of_whole_site(request, max(release.due_at or now, now))
    revisions = versions.in_lock_order(release.revisions.open())
    back = admin_url(release, "change")
    return Preview(revisions, instant, whole_site=True, back=back)


def _of_whole_site(request: HttpRequest, instant: dt.datetime) -> dt.datetime:
    """The whole site is for those who may see every kind of content before it is public."""
    if not may_see_the_site(request.user):
        raise PermissionDenied
    return instant


def may_see_the_site(user: object) -> bool:
    return all(rights.may(user, "view", kind.model) for kind in kinds())


def _link(request: HttpRequest, key: str) -> Preview:
    link = PreviewLink.objects.select_related("revision").filter(key=key).first()
    if link is None or not link.is_open or link.item is None:
        raise Closed(_("This preview is no longer open. Ask the newsroom for a new link."))
    return Preview([link.revision], timezone.now(), item=link.item, link=link)


def chosen_moment(text: str) -> str:
    """The address for a moment as a browser's field for date and time sends it, in the site's time zone."""
    try:
        instant = parse_datetime(text)
        require_plausible_year(instant)
    except (ValueError, ValidationError):
        instant = None
    if instant is None:
        raise Http404(gettext("There is no such moment."))
    return moment_url(instant if timezone.is_aware(instant) else timezone.make_aware(instant))


def preview_url(item: Publishable) -> str:
    """Where staff see the newest revision of an item."""
    return f"{ROOT}item-{ContentType.objects.get_for_model(item).pk}-{item.pk}/"


def release_url(release: Release) -> str:
    """Where staff see the whole site as a release will leave it."""
    return f"{ROOT}release-{release.pk}/"


def moment_url(instant: dt.datetime) -> str:
    return f"{ROOT}at-{instant.astimezone(dt.UTC):{MOMENT}}/"


@transaction.atomic
def make_link(revision: Revision, *, by: Any, expires_at: dt.datetime) -> PreviewLink:
    """For whoever is given its address. It asks for no right: the caller knows who may."""
    item: Any = revision.item
    link = PreviewLink.objects.create(item=item, revision=revision, made_by=by, expires_at=expires_at)
    changes: dict[str, list[Any]] = {"revision": [None, revision.number], "expires_at": [None, expires_at]}
    versions.audit(AuditEntry.Verb.SHARE, item, by=by, changes=changes)
    return link


@transaction.atomic
def revoke_link(item: Publishable, key: str, *, by: Any) -> None:
    """Nothing if there is none, or if it is closed already."""
    link = PreviewLink.objects.of(item).select_for_update().filter(key=key, revoked_at=None).first()
    if link is None:
        return
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    changes = {"revision": [link.revision.number, None], "expires_at": [link.expires_at, None]}
    versions.audit(AuditEntry.Verb.REVOKE, item, by=by, changes=changes)


def link_url(link: PreviewLink) -> Any:
    return f"{ROOT}link-{link.key}/"
