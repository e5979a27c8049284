from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from publishing import due
from publishing.records import Release, Revision


class Command(BaseCommand):
    help = (
        "Put live what is approved and due, without waiting for the next visitor. Nothing depends on it; it may run at "
        "any time and any number of times at once. Fails while a change that is due cannot go live."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        applied = due.apply_due(at=now)
        self.stdout.write(f"{applied} change{'' if applied == 1 else 's'} went live.")
        overdue = {"due_at__lte": now}
        releases = Release.objects.filter(applied_at=None, **overdue).exclude(failure="")
        revisions = Revision.objects.filter(state=Revision.State.APPROVED, **overdue).exclude(failure="")
        failures = [
            *(f"{release}: {release.failure}" for release in releases),
            *(f"{one.item} (revision {one.number}): {one.failure}" for one in revisions),
        ]
        if failures:
            raise CommandError("\n".join(["Could not go live:", *failures]))
