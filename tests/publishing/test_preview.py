"""What is not public yet can be seen by those who may, exactly as it will be, and leaves no trace."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.utils import timezone

from news.models import NewsItem
from publishing import registry, workflow
from publishing.models import Publishable
from publishing.preview import link_url, moment_url, preview_url, release_url
from publishing.records import AuditEntry, PreviewLink, Release, Revision
from tests.admin_forms import change_url, send
from tests.conftest import Person
from tests.factories import (
    FACTORIES,
    IMPORTER,
    FeaturedItemFactory,
    NewsItemFactory,
    PageFactory,
    UserFactory,
    translated,
)

pytestmark = pytest.mark.django_db

TOMORROW = dt.timedelta(days=1)


def draft_of(item: Publishable, **values: Any) -> Revision:
    for name, value in values.items():
        setattr(item, name, value)
    return workflow.save_draft(item, by=IMPORTER)


def everything() -> dict[str, list[Any]]:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label not in ("sessions", "auth", "admin")
    }


def link_to(item: Publishable, **values: Any) -> PreviewLink:
    expires_at = values.pop("expires_at", timezone.now() + TOMORROW)
    return PreviewLink.objects.create(item=item, revision=item.revisions.first(), expires_at=expires_at, **values)


@pytest.mark.parametrize("kind", registry.kinds_with_pages(), ids=lambda kind: kind.key)
def test_a_draft_of_every_kind_is_seen_on_its_own_page(kind: registry.ContentKind, editor: Person) -> None:
    item = FACTORIES[kind.model](draft=True, title="Not public yet")
    before = everything()
    response = editor.get(preview_url(item), follow=True)
    assert response.status_code == 200
    content = response.content.decode()
    assert "Not public yet</h1>" in content
    assert "preview-banner" in content
    assert change_url(item) in content
    assert everything() == before


@pytest.mark.parametrize("kind", registry.kinds_with_pages(), ids=lambda kind: kind.key)
def test_a_change_over_a_live_item_is_seen_and_the_public_sees_the_old(
    kind: registry.ContentKind, editor: Person, visitor: Person
) -> None:
    item = FACTORIES[kind.model](title="Old words")
    address = item.get_absolute_url()
    draft_of(item, title="New words")
    assert "New words</h1>" in editor.get(preview_url(item), follow=True).content.decode()
    public = visitor.get(address).content.decode()
    assert "Old words</h1>" in public
    assert "New words" not in public
    assert "preview" not in public


def test_what_has_no_page_is_seen_on_the_home_page(editor: Person) -> None:
    item = FeaturedItemFactory(draft=True, title="A card", language="fr")
    response = editor.get(preview_url(item), follow=True)
    assert response.request["PATH_INFO"].endswith("/fr/")
    assert "A card" in response.content.decode()


def test_links_made_in_a_preview_stay_in_it(editor: Person) -> None:
    item = NewsItemFactory(draft=True, title="Not public yet")
    response = editor.get(f"{preview_url(item)}en/")
    content = response.content.decode()
    assert "Not public yet" in content
    assert f'href="{preview_url(item)}en/news/"' in content
    assert f'href="{preview_url(item)}fr/"' in content
    assert 'rel="canonical"' not in content
    assert "hreflang" not in content.split("<body")[0]
    assert 'href="/static/' in content
    listed = editor.get(f"{preview_url(item)}en/news/").content.decode()
    assert "Not public yet" in listed
    assert f'href="{preview_url(item)}fr/news/"' in listed
    assert "Not public yet" not in editor.get("/en/news/").content.decode()


def test_the_whole_site_at_a_moment_to_come(editor: Person) -> None:
    now = timezone.now()
    NewsItemFactory(title="First of tomorrow", live_from=now + TOMORROW)
    NewsItemFactory(title="Over by then", live_until=now + TOMORROW)
    changed = NewsItemFactory(title="Before the change")
    draft_of(changed, title="After the change")
    workflow.approve(changed, by=IMPORTER, at=now + TOMORROW)
    before = everything()
    content = editor.get(f"{moment_url(now + 2 * TOMORROW)}en/").content.decode()
    assert "First of tomorrow" in content
    assert "After the change" in content
    assert "Over by then" not in content
    assert "Before the change" not in content
    assert everything() == before


def test_the_start_page_asks_for_the_moment(editor: Person) -> None:
    NewsItemFactory(title="First of next year", live_from=dt.datetime(2035, 1, 1, 9, tzinfo=dt.UTC))
    assert 'name="at"' in editor.get("/admin/").content.decode()
    for at, shown in (("2035-01-01T10:00", True), ("2035-01-01T09:59", False)):  # in Brussels, an hour ahead
        content = editor.get("/preview/", {"at": at}, follow=True).content.decode()
        assert ("First of next year" in content) is shown
    for nonsense in ("", "soon", "2035-13-01T10:00"):
        assert editor.get("/preview/", {"at": nonsense}).status_code == 404


def test_a_release_is_seen_with_everything_in_it(editor: Person) -> None:
    release = Release.objects.create(name="Summit", due_at=timezone.now() + TOMORROW)
    for number in range(3):
        item = NewsItemFactory(draft=True, title=f"Part {number}")
        item.revisions.update(release=release)
    content = editor.get(f"/preview/release-{release.pk}/en/").content.decode()
    assert all(f"Part {number}" in content for number in range(3))
    assert NewsItem.objects.live().count() == 0


def test_a_visitor_is_sent_to_sign_in_and_a_reader_without_rights_is_refused(visitor: Person) -> None:
    item = NewsItemFactory(draft=True)
    for url in (preview_url(item), moment_url(timezone.now()), f"{preview_url(item)}en/news/"):
        response = visitor.get(url)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/?next=/preview/")
    release = Release.objects.create(name="Summit")
    for nobody in (UserFactory(is_staff=False), UserFactory()):
        for url in (preview_url(item), moment_url(timezone.now()), release_url(release)):
            assert Person(nobody).get(url, follow=True).status_code == 403


def test_who_has_left_the_newsroom_sees_no_previews_though_their_groups_are_as_before(editor: Person) -> None:
    url = preview_url(NewsItemFactory(draft=True))
    assert editor.get(url, follow=True).status_code == 200
    User.objects.filter(pk=editor.user.pk).update(is_staff=False)
    assert editor.get(url, follow=True).status_code == 403


def test_the_start_page_offers_the_whole_site_to_who_may_see_it(writer: Person) -> None:
    assert "preview-moment" in writer.get("/admin/").content.decode()
    assert "preview-moment" not in Person(UserFactory()).get("/admin/").content.decode()


@pytest.mark.parametrize(
    "path",
    ["item-1-999999/", "item-999-1/", "item-x/", "item-1-99999999999999999999999999/", "at-tomorrow/", "at-99991301T0000/",
     "release-9/", "release-x/", "link-nothing/", "moon-1/", "item-/", "revision-1/"],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(path: str, editor: Person) -> None:
    assert editor.get(f"/preview/{path}").status_code == 404


def test_only_public_addresses_are_previewed(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    for rest in ("admin/", "media/x.jpg", "preview/item-1-1/", "xx/"):
        assert editor.get(f"{preview_url(item)}{rest}").status_code == 404


def test_nothing_is_sent_in_a_preview(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    assert editor.post(f"{preview_url(item)}en/subscribe/", {"email": "a@example.org"}).status_code == 405


# ── Links for outsiders ──────────────────────────────────────────────────────────────────────────────────
def test_an_outsider_with_a_link_sees_that_page_and_nothing_else(visitor: Person) -> None:
    item = NewsItemFactory(draft=True, title="For your eyes")
    NewsItemFactory(draft=True, title="SECRET")
    url = link_url(link_to(item))
    response = visitor.get(url, follow=True)
    assert "For your eyes</h1>" in response.content.decode()
    assert "/admin/" not in response.content.decode()
    for rest in ("en/", "en/news/", "fr/", "en/search/?q=SECRET"):
        response = visitor.get(url + rest)
        assert response.status_code == 404
        assert "This link shows one page only." in response.content.decode()


def test_a_link_shows_the_revision_that_it_was_made_for(visitor: Person) -> None:
    item = NewsItemFactory(draft=True, title="As agreed")
    url = link_url(link_to(item))
    draft_of(item, title="Second thoughts")
    content = visitor.get(url, follow=True).content.decode()
    assert "As agreed</h1>" in content
    assert "Second thoughts" not in content


def test_a_link_ends_when_it_expires_is_revoked_or_tampered_with(visitor: Person) -> None:
    item = NewsItemFactory(draft=True, title="SECRET")
    links = [
        link_url(link_to(item, expires_at=timezone.now() - TOMORROW)),
        link_url(link_to(item, revoked_at=timezone.now())),
        link_url(link_to(item))[:-2] + "/",
    ]
    for url in links:
        response = visitor.get(url, follow=True)
        assert response.status_code == 404
        assert "Ask the newsroom for a new link." in response.content.decode()
        assert "SECRET" not in response.content.decode()


def test_what_is_withdrawn_is_seen_by_no_outsider_any_more(visitor: Person) -> None:
    item = NewsItemFactory(title="A mistake")
    other = link_url(link_to(NewsItemFactory()))
    url = link_url(link_to(item))
    assert visitor.get(url, follow=True).status_code == 200
    workflow.withdraw(item, by=IMPORTER)
    assert visitor.get(url, follow=True).status_code == 404
    assert visitor.get(other, follow=True).status_code == 200


def test_previews_are_kept_nowhere_and_indexed_by_nobody(visitor: Person, editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    for response in (visitor.get(link_url(link_to(item)), follow=True), editor.get(preview_url(item), follow=True)):
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert response.headers["Referrer-Policy"] == "no-referrer"


# ── In the admin ─────────────────────────────────────────────────────────────────────────────────────────
def test_the_forms_button_saves_and_shows(writer: Person) -> None:
    item = NewsItemFactory(title="Before")
    response = send(writer, change_url(item), NewsItem, "_preview", title="After")
    assert "After</h1>" in response.content.decode()
    item.refresh_from_db()
    assert item.title == "Before"


def test_links_are_made_and_revoked_in_the_admin(writer: Person, visitor: Person) -> None:
    item = NewsItemFactory(draft=True, title="For your eyes")
    page = change_url(item).replace("/change/", "/links/")
    response = writer.post(page, {"days": "7", "make": "1"}, follow=True)
    link = PreviewLink.objects.get()
    assert link_url(link) in response.content.decode()
    assert link.made_by == writer.user
    assert dt.timedelta(days=6) < link.expires_at - timezone.now() < dt.timedelta(days=8)
    assert visitor.get(link_url(link), follow=True).status_code == 200
    writer.post(page, {"revoke": link.key})
    assert visitor.get(link_url(link), follow=True).status_code == 404
    writer.post(page, {"revoke": link.key})
    revoked, made = AuditEntry.objects.of(item).filter(verb__in=["share", "revoke"])
    assert (made.verb, made.by, made.changes["revision"]) == ("share", writer.user, [None, 1])
    assert (revoked.verb, revoked.by, revoked.changes["revision"]) == ("revoke", writer.user, [1, None])
    assert link.key not in str(made.changes) + str(revoked.changes)
    assert b"Select a valid choice" in writer.post(page, {"days": "9999", "make": "1"}).content
    assert visitor.get(page).status_code == 302


def test_a_moved_page_is_previewed_at_its_new_address(editor: Person) -> None:
    page, other = PageFactory(slug="page"), PageFactory(slug="other")
    translated(page)
    draft_of(page, parent=other)
    response = editor.get(preview_url(page), follow=True)
    assert response.request["PATH_INFO"].endswith("/en/other/page/")
    assert response.status_code == 200
