"""The analyser: what different spellings and forms of a word have in common."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.stems import stem
from search.words import LONGEST, fold, stems_in, words_in

LANGUAGES = st.sampled_from(["en", "fr", "uk", "ar", "de"])


def only_stem(language: str, forms: str) -> str:
    """Of forms that must have one; fails with all of them if they do not."""
    found = {form: " ".join(stems_in(form, language)) for form in forms.split()}
    assert len(set(found.values())) == 1, found
    return next(iter(found.values()))


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "ally allies Allies’ ALLIES"),
        ("en", "deterrence deterrences"),
        ("en", "train trained training trains"),
        ("en", "NATO NATO’s N.A.T.O. nato"),
        ("fr", "sécurité sécurités securite SÉCURITÉ"),
        ("fr", "élevé élevée élever élevées elevee"),
        ("fr", "déployé déployés déployer déploiement déployée"),
        ("fr", "allié alliés alliée l’allié l'alliée"),
        ("fr", "communiqué communiqués Communiqué"),
        ("fr", "général générale généraux"),
        ("fr", "œuvre oeuvre Œuvres"),
        ("uk", "безпека безпеки безпеці безпеку безпекою безпек"),
        ("uk", "захід заходу заходи заходів заходом"),
        ("uk", "незалежність незалежності незалежністю"),
        ("uk", "підтримувати підтримує підтримують підтримував підтримувала підтримували"),
        ("uk", "забезпечення забезпеченню забезпеченням забезпечень"),
        ("uk", "український українського українська українською українські українських"),
        ("uk", "розвиток розвитку розвитком"),
        ("uk", "конференція конференції конференцію конференцій конференціях"),
        ("uk", "рік року роки років році"),
        ("uk", "дорога дорозі дороги"),
        ("uk", "рішення рішень рішенням"),
        ("uk", "м'ясо м’ясо мʼясо м`яса"),
        ("ar", "حكومة الحكومة حكومات حكومه والحكومة الحُكُومَة"),
        ("ar", "الأمن أمن امن للأمن"),
        ("ar", "دولة الدول الدولة دولي الدولية"),
        ("ar", "وزارة الوزارات"),
        ("ar", "أوكرانيا وأوكرانيا أوكرانية"),
        ("ar", "السـلام سلام والسلام"),
    ],
)  # fmt: skip
def test_forms_of_a_word_have_one_stem(language: str, forms: str) -> None:
    assert len(only_stem(language, forms)) >= 2


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "nation", "native"), ("fr", "commun", "communiqué"), ("fr", "décision", "décadence"),
        ("uk", "країна", "край"), ("uk", "мир", "мор"), ("uk", "член", "чин"), ("ar", "وزير", "وزارة"),
    ],
)  # fmt: skip
def test_different_words_have_different_stems(language: str, one: str, other: str) -> None:
    assert stems_in(one, language) != stems_in(other, language)


def test_accents_are_folded_and_letters_of_their_own_are_not() -> None:
    assert fold("ÉVREUX Straße Łódź naïve") == "evreuxstrasselodznaive"
    assert fold("Їжак і йод") == "їжакійод"
    assert fold("ґанок ёлка") == "ганокелка"
    assert fold("٢٠٢٦") == "2026"


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("l’Otan, d'accord, qu’il aujourd’hui", "fr", ["otan", "accord", "il", "aujourdhui"]),
        ("L’Évreux", "en", ["levreux"]),
        ("don’t O'Brien", "en", ["dont", "obrien"]),
        ("U.S. and U.N.", "en", ["us", "and", "un"]),
        ("Russo-Ukrainian", "en", ["russo", "ukrainian"]),
        ("(2026) 014", "en", ["2026", "014"]),
        ("press@example.org", "en", ["press", "example", "org"]),
        ("co\u00adoperation", "en", ["cooperation"]),
        ("snake_case % ' 😀", "en", ["snake", "case"]),
    ],
)
def test_texts_are_split_into_words(text: str, language: str, words: list[str]) -> None:
    assert [word.text for word in words_in(text, language)] == words


def test_a_word_knows_where_it_stands_without_what_is_elided() -> None:
    text = "Réunion de l’Alliance."
    assert [text[word.start : word.end] for word in words_in(text, "fr")] == ["Réunion", "de", "Alliance"]


@settings(deadline=None)
@given(st.text(), LANGUAGES)
def test_whatever_a_text_is_its_words_are_letters_and_digits_in_order(text: str, language: str) -> None:
    end = 0
    for word in words_in(text, language):
        assert word.text.isalnum()
        assert word.stem.isalnum()
        assert len(word.text) <= LONGEST
        assert end <= word.start < word.end <= len(text)
        end = word.end


@settings(deadline=None)
@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "M")), min_size=1, max_size=30), LANGUAGES)
def test_a_word_is_analysed_alike_however_it_is_written(text: str, language: str) -> None:
    """A folded word, typed as it is, has the same stem."""
    for word in words_in(text, language):
        if [other.text for other in words_in(word.text, language)] == [word.text]:
            assert stem(word.text, language) == word.stem
