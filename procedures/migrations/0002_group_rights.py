from functools import partial

from django.db import migrations

from accounts.rights import ADMINISTRATOR, COMMUNICATION, grant_rights

RIGHTS = [
    f"procedures.{action}_{model}"
    for model in ("proceduretheme", "situation")
    for action in ("add", "change", "delete", "view")
]


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0001_initial"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(
            partial(grant_rights, rights={COMMUNICATION: RIGHTS, ADMINISTRATOR: RIGHTS}), migrations.RunPython.noop
        )
    ]
