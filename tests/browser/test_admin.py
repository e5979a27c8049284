"""The newsroom's side: every list and form opens under the strict policy, and an item is written, published and seen."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import expect

from news.models import FeaturedItem, NewsItem
from portal.models import MenuLink
from publishing.targets import target_of
from tests.browser.conftest import PHONE, WIDE, Tab, settled, shown_at, violations

Opener = Callable[..., Tab]


# There is one row of settings, readers subscribe themselves, mail is the worker's, and the audit trail is written by what people do.
NEVER_ADDED = {"sitesettings", "subscriber", "mailing", "delivery", "auditentry"}


def pages_of(model: type) -> list[str]:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"  # type: ignore[attr-defined]
    row = model._default_manager.order_by("pk").first()  # type: ignore[attr-defined]
    addresses = [reverse(f"{name}_changelist")]
    if model._meta.model_name not in NEVER_ADDED:  # type: ignore[attr-defined]
        addresses.append(reverse(f"{name}_add"))
    return [*addresses, reverse(f"{name}_change", args=[row.pk])] if row else addresses


def test_every_list_and_form_opens_without_a_word_in_the_console(desk: Opener) -> None:
    opened = desk()
    for model in admin.site._registry:
        for path in pages_of(model):
            settled(opened.open(path))


def test_forms_and_lists_can_be_used_with_assistive_technology(desk: Opener) -> None:
    opened = desk()
    found = []
    for path in ("/admin/", *pages_of(NewsItem), *pages_of(FeaturedItem)):
        page = settled(opened.open(path))
        # The inside of the stock admin's search boxes is select2's own; their outside has its field's label.
        part = {"within": "#main .content", "outside": ".select2-selection__rendered"}
        found += violations(page, **part)
        shown_at(page, WIDE, dark=True)
        found += violations(page, **part, only_looks=True)
        shown_at(page, WIDE)
    opened.faults.clear()  # the checker styles what it looks at, which the policy rightly refuses
    assert found == []


def test_an_item_is_written_published_and_seen(desk: Opener, tab: Opener) -> None:
    opened = desk()
    page = opened.open(reverse("admin:news_newsitem_add"))
    page.get_by_label("Title:", exact=True).fill("Ministers meet in Vilnius")
    page.get_by_label("Title:", exact=True).press("Tab")
    expect(page.get_by_label("Slug:")).to_have_value("ministers-meet-in-vilnius")
    page.get_by_label("Teaser:").fill("They talked for two days.")
    body = page.locator(".field-body .tiptap")
    body.click()
    page.keyboard.type("They met ")
    page.keyboard.press("Control+b")
    page.keyboard.type("early")
    page.keyboard.press("Control+b")
    page.keyboard.type(" & left late.")
    page.get_by_role("button", name="Save draft").first.click()
    page.wait_for_selector(".messagelist .success")
    item = NewsItem.objects.get(slug="ministers-meet-in-vilnius")
    assert item.body == "<p>They met <strong>early</strong> &amp; left late.</p>"
    expect(page.locator(".field-body .tiptap")).to_have_text("They met early & left late.")
    assert tab().page.request.get(f"{page.url.split('/admin')[0]}/en/news/?year=1999").status == 404

    page.get_by_label("Teaser:").fill("They talked for three days.")
    page.get_by_role("button", name="Publish or schedule…").first.click()
    page.wait_for_selector("#verb_form")
    assert violations(page, within="#main .content") == []
    opened.faults.clear()  # the checker styles what it looks at, which the policy rightly refuses
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_selector(".messagelist .success")
    item.refresh_from_db()
    assert item.teaser == "They talked for three days."
    seen = tab().open(item.get_absolute_url())
    expect(seen.locator("h1")).to_have_text("Ministers meet in Vilnius")
    expect(seen.locator(".prose strong")).to_have_text("early")


def test_a_featured_item_finds_what_it_leads_to(desk: Opener) -> None:
    wanted = NewsItem.objects.live().in_language("en").latest_first().first()
    assert wanted is not None
    page = desk().open(reverse("admin:news_featureditem_add"))
    page.get_by_label("Title:", exact=True).fill("A card")
    page.locator(".field-target .select2-selection").click()
    page.locator(".select2-search__field").press_sequentially(wanted.title[:16])
    page.locator(".select2-results__option", has_text=wanted.title).first.click()
    page.get_by_role("button", name="Save draft").first.click()
    page.wait_for_selector(".messagelist .success")
    expect(page.get_by_label("Title:", exact=True)).to_have_value("A card")
    assert FeaturedItem.objects.get(title="A card").target == target_of(wanted)


def test_a_menu_is_put_in_order_by_dragging(desk: Opener) -> None:
    page = desk().open(f"{reverse('admin:portal_menulink_changelist')}?language__exact=en&menu__exact=main")
    rows = page.locator("#result_list tbody tr")
    first, second = (rows.nth(number).locator("th").inner_text() for number in (0, 1))
    handles = page.locator("#result_list tbody .admin-ordering-field, #result_list tbody td.field-position")
    handles.nth(1).drag_to(handles.nth(0), target_position={"x": 5, "y": 2})
    expect(rows.nth(0).locator("th")).to_have_text(second)
    page.locator("input[name=_save]").click()
    page.wait_for_load_state()
    main = MenuLink.objects.filter(language="en", menu="main", parent=None)
    assert [str(link) for link in main][:2] == [second, first]


def test_the_newsroom_can_be_used_on_a_phone(desk: Opener) -> None:
    opened = desk(PHONE)
    for path in ("/admin/", reverse("admin:news_newsitem_add")):
        page = opened.open(path)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE + 2, path
