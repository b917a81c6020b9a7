"""« Ma famille » (s3.2, s3.3, s4.1, s4.2): what a household sees of its file, and what it changes."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.enums import ChangeState, FamilyForm, ProfileKind, Role
from accounts.models import Acceptance, AcceptanceText, ChangeRequest, FamilyQuotient, FieldRule, Guardian, Profile
from accounts.queries.family import child_of, children_of, quotient_on
from accounts.services import changes
from accounts.services import family as service
from tests.factories.accounts import MembershipFactory
from tests.factories.families import (
    ChildFactory,
    DocumentRequirementFactory,
    FamilyQuotientFactory,
    GuardianFactory,
    GuardianshipFactory,
    HouseholdFactory,
)

pytestmark = pytest.mark.django_db
URL = "/mon-compte/famille/"
FORM = f"{URL}informations/"
FILE = {
    "name": "Foyer Durand",
    "situation": "",
    "address": "12 rue des Tilleuls",
    "address_complement": "",
    "postcode": "49000",
    "town": "Vallon-sur-Loire",
    "phone": "02 41 00 00 00",
    "second_phone": "",
    "benefit_fund": "",
    "benefit_number": "",
}
GUARDIAN = {"first_name": "Noé", "last_name": "Martin", "relationship": "Père", "phone": "0612345678"}


@pytest.fixture
def parent(client):
    """A user whose only profile is a household; logged in."""
    membership = MembershipFactory(profile=HouseholdFactory(name="Foyer Durand", phone="02 41 00 00 00"))
    client.force_login(membership.user)
    return membership.user


@pytest.fixture
def household(parent):
    return parent.profiles.get()


@pytest.fixture
def text(db):
    return AcceptanceText.objects.create(text="Je certifie l’exactitude\nde ces informations.", version=3)


def accepted(text, **values):
    return {**FILE, **values, "accept": "on", "accept_version": text.version}


# The page -----------------------------------------------------------------------------------------------------------


def test_s3_2_s4_1_the_page_has_the_blocks_of_the_guides(dashboard, client, household):
    ChildFactory(profile=household, first_name="Léonie")
    GuardianFactory(profile=household, first_name="Sacha")
    page = client.get(URL).content.decode()
    for words in (
        "Mes informations",
        "Modifier les informations de la famille",
        "Modifier mon login",
        "Modifier mon mot de passe",
        "Mes enfants",
        "Léonie",
        "Sacha",
        "Les inscriptions",
        "Les réservations",
        "Mes factures et paiements",
        "Pièces justificatives à fournir",
    ):
        assert words in page, words
    assert f'href="{FORM}"' in page and 'href="/mon-compte/identifiant/"' in page


def test_the_page_costs_the_same_with_one_and_with_many(dashboard, client, household, sql_count):
    def fill(count):
        GuardianFactory.create_batch(count, profile=household)
        ChildFactory.create_batch(count, profile=household)
        FamilyQuotientFactory.create_batch(count, profile=household)
        for guardian in household.guardians.all():
            ask(household, FamilyForm.GUARDIAN, guardian, first_name="Ali")

    def costs():
        return sql_count(lambda: client.get(URL)), sql_count(lambda: client.get(f"{URL}demandes/"))

    fill(1)
    costs()
    one = costs()
    fill(5)
    assert costs() == one


def ask(household, form, target, **values):
    by = household.users.first()
    return changes.propose(by=by, profile=household, form=form, target=target, values=values).pending


def test_a_reader_sees_and_changes_nothing(dashboard, client, household, text):
    client.force_login(MembershipFactory(profile=household, role=Role.READ_ONLY).user)
    guardian = GuardianFactory(profile=household)
    page = client.get(URL).content.decode()
    assert str(guardian) in page and FORM not in page
    for path in ("informations/", "responsables/ajouter/", f"responsables/{guardian.public_id}/", "quotient/"):
        assert client.post(URL + path, accepted(text)).status_code == 403


def test_what_staff_hide_is_not_shown(dashboard, client, household):
    Profile.objects.filter(pk=household.pk).update(address="99 chemin caché")
    assert "99 chemin caché" in client.get(URL).content.decode()
    FieldRule.objects.filter(form="family", field="address").update(visible=False)
    assert "99 chemin caché" not in client.get(URL).content.decode()
    assert "99 chemin caché" not in client.get(FORM).content.decode()


# A household for someone who has none --------------------------------------------------------------------------------


def test_a_resident_without_household_opens_one_and_acts_for_it(dashboard, login, alice):
    client = login(alice)
    page = client.get(URL).content.decode()
    assert "Ouvrir mon dossier famille" in page and "Mes enfants" not in page
    response = client.post(f"{URL}ouvrir/", {"name": "Foyer Durand", "relationship": "Mère"}, follow=True)
    assert "Votre dossier famille est ouvert" in response.content.decode()
    household = Profile.objects.get(kind=ProfileKind.HOUSEHOLD)
    assert response.wsgi_request.profile == household
    assert (household.address, household.town) == ("12 rue des Tilleuls", "Vallon-sur-Loire")
    guardian = household.guardians.get()
    assert (guardian.user, guardian.relationship) == (alice, "Mère")
    again = client.post(f"{URL}ouvrir/", {"name": "foyer durand", "relationship": "Mère"})
    assert again.status_code == 200 and Profile.objects.filter(kind=ProfileKind.HOUSEHOLD).count() == 1


def test_a_resident_with_a_household_is_led_to_it(dashboard, login, alice):
    household = MembershipFactory(user=alice, profile=HouseholdFactory(name="Foyer Durand")).profile
    page = login(alice).get(URL).content.decode()
    assert "Ouvrir «\xa0Foyer Durand\xa0»" in page.replace(" Foyer Durand ", "\xa0Foyer Durand\xa0")
    assert str(household.public_id) in page


# The family file ------------------------------------------------------------------------------------------------------


def test_s3_3_the_change_waits_for_the_services_and_the_page_says_so(dashboard, client, household, text):
    response = client.post(FORM, accepted(text, town="Garance", phone="06 12 34 56 78"), follow=True)
    page = response.content.decode()
    assert "Une partie de vos modifications est enregistrée. Le service doit valider votre demande" in page
    assert "Demandé&nbsp;: 12 rue des Tilleuls, 49000 Garance (en attente de validation)" in page
    household.refresh_from_db()
    assert (household.phone, household.town) == ("06 12 34 56 78", "Vallon-sur-Loire")
    form = client.get(FORM).content.decode()
    assert 'value="Garance"' in form and "Aujourd’hui dans votre dossier : Vallon-sur-Loire" in form


def test_s4_2_nothing_is_saved_without_j_accepte(dashboard, client, household, text):
    response = client.post(FORM, {**FILE, "phone": "06 12 34 56 78", "accept_version": 3})
    page = response.content.decode()
    assert response.status_code == 200 and "<title>Erreur : " in page
    assert "Cochez « J’accepte » pour enregistrer." in page
    household.refresh_from_db()
    assert household.phone == "02 41 00 00 00" and not Acceptance.objects.exists()


def test_s4_2_j_accepte_is_dated_with_the_version_of_the_text(dashboard, client, parent, household, text):
    client.post(FORM, accepted(text))
    acceptance = Acceptance.objects.get()
    assert (acceptance.text, acceptance.profile, acceptance.accepted_by) == (text, household, parent)
    assert timezone.now() - acceptance.accepted_at < dt.timedelta(minutes=1)
    assert "version 3" in client.get(URL).content.decode()


def test_s4_2_another_version_than_the_one_read_is_asked_again(dashboard, client, household, text):
    AcceptanceText.objects.create(text="Autre texte", version=4)
    response = client.post(FORM, accepted(text, phone="06 12 34 56 78"))
    page = response.content.decode()
    assert "Le texte à accepter vient de changer" in page and "Autre texte" in page
    assert 'name="accept_version" value="4"' in page and "checked" not in page
    assert not Acceptance.objects.exists()


def test_s4_2_a_new_portal_has_its_own_text_to_accept(dashboard, client, household):
    assert "Je certifie que ces informations sont exactes" in client.get(FORM).content.decode()
    assert not AcceptanceText.objects.exists()  # a GET writes nothing
    assert client.post(FORM, FILE).status_code == 200 and not Acceptance.objects.exists()
    client.post(FORM, {**FILE, "accept": "on", "accept_version": 0})
    assert Acceptance.objects.get().text.version == 0
    client.post(FORM, {**FILE, "accept": "on", "accept_version": 0})
    assert AcceptanceText.objects.count() == 1 and Acceptance.objects.count() == 2


def test_the_text_to_accept_is_escaped(dashboard, client, household):
    AcceptanceText.objects.create(text="<script>alert(1)</script>", version=1)
    assert "<script>alert(1)" not in client.get(FORM).content.decode()


def test_s4_6_a_postcode_alone_completes_the_town(dashboard, client, household, text):
    FieldRule.objects.filter(form="family", field="town").update(required=True)
    client.post(FORM, accepted(text, postcode="44800", town=""))
    assert {f.new for f in ChangeRequest.objects.get().fields.all()} == {"44800", "Saint-Herblain"}
    page = client.post(FORM, accepted(text, postcode="34800", town="")).content.decode()
    assert "Plusieurs communes ont ce code postal" in page and '<option value="Nébian">' in page


@pytest.mark.parametrize(
    "field, value", [("phone", "appelez-moi"), ("postcode", "!"), ("name", ""), ("situation", "x")]
)
def test_what_can_not_be_is_said_beside_the_field_and_at_the_top(dashboard, client, household, text, field, value):
    response = client.post(FORM, accepted(text, **{field: value}))
    assert response.context["form"].errors[field]
    page = response.content.decode()
    assert "<title>Erreur : " in page and "error-summary" in page
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize("moderated", [False, True])
def test_a_guardian_sent_twice_is_added_once(dashboard, client, household, text, moderated):
    FieldRule.objects.filter(form="guardian").update(needs_approval=moderated)
    for _click in range(2):
        client.post(f"{URL}responsables/ajouter/", {**GUARDIAN, "accept": "on", "accept_version": text.version})
    assert (Guardian.objects.filter(profile=household, first_name=GUARDIAN["first_name"]).count(), moderated) in [
        (1, False),
        (0, True),
    ]
    assert ChangeRequest.objects.count() == moderated


@pytest.mark.parametrize("boxes", [{"visible": False}, {"editable": False}])
def test_a_field_that_staff_closed_is_not_changed_by_a_post(dashboard, client, household, text, boxes):
    FieldRule.objects.filter(form="family", field="phone").update(**boxes)
    client.post(FORM, accepted(text, phone="06 99 99 99 99", kind="organisation", id=1))
    household.refresh_from_db()
    assert (household.phone, household.kind) == ("02 41 00 00 00", ProfileKind.HOUSEHOLD)
    assert not ChangeRequest.objects.exists()


def test_staff_make_a_field_mandatory(dashboard, client, household, text):
    FieldRule.objects.filter(form="family", field="benefit_number").update(required=True)
    response = client.post(FORM, accepted(text))
    assert list(response.context["form"].errors) == ["benefit_number"]


def test_s2_2_the_personal_data_of_a_household_go_by_the_family_file(dashboard, client, household):
    page = client.get("/mon-compte/profil/").content.decode()
    assert FORM in page and "modifier/adresse/" not in page
    address = {"address": "1 rue Neuve", "address_complement": "", "postcode": "49000", "town": "Garance"}
    assert client.post("/mon-compte/profil/modifier/adresse/", address).status_code == 403
    household.refresh_from_db()
    assert household.town == "Vallon-sur-Loire"


# Guardians ------------------------------------------------------------------------------------------------------------


def test_a_guardian_is_asked_for_changed_and_removed(dashboard, client, household, text):
    mine = GuardianFactory(profile=household, first_name="Sacha")
    accept = {"accept": "on", "accept_version": 3}
    client.post(f"{URL}responsables/ajouter/", {**GUARDIAN, **accept})
    assert "Noé Martin\xa0: ajout demandé" in client.get(URL).content.decode().replace("&nbsp;", "\xa0")
    assert Guardian.objects.count() == 1

    client.post(
        f"{URL}responsables/{mine.public_id}/",
        {"first_name": "Sacha", "last_name": mine.last_name, "relationship": "Mère", "phone": "0612345678", **accept},
    )
    mine.refresh_from_db()
    assert mine.phone == "06 12 34 56 78"

    remove = f"{URL}responsables/{mine.public_id}/retirer/"
    assert "Retirer Sacha" in client.get(remove).content.decode()
    assert "seul responsable" in client.post(remove, follow=True).content.decode()
    GuardianFactory(profile=household)
    client.post(remove)
    assert "Retrait demandé" in client.get(URL).content.decode()
    mine.refresh_from_db()
    assert mine.removed_at is None


def test_another_household_s_guardian_is_not_found(dashboard, client, household, text):
    stranger = GuardianFactory()
    for path in ("", "retirer/"):
        url = f"{URL}responsables/{stranger.public_id}/{path}"
        assert client.get(url).status_code == client.post(url).status_code == 404


def test_a_field_that_families_may_not_change_says_whose_it_is(dashboard, client, household):
    FieldRule.objects.filter(form=FamilyForm.FAMILY, field="situation").update(editable=False)
    page = client.get(f"{URL}informations/")
    assert page.text.count("Seul le service peut changer cette information.") == 1


# The quotient ---------------------------------------------------------------------------------------------------------


def test_a_quotient_is_declared_then_proved(dashboard, client, household):
    proof = DocumentRequirementFactory(proves_quotient=True)
    today = timezone.localdate()
    dates = {"valid_from": today.isoformat(), "valid_until": (today + dt.timedelta(days=300)).isoformat()}
    response = client.post(f"{URL}quotient/", {"amount": "720,50", "annual_income": "", **dates})
    assert response.url == f"/mon-compte/documents/envoyer/?piece={proof.pk}"
    quotient = FamilyQuotient.objects.get()
    assert (quotient.amount, quotient.verified_at) == (Decimal("720.50"), None)
    assert quotient_on(household, today) is None
    page = client.get(URL).content.decode()
    assert "Déclaré, à vérifier" in page and f"?piece={proof.pk}" in page

    client.post(f"{URL}quotient/", {"amount": "700", "annual_income": "", **dates})
    assert FamilyQuotient.objects.get().amount == 700  # what waits is corrected, not doubled


@pytest.mark.parametrize("typed", ["1234,56", "1 234,56 €", "1\u202f234,56\u00a0€", " 1234.56 "])
def test_an_amount_is_read_as_it_stands_on_the_letter(dashboard, client, household, typed):
    until = timezone.localdate() + dt.timedelta(days=300)
    client.post(f"{URL}quotient/", {"amount": typed, "valid_from": "2026-01-01", "valid_until": until.isoformat()})
    assert FamilyQuotient.objects.get().amount == Decimal("1234.56")


@pytest.mark.parametrize(
    "values, field",
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": "abc"}, "amount"),
        ({"valid_until": "2025-01-01"}, "valid_until"),
        ({"valid_from": "2020-01-01", "valid_until": "2020-12-31"}, "valid_until"),
    ],
)
def test_an_impossible_quotient_is_refused(dashboard, client, household, values, field):
    data = {"amount": "720", "valid_from": "2026-01-01", "valid_until": "2026-12-31", **values}
    response = client.post(f"{URL}quotient/", data)
    assert response.context["form"].errors[field] and not FamilyQuotient.objects.exists()


def test_the_quotient_that_counts_is_verified_and_holds_on_the_date(household):
    old = FamilyQuotientFactory(profile=household, valid_from=dt.date(2025, 1, 1), valid_until=dt.date(2026, 6, 30))
    new = FamilyQuotientFactory(profile=household, valid_from=dt.date(2026, 3, 1), valid_until=dt.date(2026, 12, 31))
    FamilyQuotientFactory(profile=household, valid_from=dt.date(2026, 4, 1), verified_at=None)
    assert quotient_on(household, dt.date(2026, 2, 28)) == old
    assert quotient_on(household, dt.date(2026, 3, 1)) == quotient_on(household, dt.date(2026, 12, 31)) == new
    assert quotient_on(household, dt.date(2024, 12, 31)) is None
    assert quotient_on(HouseholdFactory(), dt.date(2026, 2, 28)) is None


# Requests, children ---------------------------------------------------------------------------------------------------


def test_the_requests_and_their_answers_are_listed_and_one_is_taken_back(dashboard, client, household, staff, text):
    refused = ask(household, FamilyForm.FAMILY, None, town="Garance")
    parent = household.users.get()
    changes.decide(
        by=staff("Responsable enfance"), change_request=refused, accepted=set(), reason="Joignez un justificatif."
    )
    client.force_login(parent)
    waiting = ask(household, FamilyForm.FAMILY, None, name="Foyer Martin", address_complement="Bâtiment B")
    page = client.get(f"{URL}demandes/").content.decode()
    assert "Joignez un justificatif." in page and "Refusée" in page and "En attente de validation" in page
    # What had no value is not said to have been « non renseigné ».
    lines = [" ".join(re.sub("<[^>]+>", "", line).split()) for line in re.findall("(?s)<li>(.*?)</li>", page)]
    assert [line for line in lines if line.startswith("Complément")] == ["Complément d’adresse&nbsp;: Bâtiment B"]
    url = f"{URL}demandes/{waiting.public_id}/retirer/"
    assert "Famille : Nom du foyer, Complément d’adresse." in client.get(url).text
    client.post(url)
    waiting.refresh_from_db()
    assert waiting.state == ChangeState.WITHDRAWN


def test_another_household_s_request_is_not_found(dashboard, client, household, login, charlie):
    waiting = ask(household, FamilyForm.FAMILY, None, name="Foyer Martin")
    login(charlie)
    assert client.post(f"{URL}demandes/{waiting.public_id}/retirer/").status_code == 404


def test_the_children_of_a_household_today(household, sql_count):
    today = timezone.localdate()
    here = ChildFactory(profile=household, birth_date=dt.date(2016, 1, 1))
    also = GuardianshipFactory(profile=household, started_on=today, ended_on=today).child
    GuardianshipFactory(profile=household, ended_on=today - dt.timedelta(days=1))
    GuardianshipFactory(profile=household, started_on=today + dt.timedelta(days=1))
    ChildFactory(profile=household, state="archived")
    ChildFactory(profile=HouseholdFactory())
    assert children_of(household) == [here, also]
    assert sql_count(lambda: [child.guardianship for child in children_of(household)]) == 1
    found, guardianship = child_of(household, here.public_id)
    assert (found, guardianship.profile) == (here, household)
    assert children_of(None) == []


def test_a_text_is_published_in_its_next_version_by_who_may(staff, household, parent, text):
    agent = staff("Responsable enfance")
    assert service.publish_text(by=agent, text="Nouveau").version == 4
    with pytest.raises(PermissionDenied):
        service.publish_text(by=parent, text="Piraté")
