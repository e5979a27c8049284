"""Words survive a crash, a lost connection and an expired session; and people see who else is at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from news.models import NewsItem
from publishing.records import WorkingCopy
from tests.browser.conftest import PASSWORD, PHONE, WIDE, Tab, overflow, shown_at, violations

Opener = Callable[..., Tab]
# More than any pause of the script's, in milliseconds.
A_WHILE = 12_000


def sign_in(page: Page, username: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_selector("#user-tools")


@pytest.fixture
def item(site: str) -> NewsItem:
    WorkingCopy.objects.all().delete()
    found = NewsItem.objects.filter(original=None, language="en").order_by("-pk").first()
    assert found is not None
    return found


def change_path(item: NewsItem) -> str:
    return reverse("admin:news_newsitem_change", args=[item.pk])


def state(page: Page) -> Locator:
    return page.locator("[data-kept]")


@pytest.fixture
def person(person: Opener) -> Opener:
    """Opens tabs whose clock can be put forward, which is the whole browser's."""

    def opened(*args: Any, **options: Any) -> Tab:
        found = person(*args, first=True, **options)
        found.page.clock.install()
        return found

    return opened


def wait_a_while(page: Page) -> None:
    """A change is noticed at one look of the script's clock, and sent at a later one."""
    for _look in range(2):
        page.clock.fast_forward(A_WHILE)


def expect_soon(page: Page, part: Locator, words: str) -> None:
    wait_a_while(page)
    expect(part).to_contain_text(words)


def expect_kept(page: Page) -> None:
    expect_soon(page, state(page), "Draft kept at")


def test_what_was_typed_survives_a_crash_and_is_saved(person: Opener, item: NewsItem) -> None:
    killed = person("anna").open(change_path(item))
    expect(killed.locator(".kept")).to_be_hidden()
    killed.get_by_label("Teaser:").fill("An hour’s work.")
    body = killed.locator(".field-body .tiptap")
    body.click()
    killed.keyboard.press("Control+Home")
    killed.keyboard.type("Late news: ")
    expect_kept(killed)
    killed.context.close()

    page = person("anna").open(change_path(item))
    expect(page.get_by_label("Teaser:")).not_to_have_value("An hour’s work.")
    notice = page.locator(".unsaved")
    expect(notice).to_contain_text("You typed here on")
    notice.get_by_role("link", name="Take it up again").click()
    expect(page.get_by_label("Teaser:")).to_have_value("An hour’s work.")
    expect(page.locator(".field-body .tiptap")).to_contain_text("Late news: ")
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    newest = item.revisions.first().content
    assert newest["teaser"] == "An hour’s work."
    assert "Late news: " in newest["body"]
    expect(page.locator(".unsaved")).to_have_count(0)
    assert not WorkingCopy.objects.typed().exists()


def test_the_rich_text_alone_is_noticed_and_so_is_a_choice(person: Opener, item: NewsItem) -> None:
    page = person("anna").open(change_path(item))
    page.locator(".field-body .tiptap").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Only here. ")
    expect_kept(page)
    assert "Only here. " in WorkingCopy.objects.get().fields["body"]

    page.locator(".field-topics .select2-selection").click()
    page.locator(".select2-results__option[aria-selected=false]").first.click()
    chosen = len(page.locator("#id_topics option:checked").all())
    with page.expect_response(lambda response: response.request.method == "POST"):
        wait_a_while(page)
    assert len(WorkingCopy.objects.get().fields.getlist("topics")) == chosen


def test_opening_a_form_is_not_typing(person: Opener, item: NewsItem) -> None:
    page = person("anna").open(change_path(item))
    wait_a_while(page)
    expect(state(page)).to_be_empty()
    page.get_by_label("Teaser:").press("ArrowRight")
    wait_a_while(page)
    assert [(copy.data, copy.is_open) for copy in WorkingCopy.objects.all()] == [("", True)]


def test_a_lost_connection_is_said_and_made_good(person: Opener, item: NewsItem) -> None:
    opened = person("anna")
    page = opened.open(change_path(item))
    page.context.set_offline(True)
    page.get_by_label("Teaser:").fill("Written in a tunnel.")
    expect_soon(page, state(page), "no connection. Your text is still in this window")
    page.get_by_role("button", name="Save draft").first.click()
    page.wait_for_timeout(1_000)
    expect(page.get_by_label("Teaser:")).to_have_value("Written in a tunnel.")
    page.context.set_offline(False)
    expect_kept(page)
    opened.faults.clear()  # Chromium notes what could not be sent
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert item.revisions.first().content["teaser"] == "Written in a tunnel."
    assert not WorkingCopy.objects.typed().exists()


