"""Caseworkers handle cases; communication staff build procedures, their letters and their appointments."""

from functools import partial

from django.db import migrations

from accounts.rights import ADMINISTRATOR, CASEWORKER, COMMUNICATION, grant_rights

SET_UP = [
    f"procedures.{act}_{model}"
    for model in ("lettertemplate", "appointmentkind")
    for act in ("add", "change", "delete", "view")
]
HANDLE = [
    "procedures.view_case",
    "procedures.review_case",
    "procedures.assign_case",
    "procedures.export_cases",
    "procedures.file_case",
    "procedures.view_appointment",
    "procedures.note_appointment",
]
RIGHTS = {
    CASEWORKER: HANDLE,
    COMMUNICATION: SET_UP,
    ADMINISTRATOR: [*SET_UP, *HANDLE, "procedures.view_all_cases"],
}


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0003_cases"),
        ("accounts", "0006_procedures_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(partial(grant_rights, rights=RIGHTS), migrations.RunPython.noop)]
