"""What is wrong with a text for readers, told while it is written and before it goes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from publishing import clock
from publishing.models import Publishable
from publishing.snapshots import Content, fields_of
from publishing.versions import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence that says what is wrong and where. What blocks has to be put right before anything goes out."""

    text: str
    blocking: bool = False


def problems_of(item: Publishable, content: Content) -> list[Problem]:
    """In the order of the item's fields. A field that can judge its text has a method `problems(value, item)`."""
    found: list[Problem] = []
    for field in fields_of(item):
        own: Callable[[Any, Publishable], list[Problem]] | None = getattr(field, "problems", None)
        if own is not None and content.get(field.name):
            found += own(content[field.name], item)
    return found


def require_sound(item: Publishable, content: Content, *, at: dt.datetime) -> None:
    """Raises Refused with the reasons if something blocks at an instant (aware), by what is public then."""
    with clock.stopped(at):
        reasons = [problem.text for problem in problems_of(item, content) if problem.blocking]
    if reasons:
        raise Refused(reasons)
