"""The back office of families: childcare managers read and decide; health data is theirs alone."""

from django.db import migrations

from accounts.rights import ADMINISTRATOR, CHILDCARE_MANAGER, REVENUE_OFFICER, grant_rights

READ = [
    "accounts.view_child",
    "accounts.view_familyfile",
    "accounts.view_familyquotient",
    "accounts.view_changerequest",
    "accounts.view_acceptance",
]
DECIDE = [
    "accounts.decide_child",
    "accounts.decide_changerequest",
    "accounts.verify_familyquotient",
    "accounts.change_guardianship",
    "accounts.view_guardianship",
]
SET_UP = [
    "accounts.view_fieldrule",
    "accounts.change_fieldrule",
    "accounts.add_acceptancetext",
    "accounts.view_acceptancetext",
    *(f"accounts.{act}_{model}" for model in ("consenttype", "diet") for act in ("add", "change", "delete", "view")),
]
HEALTH = ["accounts.view_healthrecord"]
RIGHTS = {
    CHILDCARE_MANAGER: READ + DECIDE + SET_UP + HEALTH,
    REVENUE_OFFICER: ["accounts.view_familyquotient", "accounts.view_familyfile"],
    ADMINISTRATOR: READ + SET_UP + ["accounts.view_healthaccess"],
}


def grant(apps, schema_editor):
    grant_rights(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_family"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
