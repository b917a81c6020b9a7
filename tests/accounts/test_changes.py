"""Moderated changes (s3.3): written at once or waiting for an agent, field by field."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from wagtail.models import ModelLogEntry

from accounts.enums import ChangeState, FamilyForm, Role
from accounts.family_fields import REGISTRY, ensure_field_rules, rules_of
from accounts.models import ChangeRequest, EmergencyContact, FieldRule, Guardian, OutgoingMail
from accounts.queries.changes import pending_for
from accounts.services import changes
from accounts.services.family import remove_guardian
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.families import (
    ChildFactory,
    EmergencyContactFactory,
    FamilyFileFactory,
    GuardianFactory,
    GuardianshipFactory,
    HealthRecordFactory,
    HouseholdFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def household(alice):
    """Alice's household: an address, a telephone, a family file."""
    membership = MembershipFactory(user=alice, profile=HouseholdFactory(name="Foyer Durand", phone="02 41 00 00 00"))
    FamilyFileFactory(profile=membership.profile, situation="married")
    return membership.profile


@pytest.fixture
def agent(staff):
    return staff("Responsable enfance")


def propose(by, profile, **values):
    return changes.propose(by=by, profile=profile, form=FamilyForm.FAMILY, target=None, values=values)


def rule(form, field, **boxes):
    FieldRule.objects.filter(form=form, field=field).update(**boxes)


# What a resident asks -----------------------------------------------------------------------------------------------


def test_every_field_of_the_registry_has_its_row_and_only_those():
    ensure_field_rules()
    rows = set(FieldRule.objects.values_list("form", "field"))
    assert rows == {(form, spec.name) for form, specs in REGISTRY.items() for spec in specs}


def test_what_staff_chose_survives_the_next_migration():
    rule(FamilyForm.FAMILY, "phone", needs_approval=True, label="old words")
    FieldRule.objects.create(form="family", field="gone", label="Gone")
    ensure_field_rules()
    assert rules_of(FamilyForm.FAMILY)["phone"].needs_approval
    assert FieldRule.objects.get(form="family", field="phone").label == "Téléphone"
    assert not FieldRule.objects.filter(field="gone").exists()


def test_s3_3_a_field_without_approval_is_written_at_once_and_the_others_wait(alice, household):
    proposal = propose(alice, household, phone="06 12 34 56 78", town="Garance", situation="separated")
    household.refresh_from_db()
    assert proposal.applied == ["phone"]
    assert (household.phone, household.town) == ("06 12 34 56 78", "Vallon-sur-Loire")
    waiting = [(f.field, f.old_text, f.new_text) for f in proposal.pending.fields.all()]
    assert waiting == [
        ("town", "Vallon-sur-Loire", "Garance"),
        ("situation", "Marié·e ou pacsé·e", "Séparé·e ou divorcé·e"),
    ]
    assert (proposal.pending.requested_by, proposal.pending.profile) == (alice, household)


def test_nothing_changed_asks_for_nothing(alice, household):
    proposal = propose(alice, household, phone="02 41 00 00 00", town="Vallon-sur-Loire", benefit_number="")
    assert (proposal.applied, proposal.pending) == ([], None)
    assert not ChangeRequest.objects.exists()


def test_a_second_edit_replaces_what_waits_for_the_same_fields(alice, household):
    first = propose(alice, household, town="Garance", name="Foyer Martin").pending
    second = propose(alice, household, town="Rives", name="Foyer Martin").pending
    assert first.pk == second.pk
    assert {f.field: f.new for f in second.fields.all()} == {"name": "Foyer Martin", "town": "Rives"}


def test_a_field_put_back_to_what_is_held_no_longer_waits(alice, household):
    propose(alice, household, town="Garance", name="Foyer Martin")
    left = propose(alice, household, town="Vallon-sur-Loire").pending
    assert [f.field for f in left.fields.all()] == ["name"]
    assert propose(alice, household, name="Foyer Durand").pending is None
    assert ChangeRequest.objects.get().state == ChangeState.WITHDRAWN


@pytest.mark.parametrize("boxes", [{"visible": False}, {"editable": False}])
def test_a_field_that_families_may_not_change_is_ignored_whatever_is_posted(alice, household, boxes):
    rule(FamilyForm.FAMILY, "phone", **boxes)
    rule(FamilyForm.FAMILY, "town", **boxes)
    proposal = propose(alice, household, phone="06 99 99 99 99", town="Garance", pk=7, kind="organisation")
    assert (proposal.applied, proposal.pending) == ([], None)
    household.refresh_from_db()
    assert (household.phone, household.kind) == ("02 41 00 00 00", "household")


