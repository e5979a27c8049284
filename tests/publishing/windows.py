"""Forms that people have open in the admin, as the script that keeps what is typed sees them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from news.models import NewsItem
from tests.admin_forms import change_url, form_id
from tests.conftest import Person
from tests.html import elements, form_data, hrefs, one, parse, text, texts

NOON = dt.datetime(2024, 2, 3, 13, 5, tzinfo=dt.UTC)


class Window:
    """A form that somebody has open, with the script that keeps what is typed."""

    def __init__(self, person: Person, url: str, model: type = NewsItem) -> None:
        self.person, self.url, self.model = person, url, model
        self.page = person.get(url)
        assert self.page.status_code == 200
        self.data = form_data(self.page, form_id(model))
        bar = one(parse(self.page), "div", cls="kept")
        self.address, self.opener = bar.get("data-autosave"), bar.get("data-person")
        self.notes = texts(bar, "li")

    def beat(self, **sent: Any) -> Any:
        message = {"person": self.opener, "form_key": self.data["form_key"], "seen": self.data.get("seen", "")}
        return self.person.post(self.address, {**message, **sent}, content_type="application/json")

    @property
    def pairs(self) -> list[list[str]]:
        return [
            [name, one]
            for name, value in self.data.items()
            for one in (value if isinstance(value, list) else [value])
            if name != "csrfmiddlewaretoken"
        ]

    def type(self, **values: Any) -> Any:
        self.data |= values
        return self.beat(typed=self.pairs)

    def leave(self) -> Any:
        return self.beat(left=True)

    def save(self, **values: Any) -> Any:
        return self.person.post(self.url, {**self.data, **values, "_continue": "1"}, follow=True)

    @property
    def offers(self) -> list[str]:
        """The sentences of what was typed before, without those of the buttons."""
        return [text(next(section.iter("p"))) for section in elements(parse(self.page), "section", cls="unsaved")]

    @property
    def ways_back(self) -> list[str]:
        return [href for href in hrefs(parse(self.page)) if "copy=" in href]

    def take_up(self) -> Window:
        return Window(self.person, self.url.partition("?")[0] + self.ways_back[0], self.model)


def opened(person: Person, item: Any) -> Window:
    return Window(person, change_url(item), type(item))
