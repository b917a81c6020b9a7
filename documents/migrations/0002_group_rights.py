"""The back office of supporting documents: childcare managers say what is asked for, and check what is sent."""

from django.db import migrations

from accounts.rights import ADMINISTRATOR, CHILDCARE_MANAGER, grant_rights

SET_UP = [f"documents.{act}_documentrequirement" for act in ("add", "change", "delete", "view")]
RIGHTS = {
    CHILDCARE_MANAGER: [
        *SET_UP,
        "documents.view_supportingdocument",
        "documents.decide_supportingdocument",
    ],
    ADMINISTRATOR: [*SET_UP, "documents.view_supportingdocument"],
}


def grant(apps, schema_editor):
    grant_rights(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
