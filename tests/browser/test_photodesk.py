"""The picture desk as editors use it: many files at once, their descriptions, the focal point."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as Picture
from playwright.sync_api import Page, expect

from library.models import Image
from tests.browser.conftest import PHONE, WIDE, Tab, overflow, shown_at, violations
from tests.library.hostile import bomb

Opener = Callable[..., Tab]

UPLOAD = "/admin/library/image/upload/"
DROP = """async ([name, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def photograph(folder: Path, name: str, colour: str, size: tuple[int, int] = (900, 600)) -> Path:
    """Left half of one colour, right half white."""
    picture = Picture.new("RGB", size, colour)
    picture.paste("white", (size[0] // 2, 0, *size))
    picture.save(folder / name)
    return folder / name


def rows(page: Page) -> list[str]:
    return [row.get_attribute("data-state") or "" for row in page.locator(".intake__file").all()]


def barriers(tab: Tab, *, only_looks: bool = False) -> list[str]:
    """What axe finds. It styles what it looks at, which the policy rightly refuses; nothing else may be refused."""
    page = tab.page
    page.wait_for_load_state("networkidle")
    before = [*tab.faults]
    found = violations(page, within="#main .content", outside=".select2-selection__rendered", only_looks=only_looks)
    tab.faults[:] = before
    return found


def finished(page: Page) -> None:
    expect(page.get_by_role("status")).to_contain_text("All done", timeout=20_000)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    good = [photograph(tmp_path, f"{colour}-flag.jpg", colour) for colour in ("red", "green")]
    twin = tmp_path / "the-same.jpg"
    twin.write_bytes(good[0].read_bytes())
    bad = tmp_path / "bomb.png"
    bad.write_bytes(bomb())
    return [*good, twin, bad]


@pytest.fixture(autouse=True)
def clear(site: str) -> None:
    Image.objects.filter(title__en__endswith="flag").delete()


def test_many_files_are_sent_answered_for_and_described(desk: Opener, files: list[Path]) -> None:
    tab = desk()
    page = tab.open("/admin/library/image/")
    page.get_by_role("link", name="Upload pictures").click()
    expect(page.get_by_role("button", name="Upload")).to_be_hidden()
    page.get_by_label("Pictures").set_input_files(files)
    finished(page)
    assert rows(page) == ["stored", "stored", "known", "refused"]
    expect(page.get_by_role("status")).to_have_text("All done: 2 stored, 1 in the library already, 1 refused.")
    expect(page.locator(".intake__file").last).to_contain_text("too many pixels")
    assert barriers(tab) == []

    page.get_by_role("link", name="Describe the new pictures").click()
    for legend, words in (("Red flag", "A red flag."), ("Green flag", "A green flag.")):
        picture = page.get_by_role("group", name=re.compile(legend))
        picture.get_by_role("group", name="Alternative text", exact=True).get_by_label("English").fill(words)
    page.get_by_role("group", name="For all of them").get_by_label("Copyright holder").fill("Chancery")
    assert barriers(tab) == []
    page.get_by_role("button", name="Save all").click()
    expect(page.locator(".messagelist")).to_contain_text("2 pictures are saved")
    red = Image.objects.get(title__en="Red flag")
    assert (red.alt_text, red.copyright_holder, red.lacks_alt_text) == ({"en": "A red flag."}, "Chancery", False)


def test_a_dropped_file_is_taken_and_the_progress_is_shown(desk: Opener, tmp_path: Path) -> None:
    page = desk().open(UPLOAD)
    content = photograph(tmp_path, "dropped-flag.png", "orange").read_bytes()
    page.evaluate("""() => {
      window.seen = [];
      new MutationObserver(() => window.seen.push(document.querySelector(".intake__said")?.textContent))
        .observe(document.querySelector("[data-files]"), { childList: true, subtree: true, characterData: true });
    }""")
    page.evaluate(DROP, ["dropped-flag.png", [*content]])
    finished(page)
    assert rows(page) == ["stored"]
    assert "Sent; it is being looked at." in page.evaluate("window.seen")


def test_a_lost_connection_loses_nothing(desk: Opener, tmp_path: Path) -> None:
    tab = desk()
    page = tab.open(UPLOAD)
    page.context.set_offline(True)
    page.get_by_label("Pictures").set_input_files(photograph(tmp_path, "late-flag.jpg", "navy"))
    expect(page.locator(".intake__said")).to_contain_text("No connection")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".intake__said")).to_contain_text("Stored.")
    tab.faults = [fault for fault in tab.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_who_was_signed_out_meanwhile_is_told_and_goes_on(desk: Opener, tmp_path: Path) -> None:
    tab = desk()
    page = tab.open(UPLOAD)
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Pictures").set_input_files(photograph(tmp_path, "later-flag.jpg", "teal"))
    expect(page.locator(".intake__said")).to_contain_text("no longer signed in")
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".intake__said")).to_contain_text("Stored.")


def test_without_scripts_the_same_is_sent_as_a_form(tab: Opener, desk: Opener, files: list[Path]) -> None:
    cookies = desk().page.context.cookies()
    plain = tab(scripts=False)
    plain.page.context.add_cookies(cookies)
    page = plain.open(UPLOAD)
    page.get_by_label("Pictures").set_input_files(files)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("h1")).to_have_text("Describe pictures")
    expect(page.locator(".messagelist")).to_contain_text("bomb.png")
    assert page.get_by_role("group", name="Alternative text", exact=True).count() == 2


