"""« Mes inscriptions » and « Mes agendas » (s3.2, s4.12): what a household asks for, follows and takes back."""

import datetime as dt
import html
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from accounts.enums import ChildState, ProfileKind, Role
from accounts.models import Membership
from booking.eligibility import school_year_of
from booking.enums import EnrolmentState
from booking.models import CalendarFeed, Enrolment
from booking.services import enrolments
from tests.factories.booking import ActivityFactory, EnrolmentFactory
from tests.factories.families import ChildFactory, DocumentRequirementFactory, GuardianshipFactory

pytestmark = pytest.mark.django_db
LIST = "/mon-compte/inscriptions/"
ASK, ACTIVITIES, REVIEW = f"{LIST}demander/", f"{LIST}demander/activites/", f"{LIST}demander/verification/"
CALENDARS = f"{LIST}agendas/"


def year():
    return school_year_of(timezone.localdate())


def text(response):
    return html.unescape(response.content.decode())


@pytest.fixture
def household(alice):
    profile = alice.profiles.get()
    profile.kind = ProfileKind.HOUSEHOLD
    profile.save()
    return profile


@pytest.fixture
def child(household):
    return ChildFactory(first_name="Mia", profile=household)


@pytest.fixture
def activity():
    return ActivityFactory(
        name="Mercredis", needs_enrolment=True, facility__name="La Cabane", description="Jeux, sorties et ateliers."
    )


@pytest.fixture
def client(login, alice, dashboard):
    return login(alice)


def answers(child, *activities, **more):
    pks = [activity.pk for activity in activities]
    return urlencode({"enfant": child.public_id, "annee": year(), "activite": pks, **more}, doseq=True)


# The list ------------------------------------------------------------------------------------------------------------


def test_s3_2_the_list_shows_each_child_s_enrolments_with_their_state(client, household, child, activity):
    enrolment = EnrolmentFactory(child=child, activity=activity, profile=household, school_year=year())
    former = ActivityFactory(name="Crèche")
    EnrolmentFactory(child=child, activity=former, profile=household, school_year=year() - 1)
    ChildFactory(first_name="Léo", profile=household)
    page = text(client.get(LIST))
    assert f'<a href="{LIST}{enrolment.public_id}/">Mercredis</a>' in page
    assert "La Cabane" in page and "Inscrit" in page and "Légende" in page
    assert "Années précédentes" in page and "Crèche" in page
    assert "Aucune inscription pour cette année scolaire" in page


def test_the_other_household_s_enrolment_is_seen_not_opened(client, child, activity):
    theirs = EnrolmentFactory(child=child, activity=activity, school_year=year(), message="Ma vie privée")
    page = text(client.get(LIST))
    assert "Demandée par l’autre foyer" in page and "Ma vie privée" not in page
    assert str(theirs.public_id) not in page
    assert client.get(f"{LIST}{theirs.public_id}/").status_code == 404
    assert client.get(f"{LIST}{theirs.public_id}/retirer/").status_code == 404


def test_empty_states_say_what_to_do(client, alice):
    assert "Ajoutez d’abord un enfant" in text(client.get(LIST))
    assert "Ajoutez d’abord un enfant" in text(client.get(ASK))
    assert "Aucun enfant" in text(client.get(CALENDARS))
    Membership.objects.filter(user=alice).update(role=Role.READ_ONLY)
    assert "Un titulaire du foyer peut en ajouter un" in text(client.get(LIST))


def test_the_list_costs_the_same_with_one_child_and_with_many(client, household, child, activity, sql_count):
    EnrolmentFactory(child=child, activity=activity, profile=household, school_year=year())
    client.get(LIST)
    one = sql_count(lambda: client.get(LIST))
    for _ in range(5):
        sibling = ChildFactory(profile=household)
        for _ in range(3):
            EnrolmentFactory(child=sibling, profile=household, school_year=year())
    assert sql_count(lambda: client.get(LIST)) == one


# To ask --------------------------------------------------------------------------------------------------------------


