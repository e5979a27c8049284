from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.models import SiteSettings
from portal.sample.loader import SampleLoader


class Command(BaseCommand):
    help = "Build the sample content. A second run changes nothing and adds only what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing on a site that has been set up")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and SiteSettings.objects.exists():
            return
        made = SampleLoader().run()
        if made:
            self.stdout.write("Made: " + ", ".join(f"{count} {name}" for name, count in made.items()) + ".")
        else:
            self.stdout.write("Everything of the sample is there; nothing was changed.")
