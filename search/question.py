"""What a reader has typed, understood: words that must all be there, "phrases", and -what must not be there.

Nothing that is typed is an error. Any quotation marks will do, also a single opening one; what is written together and
is several words, such as a reference number, is a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from search.words import STOP_WORDS, Word, stems_in, words_in

# More would only make the database work: no sentence that anybody types has more words that narrow it.
MOST_TERMS = 12

_OPENING, _CLOSING = '"“”„‟«»‹›', '"“”‟«»‹›'
_PART = re.compile(
    rf"(?P<minus>(?<!\S)[-−–])?(?:[{_OPENING}](?P<quoted>[^{_CLOSING}]*)(?:[{_CLOSING}]|$)|(?P<plain>[^\s{_OPENING}]+))"
)

# Words that follow each other, by their stems.
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """A question in one language."""

    language: str
    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()
    # The beginning of one more word, folded, that may also be the last of those wanted.
    beginning: str = ""

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a question: a word or a phrase."""

    text: str
    unwanted: bool = False
    quoted: bool = False


@dataclass(frozen=True)
class Question:
    text: str
    parts: tuple[Part, ...] = field(default=())

    @classmethod
    def read(cls, text: str) -> Question:
        found = []
        for match in _PART.finditer(text):
            quoted = match["quoted"] is not None
            words = match["quoted"] if quoted else match["plain"]
            if words.strip():
                found.append(Part(words, unwanted=match["minus"] is not None, quoted=quoted))
        return cls(text, tuple(found))

    def terms(self, language: str) -> Terms:
        """The question in a language; empty if no word of it is one."""
        wanted = dict.fromkeys(_phrase(part, language) for part in self._sought(language))
        unwanted = dict.fromkeys(_phrase(part, language) for part in self.parts if part.unwanted)
        wanted.pop((), None)
        unwanted.pop((), None)
        return Terms(language, tuple(wanted)[:MOST_TERMS], tuple(unwanted)[:MOST_TERMS])

    def begun(self, language: str) -> Terms:
        """As `terms`, with the last word perhaps not written to its end yet."""
        found = self.terms(language)
        last = next((part for part in reversed(self.parts) if not part.unwanted), None)
        words = list(words_in(last.text, language)) if last and not self.text[-1].isspace() else []
        if len(words) != 1 or found.wanted[-1:] != ((words[0].stem,),):
            return found
        return Terms(language, found.wanted, found.unwanted, beginning=words[0].text)

    def words(self, language: str) -> list[Word]:
        """The words that are asked for, as they stand in its text's parts, with their stems."""
        return [word for part in self._sought(language) for word in words_in(part.text, language)]

    def _sought(self, language: str) -> Iterable[Part]:
        sought = [part for part in self.parts if not part.unwanted]
        stop = STOP_WORDS.get(language, frozenset())
        telling = [
            part for part in sought if part.quoted or not stop.issuperset(w.text for w in words_in(part.text, language))
        ]
        return telling or sought


def _phrase(part: Part, language: str) -> Phrase:
    return tuple(stems_in(part.text, language)[:MOST_TERMS])
