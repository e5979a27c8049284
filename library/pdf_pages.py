"""How many pages the PDF on the standard input has, on the standard output.

A process of its own, because a hostile file can keep a reader of PDFs busy for ever or fill the memory. It gives up by
itself after a few seconds of work or when it wants too much memory, and then says nothing.
"""

import resource
import sys

SECONDS = 5
BYTES = 512 * 1024 * 1024


def count() -> int:
    from pypdf import PdfReader  # under the limits that are set below

    pages = PdfReader(sys.stdin.buffer, strict=False).trailer["/Root"]["/Pages"]  # type: ignore[index]
    return int(pages["/Count"])


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    sys.stdout.write(str(count()))
