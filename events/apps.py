from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from events import feeds  # models are loaded only now
        from events.models import Event
        from publishing.registry import ContentKind, Section, register, register_section
        from publishing.syndication import Syndicated

        events = Syndicated(
            feeds.tell_event, shows=("image",), labels=feeds.labels_of_events, lists=feeds.lists_of_event
        )
        register(
            ContentKind(
                key="event",
                model=Event,
                list_url="events:list",
                teaser_field="teaser",
                searched=("body", "programme", "place", "city"),
                topics_field="topics",
                feed=events,
            )
        )
        register_section(Section("events", _("Event calendar"), "events:list"))
