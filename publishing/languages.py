"""The languages in which an organisation publishes."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils.translation import get_language, get_language_info, pgettext

_standing_in: ContextVar[Collection[str]] = ContextVar("standing_in", default=())


def language_choices() -> list[tuple[str, str]]:
    """(code, name) of every language of the site. A callable, so that a setting is not frozen into migrations."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def default_language() -> str:
    return str(settings.LANGUAGE_CODE)


def current_language() -> str:
    """The active language if the site publishes in it, else the site's first one."""
    active = get_language()
    return active if active in dict(settings.LANGUAGES) else default_language()


def own_name(code: str) -> str:
    """A language's name in that language itself, as a language switch shows it."""
    name = str(get_language_info(code)["name_local"])
    return name[:1].upper() + name[1:]


def listed(parts: Iterable[object]) -> str:
    """Several things after each other, with the active language's comma between them; empty ones are left out."""
    return pgettext("between the parts of a list", ", ").join(str(part) for part in parts if part)


@contextmanager
def originals_stand_in(languages: Collection[str]) -> Iterator[None]:
    """Inside, what has no version in one of these languages is listed there in the language it was written in."""
    token = _standing_in.set(languages)
    try:
        yield
    finally:
        _standing_in.reset(token)


def originals_stand_in_for(language: str) -> bool:
    return language in _standing_in.get()
