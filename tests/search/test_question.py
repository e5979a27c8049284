"""Whatever is typed is understood somehow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engines import PostgreSQL, SQLite
from search.question import MOST_TERMS, Question, Terms


def terms(text: str, language: str = "en") -> Terms:
    return Question.read(text).terms(language)


def test_words_are_wanted_in_their_stems() -> None:
    assert terms("Allied exercises").wanted == (("alli",), ("exercis",))


@pytest.mark.parametrize(
    "quoted", ['"allied exercise"', "“allied exercise”", "„allied exercise“", "«allied exercise»", "« allied exercise »", '"allied exercise']
)  # fmt: skip
def test_any_quotation_marks_make_a_phrase(quoted: str) -> None:
    assert terms(quoted).wanted == (("alli", "exercis"),)


@pytest.mark.parametrize("minus", ["-", "−", "–"])
def test_a_minus_before_a_word_or_phrase_excludes_it(minus: str) -> None:
    assert terms(f"summit {minus}climate").unwanted == (("climat",),)
    assert terms(f'summit {minus}"sea ice"').unwanted == (("sea", "ice"),)


def test_a_minus_within_or_alone_excludes_nothing() -> None:
    assert terms("Russo-Ukrainian").wanted == (("russo", "ukrainian"),)
    assert terms("sea - ice") == terms("sea ice")


def test_what_is_written_together_is_a_phrase() -> None:
    assert terms("2026/014").wanted == (("2026", "014"),)
    assert terms("press@example.org").wanted == (("press", "exampl", "org"),)


def test_frequent_small_words_are_passed_over_unless_there_is_nothing_else() -> None:
    assert terms("the war in Ukraine").wanted == (("war",), ("ukrain",))
    assert terms("the").wanted == (("the",),)
    assert terms('"war in Ukraine"').wanted == (("war", "in", "ukrain"),)


def test_the_last_word_may_be_a_beginning() -> None:
    assert Question.read("allied exer").begun("en").beginning == "exer"
    assert Question.read("allied exer ").begun("en").beginning == ""
    assert Question.read("summit in").begun("en").beginning == ""


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(["en", "fr", "uk", "ar"]))
def test_nothing_that_is_typed_is_an_error(text: str, language: str) -> None:
    found = terms(text, language)
    assert len(found.wanted) <= MOST_TERMS
    assert all(word.isalnum() for phrase in (*found.wanted, *found.unwanted) for word in phrase)
    for engine in (PostgreSQL(), SQLite()):
        for asked in (found, Question.read(text).begun(language)):
            assert bool(engine.expression([asked])) == bool(asked)
