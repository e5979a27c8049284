""" "Did you mean …?": words one slip of the finger away, if readers find something by them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q

from search.engines import engine, matching
from search.finding import Narrowed, finds_something, scope_of
from search.models import Entry, Vocable
from search.question import Question, Terms
from search.words import Word, words_in

ALPHABETS = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "fr": "abcdefghijklmnopqrstuvwxyz",
    "uk": "абвгдежзийклмнопрстуфхцчшщьюяєії",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
}
# Of one question: words that are compared, and other words for each that are tried.
MOST_WORDS, MOST_TRIED = 3, 12
SHORTEST, LONGEST = 4, 24
# Among so many of the newest matches of all that is tried, the most frequent one is the best.
SAMPLE = 300


def better(question: Question, *, language: str) -> str:
    """The question with misspelt words put right; "" if that finds nothing either. Three queries at most.

    What is not public may teach a word, but a word is offered only to those who find something by it.
    """
    words = list(words_in(question.text, language))
    doubtful = [w for w in words if SHORTEST <= len(w.text) <= LONGEST and w.text.isalpha()][:MOST_WORDS]
    near = _near(doubtful, language)
    chosen = _frequent(doubtful, near, language) if near else {}
    if not chosen:
        return ""
    text, end = "", 0
    for word in words:
        if word.text in chosen:
            text, end = text + question.text[end : word.start] + chosen[word.text], word.end
    text += question.text[end:]
    return text if finds_something(Question.read(text), language=language) else ""


def _near(words: list[Word], language: str) -> dict[str, list[Vocable]]:
    """For each word those of the index that are one edit away."""
    edits = {word.text: set(edits_of(word.text, language)) for word in words}
    known = Vocable.objects.filter(language=language, text__in=set().union(*edits.values()) if edits else ())
    near = {text: [other for other in known if other.text in edits[text]] for text in edits}
    # A first letter is seldom wrong.
    return {
        text: sorted(others, key=lambda other: (other.text[0] != text[0], other.text))[:MOST_TRIED]
        for text, others in near.items()
        if others
    }


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


def _frequent(words: list[Word], near: dict[str, list[Vocable]], language: str) -> dict[str, str]:
    """For each word that finds nothing itself the near one by which this reader finds most."""
    tried = {word.text: word.stem for word in words}
    tried |= {o.text: next(words_in(o.text, language)).stem for others in near.values() for o in others}
    terms = {text: Terms(language, wanted=((stem,),)) for text, stem in tried.items()}
    any_of = engine().expression(terms.values())
    sample = matching(scope_of(Narrowed(), language), any_of).newest_first().values("pk")[:SAMPLE]
    counts = Entry.objects.filter(pk__in=sample).aggregate(
        **{
            f"w_{text}": Count("pk", filter=Q(engine().condition(engine().expression([t]))))
            for text, t in terms.items()
        }
    )
    chosen = {}
    for text, others in near.items():
        best = max(others, key=lambda other: counts[f"w_{other.text}"])
        if not counts[f"w_{text}"] and counts[f"w_{best.text}"]:
            chosen[text] = best.written
    return chosen
