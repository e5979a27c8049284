"""What is found, in which order, and what it can be narrowed to: alike on both databases."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publishing import workflow
from publishing.languages import originals_stand_in
from search import engines, finding, indexing
from search.finding import ALL_LANGUAGES, Narrowed, search, shown
from search.models import Entry
from search.question import Question
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    ArticleFactory,
    EventFactory,
    NewsItemFactory,
    SiteSettingsFactory,
    TopicFactory,
    translated,
)
from tests.html import hrefs, one, parse, text, texts

pytestmark = pytest.mark.django_db

A_YEAR = dt.timedelta(days=365)


def titles(q: str, reader: str = "en", *, by_date: bool = False, **narrowed: object) -> list[str]:
    chosen = Narrowed(**narrowed)  # type: ignore[arg-type]
    found = search(Question.read(q), language=reader, narrowed=chosen, by_date=by_date)
    by_key = dict(Entry.objects.values_list("pk", "title"))
    return [by_key[match.pk] for match in found.matches]


# ── Questions ────────────────────────────────────────────────────────────────────────────────────────────
def test_word_forms_and_accents_are_one() -> None:
    NewsItemFactory(title="Trained Allies", language="en")
    assert titles("training ally") == ["Trained Allies"]
    NewsItemFactory(title="Les déploiements de l’Alliance", language="fr")
    assert titles("deployer alliance", "fr") == ["Les déploiements de l’Alliance"]
    NewsItemFactory(title="Про безпеку України", language="uk", slug="ua")
    assert titles("безпека україна", "uk") == ["Про безпеку України"]
    NewsItemFactory(title="اجتماع الحكومات", language="ar", slug="ar")
    assert titles("حكومة", "ar") == ["اجتماع الحكومات"]


def test_a_phrase_is_in_its_order_and_in_one_field() -> None:
    NewsItemFactory(title="Sea ice melts", teaser="")
    NewsItemFactory(title="Ice in the sea", teaser="")
    NewsItemFactory(title="By the sea", teaser="Ice again")
    assert titles("“sea ice”") == ["Sea ice melts"]
    assert len(titles("sea ice")) == 3


def test_what_is_excluded_is_not_found() -> None:
    NewsItemFactory(title="Summit on climate")
    NewsItemFactory(title="Summit on ships")
    NewsItemFactory(title="Summit on sea ice")
    assert titles('summit -climate -"sea ice"') == ["Summit on ships"]
    assert titles("-climates -ice") == ["Summit on ships"], "without a word that is wanted, all the rest"


def test_a_title_counts_more_than_a_teaser_and_that_more_than_a_text() -> None:
    now = timezone.now()
    body = NewsItemFactory(title="One", body="<p>A submarine.</p>", live_from=now - dt.timedelta(hours=1))
    teaser = NewsItemFactory(title="Two", teaser="A submarine.", live_from=now - dt.timedelta(hours=2))
    title = NewsItemFactory(title="A submarine", live_from=now - dt.timedelta(hours=3))
    assert titles("submarine") == [title.title, teaser.title, body.title]
    assert titles("submarine", by_date=True) == [body.title, teaser.title, title.title]


def test_a_title_counts_more_than_a_new_and_short_item_with_the_word_in_teaser_and_text() -> None:
    now = timezone.now()
    long = "<p>What was said and done in years of talks, visits and exercises at sea and on land.</p>" * 8
    for number in range(6):
        NewsItemFactory(title=f"Other {number}", teaser="Nothing of it.", body=long)
    old = NewsItemFactory(title="Relations with Finland", teaser="", body=long, live_from=now - 5 * A_YEAR)
    new = NewsItemFactory(title="Ministers meet", teaser="They speak of Finland.", body="<p>Also of Finland.</p>")
    assert titles("finland") == [old.title, new.title]


def test_of_equal_matches_the_newer_comes_first() -> None:
    now = timezone.now()
    NewsItemFactory(title="Submarine I", live_from=now - 3 * A_YEAR)
    NewsItemFactory(title="Submarine II", live_from=now - A_YEAR)
    assert titles("submarine") == ["Submarine II", "Submarine I"]


# ── Many ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_only_the_newest_are_ranked_and_counted_and_older_ones_are_found_by_year(
    visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (engines, finding):
        monkeypatch.setattr(module, "MOST_FOUND", 3)
    for years in range(6):
        date = dt.date(2020 + years, 6, 1)
        at = dt.datetime(2020 + years, 6, 1, 12, tzinfo=dt.UTC)
        NewsItemFactory(title=f"Summit of {2020 + years}", date=date, live_from=at)
    assert titles("summit", by_date=True) == ["Summit of 2025", "Summit of 2024", "Summit of 2023"]
    assert titles("summit", year=2021) == ["Summit of 2021"]
    page = visitor.get("/en/search/?q=summit")
    assert "More than 3 results" in text(one(parse(page), "main"))
    options = texts(one(one(parse(page), "main"), "select", name="year"), "option")
    assert options == ["All years", "2025 (1)", "2024 (1)", "2023 (1)", "2022", "2021", "2020"]


@pytest.mark.parametrize("enough", [0.0, 0.001, 1.3])
def test_on_whatever_way_the_same_is_found(enough: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner's estimates choose a way, never what is found."""
    monkeypatch.setattr(engines.PostgreSQL, "ENOUGH", enough)
    now = timezone.now()
    for number in range(12):
        NewsItemFactory(title=f"Summit {number:02}", live_from=now - number * A_YEAR / 6)
    engines.engine().settle()
    for most in (3, 1_000):
        for module in (engines, finding):
            monkeypatch.setattr(module, "MOST_FOUND", most)
        assert titles("summit", by_date=True) == [f"Summit {number:02}" for number in range(12)][:most]


