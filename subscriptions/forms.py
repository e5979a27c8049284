from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from publishing.languages import language_choices, own_name


class SubscribeForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,  # of an address in a mail's envelope: RFC 5321, section 4.5.3.1.3
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address such as name@example.org."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language of the updates"), choices=lambda: [(code, own_name(code)) for code, _n in language_choices()]
    )
    # Hidden from people; robots fill it in.
    website = forms.CharField(required=False, label=_("Leave this field empty"), widget=forms.TextInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["website"].widget.attrs.update({"tabindex": "-1", "autocomplete": "off"})

    @property
    def from_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))
