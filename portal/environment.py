"""Typed reading of environment variables, with an error that says what to do."""

import re
from collections.abc import Callable, Container
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import URLValidator, validate_email

from portal.measurement import EXAMPLES, Measurement, measurement_at

# A name or an address in brackets, as Django compares it with a request's; a dot before it means “and below”.
HOST = re.compile(r"\*|\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)
ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", re.IGNORECASE)
EXAMPLES_OF_LINKS = {
    "mailto": "mailto:security@example.org",
    "https": "https://example.org/security",
    "tel": "tel:+32-2-123-45-67",
    "openpgp4fpr": "openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f",
    "dns": "dns:5d2d37ab76d47d36._openpgpkey.example.org?type=OPENPGPKEY",
}
MAIL_BACKENDS = ("smtp", "console", "dummy")
# Providers that are spoken to by an interface of their own (django-anymail), and the setting each cannot do without.
MAIL_PROVIDERS = {
    "brevo": "api_key",
    "mailersend": "api_token",
    "mailgun": "api_key",
    "mailjet": "api_key",
    "mailtrap": "api_token",
    "mandrill": "api_key",
    "postal": "api_key",
    "postmark": "server_token",
    "resend": "api_key",
    "sparkpost": "api_key",
}


def first_host(hosts: list[str]) -> str:
    """The first of the allowed hosts that is one by itself: the name of the site, unless it is told another."""
    return next((host for host in hosts if not host.startswith((".", "*"))), "localhost:8000")


class Environment:
    """Reads variables by kind; every method raises ImproperlyConfigured with a sentence on a wrong value."""

    def __init__(self) -> None:
        self._env: Any = environ.Env()  # type: ignore[no-untyped-call]

    def text(self, name: str, *, default: str) -> str:
        return str(self._env.str(name, default=default))

    def choice(self, name: str, *, default: str, among: tuple[str, ...]) -> str:
        value = self.text(name, default=default)
        if value not in among:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}, not “{value}”.")
        return value

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.text(name, default=str(default)).strip().lower()
        if value in ("true", "yes", "on", "1"):
            return True
        if value in ("false", "no", "off", "0"):
            return False
        raise ImproperlyConfigured(f"{name} must be true or false, not “{value}”.")

    def integer(self, name: str, *, default: int) -> int:
        value = self.text(name, default=str(default))
        try:
            number = int(value)
        except ValueError:
            number = 0
        if number < 1:
            raise ImproperlyConfigured(f"{name} must be a whole number of 1 or more, not “{value}”.")
        return number

    def words(self, name: str, *, default: list[str], among: Container[str] | None = None) -> list[str]:
        """A list separated by commas; `among` limits it to known words and forbids an empty list."""
        words = [word.strip() for word in self.text(name, default=",".join(default)).split(",")]
        words = list(dict.fromkeys(word for word in words if word))
        if among is not None:
            unknown = [word for word in words if word not in among]
            if unknown or not words:
                known = ", ".join(among) if isinstance(among, dict) else "known values"
                raise ImproperlyConfigured(
                    f"{name} must be one or more of {known}, separated by commas, not “{','.join(words)}”."
                )
        return words

    def hosts(self, name: str, *, default: list[str]) -> list[str]:
        return self._words_like(HOST, name, default, "host names without scheme and port", "newsroom.example.org")

    def origins(self, name: str, *, default: list[str]) -> list[str]:
        return self._words_like(ORIGIN, name, default, "origins", "https://newsroom.example.org")

    def _words_like(
        self, pattern: re.Pattern[str], name: str, default: list[str], what: str, example: str
    ) -> list[str]:
        words = self.words(name, default=default)
        for word in words:
            if not pattern.fullmatch(word):
                raise ImproperlyConfigured(f"{name} must list {what}, such as {example}, not “{word}”.")
        return words

    def site(self, name: str, *, default: str) -> str:
        """Scheme and host of a site, without a slash at its end."""
        value = self.text(name, default=default).rstrip("/")
        if not ORIGIN.fullmatch(value) or "*" in value:
            raise ImproperlyConfigured(
                f"{name} must be an address such as https://newsroom.example.org, not “{value}”."
            )
        return value

    def web_address(self, name: str) -> str:
        """An address of the web; "" if there is none."""
        value = self.text(name, default="")
        try:
            if value:
                URLValidator(schemes=["http", "https"])(value)
        except ValidationError as error:
            raise ImproperlyConfigured(
                f"{name} must be an address such as https://hub.example.org/, not “{value}”."
            ) from error
        return value

    def host(self, name: str, *, default: str) -> str:
        """One host name."""
        value = self.text(name, default=default)
        if not HOST.fullmatch(value) or value[0] in "*.[":
            raise ImproperlyConfigured(f"{name} must be a host name such as newsroom.example.org, not “{value}”.")
        return value

    def folder(self, name: str, *, default: Path) -> str:
        """A folder by its full path: a relative one would depend on where the process was started."""
        value = self.text(name, default=str(default))
        if not Path(value).is_absolute():
            raise ImproperlyConfigured(f"{name} must be the full path of a folder, such as /srv/portal, not “{value}”.")
        return value

    def sender(self, name: str, *, default: str) -> str:
        """An e-mail address, alone or with a name before it."""
        value = self.text(name, default=default)
        try:
            validate_email(parseaddr(value)[1])
        except ValidationError as error:
            raise ImproperlyConfigured(
                f"{name} must be an e-mail address, such as Newsroom <newsroom@example.org>, not “{value}”."
            ) from error
        return value

    def mail_address(self, name: str) -> str:
        """An e-mail address alone; "" if there is none."""
        value = self.text(name, default="")
        try:
            if value:
                validate_email(value)
        except ValidationError as error:
            raise ImproperlyConfigured(f"{name} must be an e-mail address alone, not “{value}”.") from error
        return value

    def time_zone(self, name: str, *, default: str) -> str:
        value = self.text(name, default=default)
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ImproperlyConfigured(
                f"{name} must be a time zone such as Europe/Brussels or UTC, not “{value}”."
            ) from error
        return value

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """A DATABASES entry from a URL, tuned for a web server.

        SQLite: write-ahead log, a busy timeout of 20 s, and transactions that take the write lock at their start
        (otherwise two writers that began by reading fail at once instead of queueing). PostgreSQL: psycopg's pool,
        which is why connections are not kept by Django itself.
        """
        config = self._url(name, default, self._env.db_url_config, "postgresql://user:password@host:5432/portal")
        options = config.setdefault("OPTIONS", {})
        if config["ENGINE"] == "django.db.backends.sqlite3":
            options.update(
                timeout=20,
                transaction_mode="IMMEDIATE",
                init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
            )
        elif config["ENGINE"] == "django.db.backends.postgresql":
            options.setdefault("pool", {"min_size": 1, "max_size": 8, "timeout": 10})
        else:
            raise ImproperlyConfigured(f"{name} must begin with sqlite:/// or postgresql://.")
        return config

    def file_storage(self, name: str) -> dict[str, Any]:
        """A STORAGES entry: the disk, unless a URL names a bucket of an object storage that speaks S3."""
        value = self.text(name, default="")
        if not value:
            return {"BACKEND": "library.storage.WholeFileStorage"}
        try:
            url = urlsplit(value)
            query = dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
        except ValueError:
            url, query = urlsplit(""), {}
        if url.scheme != "s3" or not url.hostname or query.keys() - {"endpoint", "region"}:
            raise ImproperlyConfigured(
                f"{name} cannot be read. It looks like: s3://key:secret@bucket/folder?region=eu-west-1&endpoint=https://…"
            )
        if find_spec("storages") is None:
            raise ImproperlyConfigured(f"{name} needs django-storages: pip install 'django-storages[s3]'")
        options = {
            "bucket_name": url.hostname,
            "location": url.path.strip("/"),
            "access_key": unquote(url.username or "") or None,
            "secret_key": unquote(url.password or "") or None,
            "region_name": query.get("region"),
            "endpoint_url": query.get("endpoint"),
            # Two uploads of one name are two files.
            "file_overwrite": False,
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}

    def links(self, name: str, *, among: tuple[str, ...]) -> list[str]:
        """Addresses with one of these schemes."""
        schemes = "|".join(among)
        example = ", ".join(EXAMPLES_OF_LINKS[scheme] for scheme in among)
        return self._words_like(re.compile(rf"({schemes}):[!-~]+"), name, [], "addresses", example)

    def measurement(self, name: str) -> Measurement | None:
        """Where visits are counted, if anywhere."""
        value = self.text(name, default="")
        try:
            return measurement_at(value) if value else None
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} cannot be read. It looks like: {EXAMPLES}") from error

    def mail(self, name: str, *, default: str) -> dict[str, Any]:
        """EMAIL_BACKEND and what it needs; of a provider also PROVIDER and, as ANYMAIL, its settings."""
        provider, separator, query = self.text(name, default=default).partition("://?")
        if separator and provider in MAIL_PROVIDERS:
            options = dict(parse_qsl(query))
            if MAIL_PROVIDERS[provider] not in options:
                raise ImproperlyConfigured(
                    f"{name} cannot be read. It looks like: {provider}://?{MAIL_PROVIDERS[provider]}=…"
                )
            own = {f"{provider}_{option}".upper(): value for option, value in options.items()}
            return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend", "PROVIDER": provider, "ANYMAIL": own}
        config = self._url(name, default, self._env.email_url_config, "smtp+tls://user:password@mail.example.org:587")
        if config["EMAIL_BACKEND"].split(".")[-2] not in MAIL_BACKENDS:
            raise ImproperlyConfigured(
                f"{name} must begin with smtp://, smtp+tls://, smtp+ssl:// or consolemail://, or with a provider, "
                "such as postmark://?server_token=…"
            )
        return config

    def _url(self, name: str, default: str, read: Callable[[str], Any], example: str) -> dict[str, Any]:
        value = self.text(name, default=default)
        try:
            config: dict[str, Any] = dict(read(value))
            if not (config.get("ENGINE") or config.get("EMAIL_BACKEND")):
                raise ValueError(value)
        except Exception as error:  # the library raises many kinds for a malformed address
            raise ImproperlyConfigured(f"{name} cannot be read. It looks like: {example}") from error
        return config
