from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "publishing"
    verbose_name = _("Publishing")

    def ready(self) -> None:
        from publishing import checks  # noqa: F401  (registers the system checks, once the models are loaded)
        from publishing.mentions import items_about, texts_with
        from publishing.registry import register_finder

        register_finder(texts_with)
        register_finder(items_about)
