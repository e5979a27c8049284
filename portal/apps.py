from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Site")

    def ready(self) -> None:
        from portal.feeds import tell_hub
        from publishing.registry import Section, register_section  # models are loaded only now
        from publishing.work import register_job

        register_section(Section("feeds", _("Feeds"), "feeds"))
        register_job("websub", tell_hub)
