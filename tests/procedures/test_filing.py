"""Filing by a member of a profile: start, steps, summary, receipt (s2.6, s2.7, s2.10, s2.13)."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.enums import ProfileKind, Role
from accounts.models import Membership, Notification, OutgoingMail
from documents.enums import ScanState
from documents.models import FiledDocument, StoredFile
from procedures.enums import Access, CaseState, EventKind, Silence
from procedures.models import Case, CaseEvent, CaseFile
from procedures.services import filing
from procedures.services.drafts import start
from procedures.services.versions import freeze
from tests.documents import files
from tests.factories.accounts import MembershipFactory, ProfileFactory
from tests.factories.cases import CaseFactory, DepartmentFactory, condition, field, step
from tests.factories.cms import ContactPointFactory

from .filing_setup import FIRST, a_procedure, hidden, send_step, send_summary, text

pytestmark = pytest.mark.django_db
START = "/demarches/signaler/commencer/"


@pytest.fixture
def department(db):
    contact = ContactPointFactory(name="Accueil", email="accueil@ville.test", free_number="02 41 00 00 00")
    return DepartmentFactory(name="Vie pratique", email="equipe@ville.test", contact=contact)


@pytest.fixture
def page(dashboard, department):
    return a_procedure(department=department)


@pytest.fixture
def profile(page, alice):
    return alice.profiles.get()


def url_of(case, rest="formulaire/"):
    return f"/mon-compte/demarches/{case.public_id}/{rest}"


def mails():
    return sorted(OutgoingMail.objects.values_list("to", "kind"))


def begin(client, profile, page=None):
    client.post(page.start_url if page else START, {"profil": profile.public_id})
    return Case.objects.get(state=CaseState.DRAFT, profile=profile)


# Start ---------------------------------------------------------------------------------------------------------------


def test_s2_6_one_s_own_name_or_a_body_s(login, alice, profile):
    club = ProfileFactory(name="Les Amis du Lavoir", kind=ProfileKind.ORGANISATION)
    MembershipFactory(user=alice, profile=club)
    client = login(alice)
    response = text(client.get(START))
    assert "En mon nom" in response and "Au nom de Les Amis du Lavoir" in response
    response = client.post(START, {"profil": club.public_id})
    case = Case.objects.get()
    assert response.url == url_of(case)
    assert (case.profile, case.filed_by, case.state, case.number) == (club, alice, CaseState.DRAFT, None)
    assert client.get(response.url, follow=True).status_code == 200, "the session follows the profile chosen"


def test_a_get_begins_nothing(login, alice, profile):
    login(alice).get(START)
    assert not Case.objects.exists()


def test_without_a_choice_the_page_asks(login, alice, profile):
    MembershipFactory(user=alice, profile=ProfileFactory(name="Les Amis du Lavoir"))
    response = text(login(alice).post(START, {}))
    assert "<title>Erreur : Commencer" in response.replace("\u00a0", " ")
    assert response.count("Choisissez au nom de qui vous faites cette démarche.") == 2
    assert not Case.objects.exists()


def test_another_s_profile_is_a_404(login, alice, profile, charlie):
    assert login(alice).post(START, {"profil": charlie.profiles.get().public_id}).status_code == 404


def test_s2_13_a_draft_is_found_again(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    response = text(client.get(START))
    assert "Reprendre mon brouillon" in response
    assert client.post(START, {"profil": profile.public_id}).url == url_of(case)
    assert Case.objects.count() == 1


def test_who_may_only_read_is_told(login, alice, profile):
    Membership.objects.filter(user=alice).update(role=Role.READ_ONLY)
    response = login(alice).post(START, {"profil": profile.public_id})
    assert "Vous pouvez consulter ce profil, pas agir en son nom" in text(response)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"for_individuals": False, "for_households": False},
            "Cette démarche est réservée aux organismes.",
        ),
        ({"needs_contract": True}, "aucun contrat en cours n’est rattaché à ce profil"),
        ({"needs_child": True}, "aucun enfant n’est inscrit dans ce profil"),
    ],
)
def test_who_may_not_file_is_told_why(login, alice, profile, page, fields, sentence):
    type(page).objects.filter(pk=page.pk).update(**fields)
    response = login(alice).post(START, {"profil": profile.public_id})
    assert sentence in text(response)
    assert f'<a class="button second" href="{page.get_url()}">Retour à la démarche</a>' in response.text
    assert not Case.objects.exists()


def test_one_at_a_time(login, alice, profile, page):
    type(page).objects.filter(pk=page.pk).update(one_at_a_time=True)
    client = login(alice)
    draft = begin(client, profile)
    open_case = CaseFactory(page=page, profile=profile, number="DOS2026-000007")
    assert "Le dossier DOS2026-000007 est déjà en cours" in text(client.get(START))
    client.post(url_of(draft, "formulaire/etape/pieces/"), {})
    send_step(client, url_of(draft, "formulaire/etape/demande/"), FIRST)
    response = send_summary(client, url_of(draft, "formulaire/verification/"))
    assert "Le dossier DOS2026-000007 est déjà en cours" in text(response)
    Case.objects.filter(pk=open_case.pk).update(state=CaseState.CLOSED)
    assert send_summary(client, url_of(draft, "formulaire/verification/")).url == url_of(draft, "accuse/")


@pytest.mark.parametrize(("days", "sentence"), [(3, "Cette démarche ouvrira le"), (-3, "est fermée depuis le")])
def test_closed_dates_say_so_and_keep_the_draft(login, alice, profile, page, days, sentence):
    client = login(alice)
    case = begin(client, profile)
    send_step(client, url_of(case, "formulaire/etape/demande/"), FIRST)
    client.post(url_of(case, "formulaire/etape/pieces/"), {})
    day = timezone.localdate() + dt.timedelta(days=days)
    type(page).objects.filter(pk=page.pk).update(**({"opens_on": day} if days > 0 else {"closes_on": day}))
    assert sentence in text(client.get(START))
    url = url_of(case, "formulaire/verification/")
    shown = text(client.get(url))
    assert shown.count(sentence) == 1 and "Votre brouillon est gardé" in shown
    assert "Déposer mon dossier" not in shown
    # From a page shown before it closed: said once.
    response = text(client.post(url, {"revision": case.revision + 2, "version": 1}))
    assert response.count(sentence) == 1 and "Votre brouillon est gardé" in response
    assert Case.objects.get().state == CaseState.DRAFT


def test_a_visitor_logs_in_and_comes_back(client, page):
    response = text(client.get(START))
    assert "/connexion/?next=%2Fdemarches%2Fsignaler%2Fcommencer%2F" in response
    type(page).objects.filter(pk=page.pk).update(access=Access.ACCOUNT)
    response = text(client.get(START))
    assert "Sans compte" not in response and "demande un compte" in response


def test_staff_without_a_profile_are_told(client, staff, page):
    staff()
    assert "Votre compte n’a pas de profil d’usager" in text(client.get(START))


# Steps ---------------------------------------------------------------------------------------------------------------


def test_few_steps_follow_each_other(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    assert client.get(url_of(case)).url == url_of(case, "formulaire/etape/demande/")
    response = send_step(client, url_of(case, "formulaire/etape/demande/"), FIRST)
    assert response.url == url_of(case, "formulaire/etape/pieces/")
    assert send_step(client, response.url, {}).url == url_of(case, "formulaire/verification/")
    case.refresh_from_db()
    assert case.answers == {"objet": "Un banc cassé", "urgent": "no"}
    assert client.get(url_of(case)).url == url_of(case, "formulaire/verification/")


def test_many_steps_have_a_list(login, alice, profile, page):
    form = [step(f"Étape {n}", field("short_text", f"Champ {n}", key=f"c{n}"), key=f"e{n}") for n in range(1, 5)]
    long = a_procedure(title="Longue", slug="longue", form=form)
    client = login(alice)
    case = begin(client, profile, long)
    response = text(client.get(url_of(case)))
    assert response.count("À faire") == 4 and "0 sur 4" in response
    assert send_step(client, url_of(case, "formulaire/etape/e2/"), {"q-c2": "b"}).url.endswith("etape/e3/")
    again = send_step(client, url_of(case, "formulaire/etape/e4/"), {"q-c4": "d", "then": "list"})
    assert again.url == url_of(case)
    response = text(client.get(url_of(case)))
    assert response.count("Terminée") == 2 and "2 sur 4" in response


def test_an_error_keeps_what_was_typed_and_the_file(login, alice, profile):
    form = [
        step(
            "Votre demande",
            field("short_text", "Objet", key="objet"),
            field("number", "Nombre", key="nombre"),
            field("files", "Photo", key="photo"),
            key="demande",
        )
    ]
    page = a_procedure(slug="mixte", form=form)
    client = login(alice)
    case = begin(client, profile, page)
    url = url_of(case, "formulaire/etape/demande/")
    response = send_step(
        client,
        url,
        {"q-objet": "Un banc", "q-nombre": "beaucoup"},
        **{"q-photo": SimpleUploadedFile("photo.pdf", files.pdf(), "application/pdf")},
    )
    page_text = text(response)
    assert response.status_code == 200 and "<title>Erreur : Votre demande" in page_text.replace("\u00a0", " ")
    assert 'value="Un banc"' in page_text and 'value="beaucoup"' in page_text and "photo.pdf" in page_text
    case.refresh_from_db()
    stored = StoredFile.objects.get()
    assert case.answers["photo"] == [str(stored.public_id)] and case.answers["objet"] == "Un banc"
    assert [one.file for one in CaseFile.objects.all()] == [stored]
    # Read again: nothing is lost, and it can be sent once it is right.
    assert "photo.pdf" in text(client.get(url))
    right = {"q-objet": "Un banc", "q-nombre": "2", "q-photo__joined": str(stored.public_id)}
    assert send_step(client, url, right).url.endswith("verification/")


def test_saved_for_later(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    url = url_of(case, "formulaire/etape/demande/")
    response = send_step(client, url, {"q-objet": "Un banc", "then": "later"})
    assert response.url == "/mon-compte/demarches/?onglet=brouillons"
    case.refresh_from_db()
    assert case.answers == {"objet": "Un banc"}


def test_autosave(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    url = url_of(case, "formulaire/etape/demande/")
    base = hidden(client.get(url), "base")
    response = client.post(f"{url}brouillon/", {"base": base, "q-objet": "Un ban"})
    assert response.json()["saved"].startswith("Brouillon enregistré à ")
    newer = response.json()["hidden"]["base"]
    assert newer != base
    assert client.post(f"{url}brouillon/", {"base": newer, "q-objet": "Un banc"}).status_code == 200
    case.refresh_from_db()
    assert case.answers == {"objet": "Un banc"} and case.saved_steps == []
    assert client.get(f"{url}brouillon/").status_code == 405


def test_two_tabs_are_told_and_nothing_is_lost(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    url = url_of(case, "formulaire/etape/demande/")
    base = hidden(client.get(url), "base")
    client.post(url, {"base": base, "then": "next", "q-objet": "Premier onglet", "q-urgent": "no"})
    second = client.post(url, {"base": base, "then": "next", "q-objet": "Second onglet", "q-urgent": "no"})
    shown = text(second)
    assert second.status_code == 200 and "Cette étape a été modifiée ailleurs" in shown
    assert 'value="Second onglet"' in shown and "Premier onglet" in shown
    case.refresh_from_db()
    assert case.answers["objet"] == "Premier onglet"
    assert client.post(f"{url}brouillon/", {"base": base, "q-objet": "x"}).status_code == 409
    # Sent again, it is meant.
    answer = client.post(
        url, {"base": hidden(second, "base"), "then": "next", "q-objet": "Second onglet", "q-urgent": "no"}
    )
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.answers["objet"] == "Second onglet"


def test_another_step_in_another_tab_is_no_conflict(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    first, second = url_of(case, "formulaire/etape/demande/"), url_of(case, "formulaire/etape/pieces/")
    bases = [hidden(client.get(url), "base") for url in (first, second)]
    assert client.post(first, {"base": bases[0], **FIRST}).status_code == 302
    assert client.post(second, {"base": bases[1]}).status_code == 302


def test_bob_goes_on_with_it_and_charlie_sees_nothing(login, client, alice, bob, charlie, profile):
    case = begin(login(alice), profile)
    url = url_of(case, "formulaire/etape/demande/")
    assert send_step(login(bob), url, FIRST).status_code == 302
    case.refresh_from_db()
    assert case.answers["objet"] == "Un banc cassé"
    for rest in ("formulaire/etape/demande/", "formulaire/verification/", "formulaire/supprimer/"):
        assert login(charlie).get(url_of(case, rest)).status_code == 404
        assert client.post(url_of(case, rest)).status_code == 404


def test_a_step_that_does_not_appear_leads_back(login, alice, profile):
    form = [
        step("Un", field("yes_no", "Plus ?", key="plus"), key="un"),
        step("Deux", field("short_text", "Détail", key="detail"), key="deux", condition=condition("plus", "yes")),
    ]
    page = a_procedure(slug="si", form=form)
    client = login(alice)
    case = begin(client, profile, page)
    assert client.get(url_of(case, "formulaire/etape/deux/")).url == url_of(case)
    assert client.get(url_of(case, "formulaire/etape/rien/")).url == url_of(case)
    assert send_step(client, url_of(case, "formulaire/etape/un/"), {"q-plus": "yes"}).url.endswith("etape/deux/")


# The summary ---------------------------------------------------------------------------------------------------------


def filled(client, profile, page=None):
    """A draft whose answers are complete."""
    case = begin(client, profile, page)
    send_step(client, url_of(case, "formulaire/etape/demande/"), FIRST)
    send_step(client, url_of(case, "formulaire/etape/pieces/"), {})
    return case


def test_each_answer_can_be_modified_from_the_summary(login, alice, profile):
    client = login(alice)
    case = filled(client, profile)
    summary = url_of(case, "formulaire/verification/")
    response = text(client.get(summary))
    step_url = url_of(case, "formulaire/etape/demande/") + "?retour=verification"
    assert "Un banc cassé" in response and f'href="{step_url}#part-q-objet"' in response
    assert "Déposer mon dossier" in response
    assert send_step(client, step_url, {**FIRST, "q-objet": "Un autre"}).url == summary


def test_what_is_missing_is_said_with_links_and_nothing_is_filed(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    response = client.get(url_of(case, "formulaire/verification/"))
    assert "Il reste des réponses à compléter" in text(response) and "Déposer mon dossier" not in text(response)
    response = client.post(url_of(case, "formulaire/verification/"), {"revision": case.revision, "version": 1})
    assert "<title>Erreur" in text(response) and "#part-q-objet" in text(response)
    assert Case.objects.get().state == CaseState.DRAFT


def test_answers_that_changed_since_are_read_again(login, alice, profile):
    client = login(alice)
    case = filled(client, profile)
    summary = url_of(case, "formulaire/verification/")
    shown = client.get(summary)
    send_step(client, url_of(case, "formulaire/etape/demande/"), {**FIRST, "q-objet": "Autre chose"})
    response = client.post(summary, {"revision": hidden(shown, "revision"), "version": hidden(shown, "version")})
    assert response.url == summary
    assert "relisez-les" in text(client.get(summary))
    assert Case.objects.get().number is None
    assert client.post(summary, {"revision": "", "version": "x"}).url == summary


# Filed ---------------------------------------------------------------------------------------------------------------


def test_s2_7_filed_with_a_number_a_receipt_and_a_mail(login, alice, profile, page, department, run_queue):
    type(page).objects.filter(pk=page.pk).update(
        time_limit_days=60, silence=Silence.REFUSED, what_next="Un agent passe voir."
    )
    freeze(type(page).objects.get(pk=page.pk))
    client = login(alice)
    case = filled(client, profile)
    response = send_summary(client, url_of(case, "formulaire/verification/"))
    assert response.url == url_of(case, "accuse/")
    case.refresh_from_db()
    today = timezone.localdate()
    assert case.number == f"DOS{today.year}-000001" and case.state == CaseState.RECEIVED
    assert (case.status, case.status_label) == ("recu", "Dossier reçu")
    assert (case.department, case.email, case.applicant) == (department, alice.email, profile.name)
    assert case.due_on == today + dt.timedelta(days=60)
    assert "un banc casse" in case.search_text
    shown = text(client.get(response.url))
    for words in (case.number, "Vie pratique", "02 41 00 00 00", "Un agent passe voir.", "considérée comme refusée"):
        assert words in shown
    assert mails() == [(alice.email, "procedures/receipt"), ("equipe@ville.test", "procedures/agent_news")]
    mail = OutgoingMail.objects.get(to=alice.email)
    for words in (case.number, "Vie pratique", "Un agent passe voir.", "considérée comme refusée", url_of(case, "")):
        assert words in mail.text
    event = CaseEvent.objects.get()
    assert (event.kind, event.public, event.by) == (EventKind.FILED, True, alice)
    assert [entry.action for entry in ModelLogEntry.objects.filter(action__startswith="procedures.case")] == [
        "procedures.case.file"
    ]
    assert Notification.objects.get(user=alice).url == url_of(case, "")
    # The receipt exists at once, and is stored by the queue.
    pdf = client.get(url_of(case, "accuse/pdf/"))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    run_queue()
    case.refresh_from_db()
    document = FiledDocument.objects.get(profile=profile)
    assert case.receipt == document.file and document.folder.slug == "recus"
    assert case.number in document.title
    stored = client.get(url_of(case, "accuse/pdf/"))
    assert f"accuse-de-reception-{case.number}.pdf" in stored["Content-Disposition"]


def test_a_double_click_files_once(login, alice, profile):
    client = login(alice)
    case = filled(client, profile)
    summary = url_of(case, "formulaire/verification/")
    shown = client.get(summary)
    values = {"revision": hidden(shown, "revision"), "version": hidden(shown, "version")}
    assert [client.post(summary, values).url for _i in range(2)][0] == url_of(case, "accuse/")
    assert len(mails()) == 2 and CaseEvent.objects.count() == 1
    again = filing.submit(by=alice, case=Case.objects.get())
    assert again.number == Case.objects.get().number and len(mails()) == 2


def test_a_filed_case_is_no_longer_filled_in(login, alice, profile):
    client = login(alice)
    case = filled(client, profile)
    base = hidden(client.get(url_of(case, "formulaire/etape/demande/")), "base")
    send_summary(client, url_of(case, "formulaire/verification/"))
    for rest in ("formulaire/", "formulaire/etape/demande/", "formulaire/verification/", "formulaire/supprimer/"):
        assert client.get(url_of(case, rest)).url == url_of(case, "")
    client.post(url_of(case, "formulaire/etape/demande/"), {"base": base, "q-objet": "Changé", "q-urgent": "no"})
    client.post(url_of(case, "formulaire/supprimer/"))
    assert client.post(url_of(case, "formulaire/etape/demande/brouillon/"), {"q-objet": "x"}).status_code == 409
    assert Case.objects.get().answers["objet"] == "Un banc cassé"


def test_s2_10_the_files_are_taken_and_stand_in_sent(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    send_step(client, url_of(case, "formulaire/etape/demande/"), FIRST)
    photos = [SimpleUploadedFile(f"{n}.pdf", files.pdf(pages=n), "application/pdf") for n in (1, 2)]
    send_step(client, url_of(case, "formulaire/etape/pieces/"), {"q-photo": photos})
    stored = StoredFile.objects.order_by("name").first()
    assert stored.filed_at is None
    address = url_of(case, f"fichier/{stored.public_id}/")
    assert client.get(address).status_code == 200
    StoredFile.objects.update(scan=ScanState.INFECTED)
    assert client.get(address).status_code == 404
    StoredFile.objects.update(scan=ScanState.CLEAN)
    send_summary(client, url_of(case, "formulaire/verification/"))
    assert not StoredFile.objects.filter(filed_at=None).exists()
    sent = FiledDocument.objects.filter(profile=profile, folder__slug="envoyes")
    assert sorted(one.title for one in sent) == ["1.pdf", "2.pdf"]


def test_another_s_file_named_by_hand_is_not_the_case_s(login, alice, profile, charlie):
    from tests.factories.families import StoredFileFactory

    stranger = StoredFileFactory(profile=charlie.profiles.get())
    client = login(alice)
    case = begin(client, profile)
    send_step(client, url_of(case, "formulaire/etape/pieces/"), {"q-photo": str(stranger.public_id)})
    Case.objects.update(answers={"photo": [str(stranger.public_id)]})
    filing.mirror_files(Case.objects.get())
    assert not CaseFile.objects.exists()
    assert client.get(url_of(case, f"fichier/{stranger.public_id}/")).status_code == 404


def test_answers_of_hidden_fields_are_not_kept(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    url = url_of(case, "formulaire/etape/demande/")
    send_step(client, url, {"q-objet": "Un banc", "q-urgent": "yes", "q-pourquoi": "Il penche"})
    send_step(client, url, {"q-objet": "Un banc", "q-urgent": "no", "q-pourquoi": "Il penche"})
    send_step(client, url_of(case, "formulaire/etape/pieces/"), {})
    send_summary(client, url_of(case, "formulaire/verification/"))
    assert Case.objects.get().answers == {"objet": "Un banc", "urgent": "no"}


def test_an_answer_chooses_the_department(login, alice, profile, department):
    roads = DepartmentFactory(name="Voirie", email="voirie@ville.test")
    routing = [{"type": "route", "value": {"field": "urgent", "value": "no", "department": roads.pk}}]
    page = a_procedure(slug="orientee", department=department, routing=routing)
    client = login(alice)
    case = filled(client, profile, page)
    send_summary(client, url_of(case, "formulaire/verification/"))
    case.refresh_from_db()
    assert case.department == roads


def test_the_numbers_follow_each_other(alice, profile, page):
    numbers = []
    for _n in range(3):
        case = start(by=alice, page=page, profile=profile)
        Case.objects.filter(pk=case.pk).update(answers={"objet": "a", "urgent": "no"})
        numbers.append(filing.submit(by=alice, case=case).number[-6:])
    assert numbers == ["000001", "000002", "000003"]


# Delete --------------------------------------------------------------------------------------------------------------


def test_a_draft_is_deleted_after_a_page_that_asks(login, alice, profile):
    client = login(alice)
    case = begin(client, profile)
    url = url_of(case, "formulaire/supprimer/")
    photo = SimpleUploadedFile("photo.pdf", files.pdf(), "application/pdf")
    send_step(client, url_of(case, "formulaire/etape/pieces/"), {"q-photo": photo})
    assert "C’est définitif" in text(client.get(url)) and Case.objects.exists()
    assert client.post(url).url == "/mon-compte/demarches/?onglet=brouillons"
    assert not Case.objects.exists() and not StoredFile.objects.exists()
