from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self) -> None:
        from publishing.registry import Section, register_section  # models are loaded only now

        register_section(Section("subscribe", _("Get the latest updates"), "subscribe"))
