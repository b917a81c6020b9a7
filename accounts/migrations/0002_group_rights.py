from django.db import migrations

from accounts.rights import (
    ADMINISTRATOR,
    COMMUNICATION,
    GROUPS,
    get_permission,
    grant_rights,
)

# What every role starts from: the door of the back office. Each app adds its own rights in its own migration.
RIGHTS = {group: ["wagtailadmin.access_admin"] for group in GROUPS}
RIGHTS[ADMINISTRATOR] += [
    "accounts.add_user",
    "accounts.change_user",
    "accounts.view_user",
    "accounts.view_outgoingmail",
    "auth.change_group",
    "auth.view_group",
]

PAGES = ["add_page", "bulk_delete_page", "change_page", "lock_page", "publish_page", "unlock_page"]
MEDIA = [
    "wagtailimages.add_image",
    "wagtailimages.change_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.change_document",
    "wagtaildocs.choose_document",
]
EXAMPLE = "Moderators approval"


def create_groups(apps, schema_editor):
    grant_rights(apps, schema_editor, RIGHTS)


def grant_pages(apps, schema_editor):
    """Communication staff and administrators edit and publish everywhere, with all images and documents."""
    db = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(db)
    root_page = apps.get_model("wagtailcore", "Page").objects.using(db).get(depth=1)
    root_collection = apps.get_model("wagtailcore", "Collection").objects.using(db).get(depth=1)
    on_pages = apps.get_model("wagtailcore", "GroupPagePermission").objects.using(db)
    on_collections = apps.get_model("wagtailcore", "GroupCollectionPermission").objects.using(db)
    editors = groups.filter(name__in=[COMMUNICATION, ADMINISTRATOR])
    for group in editors:
        for codename in PAGES:
            permission = get_permission(apps, db, f"wagtailcore.{codename}")
            on_pages.get_or_create(group=group, page=root_page, permission=permission)
        for name in MEDIA:
            permission = get_permission(apps, db, name)
            on_collections.get_or_create(group=group, collection=root_collection, permission=permission)
    # Wagtail's example of a workflow is for those who publish, and its examples of groups would only confuse.
    for task in apps.get_model("wagtailcore", "GroupApprovalTask").objects.using(db).filter(name=EXAMPLE):
        task.groups.set(editors)
        task.name = "Relecture par la communication"
        task.save()
    apps.get_model("wagtailcore", "Workflow").objects.using(db).filter(name=EXAMPLE).update(name="Relecture")
    groups.filter(name__in=["Editors", "Moderators"], user=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0003_admin_managed"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [
        migrations.RunPython(create_groups, migrations.RunPython.noop),
        migrations.RunPython(grant_pages, migrations.RunPython.noop),
    ]
