"""The form of a thing with revisions: of two people who have it open, neither overwrites the other unknowingly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing.admin_verbs import Standing
from publishing.diff import Difference, differences
from publishing.records import Revision
from publishing.snapshots import Content, Relations, merge, overlay, snapshot


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two people have changed: what each made of it, against what both began with.

    `mine` is empty where nothing can be chosen.
    """

    name: str
    label: str
    theirs: list[tuple[str, str]]
    mine: list[tuple[str, str]]


class RevisedForm(forms.ModelForm[Any]):
    """`seen` is the number of the revision that the author began with. If there is a newer one by now, the two are
    merged field by field. Fields that both changed are shown for a choice; `decided` is the number of the revision for
    which that was done, and `theirs` names the fields in which the other's text is taken.
    """

    # False for a form that only tells what the other has done.
    merges = True

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    decided = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.relations: Relations = {}
        self.conflicts: list[Conflict] = []
        self.merged_with: Revision | None = None
        if self.instance.pk is not None:
            # Whatever came into the database another way gets its first revision when it is saved.
            self.initial["seen"] = self.newest.number if self.newest else 1

    @property
    def newest(self) -> Revision | None:
        standing: Standing | None = getattr(self.instance, "standing", None)
        return standing.latest if standing else None

    def tell(self, request: HttpRequest) -> None:
        """Say so if what was saved is the work of two."""
        if self.merged_with is not None:
            name = self.merged_with.author or gettext("somebody else")
            messages.info(request, gettext("Merged with what %(name)s has saved meanwhile.") % {"name": name})

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self._forget_impossible_choices()
        many = {field.name for field in self.instance._meta.many_to_many}
        self.relations = {name: value for name, value in self.cleaned_data.items() if name in many}
        seen = self.cleaned_data.get("seen")
        if self.newest is not None and not self.errors and seen is not None and seen != self.newest.number:
            began: Revision | None = self.instance.revisions.filter(number=seen).first()
            self._merge(began.content if began else self.newest.content, self.newest)
        if not self.errors:
            self._judge()

    def _forget_impossible_choices(self) -> None:
        """Django's search boxes look up what they show again, and cannot look up what is no key."""
        impossible = [name for name in self.errors if _is_search_box(self.fields.get(name))]
        if impossible:
            data = cast(QueryDict, self.data).copy()
            for name in impossible:
                data.setlist(self.add_prefix(name), [])
            self.data = data

    def _judge(self) -> None:
        """By every rule that the verb asks for, so that what it would refuse is a message here."""
        try:
            self.instance.full_clean()
        except ValidationError as error:
            self.add_error(None, error.messages)

    def _merge(self, base: Content, newest: Revision) -> None:
        """Bring what was typed together with a revision that somebody else has added meanwhile."""
        mine = snapshot(self.instance, self.relations)
        content, both = merge(base, mine, newest.content)
        if both and not self._is_decided(newest):
            theirs = [one for one in differences(self.instance, base, newest.content) if one.name in both]
            self._ask(
                newest,
                theirs,
                _("%(name)s has changed the same fields meanwhile. Nothing is lost: choose for each field, then save."),
                mine=differences(self.instance, base, mine),
            )
            return
        for name in cast(QueryDict, self.data).getlist("theirs"):
            if name in both:
                content[name] = newest.content[name]
        self.relations = overlay(self.instance, content)
        self.merged_with = newest

    def _is_decided(self, newest: Revision) -> bool:
        return self.cleaned_data.get("decided") == newest.number

    def _ask(
        self, newest: Revision, theirs: list[Difference], message: str | Promise, *, mine: Iterable[Difference] = ()
    ) -> None:
        """Show the form again, with what was typed in it and what the other has done beside it."""
        own = {one.name: one.parts for one in mine}
        self.conflicts = [Conflict(one.name, one.label, one.parts, own.get(one.name, [])) for one in theirs]
        data = cast(QueryDict, self.data).copy()
        data["decided"] = str(newest.number)
        self.data = data
        self.add_error(None, str(message) % {"name": newest.author or gettext("Somebody")})


def _is_search_box(field: forms.Field | None) -> bool:
    widget = getattr(field, "widget", None)
    return isinstance(getattr(widget, "widget", widget), AutocompleteMixin)
