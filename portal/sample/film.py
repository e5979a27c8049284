"""A small film for the sample: a slow journey over a painted picture, as WebM.

A lossy WebP is one key frame of a VP8 film, so Pillow paints the frames and what is left to do is to put them into
WebM's boxes (RFC 8794 and RFC 9559).
"""

from __future__ import annotations

import io
import struct

from PIL import Image

SIZE = (640, 360)
SECONDS = 12
A_SECOND = 8


def film(picture: Image.Image) -> bytes:
    """Twelve seconds of it, without sound."""
    frames = [frame(picture, number / (SECONDS * A_SECOND - 1)) for number in range(SECONDS * A_SECOND)]
    return webm(frames, size=SIZE, each=1000 // A_SECOND)


def frame(picture: Image.Image, share: float) -> bytes:
    """One VP8 frame: the window after this share of its way from the upper left to the lower right."""
    wide, high = SIZE
    width = min(picture.width, round(picture.height * wide / high)) * 0.75
    height = width * high / wide
    left, top = (picture.width - width) * share, (picture.height - height) * share
    window = picture.resize(SIZE, Image.Resampling.BILINEAR, (left, top, left + width, top + height))
    file = io.BytesIO()
    window.convert("RGB").save(file, "WEBP", quality=40, method=2)
    riff = file.getvalue()
    # RFC 9649, 2.5: a file header of 12 bytes, then the one chunk, whose size stands after its name.
    assert riff[12:16] == b"VP8 ", "a simple lossy WebP"
    return riff[20 : 20 + int.from_bytes(riff[16:20], "little")]


def webm(frames: list[bytes], *, size: tuple[int, int], each: int) -> bytes:
    """VP8 frames as a file that can be wound to any of its seconds; each is shown for so many milliseconds."""
    head = box("1A45DFA3", number("4286", 1), number("42F7", 1), number("42F2", 4), number("42F3", 8),
               box("4282", b"webm"), number("4287", 4), number("4285", 2))  # fmt: skip
    info = box("1549A966", number("2AD7B1", 1_000_000), box("4D80", b"Chancery"), box("5741", b"Chancery"),
               box("4489", struct.pack(">d", len(frames) * each)))  # fmt: skip
    picture = box("E0", number("B0", size[0]), number("BA", size[1]))
    tracks = box(
        "1654AE6B", box("AE", number("D7", 1), number("73C5", 1), number("83", 1), box("86", b"V_VP8"), picture)
    )
    a_second = 1000 // each
    starts = range(0, len(frames), a_second)
    clusters = [cluster(frames[start : start + a_second], start * each, each) for start in starts]
    # The positions count from the segment's content; four bytes each, so the table's length is known before them.
    position = len(info) + len(tracks) + len(cues([(0, 0)] * len(clusters)))
    table = []
    for start, content in zip(starts, clusters, strict=True):
        table.append((start * each, position))
        position += len(content)
    return head + box("18538067", info, tracks, cues(table), *clusters)


def cluster(frames: list[bytes], start: int, each: int) -> bytes:
    blocks = [
        box("A3", b"\x81" + struct.pack(">hB", place * each, 0x80) + content) for place, content in enumerate(frames)
    ]
    return box("1F43B675", box("E7", start.to_bytes(4, "big")), *blocks)


def cues(table: list[tuple[int, int]]) -> bytes:
    points = [
        box(
            "BB", box("B3", time.to_bytes(4, "big")), box("B7", number("F7", 1), box("F1", position.to_bytes(4, "big")))
        )
        for time, position in table
    ]
    return box("1C53BB6B", *points)


def number(name: str, value: int) -> bytes:
    return box(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def box(name: str, *content: bytes) -> bytes:
    """An EBML element: its name, the length of its content in eight bytes, and the content."""
    inside = b"".join(content)
    return bytes.fromhex(name) + (len(inside) | 1 << 56).to_bytes(8, "big") + inside
