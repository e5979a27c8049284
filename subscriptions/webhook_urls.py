"""Where the mail's provider tells of bounces and complaints: `webhooks/mail/<provider>/tracking/`.

There is an address only if a provider and a secret are set: without a secret anybody could unsubscribe everybody.
"""

from django.conf import settings
from django.urls import URLPattern

app_name = "anymail"
# Mandrill has one address for everything.
OURS = {f"{settings.MAIL_PROVIDER}_tracking_webhook", f"{settings.MAIL_PROVIDER}_webhook"}
urlpatterns: list[URLPattern] = []
if settings.MAIL_PROVIDER and settings.ANYMAIL["WEBHOOK_SECRET"]:
    from anymail.urls import urlpatterns as anymail_patterns  # takes 20 MB

    urlpatterns = [pattern for pattern in anymail_patterns if pattern.name in OURS]
