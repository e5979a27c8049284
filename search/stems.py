"""What the forms of a word have in common, for each language that has a rule.

Stems are made of folded words (small letters without accents), so that who leaves accents out finds the same. They
need not be words: they only have to be alike for the forms of one word, and unlike for different ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import local

import snowballstemmer  # type: ignore[import-untyped]

# A stem that is shorter says too little.
SHORTEST = 3

_held = local()


def stem(word: str, language: str) -> str:
    """The stem of a folded word; the word itself in a language without a rule."""
    rule = RULES.get(language)
    return rule(word) if rule and not word[0].isdigit() else word


def _snowball(word: str, algorithm: str) -> str:
    """Snowball's own state is no two threads' at once."""
    held: dict[str, Callable[[str], str]] = _held.__dict__.setdefault("stemmers", {})
    if algorithm not in held:
        held[algorithm] = snowballstemmer.stemmer(algorithm).stemWord
    return held[algorithm](word)


# ── English, French ──────────────────────────────────────────────────────────────────────────────────
def english(word: str) -> str:
    return _snowball(word, "english")


_participle = re.compile(r"ee?s?$")


def french(word: str) -> str:
    """Snowball's, which knows participles by their accents: without them, their endings become one before."""
    if word.startswith("communique"):
        return "communiqu"  # and not “commun”
    if word.endswith(("ee", "ees")) and len(word) > 4:
        word = _participle.sub("e", word)
    found = _snowball(word, "french")
    return f"{found[:-1]}i" if found.endswith("y") and len(found) > SHORTEST else found


# ── Ukrainian ────────────────────────────────────────────────────────────────────────────────────────
# No Snowball algorithm exists. Endings of adjectives, nouns and verbs, the longest first, and then the sounds that
# change within a word when its ending does.
_endings_uk = (
    "увати ювати увала ювала увало ювало ували ювали ього ьому іями ають яють аючи уючи ував ював ують юють "
    "уємо юємо уєте юєте ого ому ими іми ьої ьою ією іям іях ами ями ові еві єві емо ємо имо їмо ете єте ите "
    "їте ють уть ать ять ить їть ати яти ити іти ала яла ила ало яло ило али яли или алі ій ої ою их им ий іх "
    "ім ія ії ію ах ях ам ям ом ем єм ею єю ів їв ей ти ла ло ли ає яє ує ює еш єш иш їш ав яв ив а я о е є у "
    "ю и і ї ь й в "
)
_ENDINGS_UK = _endings_uk.split()
_VOWELS_UK = set("аеєиіїоуюя")
_last_i = re.compile(r"і(?=[^аеєиіїоуюя]+$)")
_fleeting_o = re.compile(r"(?<=[^аеєиіїоуюя])[ое](?=к$|ць?$)")


def ukrainian(word: str) -> str:
    if len(word) <= SHORTEST:
        return _sounds_uk(word) if len(word) == SHORTEST else word
    if word.endswith(("ся", "сь")) and len(word) > 5:
        word = word[:-2]
    for ending in _ENDINGS_UK:
        if word.endswith(ending):
            rest = word[: -len(ending)]
            if len(rest) >= SHORTEST and _VOWELS_UK & set(rest):
                word = rest
                break
    return _sounds_uk(word)


def _sounds_uk(found: str) -> str:
    """безпека, безпеці; дорога, дорозі; розвиток, розвитку; захід, заходу; забезпечення, забезпечень."""
    found = found.rstrip("ь")
    if len(found) > 4:
        found = _fleeting_o.sub("", found)
    if found[-1:] == found[-2:-1] and len(found) > SHORTEST:
        found = found[:-1]
    found = _last_i.sub("о", found)
    return found[:-1] + {"ц": "к", "з": "г"}.get(found[-1:], found[-1:]) if len(found) >= SHORTEST else found


# ── Arabic ───────────────────────────────────────────────────────────────────────────────────────────
# Light stemming: articles and particles before a word, endings of number and gender after it. It finds more than
# Snowball's algorithm, which takes many plurals for words of their own.
_BEFORE_AR = ("وبال", "وكال", "وال", "فال", "بال", "كال", "ولل", "لل", "ال")
_AFTER_AR = (
    "هما", "كما", "يات", "يون", "يين", "ات", "ان", "ون", "ين", "يه", "يا", "ها", "هم", "هن", "نا", "تي", "ه", "ي", "ا",
)  # fmt: skip


def arabic(word: str) -> str:
    """An “and” is taken off last, from what is long enough to be a name or a noun without it."""
    before = next((one for one in _BEFORE_AR if word.startswith(one) and len(word) - len(one) >= SHORTEST), "")
    word = word[len(before) :]
    for after in _AFTER_AR:
        rest = len(word) - len(after)
        if word.endswith(after) and rest >= (2 if after in ("ات", "ه") else SHORTEST):
            word = word[:rest]
            break
    return word[1:] if word[0] == "و" and len(word) > 4 else word


RULES: dict[str, Callable[[str], str]] = {"en": english, "fr": french, "uk": ukrainian, "ar": arabic}
