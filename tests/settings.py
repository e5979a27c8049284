"""The portal's settings for the test suite: its own databases and folders, nothing from the developer's `.env`."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests import with_postgres

# The process that starts the tests makes one folder for all of them and takes it away; pytest-xdist's workers inherit it.
if "CHANCERY_TEST_FOLDER" not in os.environ:
    os.environ["CHANCERY_TEST_FOLDER"] = tempfile.mkdtemp(prefix="chancery-tests-")
    atexit.register(shutil.rmtree, os.environ["CHANCERY_TEST_FOLDER"], ignore_errors=True)

FOLDER = Path(os.environ["CHANCERY_TEST_FOLDER"], os.environ.get("PYTEST_XDIST_WORKER", "main"))
FOLDER.mkdir(exist_ok=True)
(FOLDER / "static").mkdir(exist_ok=True)

POSTGRESQL = os.environ.get("CHANCERY_TEST_DATABASE", "sqlite") == "postgresql"

# Variables that are set win over `.env`, so the suite runs alike on every machine.
os.environ.update(
    DEBUG="true",
    HTTPS="false",
    BEHIND_PROXY="false",
    SECRET_KEY="a-key-for-tests-only",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    CSRF_TRUSTED_ORIGINS="",
    SITE_URL="http://testserver",
    IDENTITY_HOST="newsroom.example.org",
    FEED_TEXT="full",
    WEBSUB_HUB="",
    LANGUAGES="en,fr,uk,ar",
    TIME_ZONE="Europe/Brussels",
    MEDIA_ROOT=str(FOLDER / "media"),
    MEDIA_STORAGE_URL="",
    UPLOAD_LIMIT_MEGABYTES="25",
    EMAIL_URL="consolemail://",
    DEFAULT_FROM_EMAIL="newsroom@example.org",
    MAILS_PER_MINUTE="1000000",
    MAIL_WEBHOOK_SECRET="",
    UNSUBSCRIBE_EMAIL="",
    LOG_LEVEL="WARNING",
    DATABASE_URL=with_postgres.running_cluster() if POSTGRESQL else f"sqlite:///{FOLDER / 'unused.sqlite3'}",
)

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES, STORAGES  # noqa: E402

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT = FOLDER / "static"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

if POSTGRESQL:
    # Databases are made and copied here, which a connection resting in a pool would prevent.
    DATABASES["default"]["OPTIONS"].pop("pool", None)
