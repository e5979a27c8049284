from typing import Any

from django.core.management.base import BaseCommand

from search.indexing import make_all


class Command(BaseCommand):
    help = "Make the whole search index anew. The search goes on to answer meanwhile; it may be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            if done // 10_000 != (done - count) // 10_000:
                self.stdout.write(f"{done} …")

        make_all(told)
        self.stdout.write(f"{done} versions are in the index.")
