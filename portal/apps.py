from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Site")

    def ready(self) -> None:
        from portal.models import SiteSettings  # models are loaded only now
        from publishing.letterhead import Letterhead, register_letterhead

        def own() -> Letterhead:
            site = SiteSettings.load()
            return Letterhead(str(site.name), str(site.address))

        register_letterhead(own)
