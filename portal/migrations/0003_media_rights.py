"""What the groups may do with recordings and their captions."""

import importlib

from django.db import migrations

groups = importlib.import_module("portal.migrations.0002_groups")

RIGHTS = {
    group: {name: actions for name in ("library.recording", "library.captiontrack")}
    for group, actions in (("Writers", groups.WRITE), ("Editors", groups.KEEP), ("Administrators", groups.KEEP))
}


def add_rights(apps, schema_editor=None):
    groups.give(apps, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0002_groups"),
        ("library", "0004_media"),
    ]

    operations = [migrations.RunPython(add_rights, migrations.RunPython.noop)]
