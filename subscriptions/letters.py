"""The mails themselves. What is the same for many readers is written once; only their own links are put in for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import get_language_info, ngettext, override
from django.utils.translation import gettext as _

from publishing.dates import day_in_words
from publishing.languages import listed
from publishing.letterhead import Letterhead, letterhead
from publishing.models import Publishable
from publishing.registry import kind_of
from publishing.syndication import absolute
from publishing.templatetags.languages import other_language
from subscriptions import links
from subscriptions.announcing import with_topics
from subscriptions.ledger import Announcement, Delivery, Mailing, Occasion
from subscriptions.matching import Traits, traits_of, wants
from subscriptions.models import Subscriber

# Stands for a reader's token while a letter is written for all of them.
PLACE = get_random_string(40)

TEMPLATES = {
    Occasion.CONFIRM: "confirm",
    Occasion.LINK: "link",
    Occasion.CORRECTION: "correction",
    **dict.fromkeys((Occasion.IMMEDIATELY, Occasion.DAILY, Occasion.WEEKLY), "update"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """An item that a mailing tells of, as it is now."""

    key: int
    """Of its announcement."""
    item: Publishable
    traits: Traits
    note: str = ""
    """Of a correction."""

    @property
    def kind(self) -> str:
        return self.item.kicker

    @property
    def teaser(self) -> str:
        kind = kind_of(type(self.item))
        assert kind is not None
        return kind.teaser_of(self.item)

    @property
    def about(self) -> str:
        """Kind, date and, where it is not the mail's, the language."""
        day = self.item.display_date
        return listed([self.kind, day_in_words(day) if day else "", other_language(self.item.language)])

    @property
    def bidi(self) -> bool:
        """Whether it is read from right to left."""
        return bool(get_language_info(self.item.language)["bidi"])

    @property
    def url(self) -> str:
        return absolute(self.item.get_absolute_url())


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in one language, with `PLACE` where a reader's token belongs."""

    mailing: Mailing
    subject: str
    text: str
    html: str
    list_id: str
    language: str

    def to(self, delivery: Delivery, reader: Subscriber) -> EmailMultiAlternatives:
        """The message to one reader."""
        purpose = links.CONFIRM if self.mailing.occasion == Occasion.CONFIRM else links.MANAGE
        token = links.token_for(reader, purpose)
        message = EmailMultiAlternatives(
            subject=self.subject,
            body=self.text.replace(PLACE, token),
            to=[reader.email],
            headers=self.headers(delivery, token),
        )
        message.attach_alternative(self.html.replace(PLACE, token), "text/html")
        # For providers with an interface of their own, whose webhooks tell it again; it says nothing of the reader.
        message.metadata = {"delivery": str(delivery.pk)}  # type: ignore[attr-defined]
        return message

    def headers(self, delivery: Delivery, token: str) -> dict[str, str]:
        headers = {
            "Message-ID": delivery.message_id,
            "Auto-Submitted": "auto-generated",  # RFC 3834, section 5
            "X-Auto-Response-Suppress": "All",  # the same, for Exchange
            "Content-Language": self.language,
        }
        if self.mailing.is_answer:
            return headers
        with override(self.language):
            leave = [absolute(links.leave_path(token))]
        if settings.UNSUBSCRIBE_EMAIL:
            leave.append(f"mailto:{settings.UNSUBSCRIBE_EMAIL}?subject=unsubscribe")
        return headers | {
            "List-Id": self.list_id,  # RFC 2919
            "List-Unsubscribe": ", ".join(f"<{url}>" for url in leave),  # RFC 2369
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            "Precedence": "bulk",
        }


class Writer:
    """Writes the letters of a few deliveries. What they tell of is read anew for each of these batches."""

    def __init__(self) -> None:
        # By mailing: what is live of it, and of how many items it told when it was made.
        self._told: dict[int, tuple[list[Item], int]] = {}
        self._letters: dict[tuple[Any, ...], Letter] = {}

    def write(self, delivery: Delivery) -> tuple[EmailMultiAlternatives, list[str] | None] | None:
        """A message and what it holds, as `Delivery.held`; None if there is nothing (left) to be told."""
        mailing, reader = delivery.mailing, delivery.subscriber
        if reader is None or reader.state != self._state_for(mailing):
            return None
        told = self._chosen(mailing, reader)
        if not told and not mailing.is_answer:
            return None
        letter = self._letter(mailing, reader, told)
        whole = mailing.is_answer or len(told) == self._told[mailing.pk][1]
        return letter.to(delivery, reader), None if whole else [str(one.key) for one in told]

    def _state_for(self, mailing: Mailing) -> Subscriber.State:
        return Subscriber.State.ASKED if mailing.occasion == Occasion.CONFIRM else Subscriber.State.CONFIRMED

    def _chosen(self, mailing: Mailing, reader: Subscriber) -> list[Item]:
        if mailing.is_answer:
            return []
        if mailing.pk not in self._told:
            self._told[mailing.pk] = told_by(mailing)
        told, _of = self._told[mailing.pk]
        # Whoever got an item is told of its correction, whatever they choose now.
        return told if mailing.occasion == Occasion.CORRECTION else [one for one in told if wants(reader, one.traits)]

    def _letter(self, mailing: Mailing, reader: Subscriber, told: list[Item]) -> Letter:
        # An answer shows what this reader has asked for.
        of_whom = reader.pk if mailing.is_answer else None
        key = (mailing.pk, reader.language, of_whom, *(one.key for one in told))
        if key not in self._letters:
            self._letters[key] = letter_of(mailing, told, language=reader.language, reader=reader)
        return self._letters[key]


