from smtplib import SMTPException
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from subscriptions.mailing import send_update
from subscriptions.models import Subscriber


class Command(BaseCommand):
    help = "Mail every confirmed subscriber what went live since their last mail. Run it as often as updates are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", required=True, help="address of the site, such as https://newsroom.example.org")

    def handle(self, *args: Any, **options: Any) -> None:
        until, mailed, failed = timezone.now(), 0, 0
        for subscriber in Subscriber.objects.confirmed().iterator():
            try:
                mailed += bool(send_update(subscriber, until=until, site=options["site"].rstrip("/")))
            except (SMTPException, OSError) as error:
                failed += 1
                self.stderr.write(f"{subscriber}: {error}")
        self.stdout.write(f"{mailed} mails sent, {failed} failed; those are tried again next time.")
