"""The sample site's sitemaps against the pages that they list."""

from __future__ import annotations

import pytest

from tests.conftest import Person
from tests.html import elements, one, parse
from tests.sitemaps import HOST, Page, index_of, pages_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample"), pytest.mark.xdist_group("sample")]


def test_every_listed_page_is_there_and_says_the_same_of_itself(visitor: Person) -> None:
    files = index_of(visitor.get("/sitemap.xml"))
    pages = [page for path in files if "latest-news" not in path for page in pages_of(visitor.get(path))]
    assert len(pages) > 300
    # One in seven, and with them some of every file; the walk through the site has visited all of them.
    wrong = {page.loc: said for page in pages[::7] if (said := differences(visitor, page))}
    assert wrong == {}


def differences(visitor: Person, page: Page) -> list[str]:
    response = visitor.get(page.loc.removeprefix(HOST))
    if response.status_code != 200:
        return [f"answers {response.status_code}"]
    root = parse(response)
    links = [link for link in elements(root, "link", rel="alternate") if link.get("hreflang")]
    alternates = {link.get("hreflang"): link.get("href") for link in links}
    found = []
    if one(root, "link", rel="canonical").get("href") != page.loc:
        found.append("another address is canonical")
    if alternates != page.alternates:
        found.append("other versions")
    if list(elements(root, "meta", name="robots")):
        found.append("is not to be listed")
    return found


def test_all_pages_that_the_home_pages_lead_to_are_listed(visitor: Person) -> None:
    listed = {page.loc for path in index_of(visitor.get("/sitemap.xml")) if "latest" not in path
              for page in pages_of(visitor.get(path))}  # fmt: skip
    for language in ("en", "fr", "uk", "ar"):
        links = {
            (link.get("href") or "").partition("#")[0] for link in elements(parse(visitor.get(f"/{language}/")), "a")
        }
        inside = {link for link in links if link.startswith(f"/{language}/") and "?" not in link}
        assert len(inside) > 30
        missing = {link for link in inside if HOST + link not in listed}
        # The search, and the page that shows whoever is in office at an address of theirs.
        assert missing <= {f"/{language}/search/", f"/{language}/secretary-general/"}
