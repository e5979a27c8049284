"""One text in several languages in one column, for words that belong to a thing without versions of its own."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import get_language

from publishing.languages import own_name


class Translations(dict[str, str]):
    """Texts by language code. Prints the active language's; where that is missing, the first language's there is."""

    def __str__(self) -> str:
        ordered = [get_language() or "", *(code for code, _ in settings.LANGUAGES), *self]
        return next((self[code] for code in ordered if self.get(code)), "")


class TranslatedTextField(models.JSONField):
    """Holds `Translations`; only languages with a text are stored."""

    def __init__(self, *args: Any, multiline: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        kwargs.setdefault("default", Translations)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Translations:
        return Translations(super().from_db_value(value, expression, connection) or {})

    def to_python(self, value: Any) -> Translations:
        if not isinstance(value, dict):
            raise ValidationError("Texts by language are expected.")
        return Translations(value)

    def readable(self, value: dict[str, str]) -> str:
        return "\n".join(f"{own_name(code)}: {text}" for code, text in value.items())

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        kwargs.pop("widget", None)
        # A callable default would make Django send the old value along, hidden, as one text.
        options = {"multiline": self.multiline, "show_hidden_initial": False, **kwargs}
        return models.Field.formfield(self, form_class=TranslatedTextFormField, **options)


class TranslatedTextWidget(forms.MultiWidget):
    """An input a language, each under the language's own name."""

    template_name = "admin/widgets/translated_text.html"

    def __init__(self, multiline: bool = False) -> None:
        widget = forms.Textarea if multiline else forms.TextInput
        self.codes = [code for code, _ in settings.LANGUAGES]
        attributes: dict[str, Any] = {"rows": 3} if multiline else {"class": "vTextField"}
        super().__init__({code: widget(attrs={**attributes, "lang": code}) for code in self.codes})

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.codes]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for code, subwidget in zip(self.codes, context["widget"]["subwidgets"], strict=True):
            subwidget["label"] = own_name(code)
        return context


class TranslatedTextFormField(forms.MultiValueField):
    """Required means: at least one language."""

    def __init__(self, *, multiline: bool = False, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False) for _ in settings.LANGUAGES]
        super().__init__(fields=fields, widget=TranslatedTextWidget(multiline), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> Translations:
        codes = [code for code, _ in settings.LANGUAGES]
        # Browsers send the line ends of HTTP; without this, saving would look like changing.
        texts = [text.replace("\r\n", "\n") for text in data_list]
        return Translations({code: text for code, text in zip(codes, texts, strict=False) if text})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial or {}, data)
