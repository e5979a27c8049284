"""Releases in the admin: what one holds, what is not approved yet, and what can be done with it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from publishing import releases, rights, versions
from publishing.admin_urls import admin_url
from publishing.admin_verbs import WhenForm, emergency_field
from publishing.keys import key_in, keys_among
from publishing.models import Publishable
from publishing.preview import release_url
from publishing.records import DRAFTS, OPEN, AuditEntry, Release, Revision
from publishing.registry import kinds

# Drafts offered at once; the search finds the others.
OFFERED = 50


@dataclass(frozen=True, slots=True)
class Member:
    """A revision of a release or one that could join it, as a line of a table."""

    revision: Revision
    item: Publishable
    title: str
    kind: str
    url: str
    may_decide: bool

    @property
    def replaces(self) -> bool:
        """Whether it changes a page that is or was public, instead of being published for the first time."""
        return self.item.was_public


def members(revisions: Any, user: object) -> list[Member]:
    """In the order of their kinds and titles."""
    rows = list(revisions.select_related("author", "approved_by"))
    prefetch_related_objects(rows, "item")
    found = [
        Member(
            revision=revision,
            item=revision.item,
            title=revision.content["title"],
            kind=capfirst(str(revision.item._meta.verbose_name)),
            url=admin_url(revision.item, "change"),
            may_decide=rights.may_publish(user, type(revision.item), revision.item.language),
        )
        for revision in rows
        if revision.item is not None
    ]
    return sorted(found, key=lambda member: (member.kind, member.title, member.item.language))


# ── What can be done with a release ──────────────────────────────────────────────────────────────────
class ReleaseVerbForm(forms.Form):
    def __init__(self, *args: Any, release: Release, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.release, self.user = release, user

    def arguments(self) -> dict[str, Any]:
        return {}


class ApproveReleaseForm(WhenForm, ReleaseVerbForm):
    # The keys of the revisions that the page showed.
    seen = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$", widget=forms.HiddenInput, max_length=20_000)
    emergency = emergency_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        revisions = self.release.members()
        self.fields["seen"].initial = ",".join(str(key) for key in revisions.values_list("pk", flat=True))
        if self.release.due_at and self.release.due_at > timezone.now():
            self.fields["when"].initial, self.fields["at"].initial = "later", self.release.due_at
        if not (settings.FOUR_EYES and revisions.filter(author=self.user.pk).exists()):
            del self.fields["emergency"]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        seen = [int(key) for key in data["seen"].split(",")]
        return {"at": self.instant, "seen": seen, "emergency": data.get("emergency", "")}


@dataclass(frozen=True)
class ReleaseVerb:
    key: str
    label: str | Promise
    heading: str | Promise
    explanation: str | Promise
    done: str | Promise
    run: Callable[..., None]
    fits: Callable[[Release], bool]
    form: type[ReleaseVerbForm] = ReleaseVerbForm
    style: str = ""


VERBS = {
    verb.key: verb
    for verb in (
        ReleaseVerb(
            key="approve",
            label=_("Approve…"),
            heading=_("Approve the release"),
            explanation=_("Everything in it goes live at one instant, or nothing does."),
            done=_("The release is approved."),
            run=releases.approve,
            fits=lambda release: release.state == Release.State.OPEN,
            form=ApproveReleaseForm,
            style="publish",
        ),
        ReleaseVerb(
            key="move",
            label=_("Move to another time…"),
            heading=_("Move the release"),
            explanation=_("Everything in it goes live at the new time instead."),
            done=_("The release is moved."),
            run=releases.approve,
            fits=lambda release: release.state == Release.State.APPROVED,
            form=ApproveReleaseForm,
            style="publish",
        ),
        ReleaseVerb(
            key="cancel",
            label=_("Cancel the approval…"),
            heading=_("Cancel the approval"),
            explanation=_("What waits becomes a draft again and stays in the release. What is public stays as it is."),
            done=_("The release is not approved any more."),
            run=releases.cancel,
            fits=lambda release: release.state == Release.State.APPROVED,
        ),
    )
}


class ReleaseAdminForm(forms.ModelForm[Release]):
    class Meta:
        model = Release
        fields = ("name", "due_at")

    def clean_due_at(self) -> Any:
        due_at = self.cleaned_data["due_at"]
        if due_at and "due_at" in self.changed_data and due_at <= timezone.now():
            raise ValidationError(_("This time is over. Enter one in the future, or leave it empty."))
        return due_at


@admin.register(Release)
class ReleaseAdmin(admin.ModelAdmin[Release]):
    form = ReleaseAdminForm
    change_form_template = "admin/publishing/release.html"
    list_display = ("name", "state_badge", "due_at", "size")
    search_fields = ("name",)
    show_full_result_count = False
    list_per_page = 50
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        held = Count("revisions", filter=Q(applied_at__isnull=False) | Q(revisions__state__in=OPEN))
        return super().get_queryset(request).annotate(held=held)

    @admin.display(description=_("state"), ordering="applied_at")
    def state_badge(self, release: Release) -> SafeString:
        return format_html('<span class="state state--{}">{}</span>', release.state.value, release.state.label)

    @admin.display(description=_("items"), ordering="held")
    def size(self, release: Any) -> int:
        return int(release.held)

    def has_change_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        """What has gone live stands as the record of it."""
        return super().has_change_permission(request, obj) and (obj is None or obj.applied_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == Release.State.OPEN)

    def get_readonly_fields(self, request: HttpRequest, obj: Release | None = None) -> Any:
        return () if obj is None or obj.state == Release.State.OPEN else ("due_at",)

    def save_model(self, request: HttpRequest, obj: Release, form: Any, change: bool) -> None:
        if change:
            releases.plan(obj, by=request.user, name=obj.name, due_at=obj.due_at)
        else:
            releases.create(obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: Release) -> None:
        releases.delete(obj, by=request.user)

    def response_add(self, request: HttpRequest, obj: Release, post_url_continue: str | None = None) -> HttpResponse:
        """On to what it is to hold."""
        return HttpResponseRedirect(admin_url(obj, "add_items"))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        release: Release | None = kwargs.get("obj")
        # A new release leads on to what it is to hold, whatever button was pressed.
        context |= {"show_save_and_add_another": False, "show_save_and_continue": release is not None}
        if release is not None:
            held = members(release.members(), request.user)
            decides = self._may_publish(request)
            context |= {
                "show_save_and_add_another": False,
                "show_save_and_continue": False,
                "release": release,
                "members": held,
                "unapproved": sum(member.revision.state in DRAFTS for member in held),
                "verbs": [verb for verb in VERBS.values() if decides and verb.fits(release)],
                "preview_url": release_url(release),
                "entries": AuditEntry.objects.of(release).defer("changes")[:50],
            }
        return super().render_change_form(request, context, *args, **kwargs)

    # ── Its pages ────────────────────────────────────────────────────────────────────────────────────
    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("add/", self.add_items_view, "add_items"),
            ("remove/", self.remove_view, "remove"),
            ("do/<slug:verb>/", self.verb_view, "verb"),
        )
        own: list[URLPattern] = [
            path(f"<path:object_id>/{route}", self.admin_site.admin_view(view), name=f"publishing_release_{name}")
            for route, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def verb_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Asks what a verb has to be told, and does it."""
        release, chosen = self._release(request, object_id), VERBS.get(verb)
        if chosen is None:
            raise Http404(gettext("There is no such action."))
        if not self._may_publish(request):
            raise PermissionDenied
        form = chosen.form(request.POST or None, release=release, user=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                chosen.run(release, by=request.user, **form.arguments())
            except ValidationError as error:
                form.add_error(None, " ".join(error.messages))
                release.refresh_from_db()
            else:
                messages.success(request, str(chosen.done))
                return HttpResponseRedirect(admin_url(release, "change"))
        context = {
            "title": chosen.heading,
            "verb": chosen,
            "form": form,
            "fits": chosen.fits(release),
            "members": members(release.members(), request.user),
            "media": self.media + form.media,
        }
        return self._page(request, release, "release_verb", context)

    def add_items_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Drafts that can join, newest first, narrowed by words of a title."""
        release = self._release(request, object_id)
        if not self.has_change_permission(request, release):
            raise PermissionDenied
        wanted = request.GET.get("q", "").replace("\x00", "").strip()
        if request.method == "POST" and self._join(request, release):
            return HttpResponseRedirect(admin_url(release, "change"))
        context = {
            "title": gettext("Add to the release"),
            "wanted": wanted,
            "members": self._offered(request, wanted),
            "limit": OFFERED,
        }
        return self._page(request, release, "release_add", context)

    def _offered(self, request: HttpRequest, wanted: str) -> list[Member]:
        """Drafts that are in no release yet and that this person may decide on."""
        models = [kind.model for kind in kinds() if rights.may_publish(request.user, kind.model)]
        types = [found.pk for found in ContentType.objects.get_for_models(*models).values()]
        drafts = Revision.objects.filter(state__in=DRAFTS, content_type__in=types, release=None).order_by("-created_at")
        if wanted:
            drafts = drafts.filter(content__title__icontains=wanted)
        return [member for member in members(drafts[:OFFERED], request.user) if member.may_decide]

    def _join(self, request: HttpRequest, release: Release) -> bool:
        """All that were ticked, or none and a message that says why."""
        keys = keys_among(request.POST.getlist("revision"))
        revisions = versions.in_lock_order(Revision.objects.filter(pk__in=keys))
        try:
            with transaction.atomic():
                for revision in revisions:
                    with versions.told_of(revision.item):
                        releases.add(release, revision.item, by=request.user, seen=revision.number)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return False
        if not revisions:
            messages.error(request, gettext("Tick what is to go into the release."))
            return False
        said = ngettext("%(n)d item is in the release now.", "%(n)d items are in the release now.", len(revisions))
        messages.success(request, said % {"n": len(revisions)})
        return True

    def remove_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        release = self._release(request, object_id)
        revision = release.members().filter(pk=key_in(request.POST.get("revision")) or 0).first()
        if revision is None or revision.item is None:
            messages.error(request, gettext("That is not in the release any more."))
        else:
            try:
                releases.remove(release, revision.item, by=request.user)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            else:
                messages.success(request, gettext("“%(title)s” is out of the release.") % {"title": revision.item})
        return HttpResponseRedirect(admin_url(release, "change"))

    # ── Inside ───────────────────────────────────────────────────────────────────────────────────────
    def _release(self, request: HttpRequest, object_id: str) -> Release:
        release = self.get_object(request, unquote(object_id))
        if release is None:
            raise Http404(gettext("There is no such release."))
        if not self.has_view_or_change_permission(request, release):
            raise PermissionDenied
        return release

    def _may_publish(self, request: HttpRequest) -> bool:
        return releases.may(request.user, "publish")

    def _page(self, request: HttpRequest, release: Release, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "item": release, "release": release}
        return TemplateResponse(request, f"admin/publishing/{name}.html", {**shared, **context})
