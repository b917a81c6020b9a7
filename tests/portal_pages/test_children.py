"""A child's file on the portal (s3.2, s4.3 to s4.10): its blocks, the people around, what each household may see."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.enums import Answer, ChildState, FamilyForm, ProfileKind, Role
from accounts.models import (
    Acceptance,
    AcceptanceText,
    AuthorisedPickup,
    ChangeRequest,
    Child,
    Consent,
    EmergencyContact,
    FieldRule,
    Guardianship,
    HealthAccess,
    HealthRecord,
)
from accounts.services.people import MAX_PEOPLE
from tests.factories.accounts import MembershipFactory
from tests.factories.families import (
    AuthorisedPickupFactory,
    ChildFactory,
    ConsentTypeFactory,
    DietFactory,
    DocumentRequirementFactory,
    EmergencyContactFactory,
    FiledDocumentFactory,
    GuardianshipFactory,
    HealthRecordFactory,
)

pytestmark = pytest.mark.django_db
URL = "/mon-compte/famille/"
BLOCKS = [
    "Information enfant",
    "Régime alimentaire spécifique",
    "Renseignements médicaux",
    "Les personnes à contacter en cas d’urgence",
    "Les personnes autorisées à venir chercher l’enfant",
    "Autorisations",
]


@pytest.fixture
def household(alice):
    profile = alice.profiles.get()
    profile.kind = ProfileKind.HOUSEHOLD
    profile.save()
    return profile


@pytest.fixture
def text():
    return AcceptanceText.objects.create(text="Je certifie l’exactitude de ces informations.", version=1)


@pytest.fixture
def lea(household):
    return ChildFactory(first_name="Léa", last_name="Martin", profile=household)


@pytest.fixture
def client_(dashboard, login, alice):
    return login(alice)


def url_of(child, rest=""):
    return f"{URL}enfants/{child.public_id}/{rest}"


# « J’accepte », under the portal's own text.
ACCEPTED = {"accept": "on", "version": 0}


def entry(**values):
    """What the whole form sends for a child without people around."""
    return {
        "first_name": "Tom",
        "last_name": "Martin",
        "sex": "boy",
        "birth_date": "2020-02-29",
        "birth_place": "Angers",
        "school": "École des Tilleuls",
        "school_level": "cp",
        "diet": "",
        "diet_details": "",
        "has_care_plan": "False",
        "contacts-total": "0",
        "autorisees-total": "0",
        **ACCEPTED,
        **values,
    }


def someone(prefix, **values):
    given = {"first_name": "Josette", "last_name": "Durand", "relationship": "Grand-mère", "phone": "0241000001"}
    return {f"{prefix}-{name}": value for name, value in {**given, **values}.items()}


# Read ----------------------------------------------------------------------------------------------------------------


def test_a_child_s_file_leads_to_its_documents(client_, lea):
    FiledDocumentFactory(profile=lea.profiles.get(), title="Attestation", child=lea)
    FiledDocumentFactory(profile=lea.profiles.get(), title="Autre chose")
    address = f"/mon-compte/documents/?child={lea.public_id}"
    assert f'href="{address}"' in client_.get(url_of(lea)).text
    page = client_.get(address).text
    assert "Attestation" in page and "Autre chose" not in page
    # Without a document, what was asked for this child is one click away.
    lea.documents.all().delete()
    assert "?onglet=envoyees" not in client_.get(address).text.split("Aucun document trouvé")[1]
    DocumentRequirementFactory()
    assert "?onglet=envoyees" in client_.get(address).text.split("Aucun document trouvé")[1]


def test_what_is_not_given_is_lighter_than_an_answer(client_, lea):
    page = client_.get(url_of(lea)).text
    assert '<dt>Prénom</dt><dd class="value">Léa</dd>' in page
    assert '<dt>Lieu de naissance</dt><dd class="value"><span class="not-given">Non renseigné</span></dd>' in page


# Add -----------------------------------------------------------------------------------------------------------------


def test_s4_3_the_form_has_exactly_its_blocks_and_marks_what_is_mandatory(client_, household, text):
    page = client_.get(f"{URL}enfants/ajouter/")
    assert [section.title for section in page.context["form"].sections] == BLOCKS
    assert "Un astérisque (*) marque les champs obligatoires" in page.text
    assert 'J’accepte<span aria-hidden="true">&nbsp;*</span>' in page.text
    assert 'Prénom<span aria-hidden="true">&nbsp;*</span>' in page.text
    assert "(facultatif)" not in page.text
    assert text.text in page.text


def test_s3_2_a_child_is_added_with_its_whole_file_and_waits(client_, alice, household, text):
    diet, question = DietFactory(label="Sans porc"), ConsentTypeFactory()
    answer = client_.post(
        f"{URL}enfants/ajouter/",
        entry(
            diet=diet.pk,
            has_care_plan="True",
            care_plan_details="Trousse d’urgence",
            observations="Lunettes",
            doctor_phone="02.41.00.00.09",
            accept="on",
            version=1,
            **{f"consent_{question.pk}": "yes", "contacts-total": "2", "autorisees-total": "1"},
            **someone("contacts-0", second_phone="0612345678", may_pick_up="on"),
            **someone("autorisees-0", first_name="Paul", relationship="Voisin"),
        ),
    )
    child = Child.objects.get()
    assert (answer.status_code, answer.url) == (302, url_of(child))
    assert (child.state, child.birth_date, child.created_by) == (ChildState.PENDING, dt.date(2020, 2, 29), alice)
    assert child.guardianships.get().profile == household
    assert (child.health_record.diet, child.health_record.doctor_phone) == (diet, "02 41 00 00 09")
    contact = child.emergency_contacts.get()
    assert (contact.phone, contact.second_phone) == ("02 41 00 00 01", "06 12 34 56 78")
    assert {(p.first_name, p.contact) for p in child.authorised_pickups.all()} == {("Josette", contact), ("Paul", None)}
    assert child.consents.get().answer == Answer.YES
    assert (Acceptance.objects.get().child, Acceptance.objects.get().text) == (child, text)
    assert not ChangeRequest.objects.exists()
    page = client_.get(url_of(child)).text
    assert "En attente de validation" in page and "Sans porc" in page and "Trousse d’urgence" in page


def test_s4_10_nothing_is_saved_without_accepting(client_, household, text):
    page = client_.post(f"{URL}enfants/ajouter/", entry(accept="", version=1))
    assert "Cochez « J’accepte »" in page.text and "<title>Erreur : " in page.text
    assert 'value="Tom"' in page.text
    assert not Child.objects.exists()


def test_a_text_that_changed_meanwhile_is_read_again(client_, household, text):
    AcceptanceText.objects.create(text="Le nouveau texte.", version=2)
    page = client_.post(f"{URL}enfants/ajouter/", entry(accept="on", version=1))
    assert "relisez-le" in page.text and "Le nouveau texte." in page.text
    assert 'name="version" value="2"' in page.text
    assert not Child.objects.exists()


def test_the_same_form_twice_adds_one_child(client_, household):
    client_.post(f"{URL}enfants/ajouter/", entry())
    again = client_.post(f"{URL}enfants/ajouter/", entry(), follow=True)
    assert "est envoyée. Le service la vérifie" in again.text and again.redirect_chain
    page = client_.post(f"{URL}enfants/ajouter/", entry(first_name="TOM"))
    assert "est déjà dans votre foyer" in page.text
    assert Child.objects.count() == 1


@pytest.mark.parametrize("state", [ChildState.ACTIVE, ChildState.PENDING])
@pytest.mark.parametrize("moderated", [False, True])
def test_a_person_sent_twice_is_added_once(client_, lea, state, moderated):
    Child.objects.update(state=state)
    FieldRule.objects.filter(form=FamilyForm.CONTACT, field="last_name").update(needs_approval=moderated)
    for _click in range(2):
        page = client_.post(url_of(lea, "contacts/ajouter/"), {**PERSON, "may_pick_up": "on"}, follow=True)
        waits = moderated and state == ChildState.ACTIVE
        assert ("attend la validation du service" if waits else "fiche enregistrée") in page.text
    assert EmergencyContact.objects.count() + ChangeRequest.objects.count() == 1
    assert AuthorisedPickup.objects.count() == 1
    client_.post(url_of(lea, "contacts/ajouter/"), {**PERSON, "first_name": "Jean"})
    assert EmergencyContact.objects.count() + ChangeRequest.objects.count() == 2


def test_a_second_click_on_delete_says_that_it_is_done(client_, lea):
    contact = EmergencyContactFactory(child=lea)
    address = url_of(lea, f"contacts/{contact.public_id}/supprimer/")
    for _click in range(2):
        assert "ne figure plus dans la liste" in client_.post(address, follow=True).text
    assert client_.get(address).status_code == 404


@pytest.mark.parametrize(
    "values, field",
    [
        ({"first_name": ""}, "first_name"),
        ({"birth_date": "2999-01-01"}, "birth_date"),
        ({"birth_date": "1950-01-01"}, "birth_date"),
        ({"sex": ""}, "sex"),
        ({"has_care_plan": "True"}, "care_plan_details"),
        ({"has_care_plan": ""}, "has_care_plan"),
        ({"doctor_phone": "au cabinet"}, "doctor_phone"),
    ],
)
def test_what_can_not_be_is_said_beside_the_field(client_, household, values, field):
    page = client_.post(f"{URL}enfants/ajouter/", entry(**values))
    assert [field] == [name for form in page.context["form"].forms for name in form.errors]
    assert not Child.objects.exists()


def test_a_mandatory_authorisation_wants_an_answer(client_, household):
    question = ConsentTypeFactory(label="Droit à l’image")
    page = client_.post(f"{URL}enfants/ajouter/", entry())
    assert "Droit à l’image : choisissez une réponse." in page.text
    page = client_.post(f"{URL}enfants/ajouter/", entry(**{f"consent_{question.pk}": "peut-être"}))
    assert page.status_code == 200
    assert not Child.objects.exists()


def test_one_more_person_keeps_what_was_typed_and_saves_nothing(client_, household):
    data = entry(more="contacts", first_name="", birth_date="bientôt", **{"contacts-total": "1"})
    page = client_.post(f"{URL}enfants/ajouter/", {**data, **someone("contacts-0")})
    assert "error-summary" not in page.text
    assert 'value="bientôt"' in page.text and 'value="Josette"' in page.text
    assert 'name="contacts-1-first_name"' in page.text and 'name="contacts-total" value="2"' in page.text
    assert not Child.objects.exists()


def test_a_profile_that_is_no_household_opens_one_first(client_, alice):
    assert client_.get(f"{URL}enfants/ajouter/").url == URL
    assert client_.post(f"{URL}enfants/ajouter/", entry()).status_code == 302
    assert not Child.objects.exists()


def test_who_may_only_read_adds_and_changes_nothing(client_, alice, household, lea):
    alice.memberships.update(role=Role.READ_ONLY)
    assert client_.get(url_of(lea)).status_code == 200
    for rest in ("fiche/", "modifier/sante/", "contacts/ajouter/"):
        assert client_.get(url_of(lea, rest)).status_code == 403
        assert client_.post(url_of(lea, rest), entry()).status_code == 403
    assert client_.post(f"{URL}enfants/ajouter/", entry()).status_code == 403
    assert Child.objects.get() == lea


# Read and change -----------------------------------------------------------------------------------------------------


def test_s4_10_the_file_is_read_in_its_blocks_each_with_its_pencil(client_, lea):
    HealthRecordFactory(child=lea, observations="Porte des lunettes")
    EmergencyContactFactory(child=lea)
    page = client_.get(url_of(lea)).text
    positions = [page.index(f"<h2>{title}</h2>") for title in BLOCKS]
    assert positions == sorted(positions)
    for block in ("information", "regime", "sante", "autorisations"):
        assert f'href="{url_of(lea)}modifier/{block}/"' in page
    assert "Porte des lunettes" in page and "Josette Durand" in page
    assert f'href="{url_of(lea)}fiche/"' in page


def test_the_file_costs_the_same_with_one_and_ten_people(client_, lea, sql_count):
    EmergencyContactFactory(child=lea)
    client_.get(url_of(lea))
    one = sql_count(lambda: client_.get(url_of(lea)))
    for _ in range(9):
        EmergencyContactFactory(child=lea)
        AuthorisedPickupFactory(child=lea)
        HealthAccess.objects.create(child=lea, reader_name="Agent", where="Planning")
    assert sql_count(lambda: client_.get(url_of(lea))) == one


def test_a_moderated_change_waits_and_is_shown(client_, lea):
    answer = client_.post(url_of(lea, "modifier/information/"), entry(first_name="Léa", last_name="Martin", sex="girl"))
    assert answer.url == url_of(lea)
    lea.refresh_from_db()
    assert lea.birth_date == dt.date(2018, 3, 14)
    request = ChangeRequest.objects.get()
    assert (request.child, request.form) == (lea, FamilyForm.CHILD)
    page = client_.get(url_of(lea)).text
    assert "Demandé : 29 févr. 2020 (en attente de validation)" in page
    assert 'value="2020-02-29"' in client_.get(url_of(lea, "modifier/information/")).text


def test_s4_4_health_is_written_at_once_and_the_details_follow_the_care_plan(client_, lea):
    client_.post(url_of(lea, "modifier/sante/"), {"has_care_plan": "True", "care_plan_details": "Trousse", **ACCEPTED})
    assert HealthRecord.objects.get().care_plan_details == "Trousse"
    client_.post(url_of(lea, "modifier/sante/"), {"has_care_plan": "False", "care_plan_details": "Trousse", **ACCEPTED})
    record = HealthRecord.objects.get()
    assert (record.has_care_plan, record.care_plan_details) == (False, "")


def test_a_diet_that_is_no_longer_offered_stays_that_of_the_child(client_, lea):
    old, gone = DietFactory(label="Sans gluten", active=False), DietFactory(label="Autre", active=False)
    HealthRecordFactory(child=lea, diet=old)
    page = client_.get(url_of(lea, "modifier/regime/")).text
    assert "Sans gluten" in page and gone.label not in page
    assert client_.post(url_of(lea, "modifier/regime/"), {"diet": gone.pk}).status_code == 200
    assert HealthRecord.objects.get().diet == old


def test_hidden_fields_are_not_shown_and_not_written(client_, lea):
    FieldRule.objects.update_or_create(
        form=FamilyForm.HEALTH, field="doctor_name", defaults={"visible": False, "label": "Médecin traitant"}
    )
    assert "Médecin traitant" not in client_.get(url_of(lea)).text
    client_.post(url_of(lea, "modifier/sante/"), {"has_care_plan": "False", "doctor_name": "Dr Hacker", **ACCEPTED})
    assert HealthRecord.objects.get().doctor_name == ""


def test_extra_fields_change_nothing(client_, lea, charlie):
    client_.post(
        url_of(lea, "modifier/sante/"),
        {"has_care_plan": "False", "state": "archived", "child": "999", "diet": "1", **ACCEPTED},
    )
    lea.refresh_from_db()
    assert lea.state == ChildState.ACTIVE
    assert HealthRecord.objects.get().child == lea


def test_the_whole_form_edits_people_too(client_, lea, household):
    contact, pickup = EmergencyContactFactory(child=lea), AuthorisedPickupFactory(child=lea, first_name="Paul")
    page = client_.get(url_of(lea, "fiche/")).text
    assert f'value="{contact.public_id}"' in page and f'value="{pickup.public_id}"' in page
    data = entry(first_name="Léa", sex="girl", birth_date="2018-03-14", birth_place="", school_level="ce2")
    data |= {"contacts-total": "2", "contacts-0-person": contact.public_id, "autorisees-total": "1"}
    data |= someone("contacts-0", relationship="Mamie", may_pick_up="on") | someone("contacts-1", first_name="Ali")
    data |= {"autorisees-0-person": pickup.public_id} | someone("autorisees-0", first_name="Paul", last_name="Durand")
    assert client_.post(url_of(lea, "fiche/"), data).status_code == 302
    assert [(c.first_name, c.relationship) for c in lea.emergency_contacts.all()] == [
        ("Josette", "Mamie"),
        ("Ali", "Grand-mère"),
    ]
    assert {(p.first_name, p.contact) for p in lea.authorised_pickups.all()} == {("Paul", None), ("Josette", contact)}


def test_another_child_s_person_slipped_into_the_form_is_left_alone(client_, lea, charlie):
    foreign = EmergencyContactFactory(first_name="Intacte")
    data = entry(**{"contacts-total": "1", "contacts-0-person": foreign.public_id}, **someone("contacts-0"))
    client_.post(url_of(lea, "fiche/"), data)
    foreign.refresh_from_db()
    assert foreign.first_name == "Intacte"
    assert not lea.emergency_contacts.exists()


def test_a_refused_child_is_corrected_and_sent_again(client_, household):
    child = ChildFactory(
        first_name="Tom", profile=household, state=ChildState.REFUSED, refused_reason="La date de naissance est fausse."
    )
    assert "La date de naissance est fausse." in client_.get(url_of(child)).text
    client_.post(url_of(child, "fiche/"), entry())
    child.refresh_from_db()
    assert (child.state, child.refused_reason, child.birth_date) == (ChildState.PENDING, "", dt.date(2020, 2, 29))


# People --------------------------------------------------------------------------------------------------------------

PERSON = {"first_name": "Ali", "last_name": "Ben", "relationship": "Parrain de cœur", "phone": "06 11 22 33 44"}


@pytest.mark.parametrize(
    "block, model, make",
    [
        ("contacts", EmergencyContact, EmergencyContactFactory),
        ("autorisees", AuthorisedPickup, AuthorisedPickupFactory),
    ],
)
def test_s4_5_s4_7_people_are_added_changed_and_deleted_after_confirmation(client_, lea, block, model, make):
    form = client_.get(url_of(lea, f"{block}/ajouter/")).text
    assert '<option value="Grand-mère">' in form and 'name="second_phone"' in form
    client_.post(url_of(lea, f"{block}/ajouter/"), PERSON)
    person = model.objects.get()
    assert (person.child, person.relationship) == (lea, "Parrain de cœur")
    page = url_of(lea, f"{block}/{person.public_id}/")
    client_.post(page, {**PERSON, "second_phone": "0241000000"})
    person.refresh_from_db()
    assert person.second_phone == "02 41 00 00 00"
    assert f"Supprimer {person}" in client_.get(f"{page}supprimer/").text
    assert model.objects.exists()
    client_.post(f"{page}supprimer/")
    assert not model.objects.exists()


def test_s4_8_authorised_persons_are_picked_from_the_contacts(client_, lea):
    one, two = EmergencyContactFactory(child=lea), EmergencyContactFactory(child=lea, first_name="Paul")
    foreign = EmergencyContactFactory()
    page = client_.get(url_of(lea, "autorisees/ajouter/")).text
    assert "Josette Durand (Grand-mère)" in page and "Paul Durand" in page
    address = url_of(lea, "autorisees/choisir/")
    assert client_.post(address, {"contacts": [foreign.public_id]}).status_code == 200
    client_.post(address, {"contacts": [one.public_id, two.public_id]})
    client_.post(address, {"contacts": [one.public_id]})
    assert [pickup.contact for pickup in AuthorisedPickup.objects.all()] == [one, two]
    assert AuthorisedPickup.objects.first().phone == one.phone
    client_.post(url_of(lea, f"contacts/{one.public_id}/supprimer/"))
    assert AuthorisedPickup.objects.count() == 2


def test_a_full_list_of_authorised_persons_is_said_on_the_form(client_, lea):
    AuthorisedPickupFactory.create_batch(MAX_PEOPLE, child=lea)
    contact = EmergencyContactFactory(child=lea)
    page = client_.post(url_of(lea, "autorisees/choisir/"), {"contacts": [contact.public_id]})
    assert page.status_code == 200 and f"La liste compte déjà {MAX_PEOPLE} personnes" in page.text


def test_who_was_asked_for_is_not_offered_again(client_, lea):
    FieldRule.objects.filter(form=FamilyForm.PICKUP, field="last_name").update(needs_approval=True)
    contact = EmergencyContactFactory(child=lea)
    page = client_.post(url_of(lea, "autorisees/choisir/"), {"contacts": [contact.public_id]}, follow=True)
    assert "Votre demande attend la validation du service." in page.text
    assert "Josette Durand (Grand-mère)" not in client_.get(url_of(lea, "autorisees/ajouter/")).text


def test_a_form_posts_to_its_address_and_not_to_the_part_that_was_jumped_to(client_, lea):
    assert f'action="{url_of(lea, "fiche/")}"' in client_.get(url_of(lea, "fiche/")).text


def test_a_contact_wants_a_telephone(client_, lea):
    page = client_.post(url_of(lea, "contacts/ajouter/"), {**PERSON, "phone": ""})
    assert page.context["form"].errors["phone"]
    assert not EmergencyContact.objects.exists()


def test_s4_6_the_postcode_gives_the_town(client_, lea):
    client_.post(url_of(lea, "contacts/ajouter/"), {**PERSON, "postcode": "34800", "town": "Clermont-l'Hérault"})
    assert EmergencyContact.objects.get().postcode == "34800"


def test_a_person_to_add_waits_when_staff_moderate_it(client_, lea):
    FieldRule.objects.update_or_create(
        form=FamilyForm.PICKUP, field="first_name", defaults={"needs_approval": True, "label": "Prénom"}
    )
    client_.post(url_of(lea, "autorisees/ajouter/"), PERSON)
    assert not AuthorisedPickup.objects.exists()
    assert ChangeRequest.objects.get().adds
    page = client_.get(url_of(lea)).text
    assert "Ali Ben" in page and "Ajout en attente de validation" in page


# Two households -------------------------------------------------------------------------------------------------------


@pytest.fixture
def second(lea, charlie):
    """Charlie's household raises Léa too, and sees little of her file."""
    profile = charlie.profiles.get()
    profile.kind = ProfileKind.HOUSEHOLD
    profile.save()
    return GuardianshipFactory(child=lea, profile=profile, may_edit=False, sees_health=False, sees_contacts=False)


