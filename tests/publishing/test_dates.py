"""Days in words, in the reader's language."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils.translation import override

from publishing.dates import day_in_words, moment_in_words, short_day, short_moment

FIRST, LATER = dt.date(2026, 10, 1), dt.date(2026, 10, 11)


@pytest.mark.parametrize(
    ("language", "day", "words", "short"),
    [
        ("en", FIRST, "1 October 2026", "1 Oct."),
        ("en", LATER, "11 October 2026", "11 Oct."),
        ("fr", FIRST, "1er octobre 2026", "1er oct."),
        ("fr", LATER, "11 octobre 2026", "11 oct."),
    ],
)
def test_french_counts_the_first_of_a_month(language: str, day: dt.date, words: str, short: str) -> None:
    with override(language):
        assert (day_in_words(day), short_day(day)) == (words, short)


def test_short_months_can_be_told_apart_in_french() -> None:
    with override("fr"):
        months = [short_day(dt.date(2026, month, 2)) for month in range(1, 13)]
    assert months[5:7] == ["2 juin", "2 juil."]
    assert len(set(months)) == 12


def test_a_moment_is_told_in_its_own_time_zone() -> None:
    with override("fr"):
        assert moment_in_words(dt.datetime(2026, 10, 1, 9, 30, tzinfo=dt.UTC)) == "1er octobre 2026, 09:30"


def test_templates_tell_a_moment_in_the_sites_time_zone() -> None:
    template = Template("{% load dates %}{{ at|in_words }} | {{ at|short_day }} | {{ at|moment }}")
    at = dt.datetime(2026, 9, 30, 23, 30, tzinfo=dt.UTC)
    assert template.render(Context({"at": at})) == "1 October 2026 | 1 Oct. | 1 October 2026, 01:30"


@pytest.mark.parametrize(
    ("language", "day", "expected"),
    [
        ("en", FIRST, "1 Oct 2026, 09:30"),
        ("en", LATER, "11 Oct 2026, 09:30"),
        ("fr", FIRST, "1er oct. 2026, 09:30"),
        ("fr", LATER, "11 oct. 2026, 09:30"),
    ],
)
def test_a_short_moment_counts_the_first_of_a_month_too(language: str, day: dt.date, expected: str) -> None:
    with override(language):
        assert short_moment(dt.datetime.combine(day, dt.time(9, 30), tzinfo=dt.UTC)) == expected
