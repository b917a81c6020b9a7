"""The same contract attached by two residents at once: exactly one gets it. On PostgreSQL, where rows are locked."""

import threading
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.db.models.signals import pre_save

from accounts.models import OutgoingMail
from tests.factories.accounts import MembershipFactory
from tests.factories.water import CODE, WaterContractFactory
from water.models import WaterContract
from water.services.attachment import attach_contract

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
RESIDENTS = 2


@pytest.fixture
def attached_at_once():
    """Return `attached_at_once()`: how many of the residents who attach one contract at once hear it worked.

    Each is held just before writing until the others are there too, or for a second: without a lock, all have checked
    before any has written.
    """
    everyone_checked = threading.Barrier(RESIDENTS)

    def hold(**kwargs):
        with suppress(threading.BrokenBarrierError):
            everyone_checked.wait(timeout=1)

    def run():
        contract = WaterContractFactory(reference="00004512", code=CODE)
        memberships = MembershipFactory.create_batch(RESIDENTS)
        outcomes = []
        pre_save.connect(hold, sender=WaterContract)

        def attach(membership, origin):
            try:
                attach_contract(
                    by=membership.user,
                    profile=membership.profile,
                    email=membership.user.email,
                    reference=contract.reference,
                    code=CODE,
                    origin=origin,
                )
                outcomes.append("attached")
            except ValidationError:
                outcomes.append("refused")
            finally:
                connection.close()

        threads = [
            threading.Thread(target=attach, args=(membership, f"203.0.113.{number}"))
            for number, membership in enumerate(memberships)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert len(outcomes) == RESIDENTS
        return outcomes.count("attached")

    yield run
    pre_save.disconnect(hold, sender=WaterContract)


def test_s1_3_a_contract_attached_twice_at_once_goes_to_one(attached_at_once):
    assert attached_at_once() == 1
    assert OutgoingMail.objects.count() == 1


def test_control_without_the_lock_both_are_told_it_worked(attached_at_once, monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    assert attached_at_once() == RESIDENTS
