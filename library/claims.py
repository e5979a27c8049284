"""Who is making what at the moment, told to all processes on all machines by a row in the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError
from django.utils import timezone
from django.utils.crypto import get_random_string

from library.models import RenditionClaim

# Whoever has not been heard of for so long is taken for dead. Nothing that is claimed takes nearly as long.
STALE = dt.timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Claim:
    name: str
    token: str

    def renew(self) -> None:
        """Be heard of again."""
        RenditionClaim.objects.filter(name=self.name, token=self.token).update(claimed_at=timezone.now())

    def release(self) -> None:
        """Unless somebody has taken over."""
        RenditionClaim.objects.filter(name=self.name, token=self.token).delete()


def claim(name: str) -> Claim | None:
    """None if somebody else has it."""
    now = timezone.now()
    RenditionClaim.objects.filter(claimed_at__lt=now - STALE).delete()
    token = get_random_string(16)
    try:
        _row, is_ours = RenditionClaim.objects.get_or_create(name=name, defaults={"token": token, "claimed_at": now})
    except IntegrityError:
        return None  # taken and released by another in between
    return Claim(name, token) if is_ours else None
