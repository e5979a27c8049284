"""The memory of a process that takes in or gives out pictures, each of the largest kind that it takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.library.hostile import LARGE, store_large

# A server that has answered for a while holds some 30 MB more than the process measured here: 400 in all.
MOST_MEGABYTES = 370

BEGIN = """
import sys
from pathlib import Path
import django
django.setup()
from django.core.files.base import File
from library.models import Image
path = Path(sys.argv[1])
image = Image(file=path.name)
"""
# As an upload goes: the form reads it, then the desk shows it.
READ = """
from library.previews import LARGE, preview_of
from library.uploads import ImageUploadField
with path.open("rb") as opened:
    ImageUploadField().clean(File(opened, path.name))
preview_of(image, LARGE)
"""
# As readers are given it: in a format and size of their own, then to be printed.
GIVE = """
from library.base_pictures import base_from
from library.full_size import FullSize
from library.renditions import cut, encoded
with path.open("rb") as opened:
    base = base_from(opened)
assert max(base.size) == 2560
for extension in ("avif", "webp", "jpg", "png"):
    encoded(cut(base, (0.5, 0.5), "free", 1920), extension)
with FullSize(image).open() as full:
    assert full.read(2)
"""
# Not `getrusage`: that one counts the process that has started this one as well.
TELL = """
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
@pytest.mark.parametrize("work", [READ, GIVE], ids=["taken in", "given"])
def test_the_largest_pictures_are_handled_within_400_megabytes(name: str, work: str, large: Path) -> None:
    environment = {**os.environ, "MEDIA_ROOT": str(large), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-W", "ignore", "-c", BEGIN + work + TELL, str(large / name)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert 60 < int(done.stdout) < MOST_MEGABYTES
