"""Health data: its own right, each read by staff written down, the log for the parents (rules of the trade)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.enums import FamilyForm
from accounts.models import FieldRule, HealthAccess, HealthRecord
from accounts.services import changes, health
from tests.factories.accounts import UserFactory
from tests.factories.families import ChildFactory, GuardianshipFactory, HealthRecordFactory, HouseholdFactory

pytestmark = pytest.mark.django_db
CHILDCARE, ADMINISTRATOR, OFFICER = "Responsable enfance", "Administrateur", "Régisseur"


@pytest.fixture
def manager(staff):
    return staff(CHILDCARE, first_name="Nadia", last_name="Roy")


def test_each_read_by_staff_is_written_down(manager):
    record, silent = HealthRecordFactory(), ChildFactory()
    found = health.read(by=manager, children=[record.child, silent], where="Planning du jour")
    assert found == {record.child_id: record}
    assert set(HealthAccess.objects.values_list("child", "read_by", "reader_name", "where")) == {
        (child.pk, manager.pk, "Nadia Roy", "Planning du jour") for child in (record.child, silent)
    }


def test_the_same_screen_within_ten_minutes_is_the_same_read(manager, staff):
    child = ChildFactory()

    def read(by=manager, where="Planning du jour"):
        health.read(by=by, children=[child.pk], where=where)
        return HealthAccess.objects.count()

    assert [read(), read(), read(where="Export"), read(by=staff(CHILDCARE))] == [1, 1, 2, 3]
    HealthAccess.objects.update(read_at=timezone.now() - dt.timedelta(minutes=11))
    assert read() == 4


@pytest.mark.parametrize("groups", [[], [ADMINISTRATOR], [OFFICER]])
def test_without_the_right_nothing_is_read_nor_written(staff, groups):
    record = HealthRecordFactory()
    with pytest.raises(PermissionDenied):
        health.read(by=staff(*groups), children=[record.child], where="Planning")
    assert not HealthAccess.objects.exists()


def test_a_resident_with_the_right_by_mistake_reads_nothing(manager):
    manager.is_staff = False
    with pytest.raises(PermissionDenied):
        health.read(by=manager, children=[ChildFactory()], where="Planning")


def test_the_details_of_a_care_plan_go_when_the_plan_does_and_no_sooner(alice, manager):
    FieldRule.objects.filter(form=FamilyForm.HEALTH, field="has_care_plan").update(needs_approval=True)
    household = alice.profiles.get()
    child = ChildFactory(profile=household)
    HealthRecordFactory(child=child, has_care_plan=True, care_plan_details="Stylo d’adrénaline")
    values = {"has_care_plan": False, "care_plan_details": "Stylo d’adrénaline"}
    asked = health.save(by=alice, profile=household, child=child, values=values).pending
    assert HealthRecord.objects.get().care_plan_details == "Stylo d’adrénaline"
    changes.decide(by=manager, change_request=asked, accepted={"has_care_plan"})
    record = HealthRecord.objects.get()
    assert (record.has_care_plan, record.care_plan_details) == (False, "")


def test_a_read_costs_the_same_for_one_and_thirty_children(manager, sql_count):
    def read(children):
        return sql_count(lambda: health.read(by=manager, children=children, where="Planning"))

    manager.has_perm("accounts.view_healthrecord")
    one = read([HealthRecordFactory().child])
    assert read([HealthRecordFactory().child for _ in range(30)]) == one


def test_parents_see_what_their_guardianship_shows_and_leave_no_trace():
    household, other = HouseholdFactory(), HouseholdFactory()
    child = ChildFactory(profile=household)
    assert health.for_parents(household, child)._state.adding
    record = HealthRecordFactory(child=child)
    assert health.for_parents(household, child) == record
    GuardianshipFactory(child=child, profile=other, sees_health=False)
    past = GuardianshipFactory(child=child, ended_on=timezone.localdate() - dt.timedelta(days=1))
    for profile in (other, past.profile, HouseholdFactory()):
        with pytest.raises(PermissionDenied):
            health.for_parents(profile, child)
    assert not HealthAccess.objects.exists()


def test_only_a_household_that_sees_health_writes_it(alice):
    profile = alice.profiles.get()
    child = ChildFactory()
    holds = GuardianshipFactory(child=child, profile=profile, sees_health=False)
    with pytest.raises(PermissionDenied):
        health.save(by=alice, profile=profile, child=child, values={"observations": "Lunettes"})
    holds.sees_health = True
    holds.save()
    with pytest.raises(PermissionDenied):
        health.save(by=UserFactory(), profile=profile, child=child, values={"observations": "Lunettes"})
    health.save(by=alice, profile=profile, child=child, values={"observations": "Lunettes"})
    assert HealthRecord.objects.get().observations == "Lunettes"


# Back office -------------------------------------------------------------------------------------------------------

CHILD = "/admin/snippets/accounts/child/"


def test_the_sheet_opens_health_on_purpose_and_writes_it_down(client, manager):
    record = HealthRecordFactory(observations="Porte des lunettes")
    sheet = f"{CHILD}inspect/{record.child_id}/"
    page = client.get(sheet).content.decode()
    assert "Porte des lunettes" not in page and "Consulter les données de santé" in page
    assert not HealthAccess.objects.exists()
    assert "Porte des lunettes" in client.get(sheet, {"sante": "1"}).content.decode()
    assert HealthAccess.objects.get().where == "Fiche de l’enfant"


def test_an_administrator_reads_the_log_but_no_health(client, staff):
    record = HealthRecordFactory(observations="Porte des lunettes")
    HealthAccess.objects.create(child=record.child, reader_name="Nadia Roy", where="Planning du jour")
    staff(ADMINISTRATOR)
    page = client.get(f"{CHILD}inspect/{record.child_id}/", {"sante": "1"}).content.decode()
    assert "Porte des lunettes" not in page and "réservées à l’équipe" in page
    assert "Nadia Roy" in client.get("/admin/accounts/healthaccess/").content.decode()
    assert HealthAccess.objects.count() == 1
