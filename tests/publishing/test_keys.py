"""Keys as they come from outside, and the admin's addresses made of them."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch

from news.models import NewsItem
from publishing.admin_urls import admin_url
from publishing.keys import key_in, keys_among


@pytest.mark.parametrize(
    ("said", "key"),
    [("12", 12), (" 12 ", 12), (12, 12), ("9" * 18, 10**18 - 1)]
    + [(said, None) for said in ("", "9" * 19, "-1", "1.0", "1e3", "²", "x", "1 2", "1\x00", "٣", None, True)],
)
def test_what_is_no_key_is_none(said: object, key: int | None) -> None:
    assert key_in(said) == key


def test_those_that_are_keys_are_kept_in_their_order() -> None:
    assert keys_among(["3", "x", "1", "", "3"]) == [3, 1, 3]


def test_the_admin_addresses_of_a_row_and_of_its_model() -> None:
    assert admin_url(NewsItem, "add") == "/admin/news/newsitem/add/"
    assert admin_url(NewsItem, "change", 5) == admin_url(NewsItem(pk=5), "change") == "/admin/news/newsitem/5/change/"
    assert admin_url(NewsItem(pk=5), "verb", "approve") == "/admin/news/newsitem/5/do/approve/"
    with pytest.raises(NoReverseMatch):
        admin_url(NewsItem, "nothing")
