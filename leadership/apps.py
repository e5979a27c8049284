from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadershipConfig(AppConfig):
    name = "leadership"
    verbose_name = _("Secretary General")

    def ready(self) -> None:
        from leadership.feeds import lists_of_report, tell_report
        from leadership.models import AnnualReport, TermOfOffice  # models are loaded only now
        from publishing.registry import ContentKind, Section, register, register_section
        from publishing.syndication import Syndicated

        register(
            ContentKind(
                key="secretary_general",
                model=TermOfOffice,
                list_url="leadership:former",
                teaser_field="teaser",
                searched=("country", "body"),
            )
        )
        register(
            ContentKind(
                key="annual_report",
                model=AnnualReport,
                list_url="leadership:reports",
                teaser_field="teaser",
                searched=("body",),
                feed=Syndicated(tell_report, shows=("image", "document"), lists=lists_of_report),
            )
        )
        register_section(Section("secretary-general", _("Secretary General"), "leadership:current", canonical=False))
        register_section(Section("former", _("Former Secretaries General"), "leadership:former"))
        register_section(Section("annual-reports", _("Annual reports"), "leadership:reports"))
