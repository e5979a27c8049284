from django.db import migrations


def carry_over(apps, schema_editor):
    """Who was subscribed to all updates in one language gets them once a day, beginning where the last mail ended.

    An address that differs from another by its case only is that other one.
    """
    Subscriber = apps.get_model("subscriptions", "Subscriber")
    for reader in Subscriber.objects.order_by("pk").iterator():
        email = normal_address(reader.email)
        if email != reader.email and Subscriber.objects.filter(email=email).exists():
            reader.delete()
            continue
        reader.email = email
        reader.languages, reader.often = [reader.language], "daily"
        if reader.confirmed_at is not None:
            reader.state, reader.since = "confirmed", reader.since or reader.confirmed_at
        reader.save()


def normal_address(email):
    local, _at, domain = email.strip().lower().rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return f"{local}@{domain}"


class Migration(migrations.Migration):

    dependencies = [
        ('subscriptions', '0002_ledger'),
    ]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
