"""The back office of water: the data clerk issues codes and answers requests; the revenue officer reads."""

from django.db import migrations

from accounts.rights import ADMINISTRATOR, CASEWORKER, DATA_CLERK, REVENUE_OFFICER, grant_rights

READ = [
    "water.view_watercontract",
    "water.view_deliverypoint",
    "water.view_meter",
    "water.view_meterreading",
]
REQUESTS = ["water.view_coderequest", "water.handle_coderequest"]
CODES = ["water.view_codebatch", "water.issue_codes", "water.detach_watercontract"]
RIGHTS = {
    DATA_CLERK: READ + REQUESTS + CODES,
    CASEWORKER: READ + REQUESTS,
    REVENUE_OFFICER: READ,
    ADMINISTRATOR: READ + REQUESTS + CODES,
}


def grant(apps, schema_editor):
    grant_rights(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("water", "0001_initial"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
