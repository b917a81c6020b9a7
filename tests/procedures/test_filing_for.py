"""An agent files for a resident at the desk or on the telephone: found by name or e-mail, or without an account."""

import html

import pytest

from accounts.enums import ProfileKind
from procedures.enums import CaseState
from procedures.models import Case
from procedures.queries import applicants
from tests.factories.accounts import MembershipFactory, ProfileFactory, UserFactory
from tests.factories.cases import CaseFactory, OnlineProcedureFactory, field, step
from tests.factories.families import FiledDocumentFactory

pytestmark = pytest.mark.django_db
URL = "/admin/demarches/deposer/"
FORM = [step("Votre question", field("long_text", "Question", key="question"))]


@pytest.fixture
def question(procedure_index, department):
    return OnlineProcedureFactory(
        parent=procedure_index, title="Poser une question", department=department, form=FORM, access="anyone"
    )


def choose(page, **values):
    return {"demarche": str(page.pk), "origine": "desk", **values}


def test_residents_are_found_by_name_or_mail(alice, bob):
    profile = alice.profiles.get()
    club = ProfileFactory(name="Club de tir", kind=ProfileKind.ORGANISATION)
    former = MembershipFactory(profile=club, user=UserFactory(first_name="Alice", last_name="Ancienne"))
    former.ended_at = former.started_at
    former.save()
    found, more = applicants.find("alice@example")
    assert ([(one.profile, one.user) for one in found], more) == ([(profile, alice), (profile, bob)], False)
    assert [one.user for one in applicants.find("club TIR")[0]] == [None]
    assert applicants.find("ancienne")[0] == [] and applicants.find("  ") == ([], False)
    assert applicants.applicant_of(f"{profile.pk}:{bob.pk}").user == bob
    for value in ("", "x", f"{profile.pk}:", f"{club.pk}:{former.user.pk}", "0:0"):
        assert applicants.applicant_of(value) is None, value


def test_the_search_asks_the_same_of_one_and_of_many(alice, sql_count):
    applicants.find("zzz")
    one = sql_count(lambda: applicants.find("alice"))
    for _ in range(5):
        MembershipFactory(user=UserFactory(first_name="Alice"))
    assert sql_count(lambda: applicants.find("alice")) == one


def test_an_agent_files_for_a_resident(agent, alice, question, client):
    page = html.unescape(client.get(URL, {"q": "alice"}).text)
    assert "alice@example.test" in page and "Poser une question" in page
    profile = alice.profiles.get()
    begun = client.post(URL, choose(question, usager=f"{profile.pk}:{alice.pk}", origine="phone"))
    case = Case.objects.get()
    assert (case.profile, case.filed_by, case.entered_by) == (profile, alice, agent)
    assert (case.channel, case.state, case.email) == ("phone", CaseState.DRAFT, alice.email)
    form = client.get(begun.url, follow=True)
    assert form.status_code == 200 and "Votre question" in form.text
    assert "Vos saisies commencées" in client.get(URL).text


def test_an_agent_files_for_somebody_without_an_account(agent, question, client):
    client.post(URL, choose(question, usager="inconnu", nom="  Jean   Valjean ", courriel="jean@example.test"))
    case = Case.objects.get()
    assert (case.profile, case.applicant, case.email, case.filed_by) == (
        None,
        "Jean Valjean",
        "jean@example.test",
        None,
    )
    # Somebody else, at the same desk: another case.
    client.post(URL, choose(question, usager="inconnu", nom="Fantine", courriel=""))
    assert {case.applicant for case in Case.objects.all()} == {"Jean Valjean", "Fantine"}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"usager": "inconnu", "nom": ""}, "Écrivez le nom de la personne."),
        ({"usager": "inconnu", "nom": "Jean", "courriel": "jean@"}, "ne semble pas complète"),
        ({"usager": ""}, "Choisissez l’usager"),
        ({"usager": "inconnu", "nom": "Jean", "demarche": "0"}, "Choisissez une démarche."),
        ({"usager": "inconnu", "nom": "Jean", "origine": "online"}, "à l’accueil ou au téléphone"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(agent, question, client, values, sentence):
    answer = client.post(URL, {**choose(question), **values})
    page = html.unescape(answer.text)
    assert answer.status_code == 422 and sentence in page
    assert f'value="{values.get("nom", "")}"' in page
    assert not Case.objects.exists()


def test_a_procedure_that_needs_an_account_says_so(agent, procedure, client):
    answer = client.post(URL, choose(procedure, usager="inconnu", nom="Jean"))
    assert answer.status_code == 422 and "demande un compte" in html.unescape(answer.text)


def test_only_who_may_file_for_others_and_only_what_it_typed(agent, question, client, staff):
    typed = CaseFactory(page=question, profile=None, state=CaseState.DRAFT, entered_by=agent, channel="desk")
    other = CaseFactory(page=question, profile=None, state=CaseState.DRAFT, entered_by=UserFactory(), channel="desk")
    assert client.get(f"{URL}{typed.public_id}/formulaire/", follow=True).status_code == 200
    assert client.get(f"{URL}{other.public_id}/formulaire/").status_code == 404
    staff("Communication")
    assert client.get(URL).status_code != 200
    assert client.get(f"{URL}{typed.public_id}/formulaire/").status_code in (302, 403, 404)


def test_the_documents_of_the_resident_are_not_shown_to_who_types(agent, alice, client, procedure):
    """The right to file for somebody is none to read what they keep in « Mes documents »."""
    profile = alice.profiles.get()
    private = FiledDocumentFactory(profile=profile, title="Certificat médical")
    client.post(URL, choose(procedure, usager=f"{profile.pk}:{alice.pk}"))
    case = Case.objects.get()
    Case.objects.update(answers={"objet": "Un banc", "urgent": "no"})
    step_url = f"{URL}{case.public_id}/formulaire/etape/vos-pieces/"
    page = client.get(step_url)
    assert page.status_code == 200 and "Certificat médical" not in html.unescape(page.text)
    for name in ("q-photo__reuse", "q-photo__joined"):
        client.post(step_url, {name: str(private.file.public_id), "then": "next"})
    assert not case.files.exists()
    assert client.get(f"{URL}{case.public_id}/fichier/{private.file.public_id}/").status_code == 404


def test_a_case_that_went_to_another_department_is_not_offered_to_be_opened(agent, alice, question, other, client):
    values = {"page": question, "profile": alice.profiles.get(), "entered_by": agent, "channel": "desk"}
    for department, offered in ((question.department, True), (other.department, False)):
        case = CaseFactory(**values, department=department)
        page = client.get(f"{URL}{case.public_id}/accuse/")
        assert page.status_code == 200
        assert (f'href="/admin/demarches/{case.pk}/"' in page.text) == offered
        assert ("Un autre service que les vôtres le traite" in page.text) != offered


def test_strange_characters_are_left_out(agent, question, client):
    """PostgreSQL takes no NUL, and no computer has that many figures."""
    client.post(URL, choose(question, usager="inconnu", nom="Jean\x00 Valjean", courriel=""))
    assert Case.objects.get().applicant == "Jean Valjean"
    for query in ({"q": "a\x00"}, {"usager": "9" * 5000}, {"usager": f"{2**70}:"}):
        assert client.get(URL, query).status_code == 200
