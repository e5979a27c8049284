"""`make serve`: one process tree, set up from nothing, with the settings of production on this machine alone.

Migrates, collects the static files, loads the sample content and makes an administrator the first time, starts the
worker, then hands over to gunicorn. What the environment already says (SECRET_KEY, DATABASE_URL …) is left as it is.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

VAR_DIR = Path(__file__).resolve().parent.parent / "var"
EVERYWHERE = "0.0.0.0"  # noqa: S104  (asked for by HOST=0.0.0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()

    refuse_what_cannot_be_bound(options.host, options.port)
    set_up_environment(options.host)
    try:
        prepare()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    reached_at = f"http://{'127.0.0.1' if options.host == EVERYWHERE else options.host}:{options.port}"
    os.environ.setdefault("SITE_URL", reached_at)
    sys.stdout.write(f"\n  The site is at {reached_at}/ (Ctrl+C stops it)\n\n")
    sys.stdout.flush()
    start_worker()
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    arguments = ["--bind", f"{options.host}:{options.port}", "portal.wsgi"]
    os.execv(gunicorn, [gunicorn, *arguments])  # noqa: S606  (no shell, fixed program)


def start_worker() -> None:
    """What is done in the background is done beside the server, and ends with it."""
    command = [sys.executable, "-m", "django", "work", "--beside-parent"]
    subprocess.Popen(command, cwd=VAR_DIR.parent)  # noqa: S603  (no shell, fixed program)


def refuse_what_cannot_be_bound(host: str, port: int) -> None:
    """End with a sentence before anything is set up, where gunicorn would try again and again."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            sys.exit(f"Cannot serve on {host}, port {port}: {reason}\nFor another port: make serve PORT=8017")


def set_up_environment(host: str) -> None:
    """Production's settings, without HTTPS, reachable under this machine's names only."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("DEBUG", "false")
    os.environ.setdefault("HTTPS", "false")
    os.environ.setdefault("ALLOWED_HOSTS", "*" if host == EVERYWHERE else f"{host},localhost,127.0.0.1,[::1]")
    os.environ.setdefault("SECRET_KEY", kept_key(VAR_DIR / "secret-key"))


def kept_key(path: Path) -> str:
    """A random key that is made once and readable by this user only, so that sessions survive a restart."""
    key = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    if not key:
        key = secrets.token_urlsafe(50)
        path.parent.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(key, encoding="utf-8")
    return key


def prepare() -> None:
    import django  # after the environment is set up
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    collect_static()
    call_command("load_sample", if_empty=True)
    call_command("ensure_admin")


def collect_static() -> None:
    """Collect and compress the static files, which takes long, unless they are the ones of the last time."""
    from django.conf import settings  # after the environment is set up
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    files = sorted(
        (path, file.stat().st_size, file.stat().st_mtime_ns)
        for finder in get_finders()
        for path, storage in finder.list([])
        if (file := Path(storage.path(path)))
    )
    seen = hashlib.sha256(repr(files).encode()).hexdigest()
    mark = Path(settings.STATIC_ROOT) / ".collected"
    if mark.exists() and mark.read_text(encoding="utf-8") == seen:
        return
    mark.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(seen, encoding="utf-8")


if __name__ == "__main__":
    main()
