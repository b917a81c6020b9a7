"""« Mes démarches » : the lists (s2.13, s2.14, s1.14), one case whole, and what may be done with it."""

import datetime as dt
import html
import re
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership
from portal_pages.models import CasesPage
from procedures.enums import AppointmentState, CaseState, EventKind, Silence
from procedures.models import Appointment, Case, CaseDocument, CaseEvent, CaseMessage
from procedures.progress import progress_of
from tests.factories.accounts import MembershipFactory, ProfileFactory
from tests.factories.cases import AppointmentKindFactory, CaseFactory, OnlineProcedureFactory
from tests.factories.families import StoredFileFactory

pytestmark = pytest.mark.django_db
LIST = "/mon-compte/demarches/"
DRAFTS = f"{LIST}?onglet=brouillons"
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def profile(dashboard, alice):
    return alice.profiles.get()


@pytest.fixture
def page(db):
    return OnlineProcedureFactory(title="Signaler un problème")


@pytest.fixture
def case(profile, page, alice):
    return CaseFactory(page=page, profile=profile, filed_by=alice, number="D2026-000012", applicant="Alice Durand")


def text(response):
    return html.unescape(response.content.decode())


def main(response):
    """What stands in the page itself: neither its head nor its menus."""
    return text(response).split("<main", 1)[1].split("</main>", 1)[0]


def url_of(case, rest=""):
    return f"{LIST}{case.public_id}/{rest}"


@pytest.mark.parametrize(
    ("state", "words", "current"),
    [
        (CaseState.RECEIVED, "Étape 1 sur 3\u00a0: déposé", 1),
        (CaseState.IN_REVIEW, "Étape 2 sur 3\u00a0: en cours d’instruction", 2),
        (CaseState.TO_CORRECT, "Étape 2 sur 3\u00a0: à compléter par vous", 2),
        (CaseState.ACCEPTED, "Étape 3 sur 3\u00a0: attribuée", 4),
        (CaseState.REFUSED, "Étape 3 sur 3\u00a0: attribuée", 4),
        (CaseState.CLOSED, "Étape 3 sur 3\u00a0: attribuée", 4),
        (CaseState.WITHDRAWN, "Étape 2 sur 2\u00a0: retiré par vous", 3),
    ],
)
def test_s2_9_the_progress_of_each_state_in_words(state, words, current):
    progress = progress_of(state, "Attribuée")
    assert (progress.words, progress.current) == (words, current)
    assert 1 <= progress.done <= progress.total


# The lists -----------------------------------------------------------------------------------------------------------


def test_s2_14_the_filed_cases_with_their_status_and_progress(login, alice, case, page):
    CaseFactory(page=page, profile=case.profile, state=CaseState.ACCEPTED)
    CaseFactory(page=page, profile=case.profile, state=CaseState.DRAFT)
    response = main(login(alice).get(LIST))
    assert "Mes dossiers (2)" in response and "Mes brouillons (1)" in response
    assert f'href="{url_of(case)}"' in response and "D2026-000012" in response
    assert "Étape 1 sur 3\u00a0: déposé" in response and "Dossier reçu</span>" in response
    assert "Étape 3 sur 3\u00a0: demande acceptée" in response and "Demande acceptée</span>" in response


def test_s2_14_the_list_is_filtered_by_state(login, alice, profile, page):
    states = (CaseState.RECEIVED, CaseState.IN_REVIEW, CaseState.TO_CORRECT, CaseState.REFUSED, CaseState.WITHDRAWN)
    cases = {state: CaseFactory(page=page, profile=profile, state=state) for state in states}
    client = login(alice)

    def listed(query):
        return {state for state, one in cases.items() if str(one.public_id) in main(client.get(LIST + query))}

    assert listed("") == set(states)
    assert listed("?etat=a-completer") == {CaseState.TO_CORRECT}
    assert listed("?etat=en-cours") == {CaseState.RECEIVED, CaseState.IN_REVIEW}
    assert listed("?etat=termines") == {CaseState.REFUSED, CaseState.WITHDRAWN}
    assert listed("?etat=n-importe-quoi") == set(states)
    links = re.findall(r'etat=([a-z-]+)"[^>]*>\s*[^<]+<span class="num">\((\d+)\)', main(client.get(LIST)))
    assert links == [("a-completer", "1"), ("en-cours", "2"), ("termines", "2")]


def test_a_filter_without_a_case_leads_back_to_all(login, alice, case):
    assert "Aucun dossier dans cet état" in main(login(alice).get(LIST + "?etat=termines"))