# ── The focal point ──────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def image(site: str, tmp_path: Path) -> Image:
    from django.core.files.base import ContentFile

    content = photograph(tmp_path, "x.jpg", "red", (1200, 400)).read_bytes()
    words = {"title": {"en": "Long flag"}, "alt_text": {"en": "A flag."}}
    return Image.objects.create(file=ContentFile(content, name="x.jpg"), **words)  # type: ignore[no-any-return]


def crop(page: Page, name: str) -> str:
    return str(page.locator(f".crop--{name} img").evaluate("element => getComputedStyle(element).objectPosition"))


def test_a_click_sets_the_focal_point_and_every_crop_follows(desk: Opener, image: Image) -> None:
    page = desk().open(f"/admin/library/image/{image.pk}/change/")
    picture = page.locator("[data-picture] img")
    picture.scroll_into_view_if_needed()
    expect(page.locator(".uses, .mentions").last).to_contain_text("Nowhere")
    assert crop(page, "square") == "50% 50%"
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": box["width"] * 0.9, "y": box["height"] * 0.25})
    assert float(page.get_by_label("Focal point from the left").input_value()) == pytest.approx(0.9, abs=0.01)
    assert float(page.get_by_label("Focal point from the top").input_value()) == pytest.approx(0.25, abs=0.01)
    # As far as the picture reaches: its right edge is the crop's.
    assert crop(page, "square") == "100% 50%"
    point = page.locator("[data-point]")
    expect(point).to_be_focused()
    expect(point).to_have_attribute("aria-label", "Focal point: 90 % from the left, 25 % from the top")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    image.refresh_from_db()
    assert image.focal_x == pytest.approx(0.9, abs=0.01)


def test_arrow_keys_move_the_focal_point_and_numbers_can_be_typed(desk: Opener, image: Image) -> None:
    page = desk().open(f"/admin/library/image/{image.pk}/change/")
    point, left = page.locator("[data-point]"), page.get_by_label("Focal point from the left")
    point.focus()
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    assert left.input_value() == "0.430"
    expect(page.get_by_role("status")).to_have_text("Focal point: 43 % from the left, 49 % from the top")
    before = crop(page, "square")
    left.fill("0.3")
    assert crop(page, "square") != before
    point.focus()
    for _ in range(30):
        page.keyboard.press("Shift+ArrowRight")
    assert left.input_value() == "1.000"


def test_a_tag_is_made_while_it_is_typed(desk: Opener, image: Image) -> None:
    page = desk().open(f"/admin/library/image/{image.pk}/change/")
    box = page.get_by_role("searchbox", name="Tags").or_(page.get_by_role("textbox", name="Tags")).first
    box.click()
    page.keyboard.type("Vilnius")
    page.locator(".select2-results__option", has_text="Vilnius").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector(".messagelist")
    assert [tag.name for tag in image.tags.all()] == ["Vilnius"]


def test_every_page_of_the_desk_is_accessible_and_fits(desk: Opener, image: Image) -> None:
    tab = desk()
    for path in ("", "upload/", f"{image.pk}/change/", "add/", f"describe/?ids={image.pk}", f"{image.pk}/uses/"):
        page = tab.open(f"/admin/library/image/{path}")
        assert barriers(tab) == [], path
        assert overflow(page) <= 0, path
        shown_at(page, PHONE, dark=True)
        assert barriers(tab, only_looks=True) == [], path
        assert overflow(page) <= 0, path
        shown_at(page, WIDE)
