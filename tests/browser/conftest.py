"""Chromium, and the sample site served to it by Django's own live server."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.style_sheet import SHEET, in_one_piece
from tests.conftest import Person, connected_to, group_named

# The shell is the same engine without a window around it, which takes a third less time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

# Playwright runs a loop of its own in this thread; the tests use the database beside it, not in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WIDE, PHONE, SMALLEST = 1440, 390, 320
PASSWORD = "a long way to Brussels"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(f"browser {item.path.stem}"))
            if CHROMIUM is None and os.environ.get("CHANCERY_REQUIRE") != "all":
                item.add_marker(pytest.mark.skip(reason="needs Chromium"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class StaticFiles(StaticFilesHandler):
    """The style sheet comes in one piece, as it does to visitors: axe cannot follow its imports."""

    def serve(self, request: HttpRequest) -> Any:
        if request.path == f"{settings.STATIC_URL}{SHEET}":
            return HttpResponse(in_one_piece(FileSystemStorage(settings.STATICFILES_DIRS[0])), content_type="text/css")
        return super().serve(request)


@contextmanager
def served(database: str) -> Iterator[str]:
    """The address of a server on a database."""
    with connected_to(database):
        thread = LiveServerThread("127.0.0.1", StaticFiles, connections_override={})
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        yield f"http://127.0.0.1:{thread.port}"
        thread.terminate()
        connection.close()


@pytest.fixture(scope="module")
def site(sample_database: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a sample site of this module's own, which its tests may change."""
    copy = tmp_path_factory.mktemp("site") / "site.sqlite3"
    shutil.copy(sample_database, copy)
    with django_db_blocker.unblock(), served(str(copy)) as address:
        yield address


class Tab:
    """An open page, and everything that went wrong on it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.faults: list[str] = []
        page.on("console", lambda message: self._note(message.type in ("error", "warning"), f"console: {message.text}"))
        page.on("pageerror", lambda error: self._note(True, f"script: {error}"))
        page.on("request", lambda request: self._note(self._foreign(request.url), f"another host: {request.url}"))

    def _foreign(self, url: str) -> bool:
        return not url.startswith((self.site, "blob:", "data:", "about:"))

    def _note(self, wrong: bool, what: str) -> None:
        if wrong:
            self.faults.append(f"{self.page.url} {what}")

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path)
        return self.page


@pytest.fixture(scope="session")
def idle(chromium: Browser) -> dict[tuple[Any, ...], list[BrowserContext]]:
    """Browsers that a test has left behind, by their kind: to start one takes three times as long as to open a page in
    one that has another of the same site open."""
    return defaultdict(list)


def forget(context: BrowserContext, site: str) -> None:
    """Close all pages but the first, and leave nothing of a reader but files of the site that are the same for all."""
    context.set_offline(False)
    kept, *others = context.pages
    stored = {"origin": site, "storageTypes": "local_storage,indexeddb,cache_storage,service_workers"}
    session = context.new_cdp_session(kept)
    session.send("Storage.clearDataForOrigin", stored)
    session.detach()
    for page in others:
        page.close()
    context.clear_cookies()


@pytest.fixture
def tab(
    site: str, chromium: Browser, idle: dict[tuple[Any, ...], list[BrowserContext]]
) -> Iterator[Callable[..., Tab]]:
    """Opens tabs of a given width, colour scheme and kind, each in a browser of its own; whatever goes wrong on one of
    them fails the test. A `first` one has never loaded anything, and nobody is given it afterwards."""
    tabs: list[tuple[Tab, tuple[Any, ...] | None]] = []

    def opened(
        width: int = WIDE, *, dark: bool = False, scripts: bool = True, touch: bool = False, first: bool = False
    ) -> Tab:
        kind = (width, dark, scripts, touch)
        if idle[kind] and not first:
            context = idle[kind].pop()
        else:
            context = chromium.new_context(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
                java_script_enabled=scripts,
                has_touch=touch,
                reduced_motion="reduce",
            )
            context.set_default_timeout(10_000)
        if not first:
            kept = context.pages[0] if context.pages else context.new_page()
            if not kept.url.startswith(site):
                kept.goto(f"{site}/static/css/tokens.css")
        tabs.append((Tab(context.new_page(), site), None if first else kind))
        return tabs[-1][0]

    yield opened
    for tab, kind in tabs:
        context = tab.page.context
        if kind is None:
            context.close()
        elif context in chromium.contexts:
            forget(context, site)
            idle[kind].append(context)
    assert [fault for tab, _kind in tabs for fault in tab.faults] == []


@pytest.fixture
def person(tab: Callable[..., Tab]) -> Callable[..., Tab]:
    """Opens tabs of somebody who has signed in, in a browser of their own: a member of a group, or a superuser."""

    def opened(username: str, group: str = "", width: int = WIDE, **options: bool) -> Tab:
        user, new = User.objects.get_or_create(username=username, is_staff=True, is_superuser=not group)
        if new:
            user.set_password(PASSWORD)
            user.save()
            user.groups.set([group_named(group)] if group else [])
        signed_in = tab(width, **options)
        session = Person(user).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": signed_in.site}
        signed_in.page.context.add_cookies([cookie])  # type: ignore[list-item]
        return signed_in

    return opened


@pytest.fixture
def desk(person: Callable[..., Tab]) -> Callable[..., Tab]:
    """Opens tabs of somebody who has signed in and may do everything."""
    return lambda width=WIDE, **options: person("desk", width=width, **options)


def settled(page: Page) -> Page:
    """Waits until the scripts of a page that is loaded have put everything in its place.

    A browser may find no idle moment for minutes, if it draws nothing.
    """
    page.evaluate("new Promise((done) => requestIdleCallback(() => setTimeout(done), { timeout: 1000 }))")
    return page


AXE = Axe()
GUIDELINES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# What can fare otherwise in the other colour scheme and in another window; the other rules see the same page again.
LOOKS = {"type": "rule", "values": ["color-contrast", "target-size"]}


def violations(
    page: Page, *, within: str | None = None, outside: str | None = None, only_looks: bool = False
) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and its own best practices, in a part of the page."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE.axe_script)
    context = {"include": [within or "html"], "exclude": [outside] if outside else []}
    options = {"runOnly": LOOKS if only_looks else GUIDELINES, "resultTypes": ["violations"]}
    found = page.evaluate(
        "([context, options]) => axe.run(context, options).then((found) => found.violations)", [context, options]
    )
    return [f"{page.url} {rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def shown_at(page: Page, width: int, *, dark: bool = False) -> None:
    """Show a page that is loaded in another window and colour scheme, with no colour still on its way to the other."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.evaluate("document.getAnimations().filter((on) => on instanceof CSSTransition).forEach((on) => on.finish())")


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth"))
