"""Imports on PostgreSQL: a worker killed in the middle, and two clerks who apply the same file at once."""

import threading

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django_q.models import OrmQ

from imports import services
from imports.enums import BatchState
from imports.models import ImportBatch, UndoEntry
from imports.services import states
from tests.factories.accounts import UserFactory
from tests.factories.imports import SUBSCRIBERS, applied, checked, csv_file, snapshot, subscriber, undone, uploaded
from tests.imports import worker
from water.models import WaterContract

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def by(transactional_db):
    """A clerk with rights of her own: these tests begin with an empty database, without groups."""
    user = UserFactory(is_staff=True)
    content_type = ContentType.objects.get_for_model(ImportBatch)
    for verb in ("add", "view", "apply", "undo"):
        permission, _ = Permission.objects.get_or_create(
            content_type=content_type, codename=f"{verb}_importbatch", defaults={"name": verb}
        )
        user.user_permissions.add(permission)
    return user


def test_killed_workers_give_the_same_result_as_an_undisturbed_run(by):
    lines = [subscriber(number) for number in range(1, 301)]
    lines += [subscriber(7), subscriber(11, town="Ailleurs"), subscriber(601, read_on="31/02/2025")]
    calm = applied(by, "subscribers", csv_file(SUBSCRIBERS, lines))
    wanted, counted = snapshot(), calm.counts
    rows = list(
        calm.rows.order_by("number").values_list("number", "key", "values", "action", "errors", "notices", "applied")
    )
    undone(by, calm)
    assert not WaterContract.objects.exists()

    batch = services.start_check(by=by, batch=uploaded(by, "subscribers", csv_file(SUBSCRIBERS, lines)))
    db = connection.settings_dict
    address = f"postgres://{db['USER']}:{db['PASSWORD']}@{db['HOST']}:{db['PORT']}/{db['NAME']}"
    where = {"database": address, "private_root": settings.PRIVATE_ROOT}

    def progress():
        batch.refresh_from_db()
        return batch.rows_done

    for state, done in [(BatchState.CHECKING, BatchState.CHECKED), (BatchState.APPLYING, BatchState.APPLIED)]:
        worker.kill_in_the_middle(batch.pk, progress=progress, **where)
        batch.refresh_from_db()
        assert batch.state == state
        assert 0 < batch.rows_done < batch.rows_total
        worker.finish("run", batch.pk, **where)
        batch.refresh_from_db()
        assert batch.state == done
        if done == BatchState.CHECKED:
            services.start_apply(by=by, batch=batch)
    assert batch.counts == counted
    assert snapshot() == wanted
    assert (
        list(
            batch.rows.order_by("number").values_list(
                "number", "key", "values", "action", "errors", "notices", "applied"
            )
        )
        == rows
    )
    # And it can still be taken back, wholly.
    services.start_undo(by=by, batch=batch)
    worker.finish("run", batch.pk, **where)
    assert not WaterContract.objects.exists()


def apply_at_once(by, batch):
    """How often the application of a batch was accepted, when two clerks ask for it at the same time."""
    both_ready = threading.Barrier(2)
    outcomes = []

    def apply():
        try:
            both_ready.wait(timeout=5)
            services.start_apply(by=by, batch=batch)
            outcomes.append("accepted")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=apply) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return sorted(outcomes)


def test_a_batch_is_applied_once_however_many_ask(by):
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(number) for number in range(1, 4)]))
    OrmQ.objects.all().delete()
    assert apply_at_once(by, batch) == ["accepted", "refused"]
    assert OrmQ.objects.count() == 1


def test_control_without_the_lock_it_is_accepted_twice(by, monkeypatch):
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    both_read = threading.Barrier(2)

    def unlocked(batch_id):
        found = ImportBatch.objects.get(pk=batch_id)
        both_read.wait(timeout=5)
        return found

    monkeypatch.setattr(states, "locked", unlocked)
    monkeypatch.setattr("imports.services.batches.locked", unlocked)
    assert apply_at_once(by, batch) == ["accepted", "accepted"]


def test_two_workers_on_one_batch_write_each_row_once(by, monkeypatch):
    monkeypatch.setattr("imports.services.applying.CHUNK", 5)
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(number) for number in range(1, 101)]))
    services.start_apply(by=by, batch=batch)

    def work():
        services.run(batch.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, batch.counts["create"]) == (BatchState.APPLIED, 100, 100)
    assert WaterContract.objects.count() == 100
    assert UndoEntry.objects.filter(batch=batch).count() == 400


def test_two_files_that_create_the_same_contracts_at_once_both_end_well(by, monkeypatch):
    monkeypatch.setattr("imports.services.applying.CHUNK", 10)
    lines = [subscriber(number) for number in range(1, 61)]
    one = checked(by, "subscribers", csv_file(SUBSCRIBERS, lines))
    two = checked(by, "subscribers", csv_file(SUBSCRIBERS, list(reversed(lines))))
    for batch in (one, two):
        services.start_apply(by=by, batch=batch)

    def work(batch):
        for _ in range(5):
            services.run(batch.pk)
        connection.close()

    threads = [threading.Thread(target=work, args=(batch,)) for batch in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, two.state) == (BatchState.APPLIED, BatchState.APPLIED), (one.error, two.error)
    assert WaterContract.objects.count() == 60
    assert one.counts["create"] + two.counts["create"] == 60
