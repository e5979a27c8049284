"""The memory of a process that takes in pictures, each of the largest kind that it takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.library.hostile import LARGE, store_large

# A server that has answered for a while holds some 30 MB more than the process measured here: 400 in all.
MOST_MEGABYTES = 370

# As an upload goes: the form reads it, then the desk shows it.
READ = """
import sys
from pathlib import Path
import django
django.setup()
from django.core.files.base import File
from library.models import Image
from library.previews import LARGE, preview_of
from library.uploads import ImageUploadField
path = Path(sys.argv[1])
with path.open("rb") as opened:
    ImageUploadField().clean(File(opened, path.name))
preview_of(Image(file=path.name), LARGE)
# Not `getrusage`: that one counts the process that has started this one as well.
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    store_large(folder)
    return folder


@pytest.mark.xdist_group("memory")
@pytest.mark.parametrize("name", LARGE)
def test_taking_in_the_largest_pictures_stays_within_400_megabytes(name: str, large: Path) -> None:
    environment = {**os.environ, "MEDIA_ROOT": str(large), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-W", "ignore", "-c", READ, str(large / name)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert 60 < int(done.stdout) < MOST_MEGABYTES
