"""From the first words to the public: what people do, two at a time, and what a visitor sees of it at each moment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from news.models import NewsItem
from publishing import workflow
from publishing.records import Release, Revision
from tests.admin_forms import change_url, list_url, verb_url
from tests.browser.conftest import PHONE, WIDE, Tab, overflow, shown_at, violations
from tests.factories import IMPORTER, NewsItemFactory

Opener = Callable[..., Tab]
ADD = reverse("admin:news_newsitem_add")
SAVED = "The draft is saved. Readers see nothing of it."


def press(page: Page, name: str | re.Pattern[str], *, role: Any = "button") -> None:
    """Press a button and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role(role, name=name, exact=True).first.click()


def confirm(page: Page, button: str, *, says: str) -> None:
    """Press a button that does something, and wait until it is done."""
    press(page, button)
    expect(page.locator(".messagelist")).to_contain_text(says)


def save(page: Page, *, says: str = SAVED) -> None:
    confirm(page, "Save draft", says=says)


def region(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def write(page: Page, place: str, words: str) -> None:
    page.get_by_label(place, exact=True).fill(words)


def read(visitor: Tab, path: str) -> str:
    """A page as it is sent to a visitor."""
    return visitor.page.request.get(visitor.site + path).text()


def seen_at(visitor: Tab, title: str) -> list[str]:
    """Where a visitor finds a title."""
    paths = ("/en/", "/en/news/", f"/en/search/?q={title}")
    return [path for path in paths if f"{title}</a>" in re.sub("</?mark>", "", read(visitor, path))]


def test_two_people_bring_an_item_from_its_first_words_to_the_public(person: Opener, tab: Opener) -> None:
    title, slug = "Ministers meet in Vilnius", "ministers-meet-in-vilnius"
    vera, emil, visitor = person("vera", "Writers"), person("emil", "Editors"), tab()

    def hidden() -> bool:
        address = f"/en/news/{timezone.localdate():%Y/%m/%d}/{slug}/"
        return seen_at(visitor, title) == [] and visitor.page.request.get(visitor.site + address).status == 404

    page = vera.open(ADD)
    write(page, "Title:", title)
    write(page, "Teaser:", "They talked for two days.")
    page.locator(".field-body .tiptap").click()
    page.keyboard.type("They met early & left late.")
    save(page)
    expect(page.get_by_label("Slug:")).to_have_value(slug)
    expect(page.get_by_role("button", name="Publish or schedule…")).to_have_count(0)
    assert hidden()
    press(page, "Submit for review…")
    write(page, "Note for colleagues:", "Please check the names.")
    confirm(page, "Submit for review", says="Submitted for review.")
    assert hidden()

    page = emil.open("/admin/")
    expect(region(page, "Waiting for me")).to_contain_text("Please check the names.")
    press(page, re.compile(f"Read and decide.*{title}"), role="link")
    press(page, "Return with a note…", role="link")
    write(page, "What should the author change?", "Say what they decided.")
    confirm(page, "Return to the author", says="Returned to the author.")
    assert hidden()

    page = vera.open("/admin/")
    expect(region(page, "Waiting for me")).to_contain_text("Returned")
    expect(region(page, "Waiting for me")).to_contain_text("Say what they decided.")
    press(page, title, role="link")
    expect(page.locator(".standing")).to_contain_text("Say what they decided.")
    write(page, "Teaser:", "They decided to meet again.")
    press(page, "Submit for review…")
    confirm(page, "Submit for review", says="Submitted for review.")
    expect(page.get_by_label("Teaser:")).to_have_value("They decided to meet again.")
    assert hidden()

    page = emil.open("/admin/")
    press(page, re.compile(f"Read and decide.*{title}"), role="link")
    press(page, "See the preview", role="link")
    expect(page.get_by_role("complementary", name="Preview")).to_contain_text("The public does not see this.")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_text("They decided to meet again.")).to_be_visible()
    page.go_back()
    assert hidden()
    confirm(page, "Publish", says="Approved.")
    expect(page.locator(".standing")).to_contain_text("It is public.")

    item = NewsItem.objects.get(slug=slug)
    assert seen_at(visitor, title) == ["/en/", "/en/news/", f"/en/search/?q={title}"]
    home = visitor.open("/en/")
    press(home, title, role="link")
    assert home.url == visitor.site + item.get_absolute_url()
    expect(home.get_by_role("heading", level=1)).to_have_text(title)
    expect(home.locator(".prose")).to_have_text("They met early & left late.")
    assert home.context.cookies() == []