def test_nothing_yet_says_what_to_do(login, alice, profile):
    client = login(alice)
    for address in (LIST, DRAFTS):
        response = main(client.get(address))
        assert "Voir les démarches" in response and 'href="/demarches/"' in response


def test_a_preview_by_staff_shows_nobody_s_case(dashboard, page):
    from procedures.queries import resident

    case = CaseFactory(page=page, profile=None)
    CaseFactory(page=page, profile=None, state=CaseState.DRAFT)
    CaseMessage.objects.create(case=case, from_agent=True, text="Bonjour")
    assert not resident.state_counts(None) and not resident.waiting_for(None)
    assert not resident.filed_cases(None) and not resident.drafts(None) and not resident.drafts_with_forms(None)
    with pytest.raises(Case.DoesNotExist):
        resident.case_of(None, case.public_id)
    preview = CasesPage.objects.get().make_preview_request()
    assert preview.status_code == 200 and case.number not in text(preview)


def test_s2_13_the_drafts_with_what_is_filled_and_when_they_are_erased(login, alice, profile, page):
    touched = dt.datetime(2026, 9, 30, 14, 5, tzinfo=PARIS)
    draft = CaseFactory(page=page, profile=profile, state=CaseState.DRAFT, touched_at=touched)
    response = main(login(alice).get(DRAFTS))
    assert "Signaler un problème" in response
    assert "30 sept. 2026 à 14\u00a0h\u00a005" in response
    assert "2 réponses sur 3" in response, "the question that the answers hide is not asked"
    assert "Effacé le 30 déc. 2026" in response
    assert f'href="{url_of(draft, "formulaire/")}"' in response
    assert f'href="{url_of(draft, "formulaire/supprimer/")}"' in response


def test_who_may_only_read_sees_and_cannot_act(login, bob, case):
    Membership.objects.filter(user=bob).update(role=Role.READ_ONLY)
    draft = CaseFactory(page=case.page, profile=case.profile, state=CaseState.DRAFT)
    client = login(bob)
    assert "Nouvelle démarche" not in main(client.get(LIST))
    assert url_of(draft, "formulaire/") not in main(client.get(DRAFTS))
    response = main(client.get(url_of(case)))
    assert "Où en est votre dossier" in response
    assert "Retirer mon dossier" not in response and "Écrire au service" not in response
    assert client.post(url_of(case, "message/"), {"text": "Bonjour"}).status_code == 403
    assert client.post(url_of(case, "retirer/"), {}).status_code == 403
    assert client.post(url_of(case, "refaire/")).status_code == 403
    assert not CaseMessage.objects.exists()


def test_s2_14_three_hundred_cases_cost_the_same_and_stay_light(login, alice, case, sql_count):
    client = login(alice)
    draft = CaseFactory(page=case.page, profile=case.profile, state=CaseState.DRAFT)
    addresses = (LIST, f"{LIST}?etat=en-cours", DRAFTS)
    for address in addresses:
        client.get(address)
    few = [sql_count(lambda address=address: client.get(address)) for address in addresses]
    for model in (case, draft):
        copies = []
        for number in range(300):
            copy = CaseFactory.build(
                page=model.page, version=model.version, profile=model.profile, state=model.state,
                department=model.department, status=model.status, status_label=model.status_label,
                status_tone=model.status_tone, number=model.number and f"D2027-{number:06d}", filed_at=model.filed_at,
            )  # fmt: skip
            copies.append(copy)
        Case.objects.bulk_create(copies)
    assert [sql_count(lambda address=address: client.get(address)) for address in addresses] == few
    for address in addresses:
        assert len(client.get(address).content) < 150_000
    assert "Pages de dossiers" in text(client.get(LIST)) and "Pages de brouillons" in text(client.get(DRAFTS))


# One case ------------------------------------------------------------------------------------------------------------


def test_s2_9_the_case_says_where_it_stands_and_what_it_means(login, alice, case):
    case.version.handling["silence"] = Silence.REFUSED
    case.version.save()
    Case.objects.update(due_on=dt.date(2026, 12, 1), filed_at=dt.datetime(2026, 11, 2, 8, 30, tzinfo=PARIS))
    response = main(login(alice).get(url_of(case)))
    assert "<h1>Signaler un problème</h1>" in response
    assert "Votre dossier est arrivé. Un agent va le lire." in response
    assert "D2026-000012" in response and "2 nov. 2026 à 8\u00a0h\u00a030" in response
    assert "1er déc. 2026" in response and "Sans réponse à cette date, votre demande est refusée." in response
    assert 'aria-current="step">Déposé' in response
    assert case.department.name in response


def test_s2_14_the_answers_are_read_step_by_step(login, alice, case):
    response = main(login(alice).get(url_of(case)))
    assert "Votre demande" in response and "Un banc cassé" in response and "Est-ce urgent" in response


