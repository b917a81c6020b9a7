"""Rights of the back office, given to groups by migrations."""

from django.apps import apps as real_apps

COMMUNICATION = "Communication"
DATA_CLERK = "Gestionnaire de données"
CASEWORKER = "Instructeur"
CHILDCARE_MANAGER = "Responsable enfance"
REVENUE_OFFICER = "Régisseur"
ADMINISTRATOR = "Administrateur"
GROUPS = [COMMUNICATION, DATA_CLERK, CASEWORKER, CHILDCARE_MANAGER, REVENUE_OFFICER, ADMINISTRATOR]


def grant_rights(apps, schema_editor, rights):
    """Give groups their permissions, from a migration: `{"Régisseur": ["billing.view_payment", …]}`.

    Django creates permissions only once all migrations ran, so the missing ones are created here, as are missing
    groups. The migration depends on ("contenttypes", "0002_remove_content_type_name"), on accounts' own group rights,
    and on the one that last changed the models named. Giving a right twice changes nothing.
    Raises LookupError for a permission that no model declares.
    """
    db = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(db)
    for name, permissions in rights.items():
        group, _ = groups.get_or_create(name=name)
        group.permissions.add(*(get_permission(apps, db, permission) for permission in permissions))


def get_permission(apps, db, permission):
    """Return the Permission "app.codename" of the registry `apps`, created with its content type when missing."""
    app_label, codename = permission.split(".")
    model, name = _declared(apps, app_label, codename)
    content_type, _ = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(db)
        .get_or_create(app_label=app_label, model=model._meta.model_name)
    )
    row, _ = (
        apps.get_model("auth", "Permission")
        .objects.using(db)
        .get_or_create(content_type=content_type, codename=codename, defaults={"name": name})
    )
    return row


def _declared(apps, app_label, codename):
    """Return (model, name) of a permission as Django will create it: of the migration's models, else of today's."""
    for registry in (apps, real_apps):
        try:
            models = registry.get_app_config(app_label).get_models()
        except LookupError:
            continue
        for model in models:
            meta = model._meta
            names = {
                f"{action}_{meta.model_name}": f"Can {action} {meta.verbose_name_raw}"
                for action in meta.default_permissions
            }
            names.update({code: str(name) for code, name in meta.permissions})
            if codename in names:
                return model, names[codename][:255]
    raise LookupError(f"No model of {app_label} declares the permission {codename}.")
