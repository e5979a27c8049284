from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Site")

    def ready(self) -> None:
        from portal.feeds import tell_hub_job
        from portal.models import SiteSettings  # models are loaded only now
        from publishing.letterhead import Letterhead, register_letterhead
        from publishing.registry import Section, register_section
        from publishing.work import register_job

        def own() -> Letterhead:
            site = SiteSettings.load()
            return Letterhead(str(site.name), str(site.address))

        register_letterhead(own)
        register_section(Section("feeds", _("Feeds"), "feeds"))
        register_job("websub", tell_hub_job)
