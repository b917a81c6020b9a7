"""Chunks, cursors, and what becomes of a batch whose worker stops or dies."""

import datetime as dt
import json
import sqlite3

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from imports import bulk, services
from imports.enums import BatchState
from imports.models import ImportBatch, UndoEntry
from tests.factories.imports import SUBSCRIBERS, applied, checked, clerk, csv_file, snapshot, subscriber, uploaded
from tests.factories.water import WaterContractFactory
from tests.imports import worker
from water.models import WaterContract


@pytest.fixture
def by(db):
    return clerk()


def rows(count):
    return [subscriber(number) for number in range(1, count + 1)]


@pytest.mark.django_db
def test_a_slice_of_time_gives_the_worker_back_and_queues_the_rest(by, monkeypatch, run_queue):
    monkeypatch.setattr("imports.services.checking.CHUNK", 3)
    monkeypatch.setattr("imports.services.running.SLICE_SECONDS", 0)
    batch = services.start_check(by=by, batch=uploaded(by, "subscribers", csv_file(SUBSCRIBERS, rows(8))))
    services.run(batch.pk, seconds=0)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, batch.rows_total, batch.percent) == (BatchState.CHECKING, 3, 8, 37)
    assert run_queue() >= 1
    batch.refresh_from_db()
    assert (batch.state, batch.counts["create"]) == (BatchState.CHECKED, 8)


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 3, 100])
def test_the_size_of_the_chunks_changes_nothing(by, monkeypatch, size):
    lines = [*rows(7), subscriber(3), subscriber(5, town="Ailleurs"), subscriber(9, read_on="31/02/2025")]
    expected = applied(by, "subscribers", csv_file(SUBSCRIBERS, lines))
    wanted, counted = snapshot(), expected.counts
    services.start_undo(by=by, batch=expected)
    services.run(expected.pk)
    for module in ("checking", "applying"):
        monkeypatch.setattr(f"imports.services.{module}.CHUNK", size)
    batch = applied(by, "subscribers", csv_file(SUBSCRIBERS, lines))
    assert (snapshot(), batch.counts) == (wanted, counted)


@pytest.mark.django_db
def test_a_chunk_that_fails_leaves_nothing_and_is_done_again(by, monkeypatch):
    monkeypatch.setattr("imports.services.applying.CHUNK", 2)
    batch = services.start_apply(by=by, batch=checked(by, "subscribers", csv_file(SUBSCRIBERS, rows(5))))
    original, calls = bulk.insert, []

    def interrupted(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        return original(*args, **kwargs)

    monkeypatch.setattr(bulk, "insert", interrupted)
    services.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, batch.attempts) == (BatchState.APPLYING, 2, 0)
    assert (WaterContract.objects.count(), UndoEntry.objects.values("number").distinct().count()) == (2, 2)
    services.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, WaterContract.objects.count()) == (BatchState.APPLIED, 5)


@pytest.mark.django_db
def test_a_batch_that_never_gets_further_is_interrupted_then_resumed_by_the_clerk(by, monkeypatch):
    batch = services.start_apply(by=by, batch=checked(by, "subscribers", csv_file(SUBSCRIBERS, rows(2))))
    with monkeypatch.context() as broken:
        broken.setattr("imports.bulk.insert", lambda *args: 1 / 0)
        for attempt in range(1, 6):
            batch.refresh_from_db()
            assert batch.state == BatchState.APPLYING, attempt
            services.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.failed_in) == (BatchState.FAILED, BatchState.APPLYING)
    assert "s’est arrêté 5 fois" in batch.error
    services.retry(by=by, batch=batch)
    services.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.error, WaterContract.objects.count()) == (BatchState.APPLIED, "", 2)


