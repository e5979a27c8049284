from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from library import checking

# A line each up to so many; more are only counted.
MOST_LINES = 50


class Command(BaseCommand):
    help = (
        "Compares the library with its files: what is missing, what belongs to nothing, what nobody uses, what has no "
        "alternative text. Ends with status 1 if something is wrong and was not put right."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--fix",
            action="store_true",
            help="delete files and renditions that belong to nothing; have missing renditions made anew",
        )
        parser.add_argument("--delete-unused", action="store_true", help="delete the images that nothing shows")

    def handle(self, *args: Any, fix: bool, delete_unused: bool, **options: Any) -> None:
        unused = checking.unused_images()
        self.tell("Images that nothing shows", [f"{pk} {title}" for pk, title in unused])
        if delete_unused:
            self.done("deleted", checking.delete_unused({pk for pk, _title in unused}))
        wrong = sum((self.files(fix), self.renditions(fix), self.alt_texts()))
        if wrong:
            raise CommandError(f"Wrong and not put right: {wrong}")
        self.stdout.write("The library is in order.")

    def files(self, fix: bool) -> int:
        """Each of these returns how much is wrong still."""
        files = checking.Files()
        self.tell("Missing files", [f"{name} of {row}" for name, row in files.missing])
        self.tell("Files that belong to nothing", files.orphaned)
        removed = files.remove_orphans() if fix else []
        if fix:
            self.done("deleted; younger than a day, the others stay", len(removed))
        # What is young may be an upload that is going on: nothing is wrong with it yet.
        left = [name for name in files.orphaned if name not in set(removed) and checking.is_old(name)]
        return len(files.missing) + len(left)

    def renditions(self, fix: bool) -> int:
        renditions = checking.Renditions()
        self.tell("Renditions that belong to nothing", renditions.orphaned)
        self.tell("Images whose renditions are missing", [str(pk) for pk, _version in renditions.missing])
        if not fix:
            return len(renditions.orphaned) + len(renditions.missing)
        self.done("deleted", len(renditions.remove_orphans()))
        self.done("will be made anew", renditions.ask_again())
        return 0

    def alt_texts(self) -> int:
        lacking = checking.without_alt_text()
        self.tell("Images without alternative text", [f"{pk} {title}" for pk, title in lacking])
        return len(lacking)

    def tell(self, what: str, lines: Sequence[str]) -> None:
        self.stdout.write(f"{what}: {len(lines)}")
        for line in lines[:MOST_LINES]:
            self.stdout.write(f"  {line}")
        if len(lines) > MOST_LINES:
            self.stdout.write(f"  … and {len(lines) - MOST_LINES} more")

    def done(self, what: str, count: int) -> None:
        self.stdout.write(f"  {what}: {count}")
