"""Writers, Editors and Administrators, with what each may do."""

from django.db import migrations

WRITE = ("view", "add", "change")
DECIDE = (*WRITE, "delete", "publish")
KEEP = (*WRITE, "delete")

KINDS = (
    "news.newsitem",
    "news.featureditem",
    "review.article",
    "events.event",
    "pages.page",
    "pages.topic",
    "leadership.termofoffice",
    "leadership.annualreport",
)
HELPERS = ("library.image", "library.document", "review.author", "review.issue")

WRITERS = {name: WRITE for name in (*KINDS, *HELPERS)}
EDITORS = {
    **{name: DECIDE for name in KINDS},
    **{name: KEEP for name in HELPERS},
    "publishing.release": DECIDE,
}
ADMINISTRATORS = {
    **EDITORS,
    "auth.user": KEEP,
    "auth.group": KEEP,
    "portal.sitesettings": WRITE,
    "portal.menulink": KEEP,
    "subscriptions.subscriber": ("view", "delete"),
    "publishing.auditentry": ("view",),
}
GROUPS = {"Writers": WRITERS, "Editors": EDITORS, "Administrators": ADMINISTRATORS}


def make_groups(apps, schema_editor=None):
    give(apps, GROUPS)


def give(apps, groups):
    """Give each group what it lacks. Safe to repeat: nobody leaves a group, and no right is taken from one."""
    Group = apps.get_model("auth", "Group")
    for name, rights in groups.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(
            *(permission(apps, model, action) for model, actions in rights.items() for action in actions)
        )


def permission(apps, name, action):
    """As `migrate` makes it once all migrations have run, which is too late for a new database's groups."""
    model = apps.get_model(name)
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=model._meta.app_label, model=model._meta.model_name
    )
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=f"{action}_{model._meta.model_name}",
        defaults={"name": f"Can {action} {model._meta.verbose_name_raw}"},
    )
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_initial"),
        ("publishing", "__first__"),
        ("library", "0001_initial"),
        ("pages", "0002_workflow"),
        ("leadership", "0002_workflow"),
        ("news", "0002_workflow"),
        ("review", "0002_workflow"),
        ("events", "0002_workflow"),
        ("subscriptions", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Taken back, the groups stay: people are in them.
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
