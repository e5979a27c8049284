"""Galleries and players, by every means that people have; and the gallery's form in the newsroom."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Locator, Page, expect

from library.models import CaptionTrack, Image
from news.models import NewsItem
from tests.browser.conftest import PHONE, SMALLEST, WIDE, Tab, overflow, shown_at, violations
from tests.factories import ImageFactory, NewsItemFactory, RecordingFactory
from tests.library.attacks import ATTACKS
from tests.library.files import CAPTIONS, WEBM

Opener = Callable[..., Tab]


@pytest.fixture
def gallery(site: str) -> str:
    """The path of a gallery of the sample."""
    return NewsItem.objects.live().in_language("en").filter(kind="photo-gallery").latest_first()[0].get_absolute_url()


@pytest.fixture
def film(site: str) -> str:
    """The path of the sample's film that lies here."""
    return (
        NewsItem.objects.live()
        .in_language("en")
        .exclude(recording__file="")
        .get(recording__isnull=False)
        .get_absolute_url()
    )


def pictures(page: Page) -> Locator:
    return page.locator("[data-gallery-open]")


def viewer(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Pictures")


def number_of(page: Page) -> int:
    return int(re.sub(r"\D.*", "", viewer(page).get_by_role("status").inner_text().removeprefix("Picture ")))


# ── The viewer ───────────────────────────────────────────────────────────────────────────────────────────
def test_the_viewer_is_turned_over_by_mouse_and_closes(tab: Opener, gallery: str) -> None:
    page = tab().open(gallery)
    count = pictures(page).count()
    assert 6 <= count <= 12
    pictures(page).nth(1).click()
    expect(viewer(page)).to_be_visible()
    expect(viewer(page).get_by_role("status")).to_have_text(f"Picture 2 of {count}")
    viewer(page).get_by_role("button", name="Next picture").click()
    expect(viewer(page).get_by_role("status")).to_have_text(f"Picture 3 of {count}")
    for _step in range(3):
        viewer(page).get_by_role("button", name="Previous picture").click()
    expect(viewer(page).get_by_role("status")).to_have_text(f"Picture {count} of {count}")
    viewer(page).get_by_role("button", name="Close").click()
    expect(viewer(page)).to_be_hidden()


def test_the_viewer_is_used_by_keyboard_and_gives_the_focus_back(tab: Opener, gallery: str) -> None:
    page = tab().open(gallery)
    pictures(page).nth(0).focus()
    page.keyboard.press("Enter")
    expect(viewer(page)).to_be_visible()
    for key, number in (
        ("ArrowRight", 2),
        ("End", pictures(page).count()),
        ("ArrowRight", 1),
        ("ArrowLeft", pictures(page).count()),
        ("Home", 1),
    ):
        page.keyboard.press(key)
        assert number_of(page) == number, key
    page.keyboard.press("ArrowRight")
    for _step in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(viewer(page)).to_be_hidden()
    expect(pictures(page).nth(1)).to_be_focused()


def test_a_picture_is_shown_whole_with_its_caption_credit_and_file(tab: Opener, gallery: str) -> None:
    page = tab().open(gallery)
    pictures(page).nth(2).click()
    image = viewer(page).locator("img")
    page.wait_for_function(
        "() => { const i = document.querySelector('dialog img'); return i.complete && i.naturalWidth > 0; }"
    )
    assert image.evaluate("image => getComputedStyle(image).objectFit") == "contain"
    assert (image.get_attribute("alt") or "").startswith("Abstract picture")
    caption = viewer(page).locator("figcaption")
    expect(caption).to_contain_text("In the place of photograph 3")
    expect(caption).to_contain_text("© Chancery")
    with page.expect_download() as download:
        caption.get_by_role("link", name="Download in full size").click()
    assert download.value.path().stat().st_size > 0


def test_all_pictures_are_downloaded_at_once(tab: Opener, gallery: str) -> None:
    page = tab().open(gallery)
    with page.expect_download() as download:
        page.get_by_role("link", name="All pictures").click()
    assert download.value.suggested_filename.endswith(".zip")
    assert download.value.path().read_bytes().startswith(b"PK")


def test_a_finger_turns_the_pictures_over(tab: Opener, gallery: str) -> None:
    page = tab(PHONE, touch=True).open(gallery)
    pictures(page).nth(0).tap()
    expect(viewer(page)).to_be_visible()
    swipe = """([from, to]) => { const d = document.querySelector('dialog');
      const at = x => [new Touch({identifier: 1, target: d, clientX: x, clientY: 300})];
      d.dispatchEvent(new TouchEvent('touchstart', {touches: at(from), changedTouches: at(from)}));
      d.dispatchEvent(new TouchEvent('touchend', {touches: [], changedTouches: at(to)})); }"""
    for way, number in (([300, 80], 2), ([300, 290], 2), ([80, 300], 1)):
        page.evaluate(swipe, way)
        assert number_of(page) == number


def test_without_scripts_each_picture_leads_to_its_large_size(tab: Opener, gallery: str) -> None:
    page = tab(scripts=False).open(gallery)
    expect(page.locator("dialog")).to_be_hidden()
    address = pictures(page).nth(0).get_attribute("href") or ""
    assert address.startswith("/media/")
    assert page.request.get(page.url.partition("/en/")[0] + address).headers["content-type"].startswith("image/")


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (PHONE, True), (SMALLEST, False)])
def test_gallery_and_viewer_are_accessible_and_fit(width: int, dark: bool, tab: Opener, gallery: str) -> None:
    page = tab(width, dark=dark).open(gallery)
    assert violations(page) == []
    assert overflow(page) == 0
    pictures(page).nth(0).click()
    page.wait_for_function("() => document.querySelector('dialog img').complete")
    assert violations(page, within="dialog") == []
    assert overflow(page) == 0
    box = viewer(page).bounding_box()
    assert box is not None
    assert box["width"] <= width


