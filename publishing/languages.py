"""The languages in which an organisation publishes."""

from django.conf import settings
from django.utils.translation import get_language, get_language_info


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
