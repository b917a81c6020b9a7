"""A household asks for a child's enrolment, an agent decides (s3.2): the services."""

import datetime as dt
import html

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.enums import ChildState, Role
from accounts.models import Membership, Notification, OutgoingMail
from accounts.services import child_decisions
from booking.eligibility import school_year_of
from booking.enums import EnrolmentState
from booking.models import Enrolment
from booking.queries import enrolments as queries
from booking.services import enrolments
from documents.enums import DocumentState
from tests.factories.accounts import MembershipFactory
from tests.factories.booking import ActivityFactory, EnrolmentFactory, ReservationDayFactory
from tests.factories.families import (
    ChildFactory,
    DocumentRequirementFactory,
    GuardianshipFactory,
    HouseholdFactory,
    SupportingDocumentFactory,
)

pytestmark = pytest.mark.django_db
CHILDCARE = "Responsable enfance"


def year():
    return school_year_of(timezone.localdate())


@pytest.fixture
def household(alice):
    return alice.profiles.get()


@pytest.fixture
def child(household):
    return ChildFactory(first_name="Mia", profile=household)


@pytest.fixture
def activity():
    return ActivityFactory(name="Mercredis", needs_enrolment=True, facility__name="La Cabane")


@pytest.fixture
def agent(staff):
    return staff(CHILDCARE)


def ask(by, profile, child, *activities, **fields):
    values = {"school_year": year(), **fields}
    pks = [activity.pk for activity in activities]
    return enrolments.request(by=by, profile=profile, child=child, activities=pks, **values)


def mails():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "to", "subject"))


# To ask ---------------------------------------------------------------------------------------------------------------


def test_s3_2_a_parent_asks_for_several_activities_at_once(alice, household, child, activity):
    canteen = ActivityFactory(needs_enrolment=True)
    asked = ask(alice, household, child, activity, canteen, message=" Deux jours par semaine. ")
    assert {enrolment.activity for enrolment in asked} == {activity, canteen}
    assert {(one.state, one.message, one.requested_by, one.profile) for one in asked} == {
        (EnrolmentState.REQUESTED, "Deux jours par semaine.", alice, household)
    }
    (mail,) = OutgoingMail.objects.all()
    assert (mail.kind, mail.to) == ("booking/enrolment_requested", "alice@example.test")
    assert mail.subject == "Inscription de Mia : demande reçue"
    assert "Mercredis, La Cabane" in mail.text and "/mon-compte/documents/" in mail.html
    assert ModelLogEntry.objects.filter(action="booking.enrolment.request").count() == 2


def test_a_double_click_gives_the_first_request_again(alice, household, child, activity):
    assert ask(alice, household, child, activity) == ask(alice, household, child, activity)
    assert len(mails()) == 1


def test_who_may_only_read_asks_for_nothing(alice, household, child, activity):
    Membership.objects.filter(user=alice).update(role=Role.READ_ONLY)
    with pytest.raises(PermissionDenied):
        ask(alice, household, child, activity)


def test_a_stranger_cannot_ask_for_another_s_child(charlie, household, child, activity):
    with pytest.raises(PermissionDenied):
        ask(charlie, household, child, activity)
    with pytest.raises(ValidationError, match="pas dans votre foyer"):
        ask(charlie, charlie.profiles.get(), child, activity)


def test_a_guardianship_that_ended_asks_for_nothing(alice, household, activity):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    child = GuardianshipFactory(profile=household, ended_on=yesterday).child
    with pytest.raises(ValidationError, match="pas dans votre foyer"):
        ask(alice, household, child, activity)


@pytest.mark.parametrize("closed", [{"active": False}, {"enrolment_open": False}, {"needs_enrolment": False}])
def test_a_closed_activity_takes_no_request(alice, household, child, activity, closed):
    other = ActivityFactory(**{"needs_enrolment": True, **closed})
    with pytest.raises(ValidationError, match="pas ouvertes en ligne"):
        ask(alice, household, child, activity, other)
    assert not Enrolment.objects.exists() and mails() == []


