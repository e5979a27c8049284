"""What stands around every public page: site settings, menus, languages. Three queries, and none before it is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import override

from portal.models import MenuLink, SiteSettings
from publishing.languages import current_language, own_name
from publishing.targets import PageTargets, targets_of_page


@dataclass(slots=True)
class MenuEntry:
    """A link as it is drawn. A section without a page of its own has no url."""

    label: str
    url: str
    external: bool = False
    language: str = ""  # of the label, where it is the title of what it leads to
    icon: str = ""
    current: bool = False
    children: list[MenuEntry] = field(default_factory=list)


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {
        "site": SimpleLazyObject(lambda: site_of(request)),
        "menus": SimpleLazyObject(lambda: menus_of_page(request)),
        "languages": SimpleLazyObject(lambda: language_links(request)),
        "languages_of_item": SimpleLazyObject(lambda: alternates(request)),
        "canonical_url": SimpleLazyObject(lambda: canonical(request)),
        "preview": getattr(request, "preview", None),
        "measurement": None if hasattr(request, "preview") else settings.MEASUREMENT,
    }


def site_of(request: HttpRequest) -> SiteSettings:
    """The site's settings, which a public page has read already."""
    return getattr(request, "site_settings", None) or SiteSettings.load()


def menus_of_page(request: HttpRequest) -> dict[str, list[MenuEntry]]:
    """They are looked up together with the links in the page's text."""
    language = current_language()
    return menus(language, request.path, targets_of_page(request, language))


def menus(language: str, path: str = "", page_targets: PageTargets | None = None) -> dict[str, list[MenuEntry]]:
    """All menus of a language by name, with the open page marked.

    A link whose target is not public is left out, and so is a section without links.
    """
    links = list(MenuLink.objects.filter(language=language))
    page_targets = page_targets or PageTargets(language)
    targets = page_targets.among([link.target for link in links if link.target])
    entries: dict[int, MenuEntry] = {}
    for link in links:
        target = targets.get(link.target)
        if target is not None:
            entries[link.pk] = MenuEntry(
                link.label or target.title,
                target.url,
                target.external,
                "" if link.label else target.language,
                link.icon,
            )
        elif link.parent_id is None and not link.target:
            entries[link.pk] = MenuEntry(link.label, "")
    by_menu: dict[str, list[MenuEntry]] = {str(menu): [] for menu in MenuLink.Menu.values}
    for link in links:
        if link.pk in entries and link.parent_id in entries:
            entries[link.parent_id].children.append(entries[link.pk])
    for link in links:
        entry = entries.get(link.pk)
        if entry is not None and link.parent_id is None and (entry.url or entry.children):
            for child in entry.children:
                child.current = child.url == path
            entry.current = entry.url == path or any(child.current for child in entry.children)
            by_menu[link.menu].append(entry)
    return by_menu


def versions_of_page(request: HttpRequest) -> dict[str, str]:
    """This page's address in every language in which it exists."""
    if hasattr(request, "item_versions"):
        return dict(request.item_versions)
    try:
        is_public = resolve(request.path_info).kwargs.get("path") is None
    except Resolver404:
        is_public = False
    if not is_public or not request.path_info.startswith(f"/{current_language()}/"):
        return {}
    return {code: translate_url(request.path_info, code) for code, _ in settings.LANGUAGES}


def language_links(request: HttpRequest) -> list[dict[str, Any]]:
    """The language switch: the same page, which says so itself where it is not translated yet.

    What is no page in any language leads to that language's home page.
    """
    versions = getattr(request, "language_switch", None) or versions_of_page(request)
    says_so = bool(versions) and not hasattr(request, "preview")
    links = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            home = reverse("home")
        url = versions.get(code) or (translate_url(request.path, code) if says_so else home)
        links.append({"code": code, "name": own_name(code), "url": url, "current": code == current_language()})
    return links


def alternates(request: HttpRequest) -> list[dict[str, str]]:
    """Absolute addresses for `hreflang`, in every language in which the page exists; none for a preview."""
    if hasattr(request, "preview"):
        return []
    paths = with_default(versions_of_page(request))
    return [{"code": code, "url": request.build_absolute_uri(path)} for code, path in paths.items()]


def with_default(versions: dict[str, str]) -> dict[str, str]:
    """The paths of a page by language, and for readers of all others, `x-default`, the one in the site's first."""
    default = versions.get(settings.LANGUAGE_CODE)
    return {**versions, "x-default": default} if default else versions


def canonical(request: HttpRequest) -> str:
    """The page's own address; a list's page number belongs to it, its filters do not. A preview has none."""
    if hasattr(request, "preview"):
        return ""
    page = request.GET.get("page", "")
    url = request.build_absolute_uri(versions_of_page(request).get(current_language(), request.path))
    return f"{url}?page={page}" if page.isdecimal() and page != "1" else url
