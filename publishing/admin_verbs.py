"""The verbs of the workflow as pages of the admin: what will happen, what has to be said, and a button."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from publishing import releases, rights, workflow
from publishing.models import Publishable, State, require_plausible_year
from publishing.records import DRAFTS, Release, Revision


@dataclass(frozen=True)
class Standing:
    """Where a version stands in the newsroom: with the public, and with its newest revision."""

    item: Publishable
    latest: Revision | None
    waiting: Revision | None

    @classmethod
    def of(cls, item: Publishable) -> Standing:
        revisions = item.revisions.select_related("author", "release")
        return cls(item, revisions.first(), revisions.filter(state=Revision.State.APPROVED).first())

    @property
    def seen(self) -> int:
        return self.latest.number if self.latest else 0

    @property
    def has_draft(self) -> bool:
        return self.latest is not None and self.latest.state in DRAFTS

    @property
    def is_submitted(self) -> bool:
        return self.latest is not None and self.latest.state == Revision.State.SUBMITTED


class VerbForm(forms.Form):
    """What a verb has to be told. `seen` is the revision that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, standing: Standing, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing, self.user = standing, user
        self.fields["seen"].initial = standing.seen

    def arguments(self) -> dict[str, Any]:
        """For the verb, besides the item, the person and what they saw."""
        return {}


