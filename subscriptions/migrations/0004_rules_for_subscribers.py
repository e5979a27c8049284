import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subscriptions', '0003_carry_over'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(condition=models.Q(('state', 'confirmed')), fields=['often', 'id'], name='subscriptions_readers'),
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(fields=['-created_at', '-id'], name='subscriptions_newest'),
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(fields=['state', '-created_at'], name='subscriptions_of_state'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='subscriptions_subscriber_lower_case'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), models.Q(('confirmed_at__isnull', False), ('since__isnull', False)), _connector='OR'), name='subscriptions_subscriber_confirmed_at_an_instant'),
        ),
    ]