def test_an_impossible_value_is_refused_by_field_even_where_it_would_wait(alice, household):
    with pytest.raises(ValidationError) as error:
        propose(alice, household, situation="martian")
    assert list(error.value.message_dict) == ["situation"]
    assert not ChangeRequest.objects.exists()


def test_who_may_ask(alice, household, charlie):
    reader = MembershipFactory(profile=household, role=Role.READ_ONLY).user
    for person in (charlie, reader):
        with pytest.raises(PermissionDenied):
            propose(person, household, phone="06 12 34 56 78")


def test_a_new_guardian_waits_whole_when_a_field_does(alice, household):
    values = {"first_name": "Noé", "last_name": "Martin", "relationship": "Père", "phone": "06 12 34 56 78"}
    proposal = changes.propose(by=alice, profile=household, form=FamilyForm.GUARDIAN, target=Guardian(), values=values)
    assert (proposal.applied, proposal.target, Guardian.objects.count()) == ([], None, 0)
    assert {f.field: f.new for f in proposal.pending.fields.all()} == values
    for first_name, same in (("Noé", True), ("Ali", False)):
        values["first_name"] = first_name
        another = changes.propose(
            by=alice, profile=household, form=FamilyForm.GUARDIAN, target=Guardian(), values=values
        )
        assert (another.pending.pk == proposal.pending.pk) is same


def test_a_new_contact_is_added_at_once(alice, household):
    child = ChildFactory(profile=household)
    proposal = changes.propose(
        by=alice,
        profile=household,
        child=child,
        form=FamilyForm.CONTACT,
        target=EmergencyContact(),
        values={"first_name": "Lou", "last_name": "Petit", "relationship": "Voisine"},
    )
    assert (proposal.target, proposal.pending) == (EmergencyContact.objects.get(child=child), None)


def test_a_new_record_without_what_it_needs_is_refused(alice, household):
    with pytest.raises(ValidationError) as error:
        changes.propose(
            by=alice,
            profile=household,
            form=FamilyForm.GUARDIAN,
            target=Guardian(),
            values={"first_name": "Noé"},
        )
    assert {"last_name", "relationship"} <= set(error.value.message_dict)


def test_another_household_s_record_can_not_be_reached(alice, household):
    stranger = GuardianFactory()
    with pytest.raises(ValidationError):
        changes.propose(
            by=alice, profile=household, form=FamilyForm.GUARDIAN, target=stranger, values={"phone": "06 12 34 56 78"}
        )
    contact, mine = EmergencyContactFactory(), ChildFactory(profile=household)
    with pytest.raises(ValidationError):
        changes.propose(
            by=alice, profile=household, child=mine, form=FamilyForm.CONTACT, target=contact, values={"phone": ""}
        )
    with pytest.raises(PermissionDenied):
        changes.propose(
            by=alice, profile=household, child=contact.child, form=FamilyForm.CONTACT, target=contact, values={}
        )


@pytest.mark.parametrize(
    "form, limits",
    [
        (FamilyForm.CHILD, {"may_edit": False}),
        (FamilyForm.CHILD, {"ended_on": dt.date(2021, 1, 1)}),
        (FamilyForm.HEALTH, {"sees_health": False}),
        (FamilyForm.CONTACT, {"sees_contacts": False}),
    ],
)
def test_a_household_changes_only_what_its_guardianship_allows(alice, household, form, limits):
    child = GuardianshipFactory(profile=household, **limits).child
    with pytest.raises(PermissionDenied):
        changes.propose(by=alice, profile=household, child=child, form=form, target=None, values={})


def test_a_first_health_record_is_written_at_once(alice, household):
    child = ChildFactory(profile=household)
    proposal = changes.propose(
        by=alice,
        profile=household,
        child=child,
        form=FamilyForm.HEALTH,
        target=None,
        values={"has_care_plan": False, "observations": "Lunettes"},
    )
    assert sorted(proposal.applied) == ["has_care_plan", "observations"]
    assert (child.health_record.observations, child.health_record.has_care_plan) == ("Lunettes", False)


