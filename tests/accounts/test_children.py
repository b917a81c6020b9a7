"""Children: what the services decide of them, who raises them, and what the audit log keeps."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.enums import Answer, ChildState, FamilyForm, ProfileKind
from accounts.models import (
    AuthorisedPickup,
    ChangeRequest,
    Child,
    Consent,
    EmergencyContact,
    FieldRule,
    Guardianship,
    Notification,
    OutgoingMail,
)
from accounts.queries.children import likely_duplicates
from accounts.rules import same_name
from accounts.services import changes, child_decisions, consents, guardianships, people
from accounts.services.children import ChildFile, add_child
from tests.factories.accounts import MembershipFactory
from tests.factories.families import (
    ChildFactory,
    ConsentTypeFactory,
    EmergencyContactFactory,
    GuardianshipFactory,
    HealthRecordFactory,
    HouseholdFactory,
)

pytestmark = pytest.mark.django_db
CHILDCARE, ADMINISTRATOR = "Responsable enfance", "Administrateur"
CHILD = "/admin/snippets/accounts/child/"
TODAY = dt.date(2026, 9, 1)


@pytest.fixture
def manager(staff):
    return staff(CHILDCARE)


@pytest.fixture
def household(alice):
    profile = alice.profiles.get()
    profile.kind = ProfileKind.HOUSEHOLD
    profile.save()
    return profile


@pytest.fixture
def lea(household):
    return ChildFactory(first_name="Léa", last_name="Martin", profile=household)


@pytest.fixture
def waiting(household):
    return ChildFactory(first_name="Tom", last_name="Martin", profile=household, state=ChildState.PENDING)


def mails():
    return [(mail.to, mail.subject) for mail in OutgoingMail.objects.order_by("pk")]


@pytest.mark.parametrize(
    "one, other, same",
    [("Zoé-Anne", "ZOE ANNE", True), ("O’Brien", "Obrien", True), ("Léa", "Léo", False), ("", "", True)],
)
def test_names_are_compared_as_people_spell_them(one, other, same):
    assert same_name(one, other) is same


# Decide --------------------------------------------------------------------------------------------------------------


def test_a_child_is_accepted_and_the_household_told(manager, waiting):
    child_decisions.decide_child(by=manager, child=waiting, accept=True)
    waiting.refresh_from_db()
    assert waiting.state == ChildState.ACTIVE
    assert mails() == [("alice@example.test", "Tom Martin : fiche validée")]
    told = Notification.objects.get()
    assert (told.user.email, told.title) == ("alice@example.test", "Tom Martin : fiche validée")
    assert (told.url, told.profile) == ("/mon-compte/famille/", waiting.guardianships.get().profile)
    assert ModelLogEntry.objects.get(action="accounts.child.accept").data == {}


def test_a_child_is_refused_with_a_reason(manager, waiting):
    with pytest.raises(ValidationError):
        child_decisions.decide_child(by=manager, child=waiting, accept=False, reason="  ")
    child_decisions.decide_child(by=manager, child=waiting, accept=False, reason="Date illisible.")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.refused_reason) == (ChildState.REFUSED, "Date illisible.")
    assert "Date illisible." in OutgoingMail.objects.get().text


def test_an_account_that_was_closed_gets_no_mail(alice, household, manager, waiting):
    MembershipFactory(profile=household, user__is_active=False)
    child_decisions.decide_child(by=manager, child=waiting, accept=True)
    assert [to for to, _subject in mails()] == [alice.email]


def test_a_child_is_decided_once_and_by_who_may(manager, alice, waiting):
    with pytest.raises(PermissionDenied):
        child_decisions.decide_child(by=alice, child=waiting, accept=True)
    child_decisions.decide_child(by=manager, child=waiting, accept=True)
    with pytest.raises(ValidationError):
        child_decisions.decide_child(by=manager, child=waiting, accept=False, reason="Trop tard")
    assert len(mails()) == 1


def test_the_agent_is_warned_of_a_child_known_under_another_file(client, manager, waiting):
    known = ChildFactory(first_name="TOM", last_name="Durand", profile=HouseholdFactory(name="Foyer Durand"))
    ChildFactory(first_name="Tom", last_name="Martin", birth_date=dt.date(2019, 1, 1))
    ChildFactory(first_name="Ali", last_name="Ben")
    ChildFactory(first_name="Tom", last_name="Martin", state=ChildState.REFUSED)
    assert likely_duplicates(waiting) == [known]
    page = client.get(f"{CHILD}inspect/{waiting.pk}/").content.decode()
    assert "peut-être déjà connu" in page and "Foyer Durand" in page
    assert "TOM Durand" in client.get(f"{CHILD}valider/{waiting.pk}/").content.decode()


def test_a_known_child_gets_the_second_household_which_sees_little_at_first(client, manager, waiting, household):
    known = ChildFactory(first_name="Tom", last_name="Durand", profile=HouseholdFactory())
    HealthRecordFactory(child=known)
    assert client.get(f"{CHILD}reunir/{waiting.pk}/").status_code == 200
    answer = client.post(f"{CHILD}reunir/{waiting.pk}/", {"existing": known.pk})
    assert answer.url == f"{CHILD}inspect/{known.pk}/"
    holds = Guardianship.objects.get(child=known, profile=household)
    assert not any([holds.may_edit, holds.sees_health, holds.sees_contacts, holds.sees_other_bookings])
    waiting.refresh_from_db()
    assert waiting.state == ChildState.ARCHIVED
    assert waiting.guardianships.get().ended_on == timezone.localdate()
    assert mails() == [("alice@example.test", "Tom Durand : fiche validée")]


def test_a_child_can_not_be_merged_into_one_that_resembles_nothing(client, manager, waiting):
    other = ChildFactory(first_name="Ali", last_name="Ben")
    client.post(f"{CHILD}reunir/{waiting.pk}/", {"existing": other.pk})
    waiting.refresh_from_db()
    assert waiting.state == ChildState.PENDING
    assert not other.guardianships.exists()


def test_a_file_is_archived_and_taken_out_again(manager, lea):
    child_decisions.archive_child(by=manager, child=lea)
    lea.refresh_from_db()
    assert lea.state == ChildState.ARCHIVED
    with pytest.raises(ValidationError):
        child_decisions.archive_child(by=manager, child=lea)
    child_decisions.restore_child(by=manager, child=lea)
    lea.refresh_from_db()
    assert lea.state == ChildState.ACTIVE


# Households ----------------------------------------------------------------------------------------------------------


def test_a_second_household_is_added_dated_with_what_it_sees(client, manager, lea, charlie):
    profile = charlie.profiles.get()
    data = {"email": "Charlie@example.test", "started_on": "2026-09-01", "ended_on": "", "sees_health": "on"}
    page = client.post(f"{CHILD}foyer/{lea.pk}/", data).content.decode()
    assert "Aucun foyer" in page  # Charlie has no household yet
    profile.kind = ProfileKind.HOUSEHOLD
    profile.save()
    assert client.post(f"{CHILD}foyer/{lea.pk}/", data).status_code == 302
    holds = Guardianship.objects.get(profile=profile)
    assert (holds.started_on, holds.ended_on) == (TODAY, None)
    assert (holds.may_edit, holds.sees_health, holds.sees_contacts) == (False, True, False)
    assert mails() == [("charlie@example.test", "Léa Martin est dans votre foyer")]
    assert "Voit le régime alimentaire" in client.get(f"{CHILD}inspect/{lea.pk}/").content.decode()


def test_dates_that_can_not_be_are_said_over_what_was_typed(client, manager, lea, charlie):
    MembershipFactory(user=charlie, profile=HouseholdFactory())
    dates = {"started_on": "2026-09-01", "ended_on": "2026-08-01"}
    response = client.post(f"{CHILD}foyer/{lea.pk}/", {"email": charlie.email, **dates, "sees_health": "on"})
    assert response.status_code == 200
    assert response.context["form"].errors == {"ended_on": ["La fin de garde ne peut pas précéder son début."]}
    assert f'value="{charlie.email}"' in response.text


def test_someone_with_two_households_is_asked_which(client, manager, lea, charlie):
    one = MembershipFactory(user=charlie, profile=HouseholdFactory(name="Foyer un")).profile
    two = MembershipFactory(user=charlie, profile=HouseholdFactory(name="Foyer deux")).profile
    data = {"email": "charlie@example.test", "started_on": "2026-09-01"}
    page = client.post(f"{CHILD}foyer/{lea.pk}/", data).content.decode()
    assert "Foyer un" in page and "Foyer deux" in page
    client.post(f"{CHILD}foyer/{lea.pk}/", {**data, "household": two.pk})
    assert not one.guardianships.exists() and two.guardianships.get().child == lea


@pytest.mark.parametrize(
    "started, ended, fits",
    [
        (dt.date(2019, 1, 1), dt.date(2019, 12, 31), True),
        (dt.date(2019, 1, 1), dt.date(2020, 1, 1), False),
        (dt.date(2021, 7, 1), None, True),
        (dt.date(2021, 6, 30), None, False),
        (dt.date(2019, 1, 1), None, False),
        (dt.date(2022, 1, 2), dt.date(2022, 1, 1), False),
    ],
)
def test_spans_of_one_household_do_not_meet(manager, started, ended, fits):
    past = GuardianshipFactory(started_on=dt.date(2020, 1, 1), ended_on=dt.date(2021, 6, 30))

    def add():
        guardianships.add_household(
            by=manager, child=past.child, profile=past.profile, started_on=started, ended_on=ended
        )

    if fits:
        add()
    else:
        with pytest.raises(ValidationError):
            add()
    assert Guardianship.objects.count() == 1 + fits


def test_a_guardianship_is_not_prolonged_into_the_next_one_of_its_household(manager):
    today = timezone.localdate()

    def on(days):
        return today + dt.timedelta(days=days)

    now = GuardianshipFactory(ended_on=on(30))
    GuardianshipFactory(child=now.child, profile=now.profile, started_on=on(60))
    with pytest.raises(ValidationError, match="déjà la garde"):
        guardianships.end_guardianship(by=manager, guardianship=now, ended_on=on(60))
    assert guardianships.end_guardianship(by=manager, guardianship=now, ended_on=on(59)).ended_on == on(59)


def test_rights_change_and_are_logged_without_names(client, manager, lea):
    holds = lea.guardianships.get()
    address = f"{CHILD}foyer/{lea.pk}/{holds.pk}/droits/"
    assert "checked" in client.get(address).content.decode()
    client.post(address, {"may_edit": "on", "sees_other_bookings": "on"})
    holds.refresh_from_db()
    assert (holds.may_edit, holds.sees_health, holds.sees_contacts, holds.sees_other_bookings) == (
        True,
        False,
        False,
        True,
    )
    data = ModelLogEntry.objects.get(action="accounts.guardianship.change").data
    assert data == {
        "profile": holds.profile_id,
        "sees_health": False,
        "sees_contacts": False,
        "sees_other_bookings": True,
    }


def test_a_guardianship_ends_on_its_last_day_but_never_the_last_one(client, manager, lea):
    first = lea.guardianships.get()
    address = f"{CHILD}foyer/{lea.pk}/{first.pk}/terminer/"
    page = client.post(address, {"ended_on": "2026-12-31"}, follow=True).content.decode()
    assert "seul foyer" in page
    GuardianshipFactory(child=lea)
    client.post(address, {"ended_on": "2026-12-31"})
    first.refresh_from_db()
    assert first.ended_on == dt.date(2026, 12, 31)
    assert first in Guardianship.objects.on(dt.date(2026, 12, 31))
    assert first not in Guardianship.objects.on(dt.date(2027, 1, 1))
    assert mails() == [("alice@example.test", "Léa Martin : fin de garde enregistrée")]
    assert Notification.objects.get().title == "Léa Martin : fin de garde enregistrée"


def test_another_child_s_guardianship_is_not_found(client, manager, lea):
    other = GuardianshipFactory()
    assert client.get(f"{CHILD}foyer/{lea.pk}/{other.pk}/droits/").status_code == 404


def test_only_the_right_to_guardianships_changes_them(alice, household, lea):
    holds = lea.guardianships.get()
    calls = [
        lambda: guardianships.add_household(by=alice, child=lea, profile=HouseholdFactory(), started_on=TODAY),
        lambda: guardianships.change_rights(by=alice, guardianship=holds, may_edit=True),
        lambda: guardianships.end_guardianship(by=alice, guardianship=holds, ended_on=TODAY),
        lambda: child_decisions.archive_child(by=alice, child=lea),
    ]
    for call in calls:
        with pytest.raises(PermissionDenied):
            call()


# What the services refuse, whoever asks ------------------------------------------------------------------------------


def test_a_child_is_added_by_who_acts_for_the_household_only(alice, charlie, household):
    values = {"first_name": "Tom", "last_name": "Martin", "birth_date": dt.date(2020, 2, 29)}
    with pytest.raises(PermissionDenied):
        add_child(by=charlie, profile=household, file=ChildFile(child=values))
    individual = charlie.profiles.get()
    with pytest.raises(ValidationError):
        add_child(by=charlie, profile=individual, file=ChildFile(child=values))
    added = add_child(by=alice, profile=household, file=ChildFile(child=values)).child
    assert (added.state, Child.objects.get()) == (ChildState.PENDING, added)


def test_people_are_changed_by_a_household_that_sees_them(alice, charlie, household, lea):
    contact = EmergencyContactFactory(child=lea)
    calls = [
        lambda by, profile: people.save_person(by=by, profile=profile, person=contact, values={"phone": "06"}),
        lambda by, profile: people.remove_person(by=by, profile=profile, person=contact),
        lambda by, profile: people.pick_contacts(by=by, profile=profile, child=lea, contacts=[contact.public_id]),
    ]
    Guardianship.objects.update(sees_contacts=False)
    for by, profile in ((charlie, household), (charlie, charlie.profiles.get()), (alice, household)):
        for call in calls:
            with pytest.raises(PermissionDenied):
                call(by, profile)
    contact.refresh_from_db()
    assert not AuthorisedPickup.objects.exists()


def test_an_authorisation_keeps_its_date_and_both_answers_are_in_the_log(alice, household, lea):
    question, old = ConsentTypeFactory(), ConsentTypeFactory(active=False)
    for given in (Answer.YES, Answer.YES, Answer.NO):
        consents.answer(by=alice, profile=household, child=lea, answers={question.pk: given, old.pk: Answer.YES})
    assert Consent.objects.get().answer == Answer.NO
    entries = ModelLogEntry.objects.filter(action="accounts.child.consent").order_by("pk")
    assert [entry.data["after"] for entry in entries] == ["yes", "no"]


# The list ------------------------------------------------------------------------------------------------------------


def test_the_list_shows_each_child_once_with_the_households_of_today(client, manager, lea, household):
    GuardianshipFactory(child=lea, profile=HouseholdFactory(name="Foyer Petit"))
    GuardianshipFactory(child=lea, profile=HouseholdFactory(name="Foyer d’avant"), ended_on=dt.date(2021, 1, 1))
    page = client.get(CHILD, {"q": "léa"}).content.decode()
    assert page.count(f"{CHILD}inspect/{lea.pk}/") == client.get(CHILD).content.decode().count(
        f"{CHILD}inspect/{lea.pk}/"
    )
    assert "Foyer Petit" in page and "Foyer d’avant" not in page


def test_the_list_costs_the_same_with_one_and_ten_children(client, manager, lea, sql_count):
    client.get(CHILD)
    one = sql_count(lambda: client.get(CHILD))
    for _ in range(9):
        ChildFactory(profile=HouseholdFactory())
    assert sql_count(lambda: client.get(CHILD)) == one


def test_the_sheet_shows_the_blocks(client, manager, lea):
    EmergencyContactFactory(child=lea)
    consents_page = client.get(f"{CHILD}inspect/{lea.pk}/").content.decode()
    for words in ("Information enfant", "Foyers", "Personnes à contacter", "Personnes autorisées", "Autorisations"):
        assert words in consents_page
    assert "Josette Durand" in consents_page


@pytest.mark.parametrize("page", ["add/", "edit/{pk}/", "delete/{pk}/"])
def test_not_even_an_administrator_edits_a_child_by_hand(client, staff, lea, page):
    staff(ADMINISTRATOR, is_superuser=True)
    client.post(CHILD + page.format(pk=lea.pk), {"first_name": "Hacked"})
    assert Child.objects.get().first_name == "Léa"


def test_children_who_wait_are_on_the_first_page(client, manager, waiting):
    assert "Enfants ajoutés, à valider" in client.get("/admin/").content.decode()


@pytest.mark.parametrize("name", ["consenttype", "diet"])
def test_staff_set_up_authorisations_and_diets(client, manager, name):
    base = f"/admin/snippets/accounts/{name}/"
    assert client.get(base).status_code == 200
    page = client.post(f"{base}add/", {"label": "Nouveau choix", "active": "on", "mandatory": "on", "position": "1"})
    assert page.status_code == 302
    assert "Nouveau choix" in client.get(base).content.decode()


def test_what_families_answered_is_not_deleted(client, manager, alice, household, lea):
    question = ConsentTypeFactory()
    consents.answer(by=alice, profile=household, child=lea, answers={question.pk: Answer.YES})
    client.post(f"/admin/snippets/accounts/consenttype/delete/{question.pk}/")
    assert Consent.objects.exists()


# People who wait for the services -------------------------------------------------------------------------------------


def moderated(form):
    FieldRule.objects.filter(form=form, field="last_name").update(needs_approval=True)


def test_s4_8_a_picked_contact_stays_picked_while_it_waits_and_once_it_is_accepted(alice, household, lea, manager):
    moderated(FamilyForm.PICKUP)
    contact = EmergencyContactFactory(child=lea)

    def pick():
        return people.pick_contacts(by=alice, profile=household, child=lea, contacts=[contact.public_id])

    (proposal,) = pick()
    assert (pick(), ChangeRequest.objects.get()) == ([], proposal.pending)
    names = proposal.pending.fields.values_list("field", flat=True)
    changes.decide(by=manager, change_request=proposal.pending, accepted=set(names))
    assert (AuthorisedPickup.objects.get().contact, pick()) == (contact, [])


def test_a_contact_that_two_households_pick_is_authorised_once(alice, charlie, household, lea, manager):
    moderated(FamilyForm.PICKUP)
    contact = EmergencyContactFactory(child=lea)
    other = MembershipFactory(user=charlie, profile=HouseholdFactory()).profile
    GuardianshipFactory(child=lea, profile=other)
    for by, profile in ((alice, household), (charlie, other)):
        people.pick_contacts(by=by, profile=profile, child=lea, contacts=[contact.public_id])
    first, second = ChangeRequest.objects.order_by("pk")
    accepted = set(first.fields.values_list("field", flat=True))
    changes.decide(by=manager, change_request=first, accepted=accepted)
    with pytest.raises(ValidationError, match="Ce choix n’est pas possible"):
        changes.decide(by=manager, change_request=second, accepted=accepted)
    assert AuthorisedPickup.objects.get().contact == contact


def test_that_a_contact_who_waits_may_also_pick_the_child_up_is_not_forgotten(alice, household, lea):
    moderated(FamilyForm.CONTACT)
    values = {"first_name": "Josette", "last_name": "Durand", "relationship": "Grand-mère", "phone": "02 41 00 00 00"}
    proposal = people.save_person(
        by=alice, profile=household, person=EmergencyContact(child=lea), values=values, may_pick_up=True
    )
    assert proposal.target is None
    assert AuthorisedPickup.objects.get().last_name == "Durand"
