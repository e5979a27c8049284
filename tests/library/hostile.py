"""Pictures that nobody sends with good intentions, and good ones of rare kinds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image as Picture


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it has 3,600 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


def saved(picture: Picture.Image, kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def plain(size: tuple[int, int] = (40, 30), mode: str = "RGB", colour: Any = "steelblue") -> Picture.Image:
    return Picture.new(mode, size, colour)


def jpeg() -> bytes:
    return saved(plain((12, 8)), "JPEG")


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("shell.php"), "<?php system($_GET['c']); ?>")
    return target.getvalue()


def turned() -> bytes:
    exif = Picture.Exif()
    exif[0x0112] = 6
    return saved(plain((40, 30)), "JPEG", exif=exif)


def animated(kind: str) -> bytes:
    more = [plain(colour=colour) for colour in ("red", "green")]
    return saved(plain(), kind, save_all=True, append_images=more, duration=100)


# Good pictures of rare kinds, whatever else their files hold, each with its size and the extension it is stored under.
TAKEN: dict[str, tuple[str, Callable[[], bytes], tuple[int, int], str]] = {
    "JPEG and HTML": ("a.jpg", lambda: jpeg() + b"<script>alert(1)</script>", (12, 8), "jpg"),
    "PNG and ZIP": ("a.png", lambda: saved(plain(), "PNG") + zipped(), (40, 30), "png"),
    "PNG and PHP": ("a.png", lambda: saved(plain(), "PNG") + b"<?php phpinfo(); ?>", (40, 30), "png"),
    "a PNG named JPEG": ("a.jpg", lambda: saved(plain(), "PNG"), (40, 30), "png"),
    "a JPEG named AVIF": ("a.avif", lambda: jpeg(), (12, 8), "jpg"),
    "moving WebP": ("a.webp", lambda: animated("WEBP"), (40, 30), "webp"),
    "moving PNG": ("a.png", lambda: animated("PNG"), (40, 30), "png"),
    "CMYK": ("a.jpg", lambda: saved(plain(mode="CMYK", colour=(0, 99, 99, 0)), "JPEG"), (40, 30), "jpg"),
    "16 bits": ("a.png", lambda: saved(plain(mode="I;16", colour=40_000), "PNG"), (40, 30), "png"),
    "grey": ("a.jpg", lambda: saved(plain(mode="L", colour=90), "JPEG"), (40, 30), "jpg"),
    "palette": ("a.png", lambda: saved(plain(mode="P", colour=3), "PNG", transparency=3), (40, 30), "png"),
    "transparent": ("a.png", lambda: saved(plain(mode="RGBA", colour=(9, 9, 9, 0)), "PNG"), (40, 30), "png"),
    "lying on its side": ("a.jpg", turned, (30, 40), "jpg"),
    "MPO": ("a.jpg", lambda: animated("MPO"), (40, 30), "jpg"),
    "one pixel": ("a.png", lambda: saved(plain((1, 1)), "PNG"), (1, 1), "png"),
    "30,000 wide": ("a.png", lambda: saved(plain((30_000, 40)), "PNG"), (30_000, 40), "png"),
}
NOT_READ, TOO_MANY = "not a picture that can be read", "too many"
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "bomb": ("a.png", bomb, TOO_MANY),
    "a bomb that just fits Pillow": ("a.png", lambda: bomb(10_000, 8_000), TOO_MANY),
    "30,000 wide and high": ("a.png", lambda: bomb(30_000, 3_000), TOO_MANY),
    "truncated JPEG": ("a.jpg", lambda: saved(Picture.effect_noise((200, 200), 50), "JPEG")[:-4000], NOT_READ),
    "truncated PNG": ("a.png", lambda: saved(Picture.effect_noise((200, 200), 50), "PNG")[:-9000], NOT_READ),
    "truncated WebP": ("a.webp", lambda: saved(plain((200, 200)), "WEBP")[:-20], NOT_READ),
    "broken AVIF": ("a.avif", lambda: saved(plain((64, 64)), "AVIF")[:120], NOT_READ),
    "AVIF of rubbish": ("a.avif", lambda: b"\0\0\0\x1cftypavif" + b"\xff" * 400, NOT_READ),
    "SVG with a script": (
        "a.svg",
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "not allowed",
    ),
    "SVG named PNG": ("a.png", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', NOT_READ),
    "GIF named JPEG": ("a.jpg", lambda: saved(plain(), "GIF"), NOT_READ),
    "TIFF named JPEG": ("a.jpg", lambda: saved(plain(), "TIFF"), NOT_READ),
    "PostScript named PNG": ("a.png", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", NOT_READ),
    "HTML before a JPEG": ("a.jpg", lambda: b"<script>alert(1)</script>" + jpeg(), NOT_READ),
    "0 bytes": ("a.jpg", lambda: b"", "empty"),
    "two extensions": ("a.jpg.html", jpeg, "not allowed"),
}
# Each of the largest kind that is taken.
LARGE: dict[str, Callable[[], bytes]] = {
    "plain.jpg": lambda: saved(plain((12_000, 8_300)), "JPEG"),
    "cmyk.jpg": lambda: saved(plain((12_000, 8_300), "CMYK", (9, 9, 9, 9)), "JPEG"),
    "progressive.jpg": lambda: saved(plain((8_000, 5_000)), "JPEG", progressive=True, subsampling=0),
    "transparent.png": lambda: saved(plain((9_000, 6_000), "RGBA", (9, 9, 9, 9)), "PNG"),
    "deep.png": lambda: saved(plain((9_000, 6_000), "I;16", 40_000), "PNG"),
    "a.webp": lambda: saved(plain((4_800, 3_300)), "WEBP", method=0),
    "a.avif": lambda: saved(plain((6_000, 4_000)), "AVIF", speed=10),
}


def store_large(folder: Path) -> None:
    for name, content in LARGE.items():
        (folder / name).write_bytes(content())
