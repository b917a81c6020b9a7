from functools import partial

from django.db import migrations

from accounts.rights import ADMINISTRATOR, DATA_CLERK, grant_rights

RIGHTS = [
    "imports.add_importbatch",
    "imports.view_importbatch",
    "imports.apply_importbatch",
    "imports.undo_importbatch",
]


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0001_initial"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(
            partial(grant_rights, rights={DATA_CLERK: RIGHTS, ADMINISTRATOR: RIGHTS}), migrations.RunPython.noop
        )
    ]