def test_s3_2_a_parent_asks_for_enrolments_step_by_step(client, household, child, activity, alice):
    brother = ChildFactory(first_name="Léo", profile=household)
    canteen = ActivityFactory(name="Cantine", needs_enrolment=True)
    paper = DocumentRequirementFactory(name="Certificat médical", scope="activity")
    activity.requirements.set([paper])
    activity.save()
    page = text(client.get(ASK))
    assert "Mia" in page and "Léo" in page and f"{year()}-{year() + 1}" in page
    step = client.get(f"{ASK}?{answers(child)}&suite=1")
    assert step.status_code == 302 and step.url.startswith(ACTIVITIES)
    page = text(client.get(step.url))
    assert "Jeux, sorties et ateliers." in page and "Vous pouvez en cocher plusieurs" in page
    assert f'name="annee" value="{year()}"' in page  # no space between thousands
    step = client.get(f"{ACTIVITIES}?{answers(child, activity, canteen, suite=1)}")
    assert step.status_code == 302 and step.url.startswith(REVIEW)
    page = text(client.get(step.url))
    assert "Mercredis" in page and "Cantine" in page and page.count("Modifier") >= 4
    assert "Certificat médical" in page and "À fournir" in page
    assert not Enrolment.objects.exists()
    done = client.post(step.url, {"message": "Deux jours par semaine."}, follow=True)
    assert done.redirect_chain == [(LIST, 302)]
    assert "Vos 2 demandes sont envoyées" in text(done)
    assert "1 pièce à fournir" in text(done)
    asked = Enrolment.objects.filter(child=child, profile=household, requested_by=alice)
    assert {(one.activity, one.state, one.message) for one in asked} == {
        (activity, EnrolmentState.REQUESTED, "Deux jours par semaine."),
        (canteen, EnrolmentState.REQUESTED, "Deux jours par semaine."),
    }
    assert not brother.enrolments.exists()


def test_the_only_child_is_chosen_already_and_modify_shows_what_was_chosen(client, household, child, activity):
    assert text(client.get(ASK)).count(" checked") == 2  # the child, the school year
    ChildFactory(profile=household)
    assert text(client.get(ASK)).count(" checked") == 1
    assert text(client.get(f"{ASK}?{answers(child)}")).count(" checked") == 2
    assert text(client.get(f"{ACTIVITIES}?{answers(child, activity)}")).count(" checked") == 1


def test_s4_12_what_cannot_be_chosen_is_greyed_with_its_reason(client, household, child, activity):
    refused = ChildFactory(first_name="Léo", profile=household, state=ChildState.REFUSED)
    page = text(client.get(ASK))
    assert "n’a pas été validé" in page and page.count(" disabled") == 1
    activity.max_age_months = 36
    activity.save()
    page = text(client.get(f"{ACTIVITIES}?{answers(child)}"))
    assert "Trop grand" in page and page.count(" disabled") == 1
    assert client.get(f"{ACTIVITIES}?{answers(refused)}").status_code == 404


def test_without_an_answer_the_error_is_summed_up(client, household, child, activity):
    ChildFactory(profile=household)
    for url, sentence in (
        (f"{ASK}?suite=1", "Choisissez un enfant."),
        (f"{ACTIVITIES}?{answers(child, suite=1)}", "Cochez au moins une activité."),
    ):
        page = text(client.get(url))
        assert "<title>Erreur : " in page and page.count(sentence) == 2


def test_nothing_is_open(client, child):
    assert "Aucune inscription n’est ouverte" in text(client.get(f"{ACTIVITIES}?{answers(child)}"))


def test_hostile_answers_write_nothing(client, household, child, activity, charlie):
    stranger = ChildFactory(profile=charlie.profiles.get())
    former = GuardianshipFactory(profile=household, ended_on=timezone.localdate() - dt.timedelta(days=1)).child
    for other in (stranger, former):
        for url in (ACTIVITIES, REVIEW):
            assert client.get(f"{url}?{answers(other, activity)}").status_code == 404
        assert client.post(f"{REVIEW}?{answers(other, activity)}").status_code == 404
    for bad in ({"annee": year() - 1}, {"annee": "x"}, {"enfant": "x"}):
        assert client.post(f"{REVIEW}?{answers(child, activity, **bad)}").status_code == 404
    closed = ActivityFactory(needs_enrolment=True, enrolment_open=False)
    huge = answers(child) + f"&activite={10**22}"
    for target in (answers(child), answers(child, activity, closed), answers(child) + "&activite=x", huge):
        answer = client.post(f"{REVIEW}?{target}", {"message": ""}, follow=True)
        assert answer.redirect_chain[0][0].startswith(ACTIVITIES)
        assert answer.status_code == 200
    # Extra fields change nothing.
    client.post(f"{REVIEW}?{answers(child, activity)}", {"message": "", "state": "accepted", "profile": "1"})
    assert Enrolment.objects.get().state == EnrolmentState.REQUESTED


