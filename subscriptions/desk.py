"""What subscriptions tell people on the admin's start page: that mail fails."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.admin_start import LIMIT, Line, Panel
from subscriptions.ledger import Delivery, Mailing, MailServer

LATELY = dt.timedelta(days=7)


def failing_mail(user: Any) -> Panel | None:
    """That the mail server takes nothing, and the mailings of the last days of which some failed."""
    if not user.has_perm("subscriptions.view_mailing"):
        return None
    lines = []
    server = MailServer.objects.exclude(problem="").first()
    if server is not None:
        url = reverse("admin:subscriptions_mailing_changelist")
        lines.append(Line(str(_("The mail server takes nothing")), url, when=server.failing_since, note=server.problem))
    recent = Mailing.objects.filter(created_at__gt=timezone.now() - LATELY, totals__isnull=True)
    failed = recent.filter(pk__in=Delivery.objects.failed().values("mailing"))[: LIMIT + 1]
    for mailing in failed:
        url = reverse("admin:subscriptions_mailing_change", args=[mailing.pk])
        lines.append(Line(str(mailing), url, label=_("Failed"), when=mailing.created_at))
    return Panel("mail", _("Mail could not be sent"), "").show(lines) if lines else None