def test_quarters_go_back_from_now() -> None:
    with time_machine.travel(dt.datetime(2026, 2, 28, tzinfo=dt.UTC), tick=False):
        assert engines.quarters(4) == ["from:2026-1", "from:2025-4", "from:2025-3", "from:2025-2"]


@pytest.mark.parametrize("most", [1, 3, 100])
def test_of_a_phrase_the_newest_texts_with_its_words_are_looked_through(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL, which would look through every text that has them; SQLite finds it in any case."""
    monkeypatch.setattr(engines.PostgreSQL, "MOST_READ", most)
    now = timezone.now()
    NewsItemFactory(title="Sea ice", live_from=now - A_YEAR)
    NewsItemFactory(title="Ice at sea", live_from=now - dt.timedelta(days=1))
    NewsItemFactory(title="Sea ice, no ice and at sea", live_from=now - dt.timedelta(days=2))
    found = titles("“sea ice” -“ice at sea”", by_date=True)
    complete = most > 2 or connection.vendor == "sqlite"
    assert found == ["Sea ice, no ice and at sea", "Sea ice"][: 2 if complete else most - 1]


# ── Narrowing ────────────────────────────────────────────────────────────────────────────────────────────
def test_results_are_narrowed_by_kind_topic_year_and_language_with_counts(visitor: Person) -> None:
    topic = TopicFactory(title="Deterrence")
    NewsItemFactory(title="Summit 1", kind="press-release", topics=[topic], date=dt.date(2024, 1, 1))
    NewsItemFactory(title="Summit 2", kind="press-release", date=dt.date(2023, 1, 1))
    EventFactory(title="Summit 3", topics=[topic], start_date=dt.date(2024, 5, 1))
    NewsItemFactory(title="Summit 4", language="fr", slug="fr")
    assert set(titles("summit")) == {"Summit 1", "Summit 2", "Summit 3"}
    assert set(titles("summit", what="news:press-release")) == {"Summit 1", "Summit 2"}
    assert set(titles("summit", topic=topic.pk)) == {"Summit 1", "Summit 3"}
    assert titles("summit", what="news", year=2024) == ["Summit 1"]
    assert titles("summit", language="fr") == ["Summit 4"]
    assert len(titles("summit", language=ALL_LANGUAGES)) == 4
    main = one(parse(visitor.get("/en/search/?q=summit&year=2024")), "main")
    assert texts(one(main, "select", name="kind"), "option") == ["All kinds", "Event (1)", "Press release (1)"]
    assert texts(one(main, "select", name="topic"), "option") == ["All topics", "Deterrence (2)"]
    assert texts(one(main, "select", name="year"), "option") == ["All years", "2024 (2)", "2023 (1)"]
    languages = texts(one(main, "select", name="language"), "option")
    assert languages == ["English (3)", "All languages (4)", "French (1)"]


def test_a_topic_that_readers_do_not_find_is_no_choice(visitor: Person) -> None:
    NewsItemFactory(title="Summit", topics=[TopicFactory(title="Secret topic", draft=True)])
    assert "Secret topic" not in visitor.get("/en/search/?q=summit").content.decode()


@pytest.mark.parametrize(
    "query",
    ["kind=nothing!", "kind=%27", "topic=x", "topic=0", "topic=" + "9" * 30, "year=20", "year=x", "language=xx", "order=y"],
)  # fmt: skip
def test_a_filter_that_is_none_is_not_found(query: str, visitor: Person) -> None:
    assert visitor.get(f"/en/search/?q=summit&{query}").status_code == 404


@pytest.mark.parametrize("query", ["kind=unknown", "kind=news:unknown", "topic=99", "year=1999"])
def test_a_filter_that_fits_nothing_says_so_and_can_be_cleared(query: str, visitor: Person) -> None:
    NewsItemFactory(title="Summit")
    response = visitor.get(f"/en/search/?q=summit&{query}")
    assert "Nothing matches these filters" in text(one(parse(response), "main"))
    assert "Clear the filters" in text(one(parse(response), "main"))


def test_pages_keep_what_was_chosen(visitor: Person) -> None:
    for _number in range(25):
        NewsItemFactory(title="Summit")
    main = one(parse(visitor.get("/en/search/?q=summit&kind=news:news&order=date")), "main")
    following = one(main, "a", rel="next").get("href") or ""
    assert parse_qs(urlsplit(following).query) == {
        "q": ["summit"],
        "kind": ["news:news"],
        "order": ["date"],
        "page": ["2"],
    }


# ── Languages ────────────────────────────────────────────────────────────────────────────────────────────
def test_originals_stand_in_as_in_lists() -> None:
    translated(NewsItemFactory(title="Summit translated"), title="Sommet traduit summit")
    NewsItemFactory(title="Summit untranslated")
    withdrawn = translated(NewsItemFactory(title="Summit again"), title="Sommet encore summit")
    workflow.withdraw(withdrawn, by=IMPORTER)
    assert titles("summit", "fr") == ["Sommet traduit summit"]
    with originals_stand_in(["fr"]):
        assert set(titles("summit", "fr")) == {"Sommet traduit summit", "Summit untranslated", "Summit again"}


def test_results_in_other_languages_are_marked_and_asked_in_their_own_forms(visitor: Person) -> None:
    NewsItemFactory(title="Les dialogues", language="fr")
    response = visitor.get("/en/search/?q=dialogue&language=all")
    main = one(parse(response), "main")
    assert one(main, "h2").get("lang") == "fr"
    assert "French" in text(main)


def test_nothing_here_leads_to_what_is_found_elsewhere(visitor: Person) -> None:
    NewsItemFactory(title="Réunion", language="fr")
    main = one(parse(visitor.get("/en/search/?q=reunion")), "main")
    assert "1 result in another language" in text(main)
    assert "?q=reunion&language=all" in hrefs(main)


# ── Passages ─────────────────────────────────────────────────────────────────────────────────────────────
def passage(q: str, **values: str) -> str:
    NewsItemFactory(**{"title": "A title", "teaser": "In short.", **values})
    question = Question.read(q)
    rows, _topics = shown(search(question, language="en", narrowed=Narrowed()).matches, question, language="en")
    return str(rows[0].teaser)


def test_a_passage_of_the_text_shows_the_words_in_all_their_forms() -> None:
    filler = "Nothing of note happened here. " * 40
    found = passage("exercise ally", body=f"<p>{filler}</p><p>Seven Allies were exercising at sea.</p><p>{filler}</p>")
    assert "Seven <mark>Allies</mark> were <mark>exercising</mark> at sea." in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(found) < 320


def test_the_teaser_stands_where_it_says_as_much() -> None:
    assert passage("short", body="<p>Short words.</p>") == "In <mark>short</mark>."


def test_passages_are_escaped() -> None:
    found = passage("script", teaser="<script>alert('x')</script> & more", body="")
    assert found == "&lt;<mark>script</mark>&gt;alert(&#x27;x&#x27;)&lt;/<mark>script</mark>&gt; &amp; more"


def test_titles_are_marked_and_escaped(visitor: Person) -> None:
    NewsItemFactory(title="<b>Summit</b> & co")
    html = visitor.get("/en/search/?q=summit").content.decode()
    assert "&lt;b&gt;<mark>Summit</mark>&lt;/b&gt; &amp; co" in html


def test_no_identifier_stands_twice_on_the_page(visitor: Person) -> None:
    NewsItemFactory(title="Summit")
    found = [element.get("id") for element in parse(visitor.get("/en/search/?q=summit")).iter() if element.get("id")]
    assert len(found) == len(set(found))


# ── Misspelt ─────────────────────────────────────────────────────────────────────────────────────────────
def suggested(person: Person, q: str, language: str = "en") -> str:
    whole = text(one(parse(person.get(f"/{language}/search/", {"q": q})), "main"))
    return whole.split("Did you mean ")[1].split("?")[0] if "Did you mean " in whole else ""


@pytest.mark.parametrize(
    ("typed", "meant"), [("sumit", "summit"), ("sumimt", "summit"), ("sunmit", "summit"), ("summmit", "summit"),
                         ("big sumit", "big summit"), ("sumit climte", "summit climate")],
)  # fmt: skip
def test_a_slip_of_the_finger_is_put_right(typed: str, meant: str, visitor: Person) -> None:
    NewsItemFactory(title="The big climate summit")
    indexing.learn()
    assert suggested(visitor, typed) == meant


def test_accents_stand_in_what_is_suggested(visitor: Person) -> None:
    NewsItemFactory(title="La Réunion", language="fr")
    indexing.learn()
    page = visitor.get("/fr/search/?q=reunoin").content.decode()
    assert "?q=r%C3%A9union" in page


def test_words_of_what_is_not_public_are_never_suggested(visitor: Person) -> None:
    NewsItemFactory(title="Codeword Thunderclap", scheduled=True)
    NewsItemFactory(title="Codeword Thunderbolt", draft=True)
    NewsItemFactory(title="Public summit")
    indexing.learn()
    assert suggested(visitor, "thundreclap") == ""
    assert suggested(visitor, "thunderblot") == ""
    assert suggested(visitor, "summit thundreclap") == ""
    assert "hunder" not in visitor.get("/en/search/suggestions/?q=thunder").content.decode()


@pytest.mark.parametrize("q", ["-thunderclp strategc", "strategc -thunderblt", "strategc thunderclap"])
def test_nobody_can_find_out_which_words_stand_in_drafts(q: str, visitor: Person) -> None:
    NewsItemFactory(title="A strategic summit")
    indexing.learn()
    before = suggested(visitor, q)
    NewsItemFactory(title="Codeword Thunderclap", scheduled=True)
    NewsItemFactory(title="Codeword Thunderbolt", draft=True)
    indexing.learn()
    assert suggested(visitor, q) == before


def test_a_word_becomes_known_when_it_goes_live(visitor: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        NewsItemFactory(title="Codeword Thunderclap", live_from=timezone.now() + dt.timedelta(hours=1))
        indexing.learn()
        assert suggested(visitor, "thundreclap") == ""
        clock.shift(dt.timedelta(hours=1))
        indexing.learn()
        assert suggested(visitor, "thundreclap") == "thunderclap"


def test_what_finds_something_is_not_put_right(visitor: Person) -> None:
    NewsItemFactory(title="Sumit, a name")
    NewsItemFactory(title="Summit")
    indexing.learn()
    assert suggested(visitor, "sumit") == ""


# ── What it costs ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("q", ["summit", "sumit", "nothing", "summit&kind=news:news&order=date", "summit&language=all"])
def test_a_search_costs_few_queries_whatever_is_found(q: str, visitor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (engines, finding):
        monkeypatch.setattr(module, "MOST_FOUND", 20)
    SiteSettingsFactory(with_originals=["fr"])
    topic = TopicFactory()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(f"/en/search/?q={q}").status_code == 200
        return len(captured)

    NewsItemFactory(title="Summit", topics=[topic])
    ArticleFactory(title="Summit", topics=[topic])
    indexing.learn()
    few = queries()
    for _number in range(30):
        NewsItemFactory(title="Summit", topics=[topic])
    assert max(few, queries()) <= 8
