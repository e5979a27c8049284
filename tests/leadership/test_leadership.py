"""The Secretary General: who is in office, who was, what they said, what they report."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from leadership.models import TermOfOffice
from tests.conftest import Person
from tests.factories import DocumentFactory, ImageFactory, NewsItemFactory, ReportFactory, TermFactory, translated
from tests.html import hrefs, one, parse, text, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms() -> dict[str, TermOfOffice]:
    return {
        "first": TermFactory(title="Ada First", slug="first", began_on=dt.date(2004, 1, 5), ended_on=dt.date(2009, 7, 31)),
        "second": TermFactory(title="Ben Second", slug="second", began_on=dt.date(2009, 8, 1), ended_on=dt.date(2014, 9, 30)),
        "third": TermFactory(title="Cleo Third", slug="third", began_on=dt.date(2014, 10, 1)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "current", "former"),
    [
        (dt.date(2009, 7, 31), "first", []),
        (dt.date(2009, 8, 1), "second", ["first"]),
        (dt.date(2024, 1, 23), "third", ["second", "first"]),
        (dt.date(2000, 1, 1), None, []),
    ],
)
def test_who_is_in_office_follows_the_calendar(
    day: dt.date, current: str | None, former: list[str], terms: dict[str, TermOfOffice]
) -> None:
    found = TermOfOffice.objects.current(on=day).first()
    assert found == (terms[current] if current else None)
    assert list(TermOfOffice.objects.former(on=day)) == [terms[name] for name in former]


def test_today_is_the_sites_day_and_not_the_servers(terms: dict[str, TermOfOffice]) -> None:
    # 22:30 UTC on 31 July is already 1 August in Brussels.
    with time_machine.travel(dt.datetime(2009, 7, 31, 22, 30, tzinfo=dt.UTC), tick=False):
        assert TermOfOffice.objects.current().first() == terms["second"]


def test_a_term_cannot_end_before_it_began() -> None:
    with pytest.raises(ValidationError, match="cannot end before it began"):
        TermFactory(began_on=dt.date(2014, 10, 1), ended_on=dt.date(2014, 9, 30))
    with pytest.raises(IntegrityError):
        TermFactory.build(began_on=dt.date(2014, 10, 1), ended_on=dt.date(2014, 9, 30)).save()


@pytest.mark.parametrize("slug", ["former", "annual-reports"])
def test_a_slug_that_belongs_to_a_section_is_refused(slug: str) -> None:
    with pytest.raises(ValidationError, match="belongs to a section"):
        TermFactory(slug=slug)


def test_a_slug_is_used_once_a_language() -> None:
    TermFactory(slug="same")
    with pytest.raises(ValidationError, match="already uses this slug"):
        TermFactory(slug="same")
    ReportFactory(slug="same")
    with pytest.raises(ValidationError, match="already uses this slug"):
        ReportFactory(slug="same")


@pytest.mark.parametrize("year", [1944, 2201])
def test_a_report_is_about_a_year_of_the_organisation(year: int) -> None:
    with pytest.raises(ValidationError):
        ReportFactory(year=year)


def test_the_page_of_the_office_is_that_of_who_is_in_it(visitor: Person, terms: dict[str, TermOfOffice]) -> None:
    assert text(one(parse(visitor.get("/en/secretary-general/")), "h1")) == "Cleo Third"
    with time_machine.travel(dt.datetime(2010, 1, 1, tzinfo=dt.UTC)):
        assert visitor.get("/en/secretary-general/").status_code == 404


def test_an_office_that_is_empty_is_not_found(visitor: Person) -> None:
    TermFactory(draft=True, title="SECRET")
    response = visitor.get("/en/secretary-general/")
    assert response.status_code == 404
    assert b"SECRET" not in response.content


def test_the_language_switch_of_the_office_leads_to_the_office(visitor: Person, terms: dict[str, TermOfOffice]) -> None:
    translated(terms["third"])
    page = one(parse(visitor.get("/en/secretary-general/")), "ul", cls="language__list")
    assert hrefs(page) == [f"/{code}/secretary-general/" for code in ("en", "fr", "uk", "ar")]


def test_former_ones_are_listed_with_the_last_first(visitor: Person, terms: dict[str, TermOfOffice]) -> None:
    TermFactory(title="SECRET", began_on=dt.date(1999, 1, 1), ended_on=dt.date(2003, 1, 1), draft=True)
    main = one(parse(visitor.get("/en/secretary-general/former/")), "main")
    assert texts(main, "h2") == ["Ben Second", "Ada First"]


def test_a_former_one_is_called_so(visitor: Person, terms: dict[str, TermOfOffice]) -> None:
    assert "Former" in text(one(parse(visitor.get("/en/secretary-general/first/")), "header", cls="person__head"))
    assert "Former" not in text(one(parse(visitor.get("/en/secretary-general/third/")), "header", cls="person__head"))


def test_speeches_and_news_in_which_they_appear_are_on_their_page(
    visitor: Person, terms: dict[str, TermOfOffice]
) -> None:
    third = terms["third"]
    NewsItemFactory(title="A speech", kind="speech", secretary_general=third, date=dt.date(2024, 1, 1))
    NewsItemFactory(title="A visit", secretary_general=third, date=dt.date(2024, 1, 2))
    NewsItemFactory(title="Another's", secretary_general=terms["first"])
    NewsItemFactory(title="SECRET", secretary_general=third, draft=True)
    main = text(one(parse(visitor.get("/en/secretary-general/")), "main"))
    assert main.index("A visit") < main.index("A speech")
    assert "Another's" not in main
    assert "SECRET" not in main


def test_profiles_are_links_to_the_networks_that_are_filled_in() -> None:
    term = TermFactory.build(x_url="https://x.com/someone", linkedin_url="https://linkedin.com/in/someone")
    assert [(link["label"], link["icon"]) for link in term.links] == [("X", "x"), ("LinkedIn", "linkedin")]


def test_a_report_offers_its_document_with_kind_and_size(visitor: Person) -> None:
    report = ReportFactory(document=DocumentFactory(title="Full report"), image=ImageFactory())
    attachment = one(parse(visitor.get(report.get_absolute_url())), "a", cls="attachment")
    assert "Full report" in text(attachment)
    assert "TXT" in text(attachment)
    assert visitor.get(attachment.get("href")).status_code == 200


def test_reports_are_listed_by_year(visitor: Person) -> None:
    ReportFactory(title="Report 2021", year=2021)
    ReportFactory(title="Report 2023", year=2023)
    ReportFactory(title="SECRET", year=2022, draft=True)
    main = one(parse(visitor.get("/en/secretary-general/annual-reports/")), "main")
    assert texts(main, "h2") == ["Report 2023", "Report 2021"]
