from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "review"
    verbose_name = _("The Review")

    def ready(self) -> None:
        from publishing.registry import ContentKind, Section, register, register_section
        from review.models import Article  # models are loaded only now

        register(
            ContentKind(
                key="article",
                model=Article,
                list_url="review:list",
                teaser_field="standfirst",
                searched=("authors__name", "body"),
                topics_field="topics",
            )
        )
        register_section(Section("review", _("The Review"), "review:list"))
