"""`make serve`: one process tree, set up from nothing, with the settings of production on this machine alone.

Migrates, collects the static files, loads the sample content and makes an administrator the first time, then hands
over to gunicorn. What the environment already says (SECRET_KEY, DATABASE_URL …) is left as it is.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

VAR_DIR = Path(__file__).resolve().parent.parent / "var"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()

    VAR_DIR.mkdir(exist_ok=True)
    set_up_environment(options.host)
    prepare()
    sys.stdout.write(f"\n  The site is at http://{options.host}:{options.port}/ (Ctrl+C stops it)\n\n")
    sys.stdout.flush()
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    arguments = ["--bind", f"{options.host}:{options.port}", "portal.wsgi"]
    os.execv(gunicorn, [gunicorn, *arguments])  # noqa: S606  (no shell, fixed program)


def set_up_environment(host: str) -> None:
    """Production's settings, without HTTPS, reachable under this machine's names only."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("DEBUG", "false")
    os.environ.setdefault("HTTPS", "false")
    os.environ.setdefault("ALLOWED_HOSTS", "*" if host == "0.0.0.0" else f"{host},localhost,127.0.0.1,[::1]")  # noqa: S104
    os.environ.setdefault("SECRET_KEY", kept_key(VAR_DIR / "secret-key"))


def kept_key(path: Path) -> str:
    """A random key that is made once and readable by this user only, so that sessions survive a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def prepare() -> None:
    import django  # after the environment is set up
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("load_sample", if_empty=True)
    call_command("ensure_admin")


if __name__ == "__main__":
    main()
