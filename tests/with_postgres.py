"""Runs a command with a private PostgreSQL: `python -m tests.with_postgres pytest`.

The cluster is made of the machine's own binaries in a temporary folder, listens on a Unix socket only, and is
stopped and removed when the process that asked for it ends, in whatever way.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

URL = "CHANCERY_TEST_POSTGRESQL"
START_WITHIN = 30  # seconds


def binaries() -> Path | None:
    """The folder with initdb and postgres, the newest release first; None if there is no PostgreSQL here."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("pg_ctl")
    candidates = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def running_cluster() -> str:
    """The DATABASE_URL of this test run's cluster, started by the first process that asks and inherited by the rest."""
    if URL not in os.environ:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.with_postgres", "--keep"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        url = keeper.stdout.readline().strip()
        if not url:
            raise RuntimeError("PostgreSQL was asked for by CHANCERY_TEST_DATABASE but could not be started.")
        os.environ[URL] = url

        def end(owner: int = os.getpid()) -> None:
            if os.getpid() == owner:
                keeper.stdin.close()  # type: ignore[union-attr]
                keeper.wait(START_WITHIN)

        atexit.register(end)
    return os.environ[URL]


def keep() -> int:
    """Hold a cluster until standard input ends, which it also does when the process at its other end is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    found = binaries()
    if found is None:
        print("PostgreSQL's initdb was not found.", file=sys.stderr)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="chancery-pg-"))
    # PostgreSQL refuses to run as root.
    user = next((name for name in ("postgres", "nobody") if _exists(name)), None) if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    quiet = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    server = None
    try:
        subprocess.run(
            [found / "initdb", "-D", folder / "data", "-U", "portal", "--auth=trust", "--encoding=UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            check=True, **quiet, **as_user,
        )  # fmt: skip
        options = {
            "listen_addresses": "", "unix_socket_directories": folder, "max_connections": 60,
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "log_min_messages": "fatal",
        }  # fmt: skip
        server = subprocess.Popen(
            [found / "postgres", "-D", folder / "data", *(f"--{name}={value}" for name, value in options.items())],
            stderr=subprocess.DEVNULL, **quiet, **as_user,
        )  # fmt: skip
        ready = [found / "pg_isready", "-q", "-h", folder, "-d", "postgres", "-U", "portal"]
        patience = time.monotonic() + START_WITHIN
        while subprocess.run(ready, **quiet, check=False).returncode:
            if server.poll() is not None or time.monotonic() > patience:
                print("PostgreSQL did not start.", file=sys.stderr)
                return 1
            time.sleep(0.1)
        print(f"postgresql://portal@/portal?host={folder}", flush=True)
        sys.stdin.read()
        return 0
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            server.wait(START_WITHIN)
        shutil.rmtree(folder, ignore_errors=True)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def main(command: list[str]) -> int:
    """The command's exit status; 0 where there is no PostgreSQL, unless CHANCERY_REQUIRE=all insists on it."""
    if command == ["--keep"]:
        return keep()
    if binaries() is None:
        print("PostgreSQL was not found on this machine: its half of the test suite is left out.", file=sys.stderr)
        return 1 if os.environ.get("CHANCERY_REQUIRE") == "all" else 0
    os.environ["CHANCERY_TEST_DATABASE"] = "postgresql"
    running_cluster()
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
