"""Departments: the administrator says who is in which; those who build procedures choose one."""

from functools import partial

from django.db import migrations

from accounts.rights import ADMINISTRATOR, COMMUNICATION, grant_rights

RIGHTS = {
    ADMINISTRATOR: [f"accounts.{act}_department" for act in ("add", "change", "delete", "view")],
    COMMUNICATION: ["accounts.view_department"],
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_procedures"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(partial(grant_rights, rights=RIGHTS), migrations.RunPython.noop)]
