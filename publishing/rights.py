"""Who may do what: their groups say which verbs, their remit for which languages and kinds of content."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import PermissionDenied

from publishing.languages import language_choices
from publishing.models import Publishable
from publishing.records import Remit
from publishing.registry import kind_of


def may(user: object, action: str, model: type[Publishable], language: str | None = None) -> bool:
    """Whether a person may "view", "add", "change", "delete" or "publish" a kind, in a language if one is given.

    A remit limits everything but "view".
    """
    codename = f"{model._meta.app_label}.{action}_{model._meta.model_name}"
    if not isinstance(user, PermissionsMixin) or not user.has_perm(codename):
        return False
    # Colleagues' work can be read by all: who renders an original into another language has to.
    return action == "view" or _in_remit(user, model, language)


def may_publish(user: object, model: type[Publishable], language: str | None = None) -> bool:
    """Whether a person may decide what the public sees of this kind."""
    return may(user, "publish", model, language)


def may_publish_everywhere(user: object, model: type[Publishable]) -> bool:
    """Whether a person may decide what is the same in all languages, such as an order set by hand."""
    return all(may_publish(user, model, code) for code, _name in language_choices())


def require(user: object, action: str, item: Publishable) -> None:
    """Raises PermissionDenied unless the person may."""
    if not may(user, action, type(item), item.language):
        raise PermissionDenied


def remit_of(user: Any) -> Remit | None:
    """What a person is limited to; None for no limits, as for a superuser."""
    if user.is_superuser:
        return None
    try:
        return user.remit  # type: ignore[no-any-return]
    except Remit.DoesNotExist:
        return None


def _in_remit(user: Any, model: type[Publishable], language: str | None) -> bool:
    remit = remit_of(user)
    kind = kind_of(model)
    if remit is None:
        return True
    has_kind = not remit.kinds or (kind is not None and kind.key in remit.kinds)
    has_language = language is None or not remit.languages or language in remit.languages
    return has_kind and has_language
