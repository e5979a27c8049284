from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self) -> None:
        from anymail.signals import tracking

        from publishing.registry import Section, register_desk_panel, register_section  # models are loaded only now
        from publishing.work import register_job
        from subscriptions.announcing import announce
        from subscriptions.desk import failing_mail
        from subscriptions.sending import send_waiting
        from subscriptions.service import answer_requests
        from subscriptions.tidying import tidy
        from subscriptions.webhooks import heed

        register_section(Section("subscribe", _("Get the latest updates"), "subscribe"))
        register_job("requests of readers", answer_requests)
        register_job("mailings", announce)
        register_job("mail", send_waiting)
        register_job("tidying of subscriptions", tidy)
        register_desk_panel(failing_mail)
        tracking.connect(heed)
