from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from publishing.registry import register_follower, register_staff_search
        from publishing.work import register_job
        from search.indexing import Sweep, follow  # models are loaded only now
        from search.staff import found_by_staff

        register_follower(follow)
        register_staff_search(found_by_staff)
        register_job("search", Sweep())