@pytest.mark.django_db
def test_silent_batches_are_queued_again_once(by, run_queue):
    batch = services.start_check(by=by, batch=uploaded(by, "subscribers", csv_file(SUBSCRIBERS, rows(2))))
    OrmQ.objects.all().delete()  # the task is lost
    assert services.resume_stalled() == 0  # its worker may still be at it
    ImportBatch.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=3))
    assert services.resume_stalled() == 1
    assert services.resume_stalled() == 0
    run_queue()
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED


@pytest.mark.django_db
def test_a_file_gone_bad_interrupts_with_its_sentence(by):
    batch = uploaded(by, "subscribers", csv_file(SUBSCRIBERS, rows(2)))
    with batch.file.storage.open(batch.file.name, "wb") as file:
        file.write(b"\x00\x01\x02")
    services.start_check(by=by, batch=batch)
    services.run(batch.pk)
    batch.refresh_from_db()
    assert batch.state in (BatchState.FAILED, BatchState.CHECKED)
    if batch.state == BatchState.FAILED:
        assert batch.error.endswith(".")


@pytest.mark.django_db
def test_what_was_created_meanwhile_is_seen_when_applying(by):
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    WaterContractFactory(reference="00000001", holder_name="Ancien nom")
    services.start_apply(by=by, batch=batch)
    services.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.counts["create"], batch.counts["update"]) == (0, 1)
    assert WaterContract.objects.get().holder_name == "DURAND Camille 1"


# A worker that is really killed (on PostgreSQL: tests/concurrency/test_imports.py)


@pytest.mark.django_db
@pytest.mark.skipif("sqlite" not in connection.vendor, reason="SQLite's side of a test that PostgreSQL has too")
def test_killed_workers_give_the_same_result_as_an_undisturbed_run_on_sqlite(by, tmp_path):
    lines = [*rows(200), subscriber(7), subscriber(11, town="Ailleurs"), subscriber(601, read_on="31/02/2025")]
    batch = services.start_check(by=by, batch=uploaded(by, "subscribers", csv_file(SUBSCRIBERS, lines)))
    # The other process gets a copy of the database: this test's own is invisible to it.
    path = tmp_path / "killed.sqlite3"
    connection.ensure_connection()
    path.write_bytes(connection.connection.serialize())
    copy = sqlite3.connect(path, timeout=20)
    services.run(batch.pk)
    services.start_apply(by=by, batch=batch)
    services.run(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.APPLIED

    def column(name):
        return copy.execute(f"SELECT {name} FROM imports_importbatch WHERE id = ?", [batch.pk]).fetchone()[0]

    where = {"database": f"sqlite:///{path}", "private_root": settings.PRIVATE_ROOT}
    for state, done in [("checking", "checked"), ("applying", "applied")]:
        worker.kill_in_the_middle(batch.pk, progress=lambda: column("rows_done"), **where)
        assert column("state") == state
        assert 0 < column("rows_done") < column("rows_total")
        worker.finish("run", batch.pk, **where)
        assert column("state") == done
        if done == "checked":
            worker.finish("apply", batch.pk, **where)

    (tmp_path / "calm.sqlite3").write_bytes(connection.connection.serialize())
    calm = sqlite3.connect(tmp_path / "calm.sqlite3")
    for table, columns in [
        ("imports_stagedrow", 'number, key, "values", action, errors, notices, changes, applied'),
        ("water_deliverypoint", "reference, address, postcode, town"),
        ("water_watercontract", "reference, holder_name, services, subscribed_on"),
        ("water_meter", "serial_number, digits"),
        ("water_meterreading", 'read_on, "index", source'),
        ("imports_undoentry", "number, model, state"),
    ]:
        query = f"SELECT {columns} FROM {table} ORDER BY 1, 2"
        wanted = decoded(calm.execute(query))
        assert wanted
        assert decoded(copy.execute(query)) == wanted, table
    copy.close()
    calm.close()


def decoded(lines):
    """The lines with their JSON read: how it is spaced says nothing."""
    return [[json.loads(cell) if str(cell)[:1] in ("[", "{") else cell for cell in line] for line in lines]
