"""The home page with the sample's real pictures, as a telephone loads it: few bytes, and nothing moves."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from playwright.sync_api import Browser, Page, Response

from library.models import Image
from portal.sample import pictures
from tests.browser.conftest import PHONE, WIDE

MOST_BYTES = 250 * 1024
SHIFTS = """() => {
    window.moved = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.moved += entry.value; }))
        .observe({ type: "layout-shift", buffered: true });
}"""


def painted(image: Image) -> bytes:
    """What `load_sample` paints for it; the tests' own sample has plain colours, for speed."""
    name = Path(image.file.name).stem
    if name.startswith("term-"):
        return pictures.jpeg(pictures.portrait(name, (640, 800)))
    if name.startswith("report-"):
        return pictures.jpeg(pictures.cover(name, "Annual report 2022"))
    style = next(name for name, style in pictures.STYLES.items() if style.alt == dict(image.alt_text))
    return pictures.jpeg(pictures.paint(style, name))


def looked_through(page: Page) -> None:
    """Every picture has been in view, also those of the rows that are scrolled sideways, and has come."""
    end = time.monotonic() + 180
    for picture in page.locator("main img").all():
        picture.evaluate("image => image.scrollIntoView({ block: 'center', inline: 'center' })")
        while not picture.evaluate("image => image.complete && image.naturalWidth > 0"):
            assert time.monotonic() < end, "a picture does not come"
            page.wait_for_timeout(50)


@pytest.fixture(scope="module")
def home(site: str) -> str:
    """The address of the home page, with its pictures as they really are."""
    shown = re.findall(r"/media/pictures/(\d+)/", Client().get("/en/").content.decode())
    for image in Image.objects.filter(pk__in=set(shown)):
        image.file.save(f"{Path(image.file.name).stem}.jpg", ContentFile(painted(image)), save=False)
        image.read_file()
        image.save()
    return f"{site}/en/"


def test_a_telephone_loads_at_most_250_kilobytes_of_pictures(home: str, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": PHONE, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(home)
    looked_through(page)
    loaded = [answer for answer in answers if "/media/pictures/" in answer.url and answer.status == 200]
    sizes = [len(answer.body()) for answer in loaded]
    kinds = {answer.headers["content-type"] for answer in loaded}
    context.close()
    assert len(sizes) >= 20
    assert kinds == {"image/avif"}
    assert sum(sizes) < MOST_BYTES


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_nothing_moves_when_the_pictures_come(width: int, home: str, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(home)
    page.evaluate(SHIFTS)
    looked_through(page)
    moved = page.evaluate("window.moved")
    context.close()
    assert moved == 0