def test_two_people_see_each_other(person: Opener, item: NewsItem) -> None:
    anna, boris = person("anna"), person("boris")
    first = anna.open(change_path(item))
    first.wait_for_load_state("networkidle")
    second = boris.open(change_path(item))
    expect(second.locator(".kept")).to_contain_text("anna has had this open since")
    second.get_by_label("Teaser:").fill("By Boris.")
    expect_kept(second)
    first.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(first.locator(".kept")).to_contain_text("boris has had this open since")
    expect(first.locator(".kept")).to_contain_text("and has unsaved changes")

    second.get_by_role("button", name="Save draft").first.click()
    expect(second.locator(".messagelist .success")).to_be_visible()
    first.get_by_label("Dateline:").fill("Anna’s desk")
    expect_soon(first, first.locator(".kept"), "boris has saved revision")
    boris.open("/admin/")
    first.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(first.locator(".kept")).not_to_contain_text("has had this open")
    first.get_by_role("button", name="Save draft").first.click()
    expect(first.locator(".messagelist")).to_contain_text("Merged with what boris has saved")
    newest = item.revisions.first().content
    assert (newest["teaser"], newest["dateline"]) == ("By Boris.", "Anna’s desk")


def test_after_signing_out_elsewhere_one_signs_in_elsewhere_and_goes_on(person: Opener, item: NewsItem) -> None:
    opened = person("anna")
    page = opened.open(change_path(item))
    other = page.context.new_page()
    other.goto(f"{opened.site}/admin/")
    other.get_by_role("button", name="Log out").click()
    other.wait_for_load_state()

    page.get_by_label("Teaser:").fill("Written after midnight.")
    expect_soon(page, state(page), "you have been signed out")
    page.get_by_role("button", name="Save draft").first.click()
    page.wait_for_timeout(1_000)
    expect(page.get_by_label("Teaser:")).to_have_value("Written after midnight.")
    with page.context.expect_page() as found:
        page.get_by_role("link", name="Sign in").click()
    sign_in(found.value, "anna")
    page.bring_to_front()
    expect_kept(page)
    expect(page.get_by_role("link", name="Sign in")).to_be_hidden()
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert item.revisions.first().content["teaser"] == "Written after midnight."
    opened.faults.clear()  # Chromium notes every answer that is no success


def test_a_session_that_ended_unnoticed_does_not_swallow_what_is_saved(person: Opener, item: NewsItem) -> None:
    opened = person("anna")
    page = opened.open(change_path(item))
    page.wait_for_load_state("networkidle")
    Session.objects.all().delete()
    page.get_by_label("Teaser:").fill("After lunch.")
    page.evaluate("Date.now = (now => () => now() + 3_600_000)(Date.now)")
    page.get_by_role("button", name="Save draft").first.click()
    expect(state(page)).to_contain_text("you have been signed out")
    expect(page.get_by_label("Teaser:")).to_have_value("After lunch.")
    opened.faults.clear()  # Chromium notes every answer that is no success


def test_the_last_words_before_leaving_are_kept(person: Opener, item: NewsItem) -> None:
    opened = person("anna")
    page = opened.open(change_path(item))
    page.wait_for_load_state("networkidle")
    page.get_by_label("Teaser:").fill("One more th")
    page.get_by_role("link", name="Home").click()
    line = page.locator(".desk__panel--unsaved").get_by_role("link", name=item.title)
    for _ in range(20):
        page.reload()
        if line.count():
            break
    line.click()
    page.get_by_role("link", name="Take it up again").click()
    expect(page.get_by_label("Teaser:")).to_have_value("One more th")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".messagelist")).to_contain_text("is discarded")
    expect(page.locator(".unsaved")).to_have_count(0)
    assert not WorkingCopy.objects.typed().exists()


def test_it_is_taken_up_without_scripts(person: Opener, item: NewsItem) -> None:
    page = person("anna").open(change_path(item))
    page.get_by_label("Teaser:").fill("Without a script.")
    expect_kept(page)
    page.context.close()
    plain = person("anna", scripts=False).open(change_path(item))
    plain.get_by_role("link", name="Take it up again").click()
    expect(plain.get_by_label("Teaser:")).to_have_value("Without a script.")
    plain.get_by_role("button", name="Save draft").first.click()
    expect(plain.locator(".messagelist .success")).to_be_visible()
    assert item.revisions.first().content["teaser"] == "Without a script."


def test_the_notices_can_be_used_with_assistive_technology_and_on_a_phone(person: Opener, item: NewsItem) -> None:
    boris = person("boris").open(change_path(item))
    anna = person("anna")
    page = anna.open(change_path(item))
    page.get_by_label("Teaser:").fill("Typed.")
    expect_kept(page)
    found = []
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": 844})
        page = anna.open(change_path(item))
        expect(page.locator(".kept")).to_contain_text("boris has had this open")
        assert overflow(page) <= 2
        for dark in (False, True):
            shown_at(page, width, dark=dark)
            for part in (".unsaved", ".kept"):
                found += violations(page, within=part, only_looks=dark)
    anna.faults.clear()  # the checker styles what it looks at, which the policy rightly refuses
    boris.close()
    assert found == []
