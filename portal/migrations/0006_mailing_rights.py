"""What administrators may do with what is mailed to readers."""

import importlib

from django.db import migrations

groups = importlib.import_module("portal.migrations.0002_groups")

RIGHTS = {
    "Administrators": {"subscriptions.mailing": ("view",), "subscriptions.delivery": ("view", "change")},
}


def add_rights(apps, schema_editor=None):
    groups.give(apps, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0005_press_office"),
        ("subscriptions", "0002_ledger"),
    ]

    operations = [migrations.RunPython(add_rights, migrations.RunPython.noop)]
