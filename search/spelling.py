""" "Did you mean …?": words one slip of the finger away, if readers find something by them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from django.db.models import Count, Q

from search.engines import engine
from search.finding import Narrowed, expression, languages_of, scope_of
from search.models import Entry, Vocable
from search.question import Question
from search.words import Word, words_in

ALPHABETS = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "fr": "abcdefghijklmnopqrstuvwxyz",
    "uk": "абвгдежзийклмнопрстуфхцчшщьюяєії",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
}
# Of one question: words that are compared, other words for each that are tried, and other questions.
MOST_WORDS, MOST_TRIED, MOST_QUESTIONS = 3, 12, 24
SHORTEST, LONGEST = 4, 24
# Among so many of the newest matches of all that is tried, the question that finds most is the best.
SAMPLE = 300


def better(question: Question, *, language: str) -> str:
    """The question with misspelt words put right; "" if that finds nothing either. Two queries.

    Words come from what is or was public, and are offered only to those who find something by them.
    """
    sought = {word.text for part in question.parts if not part.unwanted for word in words_in(part.text, language)}
    words = [
        word
        for word in words_in(question.text, language)
        if word.text in sought and SHORTEST <= len(word.text) <= LONGEST and word.text.isalpha()
    ]
    near, known = _near(words[:MOST_WORDS], language)
    tried = dict(islice(_others(question.text, words, near, known), MOST_QUESTIONS))
    return _best(tried, language) if tried else ""


def _near(words: list[Word], language: str) -> tuple[dict[str, list[str]], set[str]]:
    """For each word those of the index one edit away, as they are written there; and the words that it has itself."""
    edits = {word.text: set(edits_of(word.text, language)) for word in words}
    rows = Vocable.objects.filter(language=language, text__in=set(edits).union(*edits.values()))
    written = dict(rows.values_list("text", "written")) if words else {}
    near = {
        # A first letter is seldom wrong.
        text: sorted(written.keys() & others - {text}, key=lambda other: (other[0] != text[0], other))[:MOST_TRIED]
        for text, others in edits.items()
    }
    return {text: [written[other] for other in others] for text, others in near.items()}, edits.keys() & written.keys()


def _others(
    text: str, words: list[Word], near: dict[str, list[str]], known: set[str]
) -> Iterator[tuple[str, Question]]:
    """The questions that may have been meant: with all words replaced that the index does not have, else with one."""
    unknown = [word.text for word in words if near.get(word.text) and word.text not in known]
    if unknown:
        for chosen in product(*(near[word] for word in dict.fromkeys(unknown))):
            yield _with(text, words, dict(zip(dict.fromkeys(unknown), chosen, strict=True)))
        return
    for word in words:
        for other in near.get(word.text, ()):
            yield _with(text, words, {word.text: other})


def _with(text: str, words: list[Word], chosen: dict[str, str]) -> tuple[str, Question]:
    parts, end = [], 0
    for word in words:
        if word.text in chosen:
            parts += [text[end : word.start], chosen[word.text]]
            end = word.end
    other = "".join([*parts, text[end:]])
    return other, Question.read(other)


def _best(tried: dict[str, Question], language: str) -> str:
    """The one by which this reader finds most; "" if none finds anything."""
    narrowed = Narrowed()
    languages = languages_of(narrowed, language)
    asked = {text: expression(question, languages) for text, question in tried.items()}
    any_of = engine().any_of([one for one in asked.values() if one])
    sample = engine().newest(scope_of(narrowed, language), any_of).values("pk")[:SAMPLE]
    counts = Entry.objects.filter(pk__in=sample).aggregate(
        **{f"n{n}": Count("pk", filter=Q(engine().condition(one))) for n, one in enumerate(asked.values()) if one}
    )
    best = max(range(len(asked)), key=lambda n: counts.get(f"n{n}", 0))
    return list(asked)[best] if counts.get(f"n{best}") else ""


def edits_of(word: str, language: str) -> Iterator[str]:
    """What a word becomes with one letter less, two changed about, one other, or one more."""
    alphabet = ALPHABETS.get(language, "")
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in alphabet:
            if after:
                yield before + letter + after[1:]
            yield before + letter + after