class NoteForm(VerbForm):
    note = forms.CharField(
        label=_("Note for colleagues"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Seen in the newsroom only."),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        return {"note": self.cleaned_data["note"]}


class ReturnForm(NoteForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        note = self.fields["note"]
        note.label, note.required = _("What should the author change?"), True


class MomentField(forms.SplitDateTimeField):
    """A moment to come, in the site's time zone; may be left empty."""

    widget = AdminSplitDateTime

    def clean(self, value: Any) -> dt.datetime | None:
        moment: dt.datetime | None = super().clean(value)
        require_plausible_year(moment)
        if moment is not None and moment <= timezone.now():
            raise ValidationError(self.error_messages["over"], code="over")
        return moment


class WhenForm(forms.Form):
    """Now, or at an instant to come."""

    when = forms.ChoiceField(
        label=_("When?"),
        choices=[("now", _("Now")), ("later", _("At this time:"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    at = MomentField(
        label=_("Date and time"),
        required=False,
        error_messages={"over": _("This time is over. Enter one in the future, or choose “Now”.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("when") == "now":
            self.errors.pop("at", None)  # it is not asked for
        elif not data.get("at") and not self.has_error("at"):
            self.add_error("at", _("Enter the date and the time."))
        return data

    @property
    def instant(self) -> dt.datetime | None:
        """Aware; None for now."""
        return self.cleaned_data["at"] if self.cleaned_data["when"] == "later" else None


def emergency_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason for approving your own words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Somebody else should approve what you wrote. In an emergency, give the reason; it is recorded."),
    )


class CorrectionForm(VerbForm):
    """A change to what is or was public is minor, or carries a public note."""

    weight = forms.ChoiceField(
        label=_("What kind of change is it?"),
        choices=[
            ("minor", _("Minor: a slip of the pen, a better picture")),
            ("substantive", _("Substantive: readers should know")),
        ],
        widget=forms.RadioSelect,
    )
    correction = forms.CharField(
        label=_("Public note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Says what was wrong. Shown on the page with the date."),
    )
    emergency = emergency_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        latest = self.standing.latest
        if not self.standing.item.was_public:
            del self.fields["weight"], self.fields["correction"]
        own = latest is not None and latest.author_id == self.user.pk
        if not (settings.FOUR_EYES and own):
            del self.fields["emergency"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("weight") == "substantive" and not data.get("correction", "").strip():
            self.add_error("correction", _("Write what readers should know about the change."))
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "correction": data["correction"] if data.get("weight") == "substantive" else "",
            "emergency": data.get("emergency", ""),
        }


class ApproveForm(WhenForm, CorrectionForm):
    field_order = ("when", "at", "weight", "correction", "emergency")

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "at": self.instant}


class ReleaseForm(CorrectionForm):
    release = forms.ModelChoiceField(
        label=_("Release"),
        queryset=Release.objects.filter(applied_at=None),
        help_text=_("Releases are made on their own page of the newsroom."),
    )
    field_order = ("release", "weight", "correction", "emergency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        latest = self.standing.latest
        if latest is not None and latest.release_id:
            self.fields["release"].initial = latest.release_id
        if latest is not None and latest.correction and "weight" in self.fields:
            self.fields["weight"].initial, self.fields["correction"].initial = "substantive", latest.correction

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "release": self.cleaned_data["release"]}


class WithdrawForm(VerbForm):
    explanation = forms.CharField(
        label=_("Explanation for readers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown at the item’s address instead of the item."),
    )

    def arguments(self) -> dict[str, Any]:
        return {"explanation": self.cleaned_data["explanation"]}


class ExpireForm(VerbForm):
    at = MomentField(
        label=_("Comes down"),
        required=False,
        help_text=_("Empty: stays."),
        error_messages={"over": _("This time is over. To take the page down now, withdraw it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = self.standing.item.live_until

    def arguments(self) -> dict[str, Any]:
        return {"at": self.cleaned_data["at"]}


class RestoreForm(VerbForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def clean_revision(self) -> Revision:
        revision: Revision | None = self.standing.item.revisions.filter(number=self.cleaned_data["revision"]).first()
        if revision is None:
            raise ValidationError(_("There is no such revision."))
        return revision

    def arguments(self) -> dict[str, Any]:
        return {"revision": self.cleaned_data["revision"]}


@dataclass(frozen=True)
class Verb:
    """A verb of `workflow` as it is offered to people."""

    key: str
    permission: str
    label: str | Promise
    heading: str | Promise
    explanation: str | Promise
    done: str | Promise
    run: Callable[..., Any]
    fits: Callable[[Standing], bool]
    form: type[VerbForm] = VerbForm
    style: str = ""
    # Pressed in the item's form, it keeps what was typed before anything else; so it always has something to do there.
    after_saving: bool = False

    # Offered in the item's form; the others have their place elsewhere.
    in_form: bool = True
    # Whether the newsroom has any use for it now.
    in_use: Callable[[], bool] = lambda: True

    def offered(self, standing: Standing, user: object) -> bool:
        item = standing.item
        fits = self.after_saving or self.fits(standing)
        return fits and rights.may(user, self.permission, type(item), item.language) and self.in_use()


def _can_be_approved(standing: Standing) -> bool:
    return standing.has_draft or standing.waiting is not None or standing.item.state is not State.LIVE


VERBS: dict[str, Verb] = {
    verb.key: verb
    for verb in (
        Verb(
            key="submit",
            permission="change",
            label=_("Submit for review…"),
            heading=_("Submit for review"),
            explanation=_("An editor is asked to approve this version. If it is changed after that, submit it again."),
            done=_("Submitted for review."),
            run=workflow.submit,
            fits=lambda standing: not standing.is_submitted,
            form=NoteForm,
            after_saving=True,
        ),
        Verb(
            key="return",
            permission="publish",
            label=_("Return with a note…"),
            heading=_("Return to the author"),
            explanation=_("The version becomes a draft again."),
            done=_("Returned to the author."),
            run=workflow.return_to_author,
            fits=lambda standing: standing.is_submitted,
            form=ReturnForm,
        ),
        Verb(
            key="approve",
            permission="publish",
            label=_("Publish or schedule…"),
            heading=_("Publish"),
            explanation=_("This is what the public is going to see."),
            done=_("Approved."),
            run=workflow.approve,
            fits=_can_be_approved,
            form=ApproveForm,
            style="publish",
            after_saving=True,
        ),
        Verb(
            key="release",
            permission="publish",
            label=_("Put into a release…"),
            heading=_("Put into a release"),
            explanation=_("It goes live together with everything else in the release, once the release is approved."),
            done=_("It is in the release."),
            run=lambda item, *, release, **arguments: releases.add(release, item, **arguments),
            fits=lambda standing: standing.has_draft,
            form=ReleaseForm,
            after_saving=True,
            in_use=Release.objects.filter(applied_at=None).exists,
        ),
        Verb(
            key="cancel",
            permission="publish",
            label=_("Cancel the schedule…"),
            heading=_("Cancel the schedule"),
            explanation=_("What waits for its time becomes a draft again. What is public stays as it is."),
            done=_("Nothing is scheduled any more."),
            run=workflow.cancel_schedule,
            fits=lambda standing: standing.waiting is not None or standing.item.state is State.SCHEDULED,
        ),
        Verb(
            key="expire",
            permission="publish",
            label=_("Set an end…"),
            heading=_("Let it come down"),
            explanation=_("At that time the page disappears by itself. Its address then says that it has ended."),
            done=_("The end is set."),
            run=workflow.expire,
            fits=lambda standing: standing.item.state in (State.LIVE, State.SCHEDULED),
            form=ExpireForm,
        ),
        Verb(
            key="withdraw",
            permission="publish",
            label=_("Withdraw…"),
            heading=_("Withdraw"),
            explanation=_("The page is taken down now. Its address says so, with your explanation."),
            done=_("Withdrawn: nobody outside can see it."),
            run=workflow.withdraw,
            fits=lambda standing: standing.item.state is State.LIVE,
            form=WithdrawForm,
            style="withdraw",
        ),
        Verb(
            key="restore",
            permission="change",
            label=_("Restore as a draft"),
            heading=_("Restore an earlier revision"),
            explanation=_("It becomes the newest draft. The public sees nothing of it until it is approved."),
            done=_("Restored as a draft."),
            run=workflow.restore,
            fits=lambda standing: True,
            form=RestoreForm,
            in_form=False,
        ),
        Verb(
            key="confirm",
            permission="change",
            label=_("Still a true translation"),
            heading=_("Confirm the translation"),
            explanation=_("The original has changed since. Say that this version still renders it."),
            done=_("Marked as up to date."),
            run=workflow.confirm_translation,
            fits=lambda standing: is_out_of_date(standing.item),
        ),
    )
}


def offered(standing: Standing, user: object) -> Iterator[Verb]:
    """What this person may do now, in the order of the work."""
    return (verb for verb in VERBS.values() if verb.in_form and verb.offered(standing, user))


def is_out_of_date(item: Publishable) -> bool:
    """Whether a published translation renders an older revision than the one that its original shows."""
    if item.original is None:
        return False
    mine = item.revisions.filter(state=Revision.State.LIVE).first()
    source = item.original.revisions.filter(state=Revision.State.LIVE).values_list("number", flat=True).first()
    return mine is not None and source is not None and (mine.renders or 0) < source
