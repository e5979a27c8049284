"""Where an operator has visits counted: an address to which the reader's browser tells one, once the reader has agreed.

Our own script sends it (`static/js/consent.js`). None of the service's runs here, so no policy has to trust one: the
Content-Security-Policy is widened by one host to send to, and by none to load from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Service:
    path: str
    """Below its address, where it takes a visit."""
    argument: str
    """What it calls the site whose visits are counted, and how that is written."""
    pattern: re.Pattern[str]


SERVICES = {
    # Matomo's Tracking HTTP API; Plausible's Events API.
    "matomo": Service("/matomo.php", "site", re.compile(r"[1-9]\d{0,9}")),
    "plausible": Service("/api/event", "domain", DOMAIN),
}
EXAMPLES = "matomo://stats.example.org/?site=3 or plausible://stats.example.org/?domain=newsroom.example.org"


@dataclass(frozen=True, slots=True)
class Measurement:
    service: str
    origin: str
    path: str
    site: str

    @property
    def endpoint(self) -> str:
        return self.origin + self.path

    @property
    def host(self) -> str:
        """As readers are told it."""
        return urlsplit(self.origin).hostname or ""


def measurement_at(address: str) -> Measurement:
    """Raises ValueError for an address that names no service, no host or no site."""
    url = urlsplit(address)
    port = f":{url.port}" if url.port else ""
    service = SERVICES.get(url.scheme)
    query = dict(parse_qsl(url.query))
    if service is None or url.username or url.fragment or not DOMAIN.fullmatch(url.hostname or ""):
        raise ValueError(address)
    site = query.pop(service.argument, "")
    if query or not service.pattern.fullmatch(site):
        raise ValueError(address)
    return Measurement(url.scheme, f"https://{url.hostname}{port}", url.path.rstrip("/") + service.path, site)
