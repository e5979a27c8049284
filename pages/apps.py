from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = _("Pages and topics")

    def ready(self) -> None:
        from pages.models import Page, Topic  # models are loaded only now
        from pages.targets import links_to
        from publishing.registry import ContentKind, Section, register, register_finder, register_section

        register(ContentKind(key="page", model=Page, teaser_field="teaser", searched=("body",)))
        register(
            ContentKind(key="topic", model=Topic, list_url="pages:topics", teaser_field="teaser", searched=("body",))
        )
        register_finder(links_to)
        register_section(Section("topics", _("Topics"), "pages:topics"))
