"""Puts this project's admin site in the place of Django's own."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "publishing.admin_site.PortalAdminSite"