# ── The player ───────────────────────────────────────────────────────────────────────────────────────────
def test_a_film_plays_here_with_its_captions(tab: Opener, film: str) -> None:
    opened = tab()
    loaded: list[str] = []
    opened.page.on("request", lambda request: loaded.append(request.url))
    page = opened.open(film)
    page.wait_for_load_state("networkidle")
    assert not [url for url in loaded if "/media/recordings/" in url]
    state = page.locator("video").evaluate(
        """async video => {
          video.muted = true;
          await video.play();
          await new Promise(done => video.addEventListener('timeupdate', done, {once: true}));
          video.currentTime = 9;
          await new Promise(done => video.addEventListener('seeked', done, {once: true}));
          video.pause();
          const shown = [...video.textTracks].filter(track => track.mode === 'showing').map(track => track.language);
          return [video.duration, Math.round(video.currentTime), video.textTracks.length, shown];
        }"""
    )
    assert state == [12, 9, 4, ["en"]]
    words = page.get_by_text("This film belongs to the sample.").bounding_box()
    player = page.locator("video").bounding_box()
    assert words is not None
    assert player is not None
    assert words["x"] > player["x"] + player["width"], "what is said stands beside who says it"


def test_players_are_accessible_and_fit(tab: Opener, film: str) -> None:
    away = NewsItem.objects.live().in_language("en").filter(recording__file="").latest_first()[0].get_absolute_url()
    opened = tab()
    for path in (film, away):
        page = opened.open(path)
        assert violations(page) == []
        assert overflow(page) == 0
        for width, dark in ((PHONE, True), (SMALLEST, False)):
            shown_at(page, width, dark=dark)
            assert violations(page, only_looks=True) == []
            assert overflow(page) == 0


def test_what_lies_elsewhere_is_not_asked_for_before_a_click(tab: Opener) -> None:
    item = NewsItem.objects.live().in_language("en").filter(recording__file="").latest_first()[0]
    page = tab().open(item.get_absolute_url())  # a tab notes every request to another host
    page.wait_for_load_state("networkidle")
    link = page.get_by_role("link", name=re.compile("(Watch|Listen) on youtube.com"))
    assert (link.get_attribute("href") or "").startswith("https://www.youtube.com/")
    assert page.locator("iframe").count() == 0


