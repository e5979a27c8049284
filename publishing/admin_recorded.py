"""The admin of what has no drafts: what is saved is public at once, every state is kept, also of what was deleted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing import history
from publishing.admin_forms import RevisedForm
from publishing.admin_pages import ItemPages, numbered
from publishing.admin_urls import admin_url
from publishing.admin_verbs import RestoreForm, Standing, Verb, VerbForm
from publishing.diff import differences
from publishing.keys import key_in
from publishing.snapshots import snapshot
from publishing.versions import snapshot_of

RESTORE = Verb(
    key="restore",
    permission="change",
    label=_("Restore…"),
    heading=_("Restore an earlier revision"),
    explanation=_("It becomes the newest revision, and everybody sees it at once."),
    done=_("Restored."),
    run=history.restore,
    fits=lambda standing: True,
    form=RestoreForm,
)


class RecordedAdmin(ItemPages, admin.ModelAdmin[Any]):
    """Base of the admin of a `Recorded` model."""

    form = RevisedForm
    change_form_template = "admin/publishing/recorded_form.html"
    change_list_template = "admin/publishing/recorded_list.html"
    delete_confirmation_template = "admin/publishing/recorded_delete.html"
    verbs: ClassVar = {RESTORE.key: RESTORE}
    has_drafts = False

    def _may(self, action: str, request: HttpRequest, obj: Any) -> bool:
        """Who brings back what was deleted adds something."""
        gone = action == "change" and obj._state.adding
        return history.may(request.user, "add" if gone else action, self.model)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row and the newest revision of one moment, so that a form shows what its author is taken to have seen."""
        item = super().get_object(request, object_id, from_field)
        if item is None:
            return None
        item.standing = Standing.of(item)
        while True:
            item.refresh_from_db()
            shown, item.standing = item.standing, Standing.of(item)
            if shown.seen == item.standing.seen:
                return item

    def _found(self, request: HttpRequest, key: str) -> Any:
        """Also what was deleted: its history can be read, and restored."""
        item = self.get_object(request, key)
        if item is None:
            item = self._deleted(key)
            if item is not None:
                item.standing = Standing.of(item)
        return item

    def _deleted(self, key: str) -> Any:
        number = key_in(key)
        if number is None or self.model._default_manager.filter(pk=number).exists():
            return None
        return history.deleted(self.model, number)

    def verb_context(self, item: Any, verb: Verb, form: VerbForm) -> dict[str, Any]:
        revision = numbered(item, str(form["revision"].value()))
        now = {} if item._state.adding else snapshot(item)
        return {"revision": revision, "differences": differences(item, now, snapshot_of(item, revision))}

    # ── Saving ───────────────────────────────────────────────────────────────────────────────────────
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and isinstance(form, RevisedForm):
            history.begin(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """What stands in the form and below it is stored now, and becomes one revision."""
        super().save_related(request, form, formsets, change)
        if isinstance(form, RevisedForm):
            seen = form.newest.number if form.newest else 1
            history.record(form.instance, by=request.user, seen=seen)
            form.tell(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        history.delete(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for item in queryset:
            history.delete(item, by=request.user)

    # ── What was deleted ─────────────────────────────────────────────────────────────────────────────
    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_deleted"
        return [path("deleted/", self.admin_site.admin_view(self.deleted_view), name=name), *super().get_urls()]

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """What was deleted and has not been brought back."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Deleted"),
            "entries": history.deletions(self.model),
        }
        return TemplateResponse(request, "admin/publishing/deleted.html", context)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Who follows an old link to what was deleted is led to where it can be brought back."""
        item = self._deleted(unquote(object_id))
        if item is None:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)  # type: ignore[misc, no-any-return]
        messages.warning(request, gettext("“%(item)s” was deleted. It can be restored.") % {"item": item})
        return HttpResponseRedirect(admin_url(item, "history"))