def test_the_school_year_must_be_open(alice, household, child, activity):
    for closed in (year() - 1, year() + 2):
        with pytest.raises(ValidationError, match="ne sont pas ouvertes"):
            ask(alice, household, child, activity, school_year=closed)


def test_a_child_too_young_all_year_is_refused(alice, household, activity):
    baby = ChildFactory(profile=household, birth_date=timezone.localdate() - dt.timedelta(days=90))
    activity.min_age_months = 36
    activity.save()
    with pytest.raises(ValidationError, match="Trop jeune"):
        ask(alice, household, baby, activity)


def test_a_child_that_waits_for_validation_may_ask_one_refused_may_not(alice, household, activity):
    assert ask(alice, household, ChildFactory(profile=household, state=ChildState.PENDING), activity)
    with pytest.raises(ValidationError, match="pas été validé"):
        ask(alice, household, ChildFactory(profile=household, state=ChildState.REFUSED), activity)


def test_one_active_enrolment_for_a_child_whatever_the_household(alice, household, child, activity):
    EnrolmentFactory(child=child, activity=activity, school_year=year())
    with pytest.raises(ValidationError, match="déjà inscrit"):
        ask(alice, household, child, activity)


def test_a_refused_child_may_ask_again(alice, household, child, activity):
    EnrolmentFactory(
        child=child, activity=activity, profile=household, school_year=year(), state=EnrolmentState.REFUSED
    )
    assert ask(alice, household, child, activity)[0].state == EnrolmentState.REQUESTED


def test_a_request_is_taken_back_until_it_is_decided(alice, bob, charlie, household, child, activity):
    (enrolment,) = ask(alice, household, child, activity)
    with pytest.raises(PermissionDenied):
        enrolments.withdraw(by=charlie, profile=charlie.profiles.get(), enrolment=enrolment)
    assert enrolments.withdraw(by=bob, profile=household, enrolment=enrolment).state == EnrolmentState.WITHDRAWN
    with pytest.raises(ValidationError, match="déjà été traitée"):
        enrolments.withdraw(by=bob, profile=household, enrolment=enrolment)


# To decide ------------------------------------------------------------------------------------------------------------


def test_s3_2_an_agent_accepts_and_the_household_reads_it(agent, alice, bob, household, child, activity):
    MembershipFactory(profile=household, role=Role.READ_ONLY)
    enrolment = EnrolmentFactory(
        child=child, activity=activity, profile=household, school_year=2026, state=EnrolmentState.REQUESTED
    )
    (decided,) = enrolments.decide(by=agent, enrolments=[enrolment.pk], accept=True)
    assert (decided.state, decided.decided_by) == (EnrolmentState.ACCEPTED, agent)
    assert mails() == [
        ("booking/enrolment_accepted", person.email, "Inscription de Mia acceptée") for person in (alice, bob)
    ]
    assert "Mercredis, La Cabane" in OutgoingMail.objects.first().text
    told = Notification.objects.order_by("user__email")
    assert [(one.user, one.title) for one in told] == [
        (person, "Inscription de Mia acceptée") for person in (alice, bob)
    ]
    assert told[0].url == f"/mon-compte/inscriptions/{enrolment.public_id}/"
    assert ModelLogEntry.objects.get(action="booking.enrolment.accept").user == agent


def test_a_refusal_says_why(agent, alice, household, child, activity):
    enrolment = EnrolmentFactory(child=child, activity=activity, profile=household, state=EnrolmentState.REQUESTED)
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        enrolments.decide(by=agent, enrolments=[enrolment.pk], accept=False, reason="  ")
    enrolments.decide(by=agent, enrolments=[enrolment.pk], accept=False, reason="Groupe complet cette année.")
    assert "Groupe complet cette année." in OutgoingMail.objects.get().text


