"""Families under contention, on PostgreSQL: an agent and a parent of one child don't wait for each other for ever."""

import datetime as dt
import threading

import pytest
from django.db import transaction
from django.db.models.signals import pre_save

from accounts.enums import FamilyForm
from accounts.locks import lock_profile
from accounts.models import Guardianship, Profile
from accounts.services import files, guardianships
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.families import ChildFactory, GuardianshipFactory, HouseholdFactory

from .test_payments import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def outcomes(transactional_db, monkeypatch):
    """Return `outcomes(lock)`: how many were done and refused of two acts on a child whose household raises it again
    next year. The agent locks the child, then writes a row that points at the household; the parent locks the household
    with `lock`, then the child. Each has its first lock before the other asks for it."""
    agent = UserFactory(is_staff=True, is_superuser=True)
    household = HouseholdFactory()
    parent = MembershipFactory(profile=household).user
    child = ChildFactory()
    GuardianshipFactory(child=child, profile=household, ended_on=dt.date(2099, 12, 31))
    child_held, household_held = threading.Event(), threading.Event()

    def meet(**kwargs):
        child_held.set()
        assert household_held.wait(timeout=30)

    def raise_again():
        guardianships.add_household(by=agent, child=child, profile=household, started_on=dt.date(2100, 1, 1))

    @transaction.atomic
    def edit():
        assert child_held.wait(timeout=30)
        files.locked_child(by=parent, profile=household, child_id=child.pk, form=FamilyForm.CHILD)

    def outcomes(lock):
        def lock_and_meet(pk):
            locked = lock(pk)
            household_held.set()
            return locked

        monkeypatch.setattr(files, "lock_profile", lock_and_meet)
        return at_once(raise_again, edit)

    pre_save.connect(meet, sender=Guardianship)
    yield outcomes
    pre_save.disconnect(meet, sender=Guardianship)


def test_a_household_is_added_while_its_parent_edits_the_child(outcomes):
    assert outcomes(lock_profile) == (2, 0)


def test_control_with_the_rows_that_point_at_the_profile_locked_too_they_block_each_other(outcomes):
    assert outcomes(lambda pk: Profile.objects.select_for_update().get(pk=pk)) == (1, 1)