def test_each_household_sees_what_staff_decided(dashboard, login, lea, second, charlie):
    HealthRecordFactory(child=lea, observations="Porte des lunettes")
    contact = EmergencyContactFactory(child=lea)
    client = login(charlie)
    page = client.get(url_of(lea)).text
    assert "Porte des lunettes" not in page and "Josette" not in page
    assert "Vous consultez cette fiche sans pouvoir la modifier" in page
    for rest in ("consultations/", "contacts/ajouter/", f"contacts/{contact.public_id}/"):
        assert client.get(url_of(lea, rest)).status_code == 404
    assert client.post(url_of(lea, "fiche/"), entry()).status_code == 403
    Guardianship.objects.filter(pk=second.pk).update(may_edit=True)
    assert [section.slug for section in client.get(url_of(lea, "fiche/")).context["form"].sections] == [
        "information",
        "autorisations",
    ]
    assert client.get(url_of(lea, "modifier/sante/")).status_code == 404
    client.post(url_of(lea, "fiche/"), entry(has_care_plan="True", care_plan_details="x", **someone("contacts-0")))
    assert HealthRecord.objects.get().care_plan_details == ""
    assert EmergencyContact.objects.count() == 1


def test_one_household_does_not_read_what_the_other_asked(dashboard, login, alice, charlie, lea, second):
    login(alice).post(url_of(lea, "modifier/information/"), entry())
    assert "Demandé : " not in login(charlie).get(url_of(lea)).text