def test_s2_9_what_to_correct_is_at_the_top(login, alice, case):
    correction = {"fields": ["objet", "disparu"], "message": "Précisez le lieu.\nMerci."}
    Case.objects.filter(pk=case.pk).update(
        state=CaseState.TO_CORRECT, status="a-completer", status_label="À compléter", correction=correction
    )
    response = main(login(alice).get(url_of(case)))
    assert "Votre dossier est à compléter" in response and "Précisez le lieu.<br>Merci." in response
    assert "<li>Objet</li>" in response and "disparu" not in response
    assert f'href="{url_of(case, "formulaire/")}"' in response
    assert response.index("Votre dossier est à compléter") < response.index("Où en est votre dossier")


def test_only_public_events_are_told(login, alice, case):
    now = timezone.now()
    for number, (title, public) in enumerate([("Dossier déposé", True), ("Note secrète", False), ("Relu", True)]):
        at = now + dt.timedelta(minutes=number)
        CaseEvent.objects.create(case=case, kind=EventKind.STATUS, title=title, public=public, at=at)
    response = main(login(alice).get(url_of(case)))
    assert "Note secrète" not in response
    assert response.index("Relu</p>") < response.index("Dossier déposé</p>"), "the newest first"


def test_s2_11_the_documents_received_open(login, alice, case):
    stored = StoredFileFactory(profile=case.profile, name="decision.pdf")
    CaseDocument.objects.create(case=case, title="Notification de décision", file=stored)
    client = login(alice)
    response = main(client.get(url_of(case)))
    address = url_of(case, f"document/{stored.public_id}/")
    assert "Documents reçus" in response and f'href="{address}"' in response
    opened = client.get(address)
    assert opened.status_code == 200 and opened["Content-Disposition"] == 'inline; filename="decision.pdf"'
    assert client.get(url_of(CaseFactory(profile=case.profile), f"document/{stored.public_id}/")).status_code == 404


@pytest.mark.parametrize(
    "rest",
    ["", "message/", "retirer/", "copie/", "refaire/", "lus/", "formulaire/", "accuse/"],
)
def test_another_profile_s_case_is_not_there(login, charlie, case, rest):
    client = login(charlie)
    assert client.get(url_of(case, rest)).status_code == 404
    assert client.post(url_of(case, rest), {"text": "Bonjour"}).status_code == 404
    assert Case.objects.get().state == CaseState.RECEIVED and not CaseMessage.objects.exists()


def test_for_another_of_one_s_own_profiles_it_is_neither_shown_nor_written_to(login, alice, case):
    other = MembershipFactory(user=alice, profile=ProfileFactory()).profile
    client = login(alice)
    session = client.session
    session["profile"] = other.pk
    session.save()
    assert case.number not in client.get(url_of(case)).text
    assert client.post(url_of(case, "message/"), {"text": "Bonjour"}).status_code == 404
    assert not case.messages.exists()


def test_a_draft_goes_on_where_it_was_left(login, alice, profile, page):
    draft = CaseFactory(page=page, profile=profile, state=CaseState.DRAFT)
    client = login(alice)
    assert client.get(url_of(draft)).url == url_of(draft, "formulaire/")
    for rest in ("message/", "retirer/", "copie/", "lus/"):
        assert client.get(url_of(draft, rest)).status_code == 404
    assert client.get(url_of(draft, "refaire/")).status_code == 404


def test_a_case_costs_the_same_with_many_messages_and_events(login, alice, case, sql_count):
    client = login(alice)

    def add(count):
        for _number in range(count):
            message = CaseMessage.objects.create(case=case, from_agent=True, text="Bonjour")
            message.files.add(StoredFileFactory(profile=case.profile))
            CaseEvent.objects.create(case=case, kind=EventKind.STATUS, title="Fait", public=True)
            CaseDocument.objects.create(case=case, title="Lettre", file=StoredFileFactory(profile=case.profile))

    add(1)
    client.get(url_of(case))
    few = sql_count(lambda: client.get(url_of(case)))
    add(12)
    assert sql_count(lambda: client.get(url_of(case))) == few


def test_a_get_writes_nothing(login, alice, case):
    CaseMessage.objects.create(case=case, from_agent=True, text="Bonjour")
    client = login(alice)
    client.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        for address in (LIST, DRAFTS, url_of(case), url_of(case, "retirer/"), url_of(case, "copie/")):
            client.get(address)
    assert [query["sql"] for query in queries if not query["sql"].lstrip("(").upper().startswith("SELECT")] == []


# Appointments --------------------------------------------------------------------------------------------------------


