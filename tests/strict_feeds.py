"""Feeds and calendars read as strictly as their standards are written."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
from icalendar import Calendar

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
# RFC 4151, 2.1.
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[A-Za-z0-9._~:@!$&'()*+,;=/?%-]+")


def strict_feed(response: Any) -> Any:
    """The feed as feedparser reads it; fails for anything that a standard forbids."""
    assert response.status_code == 200, response
    content_type = response.headers["Content-Type"]
    root = ElementTree.fromstring(response.content)
    found = feedparser.parse(response.content, response_headers={"content-type": content_type})
    assert not found.bozo, found.bozo_exception
    if root.tag == "rss":
        assert content_type == "application/rss+xml; charset=utf-8"
        _check_rss(root)
    else:
        assert content_type == "application/atom+xml; charset=utf-8"
        _check_atom(root)
    for entry in found.entries:
        assert urlsplit(entry.link).scheme in ("http", "https"), entry.link
        for content in entry.get("content", []):
            assert not re.search(r'(?:href|src)="(?!https?://|mailto:|tel:)', content.value), content.value
            assert not re.search(r"<(script|style|svg|iframe)|\sstyle=|\son[a-z]+=", content.value)
    return found


def one(element: ElementTree.Element, name: str) -> str:
    """The text of the one child of this name."""
    found = element.findall(name)
    assert len(found) == 1, (name, len(found))
    text = (found[0].text or "").strip()
    assert text, name
    return text


def _check_rss(root: ElementTree.Element) -> None:
    """RSS 2.0, and the profile of the RSS Advisory Board."""
    assert root.get("version") == "2.0"
    (channel,) = root.findall("channel")
    for name in ("title", "link", "description", "language"):
        one(channel, name)
    email.utils.parsedate_to_datetime(one(channel, "lastBuildDate"))
    assert [link.get("rel") for link in channel.findall(f"{ATOM}link")][:1] == ["self"]
    guids = []
    for item in channel.findall("item"):
        one(item, "title")
        assert one(item, "link").startswith(("http://", "https://"))
        assert email.utils.parsedate_to_datetime(one(item, "pubDate")).tzinfo
        assert item.find("guid").get("isPermaLink") == "false"  # type: ignore[union-attr]
        guids.append(one(item, "guid"))
        assert TAG.fullmatch(guids[-1]), guids[-1]
        assert len(item.findall("enclosure")) <= 1
        for enclosure in item.findall("enclosure"):
            assert (enclosure.get("length") or "").isdecimal()
            assert "/" in (enclosure.get("type") or "")
            assert (enclosure.get("url") or "").startswith("http")
    assert len(guids) == len(set(guids))


def _instant(text: str) -> dt.datetime:
    """RFC 3339."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text), text
    return dt.datetime.fromisoformat(text)


def _check_atom(root: ElementTree.Element) -> None:
    """RFC 4287, 4.1.1 and 4.1.2."""
    assert root.tag == f"{ATOM}feed"
    one(root, f"{ATOM}title")
    assert TAG.fullmatch(one(root, f"{ATOM}id"))
    newest = _instant(one(root, f"{ATOM}updated"))
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    rels = [link.get("rel") for link in root.findall(f"{ATOM}link")]
    assert rels.count("self") == rels.count("alternate") == 1
    keys = []
    for entry in root.findall(f"{ATOM}entry"):
        one(entry, f"{ATOM}title")
        keys.append(one(entry, f"{ATOM}id"))
        assert TAG.fullmatch(keys[-1]), keys[-1]
        updated, published = _instant(one(entry, f"{ATOM}updated")), _instant(one(entry, f"{ATOM}published"))
        assert published <= updated <= newest
        links = [(link.get("rel"), link.get("type")) for link in entry.findall(f"{ATOM}link")]
        assert [rel for rel, _type in links].count("alternate") == 1
        assert all(kind for rel, kind in links if rel == "enclosure")
        for name in ("summary", "content"):
            assert len(entry.findall(f"{ATOM}{name}")) <= 1
    assert len(keys) == len(set(keys))


def strict_calendar(response: Any) -> Any:
    """The calendar as icalendar reads it; fails for anything that RFC 5545 forbids."""
    assert response.status_code == 200, response
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    content: bytes = response.content
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines), "3.1: lines are folded"
    assert not any(b"\n" in line or b"\r" in line for line in lines), "3.1: lines end with CRLF"
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", content), "3.1: no controls"
    calendar: Any = Calendar.from_ical(content.decode())
    assert calendar["version"] == "2.0"
    assert calendar["prodid"]
    assert not [fault for part in calendar.walk() for fault in part.errors]
    zones = [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")]
    events = calendar.walk("VEVENT")
    assert len({str(event["uid"]) for event in events}) == len(events), "3.8.4.7"
    named = {
        value.params["TZID"] for event in events for _name, value in event.property_items(recursive=False)
        if "TZID" in getattr(value, "params", {})
    }  # fmt: skip
    assert sorted(named) == zones, "3.2.19: every zone that is named is told, once"
    for event in events:
        for name in ("uid", "dtstamp", "dtstart", "summary", "sequence", "last-modified", "url", "status"):
            assert name in event, name
        assert event["dtstamp"].dt.utcoffset() == dt.timedelta(0), "3.8.7.2"
        if "dtend" in event:
            start, end = event["dtstart"].dt, event["dtend"].dt
            assert type(start) is type(end), "3.8.2.2"
            assert end > start, "3.8.2.2"
    return calendar