def test_in_bulk_what_was_decided_meanwhile_is_left_alone(agent):
    waiting = EnrolmentFactory(state=EnrolmentState.REQUESTED)
    others = [EnrolmentFactory(state=state) for state in EnrolmentState if state != EnrolmentState.REQUESTED]
    pks = [one.pk for one in (waiting, *others)]
    assert enrolments.decide(by=agent, enrolments=pks, accept=True) == [waiting]
    assert [Enrolment.objects.get(pk=one.pk).state for one in others] == [one.state for one in others]
    with pytest.raises(ValidationError, match="déjà été traitée"):
        enrolments.decide(by=agent, enrolments=pks, accept=True)


def test_an_unknown_child_is_not_enrolled(agent):
    known, unknown = (
        EnrolmentFactory(child__state=state, state=EnrolmentState.REQUESTED)
        for state in (ChildState.ACTIVE, ChildState.PENDING)
    )
    with pytest.raises(ValidationError, match="Validez d’abord"):
        enrolments.decide(by=agent, enrolments=[known.pk, unknown.pk], accept=True)
    known.refresh_from_db()
    assert known.state == EnrolmentState.REQUESTED


def test_an_enrolment_ends_with_a_reason(agent, alice, household, child, activity):
    enrolment = EnrolmentFactory(child=child, activity=activity, profile=household)
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        enrolments.end(by=agent, enrolment=enrolment, reason="")
    assert enrolments.end(by=agent, enrolment=enrolment, reason="Déménagement.").state == EnrolmentState.ENDED
    assert mails() == [("booking/enrolment_ended", "alice@example.test", "Fin de l’inscription de Mia")]
    with pytest.raises(ValidationError):
        enrolments.end(by=agent, enrolment=enrolment, reason="Déménagement.")


def test_who_has_not_the_right_decides_nothing(alice, staff):
    enrolment = EnrolmentFactory(state=EnrolmentState.REQUESTED)
    for person in (alice, staff("Régisseur"), staff("Administrateur")):
        with pytest.raises(PermissionDenied):
            enrolments.decide(by=person, enrolments=[enrolment.pk], accept=True)
        with pytest.raises(PermissionDenied):
            enrolments.end(by=person, enrolment=EnrolmentFactory(), reason="Non")


# To read --------------------------------------------------------------------------------------------------------------


def test_a_household_sees_its_own_and_the_other_s_when_it_lets_the_child_book(household, child, sql_count):
    mine = EnrolmentFactory(child=child, profile=household, state=EnrolmentState.REFUSED)
    theirs = EnrolmentFactory(child=child)
    for hidden in (EnrolmentState.REFUSED, EnrolmentState.REQUESTED):
        EnrolmentFactory(child=child, state=hidden)
    EnrolmentFactory()
    found = queries.enrolments_of(household, [child])
    assert {one.pk: one.mine for one in found} == {mine.pk: True, theirs.pk: False}
    assert sql_count(lambda: queries.enrolments_of(household, [child])) == 1


def test_requirements_are_those_of_what_a_child_is_enrolled_in(household, child, activity, sql_count):
    paper, old, idle = (DocumentRequirementFactory(scope="activity") for _ in range(3))
    activity.requirements.set([paper])
    activity.save()
    former, refused = ActivityFactory(), ActivityFactory()
    former.requirements.set([old])
    former.save()
    refused.requirements.set([idle])
    refused.save()
    EnrolmentFactory(child=child, activity=activity, school_year=year(), state=EnrolmentState.REQUESTED)
    EnrolmentFactory(child=child, activity=former, school_year=year() - 1)
    EnrolmentFactory(child=child, activity=refused, school_year=year(), state=EnrolmentState.REFUSED)
    brother = ChildFactory(profile=household)
    assert queries.requirements_of([child, brother]) == {child.pk: [paper]}
    EnrolmentFactory(child=brother, activity=activity, school_year=year())
    assert sql_count(lambda: queries.requirements_of([child, brother])) == 2