def test_a_refresh_asks_once(client, child, activity):
    for _ in range(2):
        client.post(f"{REVIEW}?{answers(child, activity)}", {"message": ""})
    assert Enrolment.objects.count() == 1


def test_who_may_only_read_sees_the_list_and_no_more(client, alice, household, child, activity):
    enrolment = EnrolmentFactory(
        child=child, activity=activity, profile=household, school_year=year(), state=EnrolmentState.REQUESTED
    )
    Membership.objects.filter(user=alice).update(role=Role.READ_ONLY)
    page = text(client.get(LIST))
    assert "Mercredis" in page and ASK not in page
    assert "Retirer" not in text(client.get(f"{LIST}{enrolment.public_id}/"))
    for url in (ASK, f"{ACTIVITIES}?{answers(child)}", f"{REVIEW}?{answers(child, activity)}"):
        assert client.get(url).status_code == 403
    assert client.post(f"{LIST}{enrolment.public_id}/retirer/").status_code == 403
    assert client.post(CALENDARS, {"enfant": child.public_id}).status_code == 403


# To follow -----------------------------------------------------------------------------------------------------------


def test_s3_2_an_enrolment_tells_its_documents_and_what_happened(client, staff, household, child, activity, alice):
    paper = DocumentRequirementFactory(name="Certificat médical", scope="activity")
    activity.requirements.set([paper])
    activity.save()
    client.post(f"{REVIEW}?{answers(child, activity)}", {"message": "Deux jours."})
    enrolment = Enrolment.objects.get()
    url = f"{LIST}{enrolment.public_id}/"
    page = text(client.get(url))
    assert "Deux jours." in page and "Certificat médical" in page and "Retirer ma demande" in page
    assert f"/mon-compte/documents/envoyer/?piece={paper.pk}&enfant={child.public_id}" in page
    agent = staff("Responsable enfance")
    enrolments.decide(by=agent, enrolments=[enrolment.pk], accept=True)
    client.force_login(alice)
    page = text(client.get(url))
    assert "Inscrit" in page and "Réserver" in page and "Retirer ma demande" not in page


def test_a_refusal_is_explained(client, household, child, activity):
    enrolment = EnrolmentFactory(
        child=child,
        activity=activity,
        profile=household,
        school_year=year(),
        state=EnrolmentState.REFUSED,
        reason="Groupe complet.",
        decided_at=timezone.now(),
    )
    assert text(client.get(f"{LIST}{enrolment.public_id}/")).count("Groupe complet.") == 2
    assert "Groupe complet." in text(client.get(LIST))


def test_a_request_is_taken_back_after_a_page_that_asks(client, household, child, activity):
    enrolment = EnrolmentFactory(
        child=child, activity=activity, profile=household, school_year=year(), state=EnrolmentState.REQUESTED
    )
    url = f"{LIST}{enrolment.public_id}/retirer/"
    assert "Mercredis, La Cabane" in text(client.get(url))
    assert "est retirée" in text(client.post(url, follow=True))
    assert "déjà été traitée" in text(client.post(url, follow=True))
    enrolment.refresh_from_db()
    assert enrolment.state == EnrolmentState.WITHDRAWN


# Calendars -----------------------------------------------------------------------------------------------------------


def test_an_address_is_told_once_and_can_be_killed(client, child):
    page = client.post(CALENDARS, {"enfant": child.public_id})
    address = page.context["told"]["address"]
    assert address in text(page) and "webcal://" in text(page)
    assert address not in text(client.get(CALENDARS))
    path = address[address.index("/agenda/") :]
    assert client.get(path).status_code == 200
    url = f"{CALENDARS}{CalendarFeed.objects.get().pk}/supprimer/"
    assert "ne se mettra plus à jour" in text(client.get(url))
    assert client.get(path).status_code == 200
    assert "ne répond plus" in text(client.post(url, follow=True))
    assert client.get(path).status_code == 404
    assert client.post(url).status_code == 404


def test_another_s_child_or_address_is_not_found(client, child, charlie):
    client.post(CALENDARS, {"enfant": child.public_id})
    feed = CalendarFeed.objects.get()
    client.force_login(charlie)
    assert client.post(CALENDARS, {"enfant": child.public_id}).status_code == 404
    assert client.post(CALENDARS, {"enfant": "x"}).status_code == 404
    assert client.post(f"{CALENDARS}{feed.pk}/supprimer/").status_code == 404
    assert CalendarFeed.objects.get().revoked_at is None
