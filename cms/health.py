"""`/healthz`: the process answers. `/readyz`: its database, its migrations and its queue do too."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import OrmQ

# A task that nobody took for this long says that no worker runs.
QUEUE_PATIENCE = timedelta(minutes=15)


@require_safe
@never_cache
def healthz(request):
    """200 while the process answers. For load balancers: a late queue must not take the site down."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    """200 with each part's state, or 503 naming the part that fails. For deployments and monitoring."""
    try:
        parts = {"database": "ok", "migrations": _migrations(), "queue": _queue()}
    except DatabaseError:
        parts = {"database": "unreachable"}
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _migrations():
    executor = MigrationExecutor(connection)
    return "missing" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _queue():
    # The ORM broker writes a task as if its lock had just expired: `lock` is `retry` seconds before its arrival.
    taken_after = timezone.now() - timedelta(seconds=settings.Q_CLUSTER["retry"]) - QUEUE_PATIENCE
    return "late" if OrmQ.objects.filter(lock__lt=taken_after).exists() else "ok"