@pytest.fixture
def appointment(case):
    starts_at = timezone.now().replace(minute=30, second=0, microsecond=0) + dt.timedelta(days=4)
    return Appointment.objects.create(
        kind=AppointmentKindFactory(name="Conseil en eau"),
        case=case,
        field="rendez-vous",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=30),
    )


def test_s1_9_the_appointment_is_shown_taken_to_one_s_calendar_and_cancelled(login, alice, case, appointment):
    client = login(alice)
    response = main(client.get(url_of(case)))
    assert "Votre rendez-vous" in response and "Conseil en eau, 4 place du Lavoir" in response
    calendar = client.get(url_of(case, f"rendez-vous/{appointment.pk}/agenda/"))
    assert calendar.status_code == 200 and b"BEGIN:VEVENT" in calendar.content
    address = url_of(case, f"rendez-vous/{appointment.pk}/annuler/")
    assert "Annulez ce rendez-vous : vous pourrez aussitôt en choisir un autre." in response
    assert "Prendre un autre rendez-vous" not in response
    asked = main(client.get(address))
    assert "Le garder" in asked and "vous pourrez choisir un autre horaire" in asked
    assert Appointment.objects.get().state == AppointmentState.BOOKED
    assert client.post(address).url == url_of(case)
    assert Appointment.objects.get().state == AppointmentState.CANCELLED
    response = main(client.get(url_of(case)))
    assert "Votre rendez-vous est annulé." in response and address not in response
    assert "Annulez ce rendez-vous" not in response
    # Another one is a new request, with the answers of this one.
    assert f'action="{url_of(case, "refaire/")}"' in response and "Prendre un autre rendez-vous" in response
    draft_form = client.post(url_of(case, "refaire/")).url
    assert draft_form == url_of(Case.objects.get(number=None), "formulaire/")


def test_the_appointment_of_another_case_is_not_there(login, alice, case, appointment):
    other = CaseFactory(profile=case.profile)
    client = login(alice)
    assert client.post(url_of(other, f"rendez-vous/{appointment.pk}/annuler/")).status_code == 404
    assert client.get(url_of(other, f"rendez-vous/{appointment.pk}/agenda/")).status_code == 404
    assert Appointment.objects.get().state == AppointmentState.BOOKED


# The dashboard -------------------------------------------------------------------------------------------------------


def test_the_dashboard_shows_the_open_cases_and_the_drafts(login, alice, case):
    CaseFactory(page=case.page, profile=case.profile, state=CaseState.REFUSED, number="D2026-000099")
    client = login(alice)
    response = main(client.get("/mon-compte/"))
    assert "Mes démarches en cours" in response and f'href="{url_of(case)}"' in response
    assert "D2026-000099" not in response and "Mes brouillons" not in response
    draft = CaseFactory(page=case.page, profile=case.profile, state=CaseState.DRAFT)
    response = main(client.get("/mon-compte/"))
    assert "Mes brouillons" in response and f'href="{url_of(draft, "formulaire/")}"' in response


def test_what_waits_for_the_resident_is_on_the_dashboard_and_on_the_rail(login, alice, case):
    client = login(alice)

    def badge():
        rail = text(client.get("/mon-compte/")).split('class="rail"')[1].split("</nav>")[0]
        found = re.search(r'demarches/"[^>]*>.*?Mes démarches(?:<span class="count">(\d+))?', rail, re.DOTALL)
        return found.group(1)

    assert badge() is None
    CaseMessage.objects.create(case=case, from_agent=True, text="Bonjour")
    assert badge() == "1"
    assert "Un message vous attend\u00a0: Signaler un problème" in main(client.get("/mon-compte/"))
    CaseFactory(page=case.page, profile=case.profile, state=CaseState.TO_CORRECT)
    assert badge() == "2"
    assert "Complétez votre dossier\u00a0: Signaler un problème" in main(client.get("/mon-compte/"))


def test_the_dashboard_costs_the_same_with_many_cases(login, alice, case, sql_count):
    client = login(alice)
    CaseFactory(page=case.page, profile=case.profile, state=CaseState.DRAFT)
    CaseMessage.objects.create(case=case, from_agent=True, text="Bonjour")
    client.get("/mon-compte/")
    few = sql_count(lambda: client.get("/mon-compte/"))
    for _number in range(8):
        filed = CaseFactory(page=case.page, profile=case.profile)
        CaseMessage.objects.create(case=filed, from_agent=True, text="Bonjour")
        CaseFactory(page=case.page, profile=case.profile, state=CaseState.DRAFT)
    assert sql_count(lambda: client.get("/mon-compte/")) == few
