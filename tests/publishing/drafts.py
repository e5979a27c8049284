"""What the tests of the workflow share: instants, and drafts made in a line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from publishing import workflow
from publishing.models import Publishable
from publishing.records import Revision
from tests.factories import IMPORTER

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


def edit(item: Any, by: Any = IMPORTER, **values: Any) -> Revision:
    """A new draft with these values."""
    relations = {name: values.pop(name) for name in ("topics", "attachments") if name in values}
    for name, value in values.items():
        setattr(item, name, value)
    return workflow.save_draft(item, by=by, relations=relations or None)


def states(item: Publishable) -> list[str]:
    return list(item.revisions.order_by("number").values_list("state", flat=True))
