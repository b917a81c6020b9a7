"""The revenue office reads the mandates and revokes them; accepting a request for direct debit records one."""

from functools import partial

from django.db import migrations

from accounts.rights import ADMINISTRATOR, CASEWORKER, REVENUE_OFFICER, grant_rights

CREATE = "billing.create_sepamandate"
RIGHTS = {
    CASEWORKER: [CREATE],
    REVENUE_OFFICER: ["billing.view_sepamandate", "billing.revoke_sepamandate", CREATE],
    ADMINISTRATOR: ["billing.view_sepamandate", CREATE],
}


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_mandates"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(partial(grant_rights, rights=RIGHTS), migrations.RunPython.noop)]
