"""`manage.py work`: does what is done beside the visitors' requests. Any number may run, on any number of machines."""

import logging
import os
import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from publishing.work import work, work_once

log = logging.getLogger(__name__)

# Beside the processes that answer visitors, it is the one that waits.
NICENESS = 10


class Command(BaseCommand):
    help = "Makes what has to be made in the background, until it is told to end (SIGTERM, Ctrl+C)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="End when there is nothing left to do.")
        parser.add_argument("--beside-parent", action="store_true", help="End when the process that began it ends.")

    def handle(self, *, once: bool, beside_parent: bool, **options: Any) -> None:
        if once:
            while work_once():
                pass
            return
        self.ended = False
        parent = os.getppid()
        signal.signal(signal.SIGTERM, self.end)
        signal.signal(signal.SIGINT, self.end)
        os.nice(NICENESS)
        log.info("The worker has begun.")
        work(until=lambda: self.ended or (beside_parent and os.getppid() != parent))

    def end(self, number: int, frame: FrameType | None) -> None:
        """After the work in hand."""
        self.ended = True
