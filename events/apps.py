from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from events.models import Event  # models are loaded only now
        from publishing.registry import ContentKind, Section, register, register_section

        register(
            ContentKind(
                key="event",
                model=Event,
                list_url="events:list",
                teaser_field="teaser",
                searched=("body", "programme", "place", "city"),
                topics_field="topics",
            )
        )
        register_section(Section("events", _("Event calendar"), "events:list"))