def test_the_audit_log_holds_no_value(alice, household):
    propose(alice, household, phone="06 12 34 56 78", town="Garance")
    entries = list(ModelLogEntry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == ["accounts.change.apply", "accounts.change.ask"]
    assert not any("Garance" in str(entry.data) or "06 12" in str(entry.data) for entry in entries)


def test_of_health_the_audit_log_names_no_field_either(alice, household, agent):
    child = ChildFactory(profile=household)
    rule(FamilyForm.HEALTH, "has_care_plan", needs_approval=True)
    values = {"has_care_plan": True, "medical_history": "Asthme"}
    health = {"profile": household, "child": child, "form": FamilyForm.HEALTH, "target": None}
    request = changes.propose(by=alice, values=values, **health).pending
    changes.decide(by=agent, change_request=request, accepted={"has_care_plan"})
    entries = ModelLogEntry.objects.order_by("pk")
    assert [(entry.action, entry.data) for entry in entries] == [
        ("accounts.change.apply", {"form": "health"}),
        ("accounts.change.ask", {"form": "health", "request": request.pk}),
        ("accounts.change.decide", {"form": "health", "request": request.pk}),
    ]


def test_the_login_of_a_member_is_nobody_else_s_to_read_or_take_back(alice, bob, household):
    MembershipFactory(user=bob, profile=household)
    rule(FamilyForm.LOGIN, "email", needs_approval=True)
    asked = {"profile": household, "form": FamilyForm.LOGIN, "values": {"email": "alice.new@exemple.fr"}}
    request = changes.propose(by=alice, target=alice, **asked).pending
    assert pending_for(household) == {}
    with pytest.raises(PermissionDenied):
        changes.withdraw(by=bob, profile=household, change_request=request)
    assert changes.withdraw(by=alice, profile=household, change_request=request).state == ChangeState.WITHDRAWN


def test_what_waits_is_read_in_two_queries_whatever_its_number(alice, household, sql_count):
    propose(alice, household, town="Garance")
    assert sql_count(lambda: [r.waiting for r in pending_for(household).values()]) == 2
    for guardian in GuardianFactory.create_batch(3, profile=household):
        changes.propose(
            by=alice, profile=household, form=FamilyForm.GUARDIAN, target=guardian, values={"first_name": "Ali"}
        )
    found = pending_for(household)
    assert len(found) == 4 and (FamilyForm.FAMILY, household.pk) in found
    assert sql_count(lambda: [r.waiting for r in pending_for(household).values()]) == 2


def test_a_household_takes_its_request_back(alice, household, charlie):
    request = propose(alice, household, town="Garance").pending
    with pytest.raises(PermissionDenied):
        changes.withdraw(by=charlie, profile=charlie.profiles.get(), change_request=request)
    changes.withdraw(by=alice, profile=household, change_request=request)
    request.refresh_from_db()
    assert request.state == ChangeState.WITHDRAWN and pending_for(household) == {}
    with pytest.raises(ValidationError):
        changes.withdraw(by=alice, profile=household, change_request=request)


# What an agent decides ----------------------------------------------------------------------------------------------


def test_an_agent_accepts_the_whole_and_the_family_is_told(alice, household, agent):
    request = propose(alice, household, town="Garance", situation="separated").pending
    changes.decide(by=agent, change_request=request, accepted={"town", "situation"})
    household.refresh_from_db()
    request.refresh_from_db()
    assert (household.town, household.family_file.situation) == ("Garance", "separated")
    assert (request.state, request.decided_by) == (ChangeState.ACCEPTED, agent)
    mail = OutgoingMail.objects.get(kind="accounts/change_decided")
    assert mail.to == alice.email and "Commune" in mail.text and "Garance" not in mail.text


def test_an_agent_decides_field_by_field_each_refusal_with_its_reason(alice, household, agent):
    request = propose(alice, household, town="Garance", name="Foyer Martin").pending
    changes.decide(
        by=agent, change_request=request, accepted={"town"}, reasons={"name": "Joignez le livret de famille."}
    )
    household.refresh_from_db()
    request.refresh_from_db()
    assert (household.town, household.name, request.state) == ("Garance", "Foyer Durand", ChangeState.PARTLY)
    assert {f.field: (f.state, f.reason) for f in request.fields.all()} == {
        "town": ("accepted", ""),
        "name": ("refused", "Joignez le livret de famille."),
    }
    assert "Nom du foyer\xa0: Joignez le livret" in OutgoingMail.objects.get().text


def test_a_refusal_without_a_reason_changes_nothing(alice, household, agent):
    request = propose(alice, household, town="Garance", name="Foyer Martin").pending
    for accepted in ({"town"}, set()):
        with pytest.raises(ValidationError, match="Dites pourquoi"):
            changes.decide(by=agent, change_request=request, accepted=accepted)
    request.refresh_from_db()
    household.refresh_from_db()
    assert (request.state, household.town) == (ChangeState.PENDING, "Vallon-sur-Loire")
    assert not OutgoingMail.objects.exists()


def test_a_request_is_decided_once(alice, household, agent):
    request = propose(alice, household, town="Garance").pending
    changes.decide(by=agent, change_request=request, accepted=set(), reason="Non.")
    with pytest.raises(ValidationError, match="déjà été traitée"):
        changes.decide(by=agent, change_request=request, accepted={"town"})


def test_only_who_has_the_right_decides(alice, household, staff):
    request = propose(alice, household, town="Garance").pending
    for person in (alice, staff("Régisseur"), UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            changes.decide(by=person, change_request=request, accepted={"town"})


def test_an_accepted_guardian_is_added_and_a_removal_takes_away(alice, household, agent):
    kept = GuardianFactory(profile=household)
    values = {"first_name": "Noé", "last_name": "Martin", "relationship": "Père"}
    request = changes.propose(
        by=alice, profile=household, form=FamilyForm.GUARDIAN, target=Guardian(), values=values
    ).pending
    with pytest.raises(ValidationError, match="pas possible"):
        changes.decide(by=agent, change_request=request, accepted={"first_name"}, reason="Non.")
    request = changes.decide(by=agent, change_request=request, accepted=set(values))
    added = Guardian.objects.get(pk=request.target_id)
    assert (added.profile, str(added)) == (household, "Noé Martin")

    removal = remove_guardian(by=alice, profile=household, guardian=added).pending
    assert removal.waiting[0].new_text == "retiré du dossier"
    changes.decide(by=agent, change_request=removal, accepted={"removed_at"})
    added.refresh_from_db()
    assert added.removed_at is not None
    with pytest.raises(ValidationError, match="seul responsable"):
        remove_guardian(by=alice, profile=household, guardian=kept)


def test_two_removals_asked_for_together_leave_a_guardian(alice, household, agent):
    guardians = GuardianFactory.create_batch(2, profile=household)
    first, second = (remove_guardian(by=alice, profile=household, guardian=one).pending for one in guardians)
    changes.decide(by=agent, change_request=first, accepted={"removed_at"})
    with pytest.raises(ValidationError, match="seul responsable"):
        changes.decide(by=agent, change_request=second, accepted={"removed_at"})
    assert Guardian.objects.get(profile=household, removed_at=None) == guardians[1]


def test_health_that_waits_is_decided_by_those_who_may_read_health_only(alice, household, staff):
    from django.contrib.auth.models import Group, Permission

    child = ChildFactory(profile=household)
    HealthRecordFactory(child=child)
    rule(FamilyForm.HEALTH, "has_care_plan", needs_approval=True)
    request = changes.propose(
        by=alice,
        profile=household,
        child=child,
        form=FamilyForm.HEALTH,
        target=None,
        values={"has_care_plan": True},
    ).pending
    assert (request.target_id, request.child) == (child.pk, child)
    Group.objects.get(name="Responsable enfance").permissions.remove(
        Permission.objects.get(codename="view_healthrecord")
    )
    with pytest.raises(PermissionDenied):
        changes.decide(by=staff("Responsable enfance"), change_request=request, accepted={"has_care_plan"})


def test_a_record_that_went_away_can_only_be_refused(alice, household, agent):
    guardian = GuardianFactory(profile=household)
    request = changes.propose(
        by=alice, profile=household, form=FamilyForm.GUARDIAN, target=guardian, values={"first_name": "Ali"}
    ).pending
    guardian.delete()
    with pytest.raises(ValidationError, match="n’existe plus"):
        changes.decide(by=agent, change_request=request, accepted={"first_name"})
    changes.decide(by=agent, change_request=request, accepted=set(), reason="La fiche n’existe plus.")
    assert ChangeRequest.objects.get().state == ChangeState.REFUSED
