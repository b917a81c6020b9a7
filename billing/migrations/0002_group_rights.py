"""The revenue officer looks at invoices and payments, asks the provider about them, and gives money back."""

from django.db import migrations

from accounts.rights import ADMINISTRATOR, DATA_CLERK, REVENUE_OFFICER, grant_rights

READ = [
    "billing.view_invoice",
    "billing.view_payment",
    "billing.view_refund",
    "billing.view_paymentevent",
]
RIGHTS = {
    REVENUE_OFFICER: [*READ, "billing.check_payment", "billing.refund_payment"],
    # The administrator sees, and leaves public money to the revenue officer.
    ADMINISTRATOR: READ,
    DATA_CLERK: ["billing.view_invoice"],
}


def grant(apps, schema_editor):
    grant_rights(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_initial"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
