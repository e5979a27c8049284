"""The admin's start page: what waits for this person, what goes out and comes down next, what is not translated.

Every list is short and read through an index, and the number of queries depends on the number of kinds alone, so the
page opens as quickly with a million items as with ten.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing import releases, rights
from publishing.admin_matrix import Matrix, together
from publishing.admin_urls import admin_url
from publishing.records import AuditEntry, Release, Revision, WorkingCopy
from publishing.registry import ContentKind, desk_panels, kinds

# Lines of a list.
LIMIT = 10
SOON = dt.timedelta(days=7)

# Kind's key and item's key.
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a list, with where its title leads."""

    title: str
    url: str
    kind: str = ""
    language: str = ""
    label: str | Promise = ""
    when: dt.datetime | None = None
    who: str = ""
    note: str = ""
    verb_url: str = ""


@dataclass(slots=True)
class Panel:
    """A list of the start page. `more` says that only its beginning is shown, `url` leads to the whole."""

    key: str
    title: str | Promise
    empty: str | Promise
    lines: list[Line] = field(default_factory=list)
    more: bool = False
    url: str = ""

    def show(self, lines: Iterable[Line]) -> Panel:
        self.lines = list(lines)
        self.more = len(self.lines) > LIMIT
        del self.lines[LIMIT:]
        return self


