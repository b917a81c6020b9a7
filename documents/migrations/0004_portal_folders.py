"""The five folders of « Mes documents » (s0.11), and who adds others."""

from django.db import migrations

from accounts.rights import ADMINISTRATOR, COMMUNICATION, grant_rights

RIGHTS = {
    group: [f"documents.{act}_folder" for act in ("add", "change", "delete", "view")]
    for group in (ADMINISTRATOR, COMMUNICATION)
}
# kind and slug, name, what stands in it, whether residents add to it
FOLDERS = [
    ("invoices", "factures", "Factures", "Vos factures, rangées par le portail.", False),
    ("received", "recus", "Reçus", "Les courriers et documents que les services vous ont remis.", False),
    ("sent", "envoyes", "Envoyés", "Les documents que vous avez envoyés aux services.", True),
    ("quotes", "devis", "Devis", "Les devis de travaux et de prestations.", True),
    ("other", "autre", "Autre", "Tout ce que vous voulez garder ici.", True),
]


def create_folders(apps, schema_editor):
    folders = apps.get_model("documents", "Folder").objects.using(schema_editor.connection.alias)
    for position, (kind, slug, name, description, residents_add) in enumerate(FOLDERS):
        folders.get_or_create(
            kind=kind,
            defaults={
                "slug": slug,
                "name": name,
                "description": description,
                "residents_add": residents_add,
                "position": position,
            },
        )


def grant(apps, schema_editor):
    grant_rights(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_folders"),
        ("accounts", "0002_group_rights"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(create_folders, migrations.RunPython.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
