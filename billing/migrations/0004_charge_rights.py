"""Charges are read by the revenue officer and by childcare managers."""

from django.db import migrations

from accounts.rights import ADMINISTRATOR, CHILDCARE_MANAGER, REVENUE_OFFICER, grant_rights

RIGHTS = {group: ["billing.view_charge"] for group in (CHILDCARE_MANAGER, REVENUE_OFFICER, ADMINISTRATOR)}


def grant(apps, schema_editor):
    grant_rights(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_charge"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
