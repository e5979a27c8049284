"""How often the forms can be used, counted for an address and for a network, without keeping either."""

from __future__ import annotations

import ipaddress
import re
import time
from contextlib import suppress

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from subscriptions.models import Tally

# Attempts within an hour: for one mail address, from one device, and from its network.
PER_MAILBOX, PER_CLIENT, PER_NETWORK = 3, 10, 40
# What one subscriber's connection has, at the least: RFC 6177 for IPv6.
IPV4_NETWORK, IPV6_NETWORK, IPV6_CLIENT = 24, 56, 64

# Some proxies write it behind the address.
PORT = re.compile(r"^(?:\[(.+)\]|([^:]+)):\d+\Z")

# In seconds: nobody types an address faster, and nobody looks at a form for longer.
FASTEST, SLOWEST = 2.0, 24 * 60 * 60.0
_stamps = signing.Signer(salt="subscriptions.form")


def is_too_often(request: HttpRequest, email: str) -> bool:
    """Count this attempt; True if there were too many.

    The mailbox is counted last, and not for who is over a limit already: nobody uses up what others may ask for.
    """
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    limits: dict[str, int] = {}
    address = client_address(request)
    if address is not None:
        limits[f"network {_network(address, IPV4_NETWORK, IPV6_NETWORK)}"] = PER_NETWORK
        limits[f"client {_network(address, 32, IPV6_CLIENT)}"] = PER_CLIENT
    limits[f"mailbox {email}"] = PER_MAILBOX
    return any(Tally.objects.one_more(_bucket(what, str(hour)), hour) > most for what, most in limits.items())


def client_address(request: HttpRequest) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Who sent a request. Behind a proxy it is the last entry of X-Forwarded-For, for the proxy itself wrote that one;
    whatever stands before it, anybody can send. None if it is not known."""
    told = [request.META.get("REMOTE_ADDR", "")]
    if settings.BEHIND_PROXY:
        told.insert(0, request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
    for one in told:
        with suppress(ValueError):
            address = ipaddress.ip_address(PORT.sub(r"\1\2", one))
            mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
            return mapped or address
    return None


def _network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, ipv4: int, ipv6: int) -> str:
    return str(ipaddress.ip_network((address, ipv4 if address.version == 4 else ipv6), strict=False))


def _bucket(what: str, hour: str) -> str:
    """Different in each hour, so that nobody can be followed from one to the next."""
    return salted_hmac(f"subscriptions.limits {hour}", what, algorithm="sha256").hexdigest()


def new_stamp() -> str:
    """When a form was opened, signed, for `age_of`."""
    return _stamps.sign(f"{time.time():.1f}")


def age_of(stamp: str) -> float | None:
    """For how many seconds a form has been open; None if its stamp is not ours."""
    try:
        return time.time() - float(_stamps.unsign(stamp))
    except (signing.BadSignature, ValueError):
        return None
