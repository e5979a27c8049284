"""What staff find in the admin's lists and choosers: the same index, drafts among it."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from publishing.models import Publishable
from publishing.registry import kind_with_page
from search.engines import engine, matching
from search.indexing import facets
from search.models import Entry
from search.question import Question

# The newest: whoever looks for others says more. So a frequent word costs no more than a rare one.
MOST = 1_000


def found_by_staff(model: type[Publishable], text: str) -> Any:
    """The keys of the newest versions with these words in any language; the last word may be the beginning of one."""
    kind = kind_with_page(model)
    if kind is None:
        return None
    question = Question.read(text.replace("\x00", ""))
    terms = [question.begun(code) for code, _name in settings.LANGUAGES]
    entries = matching(Entry.objects.all(), engine().expression(terms, facets(kind=kind.key)))
    return entries.order_by("-key").values("key")[:MOST]
