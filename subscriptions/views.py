"""The pages for subscribing, confirming and leaving.

They set no cookie and check none: nothing here is done in the name of somebody who is signed in, so there is
nothing that a forged request could abuse, and visitors stay without cookies.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from publishing.languages import current_language
from publishing.views import crumb
from subscriptions import service
from subscriptions.forms import SubscribeForm


@never_cache
@csrf_exempt
def subscribe(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = SubscribeForm(request.POST)
        if form.is_valid():
            if not form.from_robot:
                service.ask_to_confirm(
                    form.cleaned_data["email"],
                    language=form.cleaned_data["language"],
                    site=request.build_absolute_uri("/").rstrip("/"),
                )
            return _message(
                request,
                _("Check your inbox"),
                _("We have sent you a link. Your subscription begins when you follow it within seven days."),
            )
    else:
        form = SubscribeForm(initial={"email": request.GET.get("email", ""), "language": current_language()})
    context = {"form": form, "breadcrumbs": [crumb(_("Subscribe"))]}
    return render(request, "subscriptions/subscribe.html", context, status=400 if form.errors else 200)


@never_cache
@csrf_exempt
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button, not the link itself, confirms: programs that follow links in mails confirm nothing."""
    subscriber = service.subscriber_of(token, "confirm", max_age=service.CONFIRM_WITHIN)
    if subscriber is None:
        return _dead_link(request)
    if request.method == "POST":
        service.confirm(subscriber)
        return _message(request, _("You are subscribed"), _("Updates will be sent to %s.") % subscriber.email)
    return _button(
        request, _("Confirm your subscription"), _("Updates will be sent to %s.") % subscriber.email, _("Confirm")
    )


@never_cache
@csrf_exempt
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Leaving by the link in every mail; a POST is also what mail programs send (RFC 8058)."""
    subscriber = service.subscriber_of(token, "leave")
    if subscriber is None:
        return _message(request, _("You are not subscribed"), _("No updates are sent to this address."))
    if request.method == "POST":
        subscriber.delete()
        return _message(
            request, _("You have unsubscribed"), _("Your address has been deleted. You will receive no more updates.")
        )
    return _button(request, _("Stop the updates"), _("Your address will be deleted."), _("Unsubscribe"))


def _message(request: HttpRequest, heading: str, text: str, status: int = 200) -> HttpResponse:
    context = {"heading": heading, "text": text, "breadcrumbs": [crumb(heading)]}
    return render(request, "subscriptions/message.html", context, status=status)


def _button(request: HttpRequest, heading: str, text: str, button: str) -> HttpResponse:
    context = {"heading": heading, "text": text, "button": button, "breadcrumbs": [crumb(heading)]}
    return render(request, "subscriptions/message.html", context)


def _dead_link(request: HttpRequest) -> HttpResponse:
    text = _("It may be older than seven days. Ask for a new one by subscribing again.")
    return _message(request, _("This link no longer works"), text, status=404)
