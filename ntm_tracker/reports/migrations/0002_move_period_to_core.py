"""Periods move to core, where every service can ask for them: the rows stay, the table is renamed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("Period", "core_period")],
            state_operations=[migrations.DeleteModel("Period")],
        )
    ]