def test_choices_say_why_an_activity_cannot_be_asked_for(household, child, activity, sql_count):
    accepted, asked, young, refused = (ActivityFactory(needs_enrolment=True) for _ in range(4))
    EnrolmentFactory(child=child, activity=accepted, school_year=year())
    EnrolmentFactory(child=child, activity=asked, school_year=year(), state=EnrolmentState.REQUESTED)
    EnrolmentFactory(child=child, activity=refused, school_year=year(), state=EnrolmentState.REFUSED)
    young.max_age_months = 36
    young.save()
    ActivityFactory(needs_enrolment=True, enrolment_open=False)
    choices = {choice.activity: choice.obstacle for choice in queries.enrolment_choices(household, child, year())}
    assert choices.keys() == {activity, accepted, asked, young, refused}
    assert choices[activity] == choices[refused] == ""
    assert "déjà acceptée" in choices[accepted] and "déjà demandée" in choices[asked]
    assert "Trop grand" in choices[young]
    assert sql_count(lambda: queries.enrolment_choices(household, child, year())) == 5


def test_the_worklist_is_one_query_and_counts_who_is_already_there(activity, sql_count):
    waiting = EnrolmentFactory(activity=activity, state=EnrolmentState.REQUESTED)
    EnrolmentFactory(activity=activity)
    EnrolmentFactory(activity=activity, school_year=2025)
    EnrolmentFactory(state=EnrolmentState.REQUESTED)
    found = list(queries.worklist(activity))
    assert [(one, one.enrolled) for one in found] == [(waiting, 1)]
    assert len(queries.worklist()) == 2
    assert sql_count(lambda: [(one.child, one.profile, one.activity.facility) for one in queries.worklist()]) == 1


def test_days_booked_after_the_end_are_counted(child):
    day = ReservationDayFactory(child=child)
    enrolment = EnrolmentFactory(child=child, activity=day.session.unit.activity)
    assert queries.booked_days_after(enrolment, day.session.date) == 1
    assert queries.booked_days_after(enrolment, day.session.date + dt.timedelta(days=1)) == 0


def test_a_household_of_another_profile_has_no_enrolment_to_open():
    enrolment = EnrolmentFactory()
    with pytest.raises(Enrolment.DoesNotExist):
        queries.enrolment_of(HouseholdFactory(), enrolment.public_id)


# The back office ------------------------------------------------------------------------------------------------------

QUEUE = "/admin/enfance/inscriptions/"
REGISTER = "/admin/snippets/booking/enrolment/"


def waiting(**fields):
    return EnrolmentFactory(state=EnrolmentState.REQUESTED, **fields)


def text(response):
    return " ".join(html.unescape(response.text).replace("\u00a0", " ").split())


def test_agents_see_what_waits_with_what_they_need_to_decide(agent, client, activity, household, child, sql_count):
    paper = DocumentRequirementFactory(name="Certificat médical", scope="activity")
    activity.requirements.set([paper])
    activity.save()
    EnrolmentFactory(activity=activity)
    waiting(activity=activity, profile=household, child=child, message="Deux jours.")
    page = text(client.get(QUEUE))
    for words in ("Mia", "La Cabane", "1 déjà inscrit", "1 pièce manquante", "Certificat médical", "« Deux jours. »"):
        assert words in page, words
    one = sql_count(lambda: client.get(QUEUE))
    for _ in range(4):
        waiting(activity=activity)
    assert sql_count(lambda: client.get(QUEUE)) == one
    assert "Inscriptions à décider" in text(client.get("/admin/"))


def test_documents_of_the_family_and_of_the_child_count_where_they_should(activity, household, child):
    own, family = DocumentRequirementFactory(scope="activity"), DocumentRequirementFactory(scope="family")
    activity.requirements.set([own, family])
    activity.save()
    SupportingDocumentFactory(requirement=own, profile=household, child=child)
    SupportingDocumentFactory(requirement=family)  # another family's
    enrolment = waiting(activity=activity, profile=household, child=child)
    queries.add_papers([enrolment], timezone.localdate())
    assert dict(enrolment.papers) == {own: DocumentState.SENT, family: DocumentState.MISSING}
    assert enrolment.missing == 1


