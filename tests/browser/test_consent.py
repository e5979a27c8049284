"""Counting visits: by consent alone. A server on this machine stands in for the one that counts."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Page, expect

from portal.measurement import Measurement
from tests.browser.conftest import PHONE, Tab, overflow, violations

Opener = Callable[..., Tab]
QUESTION = "section[data-consent]"


@dataclass
class Counter:
    """The server that counts, with the bodies and cookies that it was sent."""

    origin: str = ""
    bodies: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)

    def visit(self, opened: Tab) -> str:
        """What it is told next. That the tab speaks with another host is no fault of its then."""
        assert self.arrived.wait(5)
        self.arrived.clear()
        opened.faults = [fault for fault in opened.faults if f"another host: {self.origin}" not in fault]
        return self.bodies[-1]


@pytest.fixture
def counter() -> Iterator[Counter]:
    found = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            found.cookies += self.headers.get_all("Cookie", [])
            self.send_response(204)
            self.send_header("Set-Cookie", "stranger=1")
            self.end_headers()
            found.arrived.set()

        def do_GET(self) -> None:
            found.bodies.append(f"GET {self.path}")
            self.send_error(404)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.origin = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["matomo", "plausible"])
def measured(request: Any, counter: Counter) -> Iterator[Counter]:
    """A site whose visits are counted there."""
    path, name = {"matomo": ("/matomo.php", "3"), "plausible": ("/api/event", "newsroom.example.org")}[request.param]
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    widened = {**directives, "connect-src": [*directives["connect-src"], counter.origin]}
    with override_settings(
        MEASUREMENT=Measurement(request.param, counter.origin, path, name),
        CONTENT_SECURITY_POLICY={"DIRECTIVES": widened},
    ):
        yield counter


def answer(page: Page, name: str) -> None:
    page.locator(QUESTION).get_by_role("button", name=name, exact=True).click()


def told(body: str) -> dict[str, str]:
    """Which site and which page a visit names."""
    if body.startswith("{"):
        said = json.loads(body)
        return {"site": said["domain"], "url": said["url"]}
    said = parse_qs(body)
    return {"site": said["idsite"][0], "url": said["url"][0]}


def test_nothing_is_sent_before_the_reader_agrees_and_then_one_visit_a_page(tab: Opener, measured: Counter) -> None:
    opened = tab()
    page = opened.open("/en/")
    expect(page.locator(QUESTION)).to_be_visible()
    opened.open("/en/news/?topic=")
    assert measured.bodies == []

    answer(page, "Accept")
    visit = told(measured.visit(opened))
    assert visit["url"] == f"{opened.site}/en/news/", "without what the reader searched for"
    assert visit["site"] in ("3", "newsroom.example.org")
    opened.open("/en/events/")
    assert told(measured.visit(opened))["url"] == f"{opened.site}/en/events/"
    expect(page.locator(QUESTION)).to_be_hidden()
    assert len(measured.bodies) == 2


def test_a_refusal_is_as_easy_and_is_remembered(tab: Opener, measured: Counter) -> None:
    opened = tab()
    page = opened.open("/en/")
    refuse, accept = (page.locator(QUESTION).get_by_role("button", name=name) for name in ("Refuse", "Accept"))
    first, second = refuse.bounding_box(), accept.bounding_box()
    assert first
    assert second
    assert (first["width"], first["height"]) == (second["width"], second["height"])
    refuse.click()
    for address in ("/en/news/", "/fr/"):
        opened.open(address)
        expect(page.locator(QUESTION)).to_be_hidden()
    assert measured.bodies == []


def test_the_choice_can_be_changed_from_the_foot_of_the_page(tab: Opener, measured: Counter) -> None:
    opened = tab()
    page = opened.open("/en/")
    answer(page, "Accept")
    measured.visit(opened)
    page.get_by_role("button", name="Change your choice on statistics").click()
    expect(page.locator(QUESTION).get_by_role("button", name="Refuse")).to_be_focused()
    answer(page, "Refuse")
    opened.open("/en/news/")
    page.wait_for_timeout(300)
    assert len(measured.bodies) == 1


def test_the_keyboard_alone_answers(tab: Opener, measured: Counter) -> None:
    opened = tab()
    page = opened.open("/en/news/")
    page.locator(QUESTION).get_by_role("button", name="Refuse").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    measured.visit(opened)
    expect(page.get_by_role("button", name="Change your choice on statistics")).to_be_focused()


@pytest.mark.parametrize("signal", ["globalPrivacyControl = true", "doNotTrack = '1'"])
def test_a_browser_that_asks_not_to_be_tracked_has_refused(signal: str, tab: Opener, measured: Counter) -> None:
    opened = tab()
    name, value = signal.split(" = ")
    opened.page.add_init_script(f"Object.defineProperty(navigator, '{name}', {{ get: () => {value} }});")
    opened.page.add_init_script("localStorage.setItem('measurement', 'accepted');")
    page = opened.open("/en/")
    page.wait_for_timeout(300)
    expect(page.locator(QUESTION)).to_be_hidden()
    expect(page.locator("[data-consent-again]")).to_be_hidden()
    assert measured.bodies == []


def test_neither_side_sets_a_cookie(tab: Opener, measured: Counter) -> None:
    opened = tab()
    page = opened.open("/en/")
    answer(page, "Accept")
    measured.visit(opened)
    opened.open("/en/news/")
    measured.visit(opened)
    assert page.context.cookies() == []
    assert measured.cookies == []


def test_without_scripts_nothing_asks_and_nothing_is_counted(tab: Opener, measured: Counter) -> None:
    page = tab(scripts=False).open("/en/")
    expect(page.locator(QUESTION)).to_be_hidden()
    assert measured.bodies == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_question_can_be_read_and_answered_by_everybody(language: str, tab: Opener, measured: Counter) -> None:
    opened = tab(PHONE)
    page = opened.open(f"/{language}/news/")
    expect(page.locator(QUESTION)).to_be_visible()
    assert violations(page, within=QUESTION) == []
    assert overflow(page) <= 0
    opened.faults.clear()  # the checker styles what it looks at, which the policy rightly refuses