def told_by(mailing: Mailing) -> tuple[list[Item], int]:
    """What a mailing tells of and is live at this moment, newest first; and of how many items it told when made."""
    at = timezone.now()
    announcements: dict[int, dict[int, Announcement]] = {}
    rows = list(mailing.announcements.all())
    for one in rows:
        announcements.setdefault(one.content_type_id, {})[one.object_id] = one
    told = []
    for type_key, ours in announcements.items():
        kind = kind_of(ContentType.objects.get_for_id(type_key).model_class())  # type: ignore[arg-type]
        if kind is None:
            continue
        for item in with_topics(kind, kind.model.rows().live(at=at).filter(pk__in=ours)):
            announcement = ours[item.pk]
            told.append(Item(announcement.pk, item, traits_of(item), _note(item, announcement.correction)))
    return sorted(told, key=lambda one: (one.traits.live_from, one.key), reverse=True), len(rows)


def _note(item: Publishable, correction: str) -> str:
    return next((str(one["note"]) for one in item.corrections if one["at"] == correction), "")


def letter_of(mailing: Mailing, told: Sequence[Item], *, language: str, reader: Subscriber | None = None) -> Letter:
    """A mailing in a language. Only an answer shows anything of its reader."""
    occasion = Occasion(mailing.occasion)
    with override(language):
        head = letterhead()
        context = {
            "head": head,
            "site": absolute("/"),
            "subject": subject_of(mailing, told, head),
            "told": told,
            "mailing": mailing,
            "reader": reader if mailing.is_answer else None,
            "confirm": absolute(links.confirm_path(PLACE)),
            "manage": absolute(links.manage_path(PLACE)),
            "leave": absolute(links.leave_path(PLACE)),
        }
        name = f"subscriptions/mail/{TEMPLATES[occasion]}"
        text = render_to_string(f"{name}.txt", context)
        html = render_to_string(f"{name}.html", context)
    return Letter(
        mailing=mailing,
        subject=str(context["subject"]),
        text=text.strip() + "\n",
        html=html,
        list_id=f"{phrase(head.name)} <updates.{settings.IDENTITY_HOST}>",
        language=language,
    )


def phrase(name: str) -> str:
    """A name as it stands before a bracket in a header (RFC 5322, section 3.2.5; RFC 2047)."""
    name = " ".join(name.replace('"', "").replace("\\", "").split())
    return f'"{name}"' if name.isascii() else Header(name, "utf-8").encode(linesep="")


def subject_of(mailing: Mailing, told: Sequence[Item], head: Letterhead) -> str:
    """On one line, in the active language."""
    occasion = Occasion(mailing.occasion)
    day = day_in_words(timezone.localdate(mailing.until or mailing.created_at))
    if occasion == Occasion.CONFIRM:
        subject = _("Confirm that you want our updates")
    elif occasion == Occasion.LINK:
        subject = _("The link to your subscription")
    elif occasion == Occasion.DAILY:
        subject = _("%(organisation)s: the day’s news, %(day)s") % {"organisation": head.name, "day": day}
    elif occasion == Occasion.WEEKLY:
        subject = _("%(organisation)s: the week’s news, %(day)s") % {"organisation": head.name, "day": day}
    elif occasion == Occasion.CORRECTION:
        subject = _("Correction: %(title)s") % {"title": told[0].item.title}
    else:
        subject = _headline(told)
    return " ".join(subject.split())


def _headline(told: Sequence[Item]) -> str:
    first, others = told[0].item.title, len(told) - 1
    if not others:
        return first
    return ngettext("%(title)s, and %(number)d more", "%(title)s, and %(number)d more", others) % {
        "title": first,
        "number": others,
    }
