from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from search.finding import ALL_LANGUAGES, Narrowed, Results, label_of


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search the site"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("Use at most %(limit_value)d characters.")},
    )


class NarrowForm(forms.Form):
    """What results are narrowed to, and their order. The choices are those that `offer` has counted."""

    q = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.RegexField(r"^[a-z_]{1,40}(:[a-z-]{1,40})?\Z", label=_("Kind"), required=False, widget=forms.Select)
    topic = forms.RegexField(r"^[1-9]\d{0,17}\Z", label=_("Topic"), required=False, widget=forms.Select)
    year = forms.RegexField(r"^[12]\d{3}\Z", label=_("Year"), required=False, widget=forms.Select)
    language = forms.ChoiceField(label=_("Language"), required=False)
    order = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("", _("By relevance")), ("date", _("By date"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Its question stands on the page beside the search form's own.
        self.auto_id = "id_narrow_%s"
        self._choose("language", [("", ""), (ALL_LANGUAGES, ""), *settings.LANGUAGES])

    @property
    def narrowed(self) -> Narrowed:
        """Called only for a valid form."""
        data = self.cleaned_data
        return Narrowed(
            what=data["kind"],
            topic=int(data["topic"]) if data["topic"] else None,
            year=int(data["year"]) if data["year"] else None,
            language=data["language"],
        )

    @property
    def by_date(self) -> bool:
        return bool(self.cleaned_data["order"] == "date")

    @property
    def narrows(self) -> bool:
        return any(self[name].value() for name in ("kind", "topic", "year", "language"))

    @property
    def cleared(self) -> str:
        return f"?{urlencode({'q': self['q'].value()})}"

    @property
    def query(self) -> str:
        """What stands in the address, without the page."""
        return urlencode({name: value for name in self.fields if (value := self[name].value())})

    def offer(self, results: Results, topics: dict[int, str], *, first_year: int | None) -> None:
        """Offer what there is, with how much there is of it; what is chosen is offered in any case."""
        kinds = {what: label_of(what) for what in (*results.whats, *self._chosen("kind", str))}
        self._offer("kind", _("All kinds"), _by_label(kinds), results.whats)
        named = {key: topics.get(key, "…") for key in (*topics, *self._chosen("topic", int))}
        self._offer("topic", _("All topics"), _by_label(named), results.topics)
        older = range(first_year, max(results.years, default=0)) if first_year else ()
        years = sorted({*results.years, *self._chosen("year", int), *older}, reverse=True)
        self._offer("year", _("All years"), [(year, str(year)) for year in years], results.years)

    def offer_languages(self, counts: Counter[str], *, language: str) -> None:
        """Offer the reader's own language first. Without counts, all of the site's."""
        names = {code: str(name) for code, name in settings.LANGUAGES}
        others = [code for code in names if code != language and (counts[code] or not counts or code == self.chosen)]
        own = counted(names[language], counts[language])
        everywhere = counted(_("All languages"), counts.total())
        self._choose(
            "language",
            [("", own), (ALL_LANGUAGES, everywhere), *((code, counted(names[code], counts[code])) for code in others)],
        )

    @property
    def chosen(self) -> str:
        return str(self["language"].value() or "")

    def _chosen(self, name: str, kind: Any) -> list[Any]:
        value = self.cleaned_data.get(name)
        return [kind(value)] if value else []

    def _offer(self, name: str, everything: Any, choices: list[tuple[Any, str]], counts: Any) -> None:
        self._choose(name, [("", everything), *((key, counted(label, counts[key])) for key, label in choices)])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field: Any = self.fields[name]
        if hasattr(field, "choices"):
            field.choices = choices
        else:
            field.widget.choices = choices


def _by_label(labels: dict[Any, str]) -> list[tuple[Any, str]]:
    return sorted(labels.items(), key=lambda pair: pair[1].casefold())


def counted(label: Any, count: int) -> str:
    return f"{label} ({count})" if count else str(label)