class Desk:
    """What one person's start page shows at one instant (aware)."""

    def __init__(self, user: Any, now: dt.datetime | None = None) -> None:
        self.user = user
        self.now = now or timezone.now()
        self.kinds = [kind for kind in kinds() if rights.may(user, "view", kind.model)]
        found = ContentType.objects.get_for_models(*(kind.model for kind in self.kinds))
        self.types = {kind.key: found[kind.model].pk for kind in self.kinds}
        self.kind_of_type = {found[kind.model].pk: kind for kind in self.kinds}

    def context(self) -> dict[str, Any]:
        """For the template; empty for somebody who reads no content."""
        return {"panels": self.panels(), "matrix": Matrix(self.user, self.kinds, self.now)} if self.kinds else {}

    def panels(self) -> list[Panel]:
        """The lists, in the order of their urgency. What went wrong or was not saved is listed only if there is any."""
        submitted, mine = self._revisions(state=Revision.State.SUBMITTED), self._drafts()
        decides = self._decides()
        groups = {
            "overdue": self._overdue(),
            "decide": submitted.filter(decides).order_by("created_at"),
            "returned": mine.filter(_was_returned()).order_by("-created_at"),
            "drafts": mine.exclude(_was_returned()).order_by("-created_at"),
            "review": submitted.exclude(decides).order_by("created_at"),
            "due": self._due_soon(),
        }
        read = {name: list(revisions[: LIMIT + 1]) for name, revisions in groups.items()}
        unsaved = list(self._unsaved()[: LIMIT + 1])
        titles = self._titles([*unsaved, *chain.from_iterable(read.values())])
        lines = {name: [*self._lines(revisions, titles, name)] for name, revisions in read.items()}
        late = self._releases(~Q(failure="") | Q(due_at__lt=self.now), LABELS["overdue"])
        soon = self._releases(Q(failure="", due_at__gte=self.now, due_at__lte=self.now + SOON))
        overdue = Panel("overdue", _("Could not go live on time"), "").show([*late, *lines["overdue"]])
        typed = Panel("unsaved", _("Typed and not saved"), "").show(self._typed(unsaved, titles))
        return [
            *(panel for panel in (overdue, typed) if panel.lines),
            *desk_panels(self.user),
            Panel("waiting", _("Waiting for me"), _("Nothing waits for you.")).show(
                [*lines["returned"], *lines["decide"]]
            ),
            Panel("drafts", _("My drafts"), _("You have no drafts.")).show(lines["drafts"]),
            Panel("review", _("In review"), _("Nothing waits for anybody else.")).show(lines["review"]),
            Panel("up", _("Next to go live"), _("Nothing in the next 7 days.")).show(
                sorted([*self._moments("live_from"), *soon, *lines["due"]], key=lambda line: line.when or self.now)
            ),
            Panel("down", _("Next to come down"), _("Nothing in the next 7 days.")).show(self._moments("live_until")),
            Panel("recent", _("Recently published"), _("Nothing is public yet.")).show(self._recent()),
        ]

    # ── Revisions ────────────────────────────────────────────────────────────────────────────────────
    def _revisions(self, **wanted: Any) -> QuerySet[Revision]:
        rows = Revision.objects.filter(content_type__in=self.types.values(), **wanted)
        return rows.defer("content").select_related("author")

    def _drafts(self) -> QuerySet[Revision]:
        return self._revisions(author=self.user.pk, state=Revision.State.DRAFT)

    def _overdue(self) -> QuerySet[Revision]:
        """Approved, and not live though it should be: it was refused, or no visitor has come by yet."""
        late = ~Q(failure="") | Q(due_at__lt=self.now)
        return self._revisions(state=Revision.State.APPROVED, release=None).filter(late).order_by("due_at")

    def _due_soon(self) -> QuerySet[Revision]:
        soon = {"due_at__gte": self.now, "due_at__lte": self.now + SOON}
        return self._revisions(state=Revision.State.APPROVED, release=None, failure="", **soon).order_by("due_at")

    def _decides(self) -> Q:
        """Revisions that this person may approve, by kind, language and, if asked for, the second pair of eyes."""
        remit = rights.remit_of(self.user)
        condition = Q(pk__in=[])
        for kind in self.kinds:
            if rights.may_publish(self.user, kind.model):
                of_kind = Q(content_type=self.types[kind.key])
                if remit is not None and remit.languages:
                    version = kind.model.rows().filter(pk=OuterRef("object_id"), language__in=remit.languages)
                    of_kind &= Q(Exists(version))
                condition |= of_kind
        return condition & ~Q(author=self.user.pk) if settings.FOUR_EYES else condition

    def _lines(self, revisions: list[Revision], titles: dict[Key, tuple[str, str]], name: str) -> Iterator[Line]:
        for revision in revisions:
            kind = self.kind_of_type[revision.content_type_id]
            key = (kind.key, revision.object_id)
            if key not in titles:
                continue
            title, language = titles[key]
            decides = name in ("decide", "overdue") and rights.may_publish(self.user, kind.model, language)
            yield Line(
                title=title,
                language=language,
                kind=_name(kind),
                url=admin_url(kind.model, "change", revision.object_id),
                label=LABELS.get(name, ""),
                when=revision.due_at or revision.created_at,
                who=_full_name(revision.author) if revision.author_id != self.user.pk else "",
                note=revision.failure or revision.note,
                verb_url=admin_url(kind.model, "verb", revision.object_id, "approve") if decides else "",
            )

    def _titles(self, revisions: Iterable[Revision | WorkingCopy]) -> dict[Key, tuple[str, str]]:
        """Title and language of the items of these revisions."""
        keys: dict[int, set[int]] = defaultdict(set)
        for revision in revisions:
            keys[revision.content_type_id].add(revision.object_id)
        rows = [
            _row(kind, kind.model.rows().filter(pk__in=keys[number]), "updated_at")
            for number, kind in self.kind_of_type.items()
            if number in keys
        ]
        return {(kind, key): (title, language) for kind, key, title, language, _at in together(rows)}

    def _unsaved(self) -> QuerySet[WorkingCopy]:
        mine = WorkingCopy.objects.typed().filter(user=self.user.pk, content_type__in=self.types.values())
        return mine.order_by("-typed_at")

    def _typed(self, copies: list[WorkingCopy], titles: dict[Key, tuple[str, str]]) -> Iterator[Line]:
        """What this person has typed and not saved; each line leads to the form that offers it."""
        for copy in copies:
            kind = self.kind_of_type[copy.content_type_id]
            if copy.object_id:
                title, language = titles.get((kind.key, copy.object_id), ("", ""))
                url = admin_url(kind.model, "change", copy.object_id)
            else:
                title, language = copy.fields.get("title") or gettext("Without a title"), ""
                url = admin_url(kind.model, "add") + (f"?{copy.query}" if copy.query else "")
            if title:
                yield Line(title, url, kind=_name(kind), language=language, when=copy.typed_at)

    def _releases(self, wanted: Q, label: str | Promise = "") -> Iterator[Line]:
        """Approved releases, each as one line: their members stand on their own page."""
        if not releases.may(self.user, "view"):
            return
        waiting = Release.objects.filter(wanted, approved_at__isnull=False, applied_at=None).order_by("due_at")
        for release in waiting[: LIMIT + 1]:
            yield Line(
                release.name,
                reverse("admin:publishing_release_change", args=[release.pk]),
                kind=capfirst(str(Release._meta.verbose_name)),
                when=release.due_at,
                note=release.failure,
                label=label,
            )

    # ── What the clock does ──────────────────────────────────────────────────────────────────────────
    def _moments(self, column: str) -> list[Line]:
        """What goes live for the first time, or comes down, in the next days."""
        soon = {f"{column}__gt": self.now, f"{column}__lte": self.now + SOON}
        rows = together([_row(kind, kind.model.rows().filter(**soon), column) for kind in self.kinds])
        return [self._line(*row) for row in (rows.order_by("at")[: LIMIT + 1] if self.kinds else ())]

    def _recent(self) -> list[Line]:
        rows = [
            row
            for kind in self.kinds
            for row in _row(kind, kind.model.rows().live(at=self.now).order_by("-live_from"), "live_from")[: LIMIT + 1]
        ]
        return [self._line(*row) for row in heapq.nlargest(LIMIT + 1, rows, key=lambda row: row[4])]

    def _line(self, kind_key: str, key: int, title: str, language: str, at: dt.datetime) -> Line:
        kind = next(kind for kind in self.kinds if kind.key == kind_key)
        return Line(title, admin_url(kind.model, "change", key), kind=_name(kind), language=language, when=at)


LABELS = {"decide": _("In review"), "returned": _("Returned"), "due": _("Change"), "overdue": _("Overdue")}


def _was_returned() -> Exists:
    """A draft that an editor has handed back since it was written."""
    same = {"content_type": OuterRef("content_type"), "object_id": OuterRef("object_id")}
    verb = AuditEntry.Verb.RETURN
    return Exists(AuditEntry.objects.filter(**same, verb=verb, at__gte=OuterRef("created_at")))


def _row(kind: ContentKind, rows: QuerySet[Any], moment: str) -> QuerySet[Any, Any]:
    """The kind's key, item's key, title, language and one of its moments, named `at`."""
    key = Value(kind.key, output_field=CharField())
    return rows.annotate(kind_key=key, at=F(moment)).values_list("kind_key", "pk", "title", "language", "at")  # type: ignore[no-any-return]


def _name(kind: ContentKind) -> str:
    return capfirst(str(kind.model._meta.verbose_name))


def _full_name(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user is not None else ""
