from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    name = "library"
    verbose_name = _("Library")

    def ready(self) -> None:
        from library import usage  # once the models are loaded
        from library.desk import rights_that_end, without_description
        from library.galleries import galleries_with
        from library.renditions import make_waiting
        from publishing.registry import register_desk_panel
        from publishing.work import register_job

        for finder in (usage.columns, usage.texts, usage.revisions, galleries_with):
            usage.register_use_finder(finder)
        register_desk_panel(rights_that_end)
        register_desk_panel(without_description)
        register_job("renditions", make_waiting)
