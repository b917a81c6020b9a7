"""The agent's case view in Chromium, on a desktop and a telephone, with and without scripts; axe on each screen."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from procedures.enums import CaseState
from tests.browser import DESKTOP, PHONE, assert_fits
from tests.documents import files
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.cases import CaseFactory, DepartmentFactory, LetterTemplateFactory, OnlineProcedureFactory
from tests.factories.cms import HomePageFactory
from tests.factories.families import StoredFileFactory
from tests.factories.procedures import ProcedureIndexPageFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def department(db):
    return DepartmentFactory(name="Vie associative")


@pytest.fixture
def case(department):
    """A case with an image, of a resident who has an account."""
    page = OnlineProcedureFactory(
        parent=ProcedureIndexPageFactory(parent=HomePageFactory()), title="Signaler un problème", department=department
    )
    member = MembershipFactory(user=UserFactory(email="alice@example.test", first_name="Alice"))
    picture = StoredFileFactory(profile=member.profile, name="banc.png", content_type="image/png")
    picture.file.save("banc.png", files.upload(files.image("PNG"), "banc.png"))
    found = CaseFactory(page=page, profile=member.profile, filed_by=member.user)
    found.answers["photo"] = [str(picture.public_id)]
    found.save()
    found.case_files.create(file=picture)
    LetterTemplateFactory(name="Réponse")
    return found


@pytest.fixture
def agent_page(live_server, open_page, department):
    """Return `agent_page(viewport, **options)`: a page of a caseworker of the department, logged in."""

    def make(viewport, **options):
        user = UserFactory(is_staff=True, first_name="Ines", last_name="Leroy")
        user.groups.set(Group.objects.filter(name="Instructeur"))
        department.members.add(user)
        device = TOTPDevice.objects.create(user=user, name="test", confirmed=True)
        client = Client()
        client.force_login(user)
        session = client.session
        session["otp_device_id"] = device.persistent_id
        session.save()
        page = open_page(viewport, **options)
        page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_server.url}])
        return page

    return make


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_screen_is_accessible_and_fits(live_server, agent_page, accessible, case, viewport):
    page = agent_page(viewport)
    letter = LetterTemplateFactory(name="Autre réponse")
    for path in (
        f"{case.pk}/",
        f"{case.pk}/decider/accepte/",
        f"{case.pk}/correction/",
        f"{case.pk}/courrier/",
        f"{case.pk}/courrier/{letter.pk}/",
        "deposer/?q=alice",
    ):
        page.goto(f"{live_server.url}/admin/demarches/{path}")
        expect(page.locator("h1")).to_have_count(1)
        assert_fits(page)
        accessible(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_agent_reads_asks_writes_and_decides(live_server, agent_page, case, scripts):
    page = agent_page(DESKTOP, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/admin/demarches/{case.pk}/")
    # The attachment is read in the page, beside the answers.
    shown = page.frame_locator("iframe[name=piece]").locator("img")
    shown.wait_for()
    page.get_by_label("Écrire au demandeur").fill("Nous passons mardi.")
    page.get_by_label("Joindre des fichiers").set_input_files(
        {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
    )
    page.get_by_role("button", name="Envoyer le message").press("Enter")
    page.get_by_text("Message envoyé.").wait_for()
    page.get_by_role("link", name="Demander une correction").press("Enter")
    page.get_by_label("Objet").check()
    page.get_by_label("Ce qu’il faut corriger").fill("Dites où.")
    page.get_by_role("button", name="Demander la correction").press("Enter")
    page.get_by_text("Correction demandée, en attente du demandeur").wait_for()
    page.get_by_label("Nouveau statut").select_option("en-cours")
    page.get_by_label("À ajouter pour le demandeur").fill("Un agent passe.")
    page.get_by_role("button", name="Changer le statut et prévenir").press("Enter")
    page.get_by_text("Statut changé : En cours d’instruction.").wait_for()
    page.get_by_role("link", name="Demande acceptée…").press("Enter")
    page.get_by_role("heading", name="Ce que fait cette décision").wait_for()
    page.get_by_role("button", name="Valider : demande acceptée").press("Enter")
    page.get_by_text("Dossier décidé : Demande acceptée.").wait_for()
    case.refresh_from_db()
    assert case.state == CaseState.ACCEPTED
