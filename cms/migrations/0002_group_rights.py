from functools import partial

from django.db import migrations

from accounts.rights import ADMINISTRATOR, COMMUNICATION, grant_rights

SNIPPETS = [
    "alertbanner",
    "contactpoint",
    "footermenu",
    "headermenu",
    "helpsubject",
    "openinghours",
    "publicholiday",
]
RIGHTS = [f"cms.{action}_{model}" for model in SNIPPETS for action in ("add", "change", "delete", "view")]
RIGHTS += [f"wagtailredirects.{action}_redirect" for action in ("add", "change", "delete", "view")]
RIGHTS += ["theme.change_brandingsettings"]


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0001_initial"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("theme", "0001_initial"),
        ("wagtailredirects", "0008_add_verbose_name_plural"),
    ]

    operations = [
        migrations.RunPython(
            partial(grant_rights, rights={COMMUNICATION: RIGHTS, ADMINISTRATOR: RIGHTS}), migrations.RunPython.noop
        )
    ]
