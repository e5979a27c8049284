"""The words of a text as the index knows them: one analyser for both databases, for what is written, asked and marked.

A word is folded (small letters, no accents, no vowel signs, European digits) and brought to its stem. What is written
together and is no single word becomes several that follow each other: `Russo-Ukrainian`, `(2026) 014`,
`press@example.org`. `U.S.` is one word, as `US`; apostrophes within a word are passed over, and so are elided articles
before French ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from search.stems import stem

# What is longer is no word that anybody types; its beginning stands for it.
LONGEST = 40

_MARKS = "\u0300-\u036f\u0483-\u0487\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u00ad\u200c\u200d"
_APOSTROPHES = "'’ʼ‘`´′"
_LETTER = r"[^\W_]"
_initials = r"[^\W\d_](?:\.[^\W\d_])+\b\.?"
_plain = rf"{_LETTER}(?:{_LETTER}|[{_MARKS}]|[{_APOSTROPHES}](?={_LETTER}))*"
WORD = re.compile(rf"{_initials}|{_plain}")
_elided = re.compile(rf"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)[{_APOSTROPHES}](?=.)", re.IGNORECASE)
_possessive = re.compile(rf"[{_APOSTROPHES}]s$", re.IGNORECASE)

_letters = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ґ": "г"}
    | {"ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ـ": ""}
    | dict.fromkeys(_APOSTROPHES, "")
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: folded, its stem, and where it stands there."""

    text: str
    stem: str
    start: int
    end: int


def words_in(text: str, language: str) -> Iterator[Word]:
    """The words of a text in a language, in order. Whatever the text is, nothing is raised."""
    for match in WORD.finditer(text):
        skipped, folded, its_stem = _analysed(match[0], language)
        if folded:
            yield Word(folded, its_stem, match.start() + skipped, match.end())


def stems_in(text: str, language: str) -> list[str]:
    return [word.stem for word in words_in(text, language)]


@lru_cache(maxsize=60_000)
def _analysed(written: str, language: str) -> tuple[int, str, str]:
    """How many letters at its beginning do not belong to it, the word folded, and its stem."""
    skipped = 0
    if language == "fr" and (elided := _elided.match(written)):
        skipped = elided.end()
    elif language == "en":
        written = _possessive.sub("", written)
    folded = fold(written[skipped:])[:LONGEST]
    return skipped, folded, stem(folded, language) if folded else ""


def fold(text: str) -> str:
    """Without case, accents, vowel signs and punctuation: what different spellings of a word have in common.

    The Ukrainian й and ї are letters, not и and і with an accent.
    """
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold()).replace("и\u0306", "й").replace("і\u0308", "ї")
    text = "".join(_digit(letter) for letter in text if letter in "йї" or letter.isalnum())
    return text.translate(_letters)


def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


# Too frequent to narrow a question: passed over in it unless it holds nothing else or they stand in a phrase.
_stop_words = {
    "en": "a an and are as at be by for from has have in is it its of on or that the this to was were with",
    "fr": "a au aux avec ce ces dans de des du elle en est et il la le les leur ou par pas pour que qui sa se ses son "
    "sont sur un une",
    "uk": "а або але в від до з за й і із її його на не о по про та те у це ці що як",
    "ar": "ان او الي اذا الا الذي التي عن علي في قد كان كل لا ما مع من هذا هذه هو هي ثم و",
}
STOP_WORDS = {language: frozenset(words.split()) for language, words in _stop_words.items()}
