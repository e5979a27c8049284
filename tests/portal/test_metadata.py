"""What pages tell search engines and networks, held against what those ask for."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from events.models import Event
from publishing import workflow
from publishing.metadata import json_ld, stamp
from publishing.preview import preview_url
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    ArticleFactory,
    AuthorFactory,
    DocumentFactory,
    EventFactory,
    ImageFactory,
    IssueFactory,
    MenuLinkFactory,
    NewsItemFactory,
    PageFactory,
    RecordingFactory,
    ReportFactory,
    SiteSettingsFactory,
    TermFactory,
    TopicFactory,
    jpeg,
    translated,
)
from tests.html import elements, one, parse

pytestmark = pytest.mark.django_db

HOST = "http://testserver"

# What search engines require (first) and recommend (second) of each type, from Google's documentation of structured
# data (Article, Event, Breadcrumb, Organization, Profile page, Video) and schema.org's definitions of the rest. What
# is never true here is left out and said so: events have no tickets (offers), performers or earlier dates
# (previousStartDate: only the new ones are kept); recordings have no page to embed (embedUrl).
WANTED: dict[str, tuple[set[str], set[str]]] = {
    "NewsArticle": ({"headline"}, {"author", "dateModified", "datePublished", "image"}),
    "Article": ({"headline"}, {"author", "dateModified", "datePublished", "image"}),
    "Event": (
        {"name", "startDate", "location"},
        {"description", "endDate", "eventStatus", "eventAttendanceMode", "image", "organizer"},
    ),
    "ProfilePage": ({"mainEntity"}, {"datePublished", "dateModified"}),
    "Person": ({"name"}, {"url", "image", "description", "sameAs", "jobTitle"}),
    "Organization": ({"name"}, {"url", "logo", "description", "address", "contactPoint", "sameAs"}),
    "WebSite": ({"name", "url"}, {"potentialAction", "inLanguage", "publisher"}),
    "SearchAction": ({"target", "query-input"}, set()),
    "BreadcrumbList": ({"itemListElement"}, set()),
    "ListItem": ({"position", "name"}, set()),
    "ImageObject": ({"url"}, {"width", "height", "caption", "creditText"}),
    "ImageGallery": ({"name"}, {"image", "associatedMedia", "author", "datePublished"}),
    "VideoObject": (
        {"name", "thumbnailUrl", "uploadDate"},
        {"contentUrl", "description", "duration"},
    ),
    "Report": ({"name"}, {"image", "publisher", "datePublished", "encoding"}),
    "WebPage": ({"name"}, {"description", "image", "publisher", "datePublished", "dateModified"}),
    "CollectionPage": ({"name"}, {"description", "image", "about"}),
}
OF_EVERY_WORK = {"url", "inLanguage", "isAccessibleForFree", "publisher"}


def told(visitor: Person, address: str) -> dict[str, Any]:
    """The things that a page tells of, by type."""
    response = visitor.get(address)
    assert response.status_code == 200, address
    script = one(parse(response), "script", type="application/ld+json")
    document = json.loads(script.text or "")
    assert document["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in document["@graph"]}


def everything(value: Any) -> list[dict[str, Any]]:
    """All things that have a type, also those within others."""
    if isinstance(value, list):
        return [thing for one in value for thing in everything(one)]
    if not isinstance(value, dict):
        return []
    return [*([value] if "@type" in value else []), *everything(list(value.values()))]


def a_picture() -> Any:
    return ImageFactory(
        file=ContentFile(jpeg(1280, 853), name="a.jpg"), caption={"en": "A ship"}, copyright_holder="The press office"
    )


@pytest.fixture
def site() -> dict[str, Any]:
    """A site on which everything has all that it can have."""
    SiteSettingsFactory(
        tagline={"en": "Peace"}, address={"en": "1 Main Street"}, press_email="press@example.org", logo=a_picture()
    )
    MenuLinkFactory(menu="social", label="X", target="https://x.com/organisation")
    topics = [TopicFactory(title="Security", image=a_picture())]
    about: dict[str, Any] = {"image": a_picture(), "topics": topics}
    film = RecordingFactory(
        file=ContentFile(b"\0\0\0\x18ftypmp42", name="a.mp4"), address="", duration=dt.timedelta(seconds=90)
    )
    gallery = [{"image": a_picture().pk, "caption": {}}]
    return {
        "topic": topics[0],
        "news": NewsItemFactory(dateline="Brussels", **about),
        "statement": NewsItemFactory(kind="statement", **about),
        "speech": NewsItemFactory(kind="speech", speaker="Ada Byron, Deputy", **about),
        "video": NewsItemFactory(kind="video", recording=film, **about),
        "gallery": NewsItemFactory(kind="photo-gallery", gallery=gallery, **about),
        "article": ArticleFactory(authors=[AuthorFactory(image=a_picture())], issue=IssueFactory(), **about),
        "event": EventFactory(teaser="In short.", place="Headquarters", start_time=dt.time(9), **about),
        "term": TermFactory(
            image=a_picture(), country="Norway", teaser="A life in short.", x_url="https://x.com/person"
        ),
        "report": ReportFactory(image=a_picture(), document=DocumentFactory()),
        "page": PageFactory(image=a_picture()),
    }


# ── Structured data ──────────────────────────────────────────────────────────────────────────────────────
def test_every_kind_tells_all_that_is_required_and_recommended(site: dict[str, Any], visitor: Person) -> None:
    seen = set()
    for name, item in site.items():
        graph = told(visitor, item.get_absolute_url())
        assert {"Organization", "WebSite", "BreadcrumbList"} < set(graph), name
        # Of an author or where they work no more is known than a name.
        in_full = [graph["Organization"], graph.get("ProfilePage", {}).get("mainEntity")]
        for thing in everything(list(graph.values())):
            required, recommended = WANTED.get(thing["@type"], (set(), set()))
            assert required <= set(thing), (name, thing)
            if thing["@type"] not in ("Person", "Organization") or thing in in_full:
                assert recommended <= set(thing), (name, thing["@type"], recommended - set(thing))
            seen.add(thing["@type"])
    assert seen >= set(WANTED)


def test_every_work_says_its_language_and_publisher_and_that_it_is_free(site: dict[str, Any], visitor: Person) -> None:
    for name, item in site.items():
        *_chrome, work = told(visitor, item.get_absolute_url()).values()
        assert OF_EVERY_WORK - ({"publisher"} if name == "event" else set()) <= set(work), name
        assert work["url"] == HOST + item.get_absolute_url()
        assert work["inLanguage"] == "en"
        assert work["isAccessibleForFree"] is True


def test_every_address_can_be_used_anywhere(site: dict[str, Any], visitor: Person) -> None:
    for item in site.values():
        for thing in everything(list(told(visitor, item.get_absolute_url()).values())):
            addresses = [thing[name] for name in ("url", "contentUrl", "logo", "item", "@id") if name in thing]
            assert all(address.startswith(("http://", "https://")) for address in addresses), thing


def test_pictures_are_told_in_several_ratios_large_enough(site: dict[str, Any], visitor: Person) -> None:
    pictures = told(visitor, site["news"].get_absolute_url())["NewsArticle"]["image"]
    assert {round(one["width"] / one["height"], 1) for one in pictures} == {1.8, 1.5, 1.0}
    assert all(one["width"] >= 696 for one in pictures)
    assert pictures[0]["copyrightNotice"] == "The press office"
    assert visitor.get(pictures[0]["url"]).status_code == 200


def test_a_picture_whose_rights_have_ended_is_not_told_of(visitor: Person) -> None:
    item = NewsItemFactory(image=ImageFactory(rights_end_on=dt.date(2020, 1, 1)))
    assert "image" not in told(visitor, item.get_absolute_url())["NewsArticle"]


def test_dates_carry_their_zone_and_a_correction_moves_the_second(visitor: Person) -> None:
    at = timezone.now() - dt.timedelta(days=2)
    item = NewsItemFactory(date=timezone.localdate(at), live_from=at)
    article = told(visitor, item.get_absolute_url())["NewsArticle"]
    assert article["datePublished"] == article["dateModified"] == timezone.localtime(at).isoformat(timespec="seconds")
    assert article["datePublished"][-6] in "+-"

    item.teaser = "A name is spelt as it should be."
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER, correction="A name was misspelt.")
    corrected = told(visitor, item.get_absolute_url())["NewsArticle"]
    assert corrected["datePublished"] == article["datePublished"]
    assert corrected["dateModified"] > article["dateModified"]


def test_an_older_text_has_the_day_that_its_page_shows(visitor: Person) -> None:
    item = NewsItemFactory(date=dt.date(2001, 2, 3))
    assert told(visitor, item.get_absolute_url())["NewsArticle"]["datePublished"] == "2001-02-03"
    report = ReportFactory(published_on=dt.date(2011, 2, 3))
    assert told(visitor, report.get_absolute_url())["Report"]["datePublished"] == "2011-02-03"


def test_who_speaks_is_the_author_with_their_office(site: dict[str, Any], visitor: Person) -> None:
    speech = told(visitor, site["speech"].get_absolute_url())["Article"]
    assert speech["author"] == {"@type": "Person", "name": "Ada Byron", "jobTitle": "Deputy"}
    news = told(visitor, site["news"].get_absolute_url())
    assert news["NewsArticle"]["author"] == {"@id": news["Organization"]["@id"]}


def event_told(visitor: Person, **values: Any) -> dict[str, Any]:
    event = EventFactory(**values)
    found: dict[str, Any] = told(visitor, event.get_absolute_url())["Event"]
    return found


@pytest.mark.parametrize(
    ("status", "said"),
    [("confirmed", "EventScheduled"), ("postponed", "EventPostponed"), ("cancelled", "EventCancelled")],
)
def test_an_event_says_whether_it_takes_place(status: str, said: str, visitor: Person) -> None:
    assert event_told(visitor, status=status)["eventStatus"] == f"https://schema.org/{said}"
    assert status in Event.Status.values


@pytest.mark.parametrize(
    ("values", "mode", "places"),
    [
        ({"city": "Brussels"}, "Offline", {"Place"}),
        ({"city": "", "live_stream_url": "https://live.example.org/"}, "Online", {"VirtualLocation"}),
        ({"city": "Oslo", "live_stream_url": "https://live.example.org/"}, "Mixed", {"Place", "VirtualLocation"}),
    ],
)
def test_an_event_says_whether_one_goes_there_or_watches(
    values: dict[str, str], mode: str, places: set[str], visitor: Person
) -> None:
    event = event_told(visitor, **values)
    assert event["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    assert {one["@type"] for one in everything(event["location"])} - {"PostalAddress"} == places


def test_of_a_place_that_nobody_has_named_nothing_is_invented(visitor: Person) -> None:
    assert not {"location", "eventAttendanceMode"} & set(event_told(visitor, city=""))


def test_an_event_is_told_in_the_time_of_its_place(visitor: Person) -> None:
    day = dt.date(2024, 7, 1)
    tokyo = event_told(visitor, start_date=day, start_time=dt.time(9), end_time=dt.time(10), time_zone="Asia/Tokyo")
    assert (tokyo["startDate"], tokyo["endDate"]) == ("2024-07-01T09:00:00+09:00", "2024-07-01T10:00:00+09:00")
    whole_days = event_told(visitor, start_date=day, end_date=dt.date(2024, 7, 3))
    assert (whole_days["startDate"], whole_days["endDate"]) == ("2024-07-01", "2024-07-03")


def test_who_has_left_office_had_it(visitor: Person) -> None:
    term = TermFactory(began_on=dt.date(1999, 1, 1), ended_on=dt.date(2004, 1, 1))
    person = told(visitor, term.get_absolute_url())["ProfilePage"]["mainEntity"]
    assert "jobTitle" not in person
    assert person["memberOf"]["endDate"] == "2004-01-01"


def test_the_search_that_is_told_of_works(visitor: Person) -> None:
    NewsItemFactory(title="Needle")
    action = told(visitor, "/en/")["WebSite"]["potentialAction"]
    found = visitor.get(action["target"]["urlTemplate"].replace("{search_term_string}", "needle"))
    assert "Needle" in found.content.decode()


def test_breadcrumbs_number_every_place_and_give_its_address(visitor: Person) -> None:
    TermFactory(slug="ada", title="Ada Byron")
    for address in ("/en/news/speech/", "/en/secretary-general/"):
        places = told(visitor, address)["BreadcrumbList"]["itemListElement"]
        assert [place["position"] for place in places] == list(range(1, len(places) + 1))
        assert all("item" in place for place in places[:-1])
    assert "BreadcrumbList" not in told(visitor, "/en/")


def test_nothing_that_is_written_ends_the_script() -> None:
    said = json_ld([{"name": "</script><!-- & \u2028\u2029"}])
    assert not set("<>&\u2028\u2029") & set(said)
    assert json.loads(said)["@graph"] == [{"name": "</script><!-- & \u2028\u2029"}]


def test_a_title_with_markup_stays_a_title(visitor: Person) -> None:
    item = NewsItemFactory(title="</script><script>alert(1)</script>")
    assert told(visitor, item.get_absolute_url())["NewsArticle"]["headline"] == item.title


def test_an_instant_is_written_in_the_zone_of_the_site() -> None:
    assert stamp(dt.datetime(2024, 7, 1, 12, tzinfo=ZoneInfo("UTC"))) == "2024-07-01T14:00:00+02:00"
    assert stamp(None) == ""


# ── Open Graph, canonical addresses, search engines ──────────────────────────────────────────────────────
def metas(visitor: Person, address: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in elements(parse(visitor.get(address)), "meta"):
        found.setdefault(meta.get("property") or meta.get("name") or "", []).append(meta.get("content") or "")
    return found


def canonical(visitor: Person, address: str) -> list[str]:
    return [link.get("href") or "" for link in elements(parse(visitor.get(address)), "link", rel="canonical")]


def test_open_graph_is_complete_on_every_kind_of_page(site: dict[str, Any], visitor: Person) -> None:
    for address in ("/en/", "/en/news/", "/en/events/", *(item.get_absolute_url() for item in site.values())):
        found = metas(visitor, address)
        for name in ("type", "url", "site_name", "title", "description", "locale", "image", "image:type",
                     "image:width", "image:height", "image:alt"):  # fmt: skip
            assert [bool(value) for value in found[f"og:{name}"]] == [True], (address, name)
        assert found["twitter:card"] == ["summary_large_image"]
        assert found["og:image"][0].startswith(f"{HOST}/media/share/")
        assert (found["og:image:width"], found["og:image:height"]) == (["1200"], ["630"])
        assert found["description"] == found["og:description"]


def test_an_article_says_when_and_about_what(site: dict[str, Any], visitor: Person) -> None:
    found = metas(visitor, site["news"].get_absolute_url())
    assert found["og:type"] == ["article"]
    assert found["article:published_time"] == ["2024-01-23"]
    assert found["article:modified_time"] == ["2024-01-23"]
    assert (found["article:section"], found["article:tag"]) == (["News"], ["Security"])
    assert metas(visitor, site["term"].get_absolute_url())["og:type"] == ["profile"]


def test_languages_are_told_with_a_country(visitor: Person) -> None:
    item = NewsItemFactory()
    translated(item)
    found = metas(visitor, item.get_absolute_url())
    assert (found["og:locale"], found["og:locale:alternate"]) == (["en_GB"], ["fr_FR"])


def test_every_page_names_its_own_address_without_what_the_reader_chose(visitor: Person) -> None:
    item = NewsItemFactory()
    pages = {
        item.get_absolute_url() + "?utm_source=x": item.get_absolute_url(),
        "/en/": "/en/",
        "/en/news/?topic=a": "/en/news/",
        "/en/events/?when=recent": "/en/events/",
        "/en/search/?q=x": "/en/search/",
    }
    TopicFactory(slug="a")
    assert {address: canonical(visitor, address) for address in pages} == {
        address: [HOST + own] for address, own in pages.items()
    }


def test_of_two_addresses_of_a_person_one_counts(visitor: Person) -> None:
    term = TermFactory(slug="ada")
    assert canonical(visitor, "/en/secretary-general/") == [HOST + term.get_absolute_url()]


def test_what_is_not_there_has_no_address_and_is_not_listed(visitor: Person) -> None:
    gone = NewsItemFactory(withdrawn=True)
    for address in ("/en/nothing/like/this/", gone.get_absolute_url()):
        assert canonical(visitor, address) == []
        found = metas(visitor, address)
        assert found["robots"] == ["noindex"]
        assert not [name for name in found if name.startswith("og:")]


def test_search_results_are_not_listed(visitor: Person) -> None:
    assert metas(visitor, "/en/search/?q=x")["robots"] == ["noindex"]
    assert "robots" not in metas(visitor, "/en/news/")


def test_what_is_written_for_search_engines_stands_in_place_of_the_pages_own_words(visitor: Person) -> None:
    item = NewsItemFactory(title="A title", teaser="A teaser.", search_title="Found", search_description="Described.")
    page = visitor.get(item.get_absolute_url())
    found = metas(visitor, item.get_absolute_url())
    assert found["og:title"] == ["Found"]
    assert found["description"] == ["Described."]
    assert "robots" not in found
    assert one(parse(page), "h1").text == "A title"
    assert "<title>Found – " in page.content.decode()


def test_without_such_words_the_pages_own_stand_there(visitor: Person) -> None:
    assert metas(visitor, NewsItemFactory(teaser="A teaser.").get_absolute_url())["description"] == ["A teaser."]
    assert metas(visitor, ArticleFactory().get_absolute_url())["description"][0].startswith("Two sentences.")
    assert metas(visitor, NewsItemFactory(title="Alone", teaser="").get_absolute_url())["description"] == ["Alone"]


def test_what_is_not_to_be_listed_says_so_and_stays_public(visitor: Person) -> None:
    item = NewsItemFactory(unlisted=True)
    assert metas(visitor, item.get_absolute_url())["robots"] == ["noindex"]


def test_a_preview_tells_machines_nothing(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    page = parse(editor.get(preview_url(item), follow=True))
    assert not list(elements(page, "script", type="application/ld+json"))
    assert not [meta for meta in elements(page, "meta") if (meta.get("property") or "").startswith("og:")]
