"""Where the mail's provider tells of bounces and complaints: `webhooks/mail/<provider>/tracking/`.

There is an address only if a provider and a secret are set: without a secret anybody could unsubscribe everybody.
"""

from anymail.urls import urlpatterns as anymail_patterns
from django.conf import settings

app_name = "anymail"
# Mandrill has one address for everything.
OURS = {f"{settings.MAIL_PROVIDER}_tracking_webhook", f"{settings.MAIL_PROVIDER}_webhook"}
is_open = bool(settings.ANYMAIL["WEBHOOK_SECRET"])
urlpatterns = [pattern for pattern in anymail_patterns if is_open and pattern.name in OURS]