def test_agents_decide_one_by_one_or_together(agent, client):
    first, second, third = waiting(), waiting(), waiting()
    client.post(QUEUE, {"decision": f"accepter-{first.pk}"})
    assert "2 inscriptions refusées" in text(
        client.post(
            QUEUE,
            {"decision": "refuser", "inscription": [second.pk, third.pk], "motif": "Groupe complet."},
            follow=True,
        )
    )
    states = [Enrolment.objects.get(pk=one.pk).state for one in (first, second, third)]
    assert states == [EnrolmentState.ACCEPTED, EnrolmentState.REFUSED, EnrolmentState.REFUSED]


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"decision": "accepter"}, "Cochez au moins une inscription"),
        ({"decision": "refuser", "inscription": "1"}, "Dites pourquoi"),
        ({"decision": "accepter-x"}, "déjà été traitée"),
    ],
)
def test_a_mistake_is_told_and_decides_nothing(agent, client, posted, sentence):
    enrolment = waiting()
    answer = client.post(QUEUE, posted)
    assert answer.status_code == 422 and sentence in text(answer)
    assert client.post(QUEUE, {"decision": "effacer"}).status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.state == EnrolmentState.REQUESTED


def test_the_register_and_the_sheet_lead_to_the_acts(agent, client, activity, child):
    enrolment = waiting(activity=activity, child=child, message="Deux jours.")
    assert "Demande en cours d’examen" in text(client.get(REGISTER))
    sheet = f"{REGISTER}inspect/{enrolment.pk}/"
    assert "Deux jours." in text(client.get(sheet)) and "Accepter" in text(client.get(sheet))
    assert "pourra réserver" in text(client.get(f"{REGISTER}accepter/{enrolment.pk}/"))
    assert "est acceptée" in text(client.post(f"{REGISTER}accepter/{enrolment.pk}/", follow=True))
    assert "ne pourra plus réserver" in text(client.get(f"{REGISTER}terminer/{enrolment.pk}/"))
    client.post(f"{REGISTER}terminer/{enrolment.pk}/", {"reason": "Déménagement."})
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.reason) == (EnrolmentState.ENDED, "Déménagement.")


def test_the_revenue_officer_sees_no_enrolment(staff, client):
    staff("Régisseur")
    assert client.get(QUEUE).status_code in (302, 403)
    assert client.get(REGISTER).status_code in (302, 403)


# A child known twice -------------------------------------------------------------------------------------------------


def test_what_was_asked_for_a_child_added_twice_is_asked_for_the_one_known(staff, household, activity):
    known = ChildFactory(first_name="Mia", profile=HouseholdFactory())
    added = ChildFactory(first_name="Mia", profile=household, state=ChildState.PENDING)
    another = ActivityFactory(needs_enrolment=True)
    EnrolmentFactory(child=known, activity=another, school_year=year())
    asked, twice = (
        EnrolmentFactory(
            child=added, profile=household, activity=one, school_year=year(), state=EnrolmentState.REQUESTED
        )
        for one in (activity, another)
    )
    agent = staff(CHILDCARE)
    child_decisions.merge_child(by=agent, child=added, existing=known)
    asked.refresh_from_db()
    twice.refresh_from_db()
    assert (asked.child, asked.state) == (known, EnrolmentState.REQUESTED)
    assert (twice.child, twice.state) == (added, EnrolmentState.WITHDRAWN)
    assert "déjà inscrit" in twice.reason
    [accepted] = enrolments.decide(by=agent, enrolments=[asked.pk], accept=True)
    assert accepted.state == EnrolmentState.ACCEPTED
