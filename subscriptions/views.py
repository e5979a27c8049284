"""The pages for subscribing, confirming, choosing and leaving.

They set no cookie and check none: nothing here is done in the name of somebody who is signed in, so there is
nothing that a forged request could abuse, and visitors stay without cookies.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from publishing.languages import current_language
from publishing.views import crumb
from subscriptions import links, service
from subscriptions.forms import AddressForm, ManageForm, SubscribeForm
from subscriptions.limits import is_too_often
from subscriptions.models import Request, Subscriber


@never_cache
@csrf_exempt
def subscribe(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = SubscribeForm(request.POST)
        if form.is_valid():
            if too_often := _count(request, form):
                return too_often
            if not form.from_robot:
                _ask(form, Request.Wish.SUBSCRIBE, choices=dict(form.choices))
            return _message(
                request, _("Check your inbox"), _("A link is on its way to you. Follow it within seven days.")
            )
    else:
        form = SubscribeForm(initial={"email": request.GET.get("email", ""), "languages": [current_language()]})
    return _form(request, "subscriptions/subscribe.html", form, _("Subscribe"))


@never_cache
@csrf_exempt
def send_link(request: HttpRequest) -> HttpResponse:
    """For who has no mail of ours at hand: the link by which a subscription is changed or ended."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if too_often := _count(request, form):
            return too_often
        if not form.from_robot:
            _ask(form, Request.Wish.LINK)
        text = _("If this address is subscribed, the link is on its way to it. If no mail comes, it is not.")
        return _message(request, _("Check your inbox"), text)
    return _form(request, "subscriptions/link.html", form, _("Change or stop your subscription"))


@never_cache
@csrf_exempt
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button, not the link itself, confirms: programs that follow links in mails confirm nothing."""
    reader = links.reader_of(token, links.CONFIRM, max_age=links.CONFIRM_WITHIN)
    if reader is None or reader.state not in (Subscriber.State.ASKED, Subscriber.State.CONFIRMED):
        text = _("It may be older than seven days. Ask for a new one by subscribing again.")
        return _message(request, _("This link no longer works"), text, status=404)
    text = _("Updates will be sent to %s.") % reader.email
    if request.method == "POST":
        service.confirm(reader)
        manage = links.manage_path(links.token_for(reader, links.MANAGE))
        return _message(request, _("You are subscribed"), text, more=(manage, _("Change what you get")))
    return _message(request, _("Confirm your subscription"), text, button=_("Confirm"))


@never_cache
@csrf_exempt
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """What a reader gets, changed by the link in their mails."""
    reader = links.reader_of(token, links.MANAGE)
    if reader is None:
        return _ended(request, status=404)
    if request.method == "POST":
        form = ManageForm(request.POST)
        if form.is_valid():
            service.choose(reader, choices=form.choices, language=form.cleaned_data["language"])
            return _message(request, _("Your choices are saved"), _("They apply from the next mail on."))
    else:
        topics = [str(key) for key in reader.topics.values_list("pk", flat=True)]
        values = {name: getattr(reader, name) for name in ("often", "languages", "kinds", "language")}
        form = ManageForm(initial={**values, "topics": topics})
    more: dict[str, Any] = {"reader": reader, "leave": links.leave_path(token)}
    return _form(request, "subscriptions/manage.html", form, _("Your subscription"), **more)


@never_cache
@csrf_exempt
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Leaving by the link in every mail; a POST is also what mail programs send (RFC 8058)."""
    reader = links.reader_of(token, links.MANAGE)
    if reader is None:
        return _ended(request)
    if request.method == "POST":
        service.leave(reader)
        text = _("Your address has been deleted. You will receive no more updates.")
        return _message(request, _("You have unsubscribed"), text)
    text = _("Your address will be deleted.")
    return _message(request, _("Stop the updates"), text, button=_("Unsubscribe"))


# ── Parts of them ────────────────────────────────────────────────────────────────────────────────────
def _ask(form: AddressForm, wish: Request.Wish, **more: Any) -> None:
    """All that the site does, whoever asks: the worker does the rest."""
    language = current_language()
    chosen = more.get("choices", {}).get("languages", [language])
    language = language if language in chosen else chosen[0]
    Request.objects.create(email=form.cleaned_data["email"], wish=wish, language=language, **more)


def _count(request: HttpRequest, form: AddressForm) -> HttpResponse | None:
    """The form again, with what was typed, for who has sent it too often; None if they have not."""
    if not is_too_often(request, form.cleaned_data["email"]):
        return None
    form.add_error(None, _("This form was sent very often from here or for this address. Please try again in an hour."))
    is_subscribing = isinstance(form, SubscribeForm)
    template = "subscriptions/subscribe.html" if is_subscribing else "subscriptions/link.html"
    response = _form(request, template, form, _("Subscribe"), status=429)
    response.headers["Retry-After"] = str(60 * 60)
    return response


def _form(request: HttpRequest, template: str, form: Any, heading: str, status: int = 0, **more: Any) -> HttpResponse:
    context = {"form": form, "heading": heading, "breadcrumbs": [crumb(heading)], **more}
    return render(request, template, context, status=status or (400 if form.errors else 200))


def _message(
    request: HttpRequest, heading: str, text: str, *, status: int = 200, button: str = "",
    more: tuple[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    context = {"heading": heading, "text": text, "button": button, "more": more, "breadcrumbs": [crumb(heading)]}
    return render(request, "subscriptions/message.html", context, status=status)


def _ended(request: HttpRequest, status: int = 200) -> HttpResponse:
    text = _("This link belongs to a subscription that has ended. No updates are sent by it.")
    return _message(request, _("You are not subscribed"), text, status=status)
