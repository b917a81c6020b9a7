"""Caseworkers open and terminate contracts and record readings: what accepting the water procedures does."""

from functools import partial

from django.db import migrations

from accounts.rights import ADMINISTRATOR, CASEWORKER, DATA_CLERK, grant_rights

CONTRACTS = ["water.open_watercontract", "water.terminate_watercontract", "water.record_meterreading"]
RIGHTS = {CASEWORKER: CONTRACTS, DATA_CLERK: CONTRACTS, ADMINISTRATOR: CONTRACTS}


class Migration(migrations.Migration):
    dependencies = [
        ("water", "0003_contracts"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(partial(grant_rights, rights=RIGHTS), migrations.RunPython.noop)]
