from django.db import migrations, models

from ntm_tracker.core.text import search_text


def find_the_old_ones(apps, schema_editor):
    """What was raised before can be searched too."""
    rows = apps.get_model("sponsors", "Difficulty").objects
    found = list(rows.only("text"))
    for row in found:
        row.search_text = search_text(row.text)
    rows.bulk_update(found, ["search_text"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ("sponsors", "0003_difficulty_turns"),
    ]

    operations = [
        migrations.AddField(
            model_name="difficulty",
            name="search_text",
            field=models.TextField(default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(find_the_old_ones, migrations.RunPython.noop),
    ]
