"""Nobody has a claim that somebody else has, unless that one is dead."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from library import claims
from library.models import RenditionClaim

pytestmark = pytest.mark.django_db


def test_a_claim_is_had_by_one_until_it_is_released() -> None:
    first = claims.claim("a")
    assert first is not None
    assert claims.claim("a") is None
    assert claims.claim("b") is not None
    first.release()
    assert claims.claim("a") is not None


def test_a_stale_claim_is_taken_over_and_then_no_longer_the_first_ones() -> None:
    now = timezone.now()
    with time_machine.travel(now):
        first = claims.claim("a")
    with time_machine.travel(now + claims.STALE + dt.timedelta(seconds=1)):
        second = claims.claim("a")
        assert first is not None
        assert second is not None
        first.renew()
        first.release()
        assert claims.claim("a") is None
    assert RenditionClaim.objects.get().token == second.token


def test_who_is_heard_of_keeps_it() -> None:
    now = timezone.now()
    with time_machine.travel(now):
        first = claims.claim("a")
    assert first is not None
    with time_machine.travel(now + claims.STALE):
        first.renew()
    with time_machine.travel(now + 1.5 * claims.STALE):
        assert claims.claim("a") is None


def test_no_stale_claim_stays_for_ever() -> None:
    now = timezone.now()
    with time_machine.travel(now):
        claims.claim("asked for once")
    with time_machine.travel(now + claims.STALE + dt.timedelta(seconds=1)):
        claims.claim("another")
    assert RenditionClaim.objects.get().name == "another"
