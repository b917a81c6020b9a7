"""Work that comes back: rows of django-q2, kept in step with the code after each migration."""

from django.db import connections


def ensure_schedule(name, func, cron, *, using="default"):
    """Have `func` (a dotted path without arguments) run at `cron`, under `name`. Changes nothing the second time.

    Call it from a `post_migrate` receiver of the app that owns `func`.
    """
    from django_q.models import Schedule

    # `migrate <app>` may come before the queue's own tables.
    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return
    Schedule.objects.using(using).update_or_create(
        name=name, defaults={"func": func, "schedule_type": Schedule.CRON, "cron": cron, "repeats": -1}
    )