# ── What people type ─────────────────────────────────────────────────────────────────────────────────────
def test_nothing_that_is_typed_runs(tab: Opener, desk: Opener) -> None:
    """Titles, captions, credits and names; the tab also notes when the browser's policy had to refuse something."""
    words = "".join(attack.replace("\n", " ") for attack in ATTACKS)
    text = {"en": words, "fr": words}
    images = [
        ImageFactory(title=text, alt_text=text, caption=text, credit=text, licence=words[:100]) for _one in range(2)
    ]
    entries = [{"image": image.pk, "caption": text} for image in images]
    recording = RecordingFactory(
        title=words[:200],
        file=ContentFile(WEBM, name='"><svg onload=alert(1)>.webm'),
        poster=images[0],
        transcript=f"<p>Said.</p>{words}",
    )
    CaptionTrack.objects.create(recording=recording, language="en", file=ContentFile(CAPTIONS, name="<b>.vtt"))
    item = NewsItemFactory(kind="photo-gallery", title=words[:200], slug="hostile-gallery", gallery=entries)
    shown = NewsItemFactory(kind="video", title=words[:200], slug="hostile-film", recording=recording)
    page = tab().open(item.get_absolute_url())
    page.evaluate("() => { window.alert = () => { document.title = 'attacked'; }; }")
    pictures(page).nth(0).click()
    page.keyboard.press("ArrowRight")
    expect(viewer(page).locator("figcaption")).to_contain_text("<script>alert(1)</script>")
    assert page.title() != "attacked"
    page = tab().open(shown.get_absolute_url())
    assert page.title() != "attacked"
    page = desk().open(f"/admin/news/newsitem/{item.pk}/change/")
    expect(page.locator("[data-row] [data-title]").nth(0)).to_contain_text("<script>alert(1)</script>")
    page.get_by_role("button", name="Add pictures from the library").click()
    expect(page.locator(".gallery-input [data-found-pictures] li").nth(0)).to_be_visible()
    assert page.title() != "attacked"
    desk().open(f"/admin/library/recording/{recording.pk}/change/")


# ── The form ─────────────────────────────────────────────────────────────────────────────────────────────
def rows(page: Page) -> list[str]:
    return [one.strip() for one in page.locator("[data-row] [data-title]").all_inner_texts()]


@pytest.fixture
def form(desk: Opener, site: str) -> Callable[..., Any]:
    """Opens the form of a gallery with pictures A, B and C."""

    def opened(**options: Any) -> Any:
        images = [ImageFactory(title={"en": name}) for name in "ABC"]
        entries = [{"image": image.pk, "caption": {"en": f"Caption of {image}"}} for image in images]
        NewsItem.objects.filter(slug="in-order").delete()
        item = NewsItemFactory(kind="photo-gallery", slug="in-order", gallery=entries, draft=True)
        page = desk(**options).open(f"/admin/news/newsitem/{item.pk}/change/")
        page.locator("[data-rows]").scroll_into_view_if_needed()
        return page, item

    return opened


def saved(page: Page, item: NewsItem) -> list[str]:
    """The titles in the order in which they were stored."""
    page.get_by_role("button", name="Save draft").first.click()
    page.wait_for_selector(".messagelist .success")
    content = item.revisions.order_by("-number").first().content
    return [str(Image.objects.get(pk=entry["image"]).title) for entry in content["gallery"]]


def test_pictures_are_put_in_order_and_taken_out_by_keyboard(form: Callable[..., Any]) -> None:
    page, item = form()
    page.get_by_role("button", name="Move up: C").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move up: C")).to_be_focused()
    expect(page.locator("[data-actions] [data-status]")).to_have_text("C: now picture 2 of 3")
    page.get_by_role("button", name="Move down: A").press("Enter")
    assert rows(page) == ["C", "A", "B"]
    page.get_by_role("button", name="Remove: A").press("Enter")
    expect(page.get_by_role("button", name="Remove: B")).to_be_focused()
    assert saved(page, item) == ["C", "B"]


def test_pictures_are_put_in_order_by_dragging(form: Callable[..., Any]) -> None:
    page, item = form()
    last = page.locator("[data-row]").nth(2)
    box = last.bounding_box()
    assert box is not None
    page.locator("[data-handle]").nth(0).drag_to(last, target_position={"x": 40, "y": box["height"] - 10})
    assert rows(page) == ["B", "C", "A"]
    assert saved(page, item) == ["B", "C", "A"]


