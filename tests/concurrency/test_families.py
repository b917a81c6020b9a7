"""Families under contention, on PostgreSQL: an agent and a parent of one child don't wait for each other for ever."""

import datetime as dt

import pytest
from django.db import transaction

from accounts.enums import FamilyForm
from accounts.models import Guardianship, Profile
from accounts.services import files, guardianships
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.families import ChildFactory, GuardianshipFactory, HouseholdFactory

from .test_payments import at_once, held_before_saving

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agent_and_parent(transactional_db):
    """Two acts on a child whose household raises it again next year: the agent locks the child, then writes a row that
    points at the household; meanwhile the parent locks the household, then the child."""
    agent = UserFactory(is_staff=True, is_superuser=True)
    household = HouseholdFactory()
    parent = MembershipFactory(profile=household).user
    child = ChildFactory()
    GuardianshipFactory(child=child, profile=household, ended_on=dt.date(2099, 12, 31))

    def raise_again():
        guardianships.add_household(by=agent, child=child, profile=household, started_on=dt.date(2100, 1, 1))

    @transaction.atomic
    def edit():
        files.locked_child(by=parent, profile=household, child_id=child.pk, form=FamilyForm.CHILD)

    return raise_again, edit


def test_a_household_is_added_while_its_parent_edits_the_child(agent_and_parent):
    with held_before_saving(Guardianship, 2):
        assert at_once(*agent_and_parent) == (2, 0)


def test_control_with_the_rows_that_point_at_the_profile_locked_too_they_block_each_other(
    agent_and_parent, monkeypatch
):
    monkeypatch.setattr(files, "lock_profile", lambda pk: Profile.objects.select_for_update().get(pk=pk))
    with held_before_saving(Guardianship, 2):
        assert at_once(*agent_and_parent) == (1, 1)
