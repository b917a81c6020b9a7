"""`/healthz` and `/readyz`."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

pytestmark = pytest.mark.django_db


def test_healthz_answers_without_a_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_names_each_part(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": "ok", "migrations": "ok", "queue": "ok"}


def test_readyz_fails_while_a_migration_is_missing(client):
    (last,) = MigrationLoader(connection).graph.leaf_nodes("billing")
    MigrationRecorder(connection).record_unapplied(*last)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "missing"


@pytest.mark.parametrize(("waited", "state", "status"), [(14, "ok", 200), (16, "late", 503)])
def test_readyz_fails_when_no_worker_takes_the_tasks(client, waited, state, status):
    async_task("builtins.print")
    lock = timezone.now() - timedelta(seconds=settings.Q_CLUSTER["retry"], minutes=waited)
    OrmQ.objects.update(lock=lock)
    response = client.get("/readyz")
    assert (response.json()["queue"], response.status_code) == (state, status)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_never_cached_and_read_only(client, path):
    assert "no-store" in client.get(path)["Cache-Control"]
    assert client.post(path).status_code == 405