def test_several_pictures_are_added_from_the_library_at_once(form: Callable[..., Any]) -> None:
    page, item = form()
    for number in (1, 2):
        ImageFactory(title={"en": f"Zeppelin {number}"}, caption={"en": "<b>Own</b> caption"})
    page.get_by_role("button", name="Add pictures from the library").click()
    dialog = page.get_by_role("dialog", name="Pictures of the library")
    dialog.get_by_role("searchbox").fill("zeppelin")
    expect(dialog.get_by_role("checkbox")).to_have_count(2)
    dialog.get_by_role("searchbox").press("Enter")
    dialog.get_by_role("checkbox", name="Zeppelin 1").check()
    dialog.get_by_role("checkbox", name="Zeppelin 2").check()
    dialog.get_by_role("button", name="Add the chosen ones").click()
    assert rows(page) == ["A", "B", "C", "Zeppelin 1", "Zeppelin 2"]
    expect(page.locator("[data-actions] [data-status]")).to_have_text("Added to the gallery: 2")
    caption = page.locator("[data-row]").nth(4).get_by_label("Caption, English")
    expect(caption).to_have_attribute("placeholder", "<b>Own</b> caption")
    caption.fill("For here")
    assert saved(page, item) == ["A", "B", "C", "Zeppelin 1", "Zeppelin 2"]
    assert item.revisions.order_by("-number").first().content["gallery"][4]["caption"] == {"en": "For here"}


def test_a_picture_that_is_there_already_cannot_be_added_again(form: Callable[..., Any]) -> None:
    page, _item = form()
    page.get_by_role("button", name="Add pictures from the library").click()
    dialog = page.get_by_role("dialog", name="Pictures of the library")
    expect(dialog.get_by_role("checkbox", name="C", exact=True).first).to_be_disabled()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert rows(page) == ["A", "B", "C"]


def test_the_form_works_without_scripts(form: Callable[..., Any]) -> None:
    page, item = form(scripts=False)
    places = page.get_by_label("Place", exact=True)
    places.nth(0).fill("9")
    page.locator(".gallery-input").get_by_label("Number in the library").nth(1).fill("")
    assert saved(page, item) == ["C", "A"]


def test_the_form_and_the_library_are_accessible(desk: Opener, gallery: str) -> None:
    item = NewsItem.objects.get(kind="photo-gallery", language="en", slug=gallery.rstrip("/").rpartition("/")[2])
    opened = desk()
    page = opened.open(f"/admin/news/newsitem/{item.pk}/change/")
    found = violations(page, within=".gallery-input")
    shown_at(page, PHONE, dark=True)
    found += violations(page, within=".gallery-input", only_looks=True)
    page.get_by_role("button", name="Add pictures from the library").click()
    expect(page.locator(".gallery-input [data-found-pictures] li").nth(0)).to_be_visible()
    found += violations(page, within="dialog[open]")
    shown_at(page, WIDE)
    found += violations(page, within="dialog[open]", only_looks=True)
    opened.faults.clear()  # the checker styles what it looks at, which the policy rightly refuses
    assert found == []


# ── A single picture ─────────────────────────────────────────────────────────────────────────────────────
def test_an_item_s_picture_is_chosen_by_its_thumbnail(form: Callable[..., Any]) -> None:
    page, item = form()
    image = ImageFactory(title={"en": "Airship over a lake"})
    ImageFactory(title={"en": "Airship that ended"}, rights_end_on=dt.date(2020, 1, 1))
    field = page.locator(".field-image")
    field.get_by_role("button", name="Choose from the library").click()
    dialog = field.get_by_role("dialog", name="Pictures of the library")
    dialog.get_by_role("searchbox").fill("airship")
    expect(dialog.get_by_role("radio")).to_have_count(2)
    expect(dialog.get_by_role("radio", name="Airship that ended (rights ended)")).to_be_disabled()
    dialog.get_by_role("radio", name="Airship over a lake").check()
    dialog.get_by_role("button", name="Take the chosen one").click()
    expect(field.get_by_text("Airship over a lake").first).to_be_visible()
    expect(field.locator("img[data-thumbnail]")).to_be_visible()
    saved(page, item)
    assert item.revisions.order_by("-number").first().content["image"] == image.pk
    page.locator(".field-image").get_by_role("button", name="Remove the picture").click()
    saved(page, item)
    assert item.revisions.order_by("-number").first().content["image"] is None


def test_a_picture_added_in_the_stock_admin_s_window_is_taken(form: Callable[..., Any]) -> None:
    page, _item = form()
    image = ImageFactory(title={"en": "A fresh one"})
    # As Django's dismissAddRelatedObjectPopup does.
    page.evaluate("key => { id_image.value = key; django.jQuery('#id_image').trigger('change') }", str(image.pk))
    expect(page.locator(".field-image [data-title]")).to_have_text("A fresh one")
