"""Who writes to readers: the organisation, for mail, which is made without a page and below the site's settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letterhead:
    """In the active language."""

    name: str
    address: str = ""
    """The postal address, of several lines."""


_source: list[Callable[[], Letterhead]] = []


def register_letterhead(source: Callable[[], Letterhead]) -> None:
    """Called once by the `ready` of the app that knows it."""
    _source[:] = [source]


def letterhead() -> Letterhead:
    return _source[0]() if _source else Letterhead("")
