"""The links of a menu's section as a part of its content: as data, as people read them, put back in place."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing.diff import ADDED, KEPT, MOVED, REMOVED, words
from publishing.history import check
from publishing.models import Part
from publishing.targets import describe

Data = list[dict[str, Any]]


class Links(Part):
    """A list in the order of the menu, with each link's key, label and target."""

    name = "links"
    verbose_name = _("links")

    def value_from_object(self, obj: Any) -> Data:
        links = type(obj)._default_manager.filter(parent=obj.pk)
        return [{"id": link.pk, "label": link.label, "target": link.target} for link in links]

    def write(self, obj: Any, value: Data) -> None:
        there = {link.pk: link for link in obj.children.all()}
        for place, one in enumerate(value):
            link = there.pop(one["id"], None) or type(obj)(pk=one["id"])
            link.parent, link.position, link.label, link.target = obj, place, one["label"], one["target"]
            check(link)
            link.save()
        type(obj)._default_manager.filter(pk__in=there).delete()

    def readable(self, value: Data) -> str:
        return "\n".join(line(link) for link in value)

    def pieces(self, old: Data | None, new: Data) -> Iterator[tuple[str, str]]:
        """A line a link, in the order of the new state; what was removed stands where it was."""
        before, after = ({link["id"]: line(link) for link in links} for links in (old or [], new))
        first, second = list(before), list(after)
        matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
        for operation, a, b, c, d in matcher.get_opcodes():
            for key in first[a:b] if operation != "equal" else ():
                if key not in after:
                    yield REMOVED, f"{before[key]}\n"
            for key in second[c:d]:
                if key not in before:
                    yield ADDED, after[key]
                else:
                    yield from words(before[key], after[key])
                    if operation != "equal":
                        yield MOVED, gettext("moved")
                yield KEPT, "\n"


def line(link: dict[str, Any]) -> str:
    """A link's label and what it leads to."""
    target = describe(link["target"])
    return f"{link['label']} → {target}" if link["label"] else target


def rebased(data: QueryDict, prefix: str, there: QuerySet[Any]) -> dict[str, Any]:
    """What was sent for the links of a section, for the links that there are now; as arguments of their formset.

    Django can show and store what was typed for a row only as long as the row exists. So a link that somebody else
    has deleted since the form was opened becomes a new one.
    """
    sent: dict[int, dict[str, list[str]]] = defaultdict(dict)
    data = data.copy()
    for name, values in list(data.lists()):
        if match := re.fullmatch(rf"{prefix}-(\d{{1,4}})-(\w+)", name):
            sent[int(match[1])][match[2]] = values
            del data[name]
    rows = [row for _number, row in sorted(sent.items())]
    by_key = {row["id"][0]: row for row in rows if row.get("id")}
    kept = [link.pk for link in there if str(link.pk) in by_key]
    old = [by_key[str(pk)] for pk in kept]
    new = [{**row, "id": [""]} for row in rows if row not in old]
    for number, row in enumerate([*old, *new]):
        for name, values in row.items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    data[f"{prefix}-INITIAL_FORMS"], data[f"{prefix}-TOTAL_FORMS"] = str(len(old)), str(len(old) + len(new))
    return {"data": data, "queryset": there.filter(pk__in=kept)}