def test_a_preview_link_shows_a_stranger_one_draft_until_it_is_revoked(person: Opener, tab: Opener) -> None:
    draft = NewsItemFactory(draft=True, title="For the minister’s eyes", body="<p>Not yet agreed.</p>")
    other = NewsItemFactory(draft=True, title="Another draft")
    page = person("emil", "Editors").open(change_url(draft))
    press(page, "Preview links", role="link")
    confirm(page, "Make a link", says="Whoever has it sees this revision and nothing else.")
    address = page.get_by_role("textbox", name="Link").input_value()

    window = tab()
    private = window.page
    shown = private.goto(address)
    assert shown is not None
    assert shown.headers["x-robots-tag"] == "noindex, nofollow"
    banner = private.get_by_role("complementary", name="Preview")
    expect(banner).to_contain_text("“For the minister’s eyes” as it will be.")
    expect(banner).to_contain_text("This link works until")
    expect(banner.get_by_role("link")).to_have_count(0)
    expect(private.get_by_role("heading", level=1)).to_have_text("For the minister’s eyes")
    expect(private.locator(".prose")).to_have_text("Not yet agreed.")
    for path in (other.get_absolute_url(), "/en/news/", "/en/"):
        answer = private.request.get(address.rstrip("/") + path)
        assert answer.status == 404
        assert "Another draft" not in answer.text()

    private.get_by_role("navigation").get_by_role("link", name="News", exact=True).first.click()
    expect(private.get_by_role("main")).to_contain_text("This link shows one page only.")
    confirm(page, "Revoke", says="The link is revoked.")
    private.goto(address)
    expect(private.get_by_role("heading", level=1)).to_have_text("Preview not available")
    expect(private.get_by_role("main")).to_contain_text("Ask the newsroom for a new link.")
    assert "minister" not in private.content()
    assert private.context.cookies() == []
    window.faults.clear()  # Chromium notes every answer that is no success


def test_two_people_change_a_live_item_and_lose_nothing(person: Opener, tab: Opener) -> None:
    item = NewsItemFactory(title="Talks in Riga", teaser="They began.", dateline="")
    vera, emil, visitor = person("vera", "Writers"), person("emil", "Editors"), tab()
    before = read(visitor, item.get_absolute_url())

    hers, his = vera.open(change_url(item)), emil.open(change_url(item))
    write(hers, "Title:", "Talks in Tallinn")
    save(hers)
    write(his, "Teaser:", "They went on.")
    save(his, says="Merged with what vera has saved meanwhile.")
    expect(his.get_by_label("Title:", exact=True)).to_have_value("Talks in Tallinn")
    expect(his.get_by_label("Teaser:")).to_have_value("They went on.")

    vera.open(change_url(item))
    write(hers, "Title:", "Her title")
    write(hers, "Teaser:", "Her words.")
    save(hers)
    write(his, "Title:", "His title")
    write(his, "Teaser:", "His words.")
    write(his, "Dateline:", "Riga")
    press(his, "Save draft")
    both = region(his, "Changed by both of you")
    expect(his.get_by_text("vera has changed the same fields meanwhile.")).to_be_visible()
    expect(both.get_by_role("heading", level=3)).to_have_text(["Title", "Teaser"])
    sides = both.locator(".conflicts__sides").nth(1).locator("> div")
    expect(sides.first).to_contain_text("His words.")
    expect(sides.last).to_contain_text("Her words.")
    assert sides.first.bounding_box()["y"] == sides.last.bounding_box()["y"]  # type: ignore[index]
    for place, typed in (("Title:", "His title"), ("Teaser:", "His words."), ("Dateline:", "Riga")):
        expect(his.get_by_label(place, exact=True)).to_have_value(typed)
    both.get_by_label("Take theirs: Teaser").check()
    save(his)
    for place, kept in (("Title:", "His title"), ("Teaser:", "Her words."), ("Dateline:", "Riga")):
        expect(his.get_by_label(place, exact=True)).to_have_value(kept)
    assert read(visitor, item.get_absolute_url()) == before

    press(his, "Publish or schedule…")
    his.get_by_label("Minor: a slip of the pen, a better picture").check()
    confirm(his, "Publish", says="Approved.")
    seen = visitor.open(item.get_absolute_url())
    expect(seen.get_by_role("heading", level=1)).to_have_text("His title")
    expect(seen.get_by_text("Her words.")).to_be_visible()


