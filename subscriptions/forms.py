"""The forms for readers. What robots do to them is told apart from what people do, without asking anybody else."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pages.models import Topic
from publishing.languages import current_language, language_choices, own_name
from subscriptions.limits import FASTEST, SLOWEST, age_of, new_stamp
from subscriptions.matching import kind_choices
from subscriptions.models import Subscriber, normal_address
from subscriptions.service import Choices


def own_names() -> list[tuple[str, str]]:
    return [(code, own_name(code)) for code, _name in language_choices()]


def topic_choices() -> list[tuple[str, str]]:
    """The topics that are live for readers of the page's language, by the keys of their originals."""
    topics = Topic.objects.live().for_readers_of(current_language()).order_by("title")
    return [(str(topic.original_key), topic.title) for topic in topics.only("title", "original", "language")]


class ChoicesForm(forms.Form):
    """What a reader wants, and how often."""

    often = forms.ChoiceField(
        label=_("How often"), choices=Subscriber.Often.choices, widget=forms.RadioSelect, initial=Subscriber.Often.DAILY
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=own_names,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds"),
        choices=kind_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to get everything."),
    )
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=topic_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to get all topics."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.fields["topics"].choices:  # type: ignore[attr-defined]
            del self.fields["topics"]

    @property
    def choices(self) -> Choices:
        """Of a valid form."""
        data = self.cleaned_data
        return Choices(
            languages=data["languages"],
            kinds=data["kinds"],
            topics=[int(key) for key in data.get("topics", ())],
            often=data["often"],
        )


class AddressForm(forms.Form):
    """An address, typed by somebody who says that it is theirs."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,  # of an address in a mail's envelope: RFC 5321, section 4.5.3.1.3
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address such as name@example.org."),
        },
    )
    # Hidden from people; robots fill it in.
    website = forms.CharField(required=False, label=_("Leave this field empty"), widget=forms.TextInput)
    # When the form was opened.
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["website"].widget.attrs.update({"tabindex": "-1", "autocomplete": "off"})
        self.fields["stamp"].initial = new_stamp
        if self.is_bound and not 0 <= self.age <= SLOWEST:
            # With an old stamp, or none, nobody could ever send it.
            data = cast(QueryDict, self.data).copy()
            data["stamp"] = new_stamp()
            self.data = data
            self.is_stale = True

    is_stale = False

    @property
    def age(self) -> float:
        """For how many seconds the form has been open; -1 if that is not known."""
        age = age_of(str(self.data.get("stamp", "")))
        return -1 if age is None else age

    def clean_email(self) -> str:
        return normal_address(self.cleaned_data["email"])

    def clean(self) -> None:
        super().clean()
        if self.is_stale:
            raise forms.ValidationError(_("This form had been open for long. Nothing is lost: please send it again."))
        if self.age < FASTEST and not self.from_robot:
            raise forms.ValidationError(_("That was quicker than people usually are. Please send it once more."))

    @property
    def from_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class SubscribeForm(AddressForm, ChoicesForm):
    field_order = ("email", "often", "languages", "kinds", "topics")

    @property
    def unfolded(self) -> bool:
        """Whether something is to be put right in the part that is folded."""
        return self.is_bound and bool({"languages", "kinds", "topics"} & set(self.errors))


class ManageForm(ChoicesForm):
    language = forms.ChoiceField(label=_("Language of the mails"), choices=own_names)
