"""The portal's settings, read from the environment (and from a file `.env`, if there is one).

Development needs no variable at all. With DEBUG=false the portal refuses to start unless SECRET_KEY and
ALLOWED_HOSTS are given. A value that cannot be read stops the start with a sentence that names the variable.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.environment import Environment, first_host

# Lets Django's own classes be subscripted in annotations and bases, as the type checker asks.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
# What the portal writes, unless it is told otherwise.
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)

environ.Env.read_env(BASE_DIR / ".env")
env = Environment()

# ── The two modes ────────────────────────────────────────────────────────────────────────────────────
DEBUG = env.boolean("DEBUG", default=True)
SECRET_KEY = env.text("SECRET_KEY", default="a-key-for-development-only" if DEBUG else "")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
HTTPS = env.boolean("HTTPS", default=not DEBUG)
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS", default=[])

if not DEBUG and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "SECRET_KEY must be set to at least 50 random characters when DEBUG is false. "
        'Make one with: python -c "import secrets; print(secrets.token_urlsafe(50))"'
    )
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must name the hosts of the site when DEBUG is false, separated by commas, "
        "for example: ALLOWED_HOSTS=newsroom.example.org"
    )

# Where the public finds the site: for mails, feeds and calendars, whichever host was asked.
SITE_URL = env.site("SITE_URL", default=f"{'https' if HTTPS else 'http'}://{first_host(ALLOWED_HOSTS)}")

# ── Applications, top floor first ────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "portal",
    "news",
    "review",
    "events",
    "subscriptions",
    "pages",
    "leadership",
    "library",
    "search",
    "publishing",
    "publishing.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "admin_ordering",
    "django_prose_editor",
    "tree_queries",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Adds random bytes to what it compresses, so that lengths give nothing away (the BREACH attack).
    "portal.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.LanguageMiddleware",
    "portal.middleware.InstantMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "publishing.preview.PreviewMiddleware",
]

# An address typed without a scheme is taken for https.
FORMS_URLFIELD_ASSUME_HTTPS = True

# Widgets of our own have their templates among the project's.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.chrome.chrome",
            ],
        },
    },
]

# ── Database ─────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Languages, dates, time ───────────────────────────────────────────────────────────────────────────
KNOWN_LANGUAGES = {"en": _("English"), "fr": _("French"), "uk": _("Ukrainian"), "ar": _("Arabic")}
LANGUAGES = [
    (code, KNOWN_LANGUAGES[code])
    for code in env.words("LANGUAGES", default=list(KNOWN_LANGUAGES), among=KNOWN_LANGUAGES)
]
LANGUAGE_CODE = LANGUAGES[0][0]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "portal.formats"
TIME_ZONE = env.time_zone("TIME_ZONE", default="Europe/Brussels")
USE_I18N = True
USE_TZ = True

# ── Workflow ─────────────────────────────────────────────────────────────────────────────────────────
# Nobody approves their own words, except in an emergency with a reason.
FOUR_EYES = env.boolean("FOUR_EYES", default=False)

# ── Feeds and calendars ──────────────────────────────────────────────────────────────────────────────
FEED_TEXT = env.choice("FEED_TEXT", default="full", among=("full", "teaser"))
# Part of the identities that readers' programs remember items, mails and lists by, so it stays even if the site moves.
IDENTITY_HOST = env.host("IDENTITY_HOST", default=urlsplit(SITE_URL).hostname or "localhost")
# Told of every change of a feed, and announced in it (WebSub).
WEBSUB_HUB = env.web_address("WEBSUB_HUB")

# ── Static files and uploads ─────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.folder("MEDIA_ROOT", default=VAR_DIR / "media")
STORAGES = {
    "default": env.file_storage("MEDIA_STORAGE_URL"),
    "staticfiles": {"BACKEND": "portal.style_sheet.SiteStorage"},
}
UPLOAD_LIMIT_MEGABYTES = env.integer("UPLOAD_LIMIT_MEGABYTES", default=25)

# ── Mail ─────────────────────────────────────────────────────────────────────────────────────────────
EMAIL_CONFIG = env.mail("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "localhost")
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or (587 if EMAIL_USE_TLS else 465 if EMAIL_USE_SSL else 25)
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
# In seconds, for each step of handing a mail over.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", default="newsroom@localhost")
MAILS_PER_MINUTE = env.integer("MAILS_PER_MINUTE", default=3000)
UNSUBSCRIBE_EMAIL = env.mail_address("UNSUBSCRIBE_EMAIL")
# A provider with an interface of its own. Nobody is told who opened what.
MAIL_PROVIDER = EMAIL_CONFIG.get("PROVIDER", "")
if MAIL_PROVIDER:
    # It looks at its settings when the process starts, and takes 20 MB.
    INSTALLED_APPS.append("anymail")
ANYMAIL = {
    **EMAIL_CONFIG.get("ANYMAIL", {}),
    "WEBHOOK_SECRET": env.text("MAIL_WEBHOOK_SECRET", default=""),
    "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
    "IGNORE_UNSUPPORTED_FEATURES": True,
    "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,
}

# ── Measurement ──────────────────────────────────────────────────────────────────────────────────────
# Without it nothing asks for consent, for nothing is measured.
MEASUREMENT = env.measurement("MEASUREMENT_URL")

# ── Security ─────────────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF, MEASUREMENT.origin] if MEASUREMENT else [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Whom to tell of a weakness (RFC 9116). Without a contact there is no /.well-known/security.txt.
SECURITY_CONTACT = env.links("SECURITY_CONTACT", among=("mailto", "https", "tel"))
SECURITY_ENCRYPTION = env.links("SECURITY_ENCRYPTION", among=("https", "openpgp4fpr", "dns"))
SECURITY_POLICY = env.links("SECURITY_POLICY", among=("https",))
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.boolean("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
LOGIN_URL = "admin:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# ── Logs ─────────────────────────────────────────────────────────────────────────────────────────────
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_traceback": {"()": "portal.logs.WithoutTraceback"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", default="INFO", among=LOG_LEVELS)},
    "loggers": {"django.security.DisallowedHost": {"filters": ["without_traceback"]}},
}