def test_readers_are_told_of_a_substantive_correction(person: Opener, tab: Opener) -> None:
    item = NewsItemFactory(title="Thirty ships sailed")
    page = person("emil", "Editors").open(change_url(item))
    write(page, "Title:", "Thirteen ships sailed")
    press(page, "Publish or schedule…")
    changes = region(page, "What changes for readers")
    expect(changes.locator("del")).to_have_text("Thirty")
    expect(changes.locator("ins")).to_have_text("Thirteen")
    page.get_by_label("Substantive: readers should know").check()
    press(page, "Publish")
    expect(page.get_by_text("Write what readers should know about the change.")).to_be_visible()
    visitor = tab()
    assert "Thirteen" not in read(visitor, item.get_absolute_url())
    write(page, "Public note:", "An earlier version gave a wrong number of ships.")
    confirm(page, "Publish", says="Approved.")
    seen = visitor.open(item.get_absolute_url())
    expect(seen.get_by_role("heading", level=1)).to_have_text("Thirteen ships sailed")
    expect(seen.locator(".corrections")).to_contain_text("Corrected")
    expect(seen.locator(".corrections")).to_contain_text("An earlier version gave a wrong number of ships.")


def test_a_release_goes_live_as_one_when_its_time_has_come(person: Opener, tab: Opener) -> None:
    titles = ("Summit: the declaration", "Summit: the speech")
    items = [NewsItemFactory(draft=True, title=title, date=timezone.localdate()) for title in titles]
    visitor = tab()
    page = person("emil", "Editors").open(list_url(Release))
    press(page, "Add release", role="link")
    write(page, "Name:", "Summit")
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    write(page, "Goes live: Date", f"{tomorrow:%Y-%m-%d}")
    write(page, "Goes live: Time", "10:00")
    press(page, "Save")
    write(page, "Words of a title:", "Summit:")
    press(page, "Search")
    for title in titles:
        page.get_by_role("checkbox", name=title).check()
    confirm(page, "Add to the release", says="2 items are in the release now.")
    expect(page.locator(".standing")).to_contain_text("Nothing goes live before it is approved.")
    press(page, "Approve…", role="link")
    expect(page.get_by_label("At this time:")).to_be_checked()
    confirm(page, "Approve the release", says="The release is approved.")
    expect(page.locator(".standing")).to_contain_text("Everything in it goes live on")

    press(page, "Preview the site with it", role="link")
    expect(page.get_by_role("complementary", name="Preview")).to_contain_text("The site as it will be on")
    for title in titles:
        expect(page.get_by_role("main").get_by_role("link", name=title).first).to_be_visible()
        assert seen_at(visitor, title) == []

    release, over = Release.objects.get(name="Summit"), timezone.now() - dt.timedelta(seconds=1)
    release.revisions.update(due_at=over)
    Release.objects.filter(pk=release.pk).update(due_at=over)
    for item in items:
        assert "/en/" in seen_at(visitor, item.title)
        assert f"{item.title}</h1>" in read(visitor, item.get_absolute_url())


# ── With assistive technology, on a desk and on a phone, by day and by night ─────────────────────────────
# The inside of the stock admin's search boxes is select2's own; their outside has its field's label.
SELECT2 = ".select2-selection__rendered"


def faults_of(page: Page) -> list[str]:
    """What stands in somebody's way on a page, at each width and in each colour scheme."""
    found = violations(page, outside=SELECT2)
    shown_at(page, PHONE, dark=True)
    found += violations(page, outside=SELECT2, only_looks=True)
    if overflow(page) > 2:
        found.append(f"{page.url} is wider than {PHONE}")
    shown_at(page, WIDE)
    return found


def test_the_pages_of_the_workflow_can_be_used_by_everybody(person: Opener) -> None:
    item = NewsItemFactory(title="Thirty ships sailed")
    item.title, item.teaser = "Thirteen ships sailed", "Not thirty."
    first = workflow.save_draft(item, by=IMPORTER)
    draft = NewsItemFactory(draft=True, title="A first publication")
    workflow.submit(draft, by=IMPORTER)
    release = Release.objects.create(name="Fleet", due_at=timezone.now() + dt.timedelta(days=1))
    Revision.objects.filter(pk=draft.revisions.get().pk).update(release=release)
    opened = person("emil", "Editors")
    found = []
    for path in (
        "/admin/",
        change_url(item),
        verb_url(item, "approve"),
        f"{reverse('admin:news_newsitem_compare', args=[item.pk])}?from={first.number - 1}&to={first.number}",
        reverse("admin:news_newsitem_history", args=[item.pk]),
        list_url(Release),
        reverse("admin:publishing_release_change", args=[release.pk]),
        reverse("admin:publishing_release_add_items", args=[release.pk]),
        reverse("admin:publishing_release_verb", args=[release.pk, "approve"]),
    ):
        found += faults_of(opened.open(path))

    page = opened.open(change_url(item))
    item.title = "Fourteen ships sailed"
    workflow.save_draft(item, by=IMPORTER)
    write(page, "Title:", "Fifteen ships sailed")
    press(page, "Save draft")
    expect(region(page, "Changed by both of you")).to_be_visible()
    found += faults_of(page)
    opened.faults.clear()  # the checker styles what it looks at, which the policy rightly refuses
    assert found == []
