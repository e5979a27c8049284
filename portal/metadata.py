"""What every page tells machines: whose site this is, how it is searched, where the page stands (schema.org)."""

from __future__ import annotations

from collections.abc import Iterable

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext

from library.pictures import single
from portal.models import SiteSettings
from publishing.languages import current_language
from publishing.metadata import Absolute, Thing, filled, organisation

# Open Graph wants a country with each language; these are the ones that networks list.
LOCALES = {"en": "en_GB", "fr": "fr_FR", "uk": "uk_UA", "ar": "ar_AR"}


def locale_of(language: str) -> str:
    return LOCALES.get(language, language.replace("-", "_"))


def whose_site(site: SiteSettings, absolute: Absolute, *, profiles: Iterable[str]) -> Thing:
    """The organisation; `profiles` are its addresses on social networks."""
    logo = single(site.logo, "free")
    return filled(
        {
            "@type": "Organization",
            **organisation(absolute),
            "name": str(site.name),
            "url": absolute("/"),
            "logo": absolute(logo.address if logo else static("img/touch.png")),
            "description": str(site.tagline),
            "address": str(site.address),
            "contactPoint": {"@type": "ContactPoint", "contactType": "press", "email": site.press_email}
            if site.press_email
            else None,
            "sameAs": list(profiles),
        }
    )


def website(site: SiteSettings, absolute: Absolute) -> Thing:
    language = current_language()
    return {
        "@type": "WebSite",
        "name": str(site.name),
        "url": absolute(reverse("home")),
        "inLanguage": language,
        "publisher": organisation(absolute),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{absolute(reverse('search'))}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def breadcrumbs(crumbs: list[dict[str, str]], absolute: Absolute) -> Thing:
    """Nothing for the home page. The last one is the page itself; every other must have an address to count."""
    if not crumbs:
        return {}
    *above, here = crumbs
    home = {"label": gettext("Home"), "url": reverse("home")}
    places = [home, *(place for place in above if place["url"]), here]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            filled(
                {
                    "@type": "ListItem",
                    "position": number,
                    "name": place["label"],
                    "item": absolute(place["url"]) if place["url"] else "",
                }
            )
            for number, place in enumerate(places, start=1)
        ],
    }