def test_after_the_guardianship_the_file_is_gone(dashboard, login, lea, second, charlie):
    client = login(charlie)
    assert client.get(url_of(lea)).status_code == 200
    Guardianship.objects.filter(pk=second.pk).update(ended_on=timezone.localdate() - dt.timedelta(days=1))
    assert client.get(url_of(lea)).status_code == 404


def test_another_family_s_child_is_not_found(dashboard, login, charlie, lea):
    client = login(charlie)
    contact = EmergencyContactFactory(child=lea)
    rests = ["", "fiche/", "modifier/sante/", "consultations/", "contacts/ajouter/", "autorisees/choisir/"]
    rests += [f"contacts/{contact.public_id}/", f"contacts/{contact.public_id}/supprimer/"]
    for rest in rests:
        assert client.get(url_of(lea, rest)).status_code == 404
        assert client.post(url_of(lea, rest), entry()).status_code == 404
    assert EmergencyContact.objects.exists()


def test_parents_read_who_opened_the_health_data(client_, lea):
    HealthAccess.objects.create(child=lea, reader_name="Nadia Roy", where="Planning du jour")
    assert "Nadia Roy" in client_.get(url_of(lea)).text
    page = client_.get(url_of(lea, "consultations/")).text
    assert "Nadia Roy" in page and "Planning du jour" in page


def test_s4_9_answers_to_authorisations_are_three(client_, lea):
    question = ConsentTypeFactory(label="Sorties", explanation="À pied, près du centre.")
    page = client_.get(url_of(lea, "modifier/autorisations/")).text
    assert all(f"</span>{label}" in page or label in page for label in ("Oui", "Non", "Non concerné"))
    assert "À pied, près du centre." in page
    client_.post(url_of(lea, "modifier/autorisations/"), {f"consent_{question.pk}": "not_concerned", **ACCEPTED})
    assert Consent.objects.get().answer == Answer.NOT_CONCERNED
    assert "Non concerné" in client_.get(url_of(lea)).text


def test_bob_who_shares_the_household_edits_too(dashboard, login, bob, household, lea):
    client = login(bob)
    client.post(url_of(lea, "contacts/ajouter/"), PERSON)
    assert EmergencyContact.objects.get().first_name == "Ali"
    assert MembershipFactory._meta.model.objects.filter(profile=household).count() == 2
