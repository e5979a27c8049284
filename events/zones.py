"""Time zones as readers know them: by the city that they are called after, in the reader's language."""

from django.utils.translation import gettext, pgettext, pgettext_lazy

# The cities that are called otherwise in another of our languages, so that translators find them in the catalogue.
TRANSLATED = (
    pgettext_lazy("city", "Addis Ababa"),
    pgettext_lazy("city", "Algiers"),
    pgettext_lazy("city", "Athens"),
    pgettext_lazy("city", "Baghdad"),
    pgettext_lazy("city", "Baku"),
    pgettext_lazy("city", "Beirut"),
    pgettext_lazy("city", "Brussels"),
    pgettext_lazy("city", "Bucharest"),
    pgettext_lazy("city", "Cairo"),
    pgettext_lazy("city", "Copenhagen"),
    pgettext_lazy("city", "Damascus"),
    pgettext_lazy("city", "Dubai"),
    pgettext_lazy("city", "Jerusalem"),
    pgettext_lazy("city", "Kabul"),
    pgettext_lazy("city", "Kolkata"),
    pgettext_lazy("city", "Kuwait"),
    pgettext_lazy("city", "Lisbon"),
    pgettext_lazy("city", "London"),
    pgettext_lazy("city", "Malta"),
    pgettext_lazy("city", "Manila"),
    pgettext_lazy("city", "Mexico City"),
    pgettext_lazy("city", "Moscow"),
    pgettext_lazy("city", "Nicosia"),
    pgettext_lazy("city", "Riyadh"),
    pgettext_lazy("city", "Seoul"),
    pgettext_lazy("city", "Singapore"),
    pgettext_lazy("city", "Tashkent"),
    pgettext_lazy("city", "Tbilisi"),
    pgettext_lazy("city", "Tehran"),
    pgettext_lazy("city", "Tirane"),
    pgettext_lazy("city", "Vienna"),
    pgettext_lazy("city", "Warsaw"),
    pgettext_lazy("city", "Yerevan"),
)


def zone_label(name: str) -> str:
    """“Brussels time” for Europe/Brussels; “UTC” for UTC."""
    if name == "UTC":
        return name
    city = name.rsplit("/", 1)[-1].replace("_", " ")
    return gettext("%(city)s time") % {"city": pgettext("city", city)}
