"""What nobody's browser sends by itself is answered with a page of ours: found, not found or refused, never a failure."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.conftest import Person
from tests.factories import EventFactory, FeaturedItemFactory, NewsItemFactory, TopicFactory

pytestmark = pytest.mark.django_db

LISTS = [
    "news/", "news/speech/", "featured/", "review/", "events/", "topics/", "secretary-general/former/",
    "secretary-general/annual-reports/", "search/", "subscribe/", "go/",
]  # fmt: skip
QUERIES = [
    "page=abc", "page=0", "page=-1", "page=99999999999999999999", "page=%00", "page=1e5", "page=%D9%A1", "page=last",
    "year=0", "year=-1", "year=99999", "year=99999999999999999999", "year=abc", "year=%00", "year=2024.0",
    "topic=%00", "topic=nope", "topic=%FF%FE", "topic=" + "a" * 3000, "kind=%00", "kind=nope", "when=%00", "when=nope",
    "month=2024-02%0A", "month=0000-01", "month=9999-12", "month=2024-99", "month=%00",
    "q=%00", "q=" + "a" * 3000, "q=%FF", "q=%25_%27", "q=a&page=99999999999999999999", "q=a&page=abc", "q=" + "a+" * 200,
    "email=%00", "to=%00", "to=/%0D%0AX:1", "to=/%00", "=", "&&;", "%", "%zz", "a[]=1",
]  # fmt: skip
ADDRESSES = [
    "/en/news/2024/13/45/x/", "/en/news/2024/02/30/x/", "/en/news/0000/01/01/x/", "/en/events/2024/1/1/x/",
    "/en/review/2024/00/00/x/", "/en/news/2024/01/23/%00/", "/en/news/2024/01/23/" + "a" * 3000 + "/", "/en/news/%00/",
    "/en/%00/", "/%00", "/en/" + "a/" * 1500, "/en/" + "a" * 3000 + "/", "/en/%FF%FE/", "/en/%ED%A0%80/", "/en/%C0%80/",
    "/en/%", "/en/%zz/", "/en/..%2F..%2Fetc%2Fpasswd/", "//evil.example/", "/en//", "/en/%E2%80%AE/", "/en/topics/%00/",
    "/en/topics/" + "a" * 3000 + "/", "/en/topics/%0A/", "/en/secretary-general/%00/", "/en/unsubscribe/%00/",
    "/en/unsubscribe/" + "a" * 3000 + "/", "/en/subscribe/confirm/%FF/", "/en/subscribe/confirm/x:y:z/", "/en/subscribe/manage/%00/", "/media/%00",
    "/static/%00", "/EN/", "/zz/", "/en-gb/", "/*", "/en/%F0%9F%98%80/",
]  # fmt: skip
HEADERS: list[dict[str, Any]] = [
    {"accept-language": "x" * 5000}, {"accept-language": "fr;q=zzz"}, {"accept-language": "\x01"},
    {"accept-language": "en," * 500}, {"accept-language": "fr-" + "x" * 200}, {"accept-encoding": "gzip;q=abc"},
    {"cookie": "sessionid=%00; messages=x; django_language=../../x"}, {"if-none-match": "x"},
    {"if-modified-since": "Sat, 01 Jan 99999 00:00:00 GMT"}, {"range": "bytes=0-99999999999999999999"},
    {"x-forwarded-host": "evil.example"}, {"referer": "\xff\xfe"}, {"origin": "null"},
]  # fmt: skip
HOSTS = [
    "evil.example",
    "testserver@evil.example",
    "[::1",
    "a" * 300,
    "-",
    "..",
    "te st",
    "é",
    "%00",
]


@pytest.fixture
def site(visitor: Person) -> Person:
    topic = TopicFactory(slug="cyber")
    NewsItemFactory(topics=[topic])
    EventFactory(topics=[topic])
    FeaturedItemFactory()
    return visitor


@pytest.mark.parametrize("path", LISTS)
def test_no_query_makes_a_list_fail(path: str, site: Person) -> None:
    statuses = {query: site.get(f"/en/{path}?{query}").status_code for query in QUERIES}
    assert {query: status for query, status in statuses.items() if status not in (200, 302, 404)} == {}


@pytest.mark.parametrize("path", ["news/", "review/", "events/"])
@pytest.mark.parametrize(
    "query", ["page=abc", "page=0", "page=99999999999999999999", "year=0", "year=99999", "topic=%00"]
)
def test_what_a_list_does_not_know_is_not_found(path: str, query: str, site: Person) -> None:
    assert site.get(f"/en/{path}?{query}").status_code == 404


def test_no_address_makes_the_site_fail(site: Person) -> None:
    answers = {address: site.get(address) for address in ADDRESSES}
    assert {a: r.status_code for a, r in answers.items() if r.status_code not in (200, 301, 302, 404)} == {}
    assert Counter("evil" in r.headers.get("Location", "") for r in answers.values())[True] == 0


@pytest.mark.parametrize("path", ["/", "/en/", "/en/nothing/"])
def test_no_header_makes_the_site_fail(path: str, site: Person) -> None:
    statuses = [site.get(path, headers=headers).status_code for headers in HEADERS]
    assert set(statuses) == {{"/": 302, "/en/": 200, "/en/nothing/": 404}[path]}


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_not_ours_is_refused(host: str, site: Person) -> None:
    for path in ("/", "/en/", "/en/nothing/", "/admin/"):
        assert site.get(path, headers={"host": host}).status_code == 400


def test_a_host_that_is_not_ours_costs_the_log_one_line(site: Person, caplog: pytest.LogCaptureFixture) -> None:
    assert site.get("/en/", headers={"host": "evil.example"}).status_code == 400
    (record,) = caplog.records
    assert "evil.example" in record.getMessage()
    assert record.exc_info is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/",
        "/en/search/",
        "/en/go/",
        "/en/featured/",
        "/en/secretary-general/former/",
        "/en/top/",
        "/media/pictures/1/0123456789ab/photo-320.avif",
        "/media/documents/1/x",
    ],
)
def test_reading_pages_take_no_other_method(path: str, method: str, site: Person) -> None:
    assert site.generic(method, path, b"a=%00").status_code == 405


@pytest.mark.parametrize("path", ["/en/", "/en/news/", "/en/nothing/", "/en/subscribe/"])
def test_a_question_for_the_methods_is_no_failure(path: str, site: Person) -> None:
    assert site.options(path).status_code in (200, 404, 405)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=" + "b" * 300, b"x"),
        ("application/json", b"{"),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 1500)),
        ("application/x-www-form-urlencoded", b"email=" + b"a" * 3_000_000),
        ("application/x-www-form-urlencoded", b"email=%00&language=%00"),
        ("application/x-www-form-urlencoded; charset=utf-99", b"email=x"),
        ("application/x-www-form-urlencoded", b"email=a@b.example&language=zz"),
    ],
    ids=range(9),
)
def test_a_form_that_is_none_is_refused(kind: str, body: bytes, site: Person) -> None:
    assert site.generic("POST", "/en/subscribe/", body, content_type=kind).status_code in (400, 413)
