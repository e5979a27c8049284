"""The body's editor in Chromium: what is written in it is what readers get, and nothing that is pasted runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from library.fields import sanitise
from library.models import Document, Image
from news.models import NewsItem
from pages.models import Topic
from publishing.targets import target_of
from review.models import Article
from tests.browser.conftest import PHONE, Tab, overflow, violations
from tests.library.attacks import ATTACKS

Opener = Callable[..., Tab]

PASTED = Path(__file__).parent.parent / "library" / "pasted"
WORD = (PASTED / "word.html").read_text(encoding="utf-8")
DOCS = (PASTED / "docs.html").read_text(encoding="utf-8")


def new_article(opened: Tab, slug: str) -> Page:
    page = opened.open(reverse("admin:review_article_add"))
    page.get_by_label("Title:", exact=True).fill("Ministers meet")
    page.get_by_label("Slug:").fill(slug)
    page.locator(".field-body .tiptap").click()
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("toolbar", name="Formatting").get_by_role("button", name=name, exact=True).click()


def writing_in(page: Page, selector: str) -> None:
    """Waits until a window that has closed has given the place to write in back."""
    page.wait_for_function("(here) => getSelection().anchorNode?.parentElement?.closest(here)", arg=selector)


def paste(page: Page, html: str) -> None:
    page.evaluate(
        """(html) => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector(".field-body .tiptap").dispatchEvent(event);
        }""",
        html,
    )


def written(page: Page) -> str:
    """The body as it is going to be stored."""
    return sanitise(page.locator("[name=body]").input_value())


def squeezed(html: str) -> str:
    return re.sub(r"\s*(</?(?:h2|p|ul|ol|li|table|tbody|tr|td|th)[^>]*>|<br>)\s*", r"\1", " ".join(html.split()))


def add_picture(
    page: Page, image: Image, *, alt: str = "", caption: str = "", width: str = "As wide as the text"
) -> None:
    press(page, "Picture")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Search the library").fill(str(image))
    dialog.locator(f"label:has([value='{image.pk}'])").click()
    dialog.get_by_label("Alternative text here").fill(alt)
    dialog.get_by_label("Caption", exact=True).fill(caption)
    dialog.get_by_role("radio", name=width, exact=True).check()
    dialog.get_by_role("button", name="Insert", exact=True).click()
    expect(dialog).to_have_count(0)


def test_an_article_is_written_published_and_read(desk: Opener, tab: Opener) -> None:
    first, second = Image.objects.order_by("pk")[:2]
    topic = Topic.objects.live().in_language("en").originals().latest_first().first()
    assert topic is not None
    opened = desk()
    page = new_article(opened, "written-in-the-editor")

    page.keyboard.type("They met early, and ")
    press(page, "Link")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Search for a page").press_sequentially(topic.title)
    dialog.get_by_role("button", name=f"topic: {topic.title}").click()
    page.keyboard.type(" was on the table.")
    press(page, "Footnote")
    page.get_by_label("Text of the footnote").fill("The agenda was public.")
    page.get_by_role("button", name="Apply").click()
    add_picture(page, first, alt="Words of this use", caption="A caption of this use", width="Wide")
    add_picture(page, second, width="Over the full width")
    page.keyboard.type("Below the pictures.")
    page.keyboard.press("Enter")
    press(page, "Table")
    for words in ("Year", "Share", "Note", "2023", "2.0", "Rising"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.locator(".field-body .tiptap > p").last.click()
    page.wait_for_timeout(100)  # the browser tells the editor where the cursor is a little later
    paste(page, WORD)

    page.get_by_role("button", name="Save draft").first.click()
    page.wait_for_selector(".messagelist .success")
    item = Article.objects.get(title="Ministers meet")
    assert f'href="target:{target_of(topic)}"' in item.body
    assert f'<figure data-image="{first.pk}" data-width="wide" data-alt="Words of this use">' in item.body
    assert "&nbsp;" not in item.body
    assert squeezed(written(page)) == squeezed(item.body), "opened again, it is the same"

    page.get_by_role("button", name="Publish or schedule…").first.click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_selector(".messagelist .success")
    item.refresh_from_db()
    read = tab().open(item.get_absolute_url())
    prose = read.locator(".prose").first
    expect(prose.get_by_role("link", name=topic.title, exact=True)).to_have_attribute("href", topic.get_absolute_url())
    expect(prose.locator(".figure--wide figcaption")).to_contain_text("A caption of this use")
    expect(prose.locator(".figure--wide img")).to_have_attribute("alt", "Words of this use")
    expect(prose.locator(".figure--full img")).to_have_attribute("alt", str(second.alt_text))
    expect(prose.locator(".table").first.locator("th")).to_have_text(["Year", "Share", "Note"])
    expect(prose.locator(".table").first.locator("td")).to_contain_text(["2023", "2.0", "Rising"])
    expect(prose.locator("h2", has_text="Plans for the autumn")).to_have_count(1)
    expect(prose.locator("ul ul li")).to_have_text("Shells")
    expect(prose.locator(".notes li")).to_contain_text("The agenda was public.")
    prose.locator(".note-mark a").press("Enter")
    expect(prose.locator(".notes li:target")).to_have_count(1)
    assert violations(read, within=".prose") == []


@pytest.mark.parametrize(("name", "html"), [("word", WORD), ("docs", DOCS)])
def test_what_is_pasted_is_at_once_what_is_going_to_be_stored(name: str, html: str, desk: Opener) -> None:
    page = new_article(desk(), f"pasted-{name}")
    paste(page, html)
    assert squeezed(written(page)).replace("<br>", "") == squeezed(sanitise(html)).replace("<br>", "")
    shown = page.locator(".field-body .tiptap")
    expect(shown.locator("li").first).to_contain_text("Ammunition")
    assert shown.locator(":is(p, span, li, h2, a)[style], [class*=Mso]").count() == 0


def test_quotes_speakers_languages_and_documents_are_written(desk: Opener) -> None:
    document = Document.objects.order_by("-pk").first()
    assert document is not None
    page = new_article(desk(), "everything-else")
    page.keyboard.type("Said in short.")
    press(page, "Pull quote")
    press(page, "Who said it")
    page.keyboard.type("Jane Doe")
    page.keyboard.press("Enter")
    page.keyboard.type("I see it ")
    press(page, "Speaker")
    page.get_by_label("Name of the speaker").fill("Jane Doe")
    page.keyboard.press("Enter")
    writing_in(page, "[data-speaker]")
    page.keyboard.type("so: ")
    page.keyboard.type("bonjour")
    for _letter in "bonjour":
        page.keyboard.press("Shift+ArrowLeft")
    press(page, "Language of a passage")
    page.get_by_role("combobox", name="Language", exact=True).fill("fr")
    page.keyboard.press("Enter")
    writing_in(page, "[lang=fr]")
    page.keyboard.press("ArrowRight")
    press(page, "Document")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio").first.check()
    dialog.get_by_role("button", name="Insert").click()
    expect(page.locator(".body-thing")).to_contain_text(document.title)
    assert written(page) == (
        '<blockquote data-pull=""><p>Said in short.</p><footer>Jane Doe</footer></blockquote>'
        '<p data-speaker="Jane Doe">I see it so: <span lang="fr">bonjour</span></p>'
        f'<p data-document="{document.pk}"></p>'
    )


def test_whoever_writes_is_told_below_the_text_what_is_wrong_with_it(desk: Opener) -> None:
    page = new_article(desk(), "told")
    press(page, "Heading 4")
    page.keyboard.type("Deep")
    expect(page.locator(".body-checks")).to_contain_text("The heading “Deep” skips a level: it should be a heading 2.")
    press(page, "Heading 2")
    expect(page.locator(".body-checks")).to_have_count(1)
    expect(page.locator(".body-checks")).to_be_hidden()


def test_the_editor_is_used_by_keyboard_and_named_for_who_cannot_see_it(desk: Opener) -> None:
    opened = desk()
    page = new_article(opened, "by-keyboard")
    page.keyboard.type("bold")
    page.keyboard.press("Shift+Home")
    page.wait_for_timeout(100)  # the browser tells the editor of a selection a little later
    page.keyboard.press("Alt+F10")
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Bold", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Bold", exact=True)).to_have_attribute("aria-pressed", "true")
    assert written(page) == "<p><strong>bold</strong></p>"
    assert page.locator(".body-toolbar button[tabindex='0']").count() == 1
    assert violations(page, within=".field-body") == []
    press(page, "Picture")
    page.wait_for_selector(".body-dialog__things img")
    assert violations(page, within="dialog") == []
    opened.faults.clear()  # the checker styles what it looks at, which the policy rightly refuses
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True])
def test_the_editor_fits_a_phone(dark: bool, desk: Opener) -> None:
    page = new_article(desk(PHONE, dark=dark), "on-a-phone")
    press(page, "Table")
    assert overflow(page) <= 2
    press(page, "Picture")
    page.wait_for_selector(".body-dialog__things img")
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE


# ── Attacks ──────────────────────────────────────────────────────────────────────────────────────────────
ALARM = "window.alarms = []; window.alert = (what) => window.alarms.push(what);"


def test_no_attack_in_a_body_runs_or_asks_the_policy_to_save_the_reader(tab: Opener) -> None:
    """A tab fails its test for every report of the Content-Security-Policy and every request to another host."""
    figure = Image.objects.order_by("pk").first()
    assert figure is not None
    item = NewsItem.objects.live().in_language("en").latest_first().first()
    assert item is not None
    opened = tab()
    opened.page.add_init_script(ALARM)
    for number in range(0, len(ATTACKS), 12):
        some = ATTACKS[number : number + 12]
        hostile = [attack.replace('data-image="1', f'data-image="{figure.pk}') for attack in some]
        NewsItem.objects.filter(pk=item.pk).update(body="".join(f"<p>{attack}</p>" for attack in hostile))
        page = opened.open(item.get_absolute_url())
        expect(page.locator(".prose").first).to_be_attached()
        for link in page.locator(".prose a").all():
            link.focus()
        assert page.evaluate("window.alarms") == []
        assert page.locator(".prose :is(script, iframe, object, embed, form, style, link, meta, base)").count() == 0


def test_no_attack_that_is_pasted_into_the_editor_runs(desk: Opener) -> None:
    opened = desk()
    opened.page.add_init_script(ALARM)
    page = new_article(opened, "attacked")
    for attack in ATTACKS:
        paste(page, attack)
    page.wait_for_timeout(500)
    assert page.evaluate("window.alarms") == []
    assert page.locator(".tiptap :is(script, iframe, object, embed, form, style, link, meta, base)").count() == 0
    assert "evil.example/x" not in str(page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)"))
