"""What programs ask a site for by name: robots.txt, security.txt, the manifest and the description of the search."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language_bidi, gettext, override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from library.serving import DAY
from portal.chrome import site_of
from publishing.languages import current_language, language_choices
from publishing.preview import ROOT
from publishing.syndication import legible

PLAIN = "text/plain; charset=utf-8"
# As in static/css/tokens.css, where it is light: --navy and --paper.
THEME, BACKGROUND = "#0b2347", "#ffffff"
# OpenSearch 1.1 allows a short name so many characters, and a long one so many.
SHORT, LONG = 16, 48

View = Callable[[HttpRequest], HttpResponse]


def for_programs(view: View) -> View:
    """A small file that is the same for everybody, and for a day."""
    return require_safe(cache_control(public=True, max_age=DAY)(conditional_page(view)))


@for_programs
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read but the newsroom's own pages, and what a search finds (RFC 9309)."""
    searches = []
    for language, _name in language_choices():
        with override(language):
            searches.append(reverse("search"))
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in (reverse("admin:index"), ROOT, *searches)),
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap-index'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type=PLAIN)


@for_programs
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116); not found where nobody has been named."""
    if not settings.SECURITY_CONTACT:
        raise Http404(gettext("There is no such page."))
    here = request.build_absolute_uri(reverse("security"))
    fields = [
        *(("Contact", contact) for contact in settings.SECURITY_CONTACT),
        ("Expires", f"{expires(timezone.now()):%Y-%m-%dT%H:%M:%SZ}"),
        *(("Encryption", key) for key in settings.SECURITY_ENCRYPTION),
        ("Preferred-Languages", ", ".join(code for code, _name in language_choices())),
        # Section 2.5.2 allows it no other scheme.
        *([("Canonical", here)] if request.is_secure() else []),
        *(("Policy", policy) for policy in settings.SECURITY_POLICY),
    ]
    return HttpResponse("".join(f"{name}: {value}\n" for name, value in fields), content_type=PLAIN)


def expires(now: dt.datetime) -> dt.datetime:
    """Two to three months on, in UTC, the same all month: who keeps a copy is to look again (RFC 9116, 2.5.5).

    It moves by itself, for it vouches for the setting of a site that is running.
    """
    month = now.astimezone(dt.UTC).year * 12 + now.astimezone(dt.UTC).month - 1 + 3
    return dt.datetime(month // 12, month % 12 + 1, 1, tzinfo=dt.UTC)


@for_programs
def manifest(request: HttpRequest) -> HttpResponse:
    """For whoever puts the site on their home screen (W3C, Web Application Manifest)."""
    site = site_of(request)
    content = {
        "id": reverse("home"),
        "name": str(site.name),
        "short_name": str(site.name),
        **({"description": str(site.tagline)} if str(site.tagline) else {}),
        "lang": current_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("home"),
        "scope": get_script_prefix(),
        # With the browser's way back: pages lead to other sites too.
        "display": "minimal-ui",
        "theme_color": THEME,
        "background_color": BACKGROUND,
        "icons": [
            {"src": static(f"img/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size, purpose in (
                ("icon-192", 192, "any"),
                ("icon-512", 512, "any"),
                ("icon-maskable-192", 192, "maskable"),
                ("icon-maskable-512", 512, "maskable"),
            )
        ],
    }
    options = {"ensure_ascii": False}
    return JsonResponse(content, content_type="application/manifest+json", json_dumps_params=options)


@for_programs
def opensearch(request: HttpRequest) -> HttpResponse:
    """Lets a browser search the site from its own field (OpenSearch 1.1)."""
    absolute = request.build_absolute_uri
    name = " ".join(str(site_of(request).name).split())
    description = gettext("Search %(site)s") % {"site": name}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
        f"<ShortName>{escape(legible(shortened(name, SHORT)))}</ShortName>",
        f"<LongName>{escape(legible(shortened(name, LONG)))}</LongName>",
        f"<Description>{escape(legible(description))}</Description>",
        f'<Url type="text/html" template="{escape(absolute(reverse("search")))}?q={{searchTerms}}"/>',
        '<Url type="application/opensearchdescription+xml" rel="self"'
        f' template="{escape(absolute(reverse("opensearch")))}"/>',
        f'<Image height="32" width="32" type="image/png">{escape(absolute(static("img/favicon.png")))}</Image>',
        f"<Language>{current_language()}</Language>",
        "<InputEncoding>UTF-8</InputEncoding>",
        "<OutputEncoding>UTF-8</OutputEncoding>",
        "</OpenSearchDescription>",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="application/opensearchdescription+xml; charset=utf-8")


def shortened(name: str, most: int) -> str:
    """As many whole words as fit, else what fits of the first."""
    found = textwrap.shorten(name, most, placeholder="…")
    return found if found != "…" else f"{name[: most - 1]}…"
