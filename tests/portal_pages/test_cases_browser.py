"""« Mes démarches » and « Mes notifications » in Chromium: with the keyboard, without scripts, on a phone; axe."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Notification
from accounts.services.notifications import notify
from procedures.enums import CaseState
from procedures.models import Case, CaseMessage
from tests.browser import DESKTOP, PHONE, assert_fits
from tests.documents import files
from tests.factories.accounts import PASSWORD, MembershipFactory, ProfileFactory, UserFactory
from tests.factories.cases import CaseFactory, OnlineProcedureFactory

LIST = "/mon-compte/demarches/"
NOTIFICATIONS = "/mon-compte/notifications/"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def case(settings, tmp_path):
    """Alice's case under review, in which the service wrote; she was told of it for her association too."""
    from cms.demo.skeleton import load_skeleton
    from cms.demo.space import load_space

    settings.PRIVATE_ROOT = tmp_path / "private"
    load_skeleton()
    load_space()
    user = UserFactory(email="alice@example.test", first_name="Alice")
    profile = MembershipFactory(user=user, profile=ProfileFactory(name="Alice Durand")).profile
    association = MembershipFactory(user=user, profile=ProfileFactory(name="Les Amis du Lavoir")).profile
    page = OnlineProcedureFactory(title="Signaler un problème")
    case = CaseFactory(page=page, profile=profile, state=CaseState.IN_REVIEW, applicant="Alice Durand")
    # As wide as the address of a map: it fits on a telephone.
    wide = f"Quelle adresse ? https://carte.test/{'a' * 120}"
    CaseMessage.objects.create(case=case, from_agent=True, text=wide, sent_at=timezone.now())
    CaseFactory(page=page, profile=profile, state=CaseState.DRAFT)
    notify(profile=profile, title="Nouveau message", url=f"{LIST}{case.public_id}/", source="message")
    notify(profile=association, title="Reçu de subvention", url="/mon-compte/documents/", source="document")
    return case


def enter(page, live_server):
    page.goto(live_server.url + f"/connexion/?next={NOTIFICATIONS}")
    page.locator("[name=username]").fill("alice@example.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + NOTIFICATIONS)


@pytest.mark.parametrize(
    ("viewport", "scripts"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False)], ids=["desktop", "phone", "no-scripts"]
)
def test_s2_14_a_case_is_followed_answered_and_taken_back(
    live_server, open_page, accessible, case, tmp_path, viewport, scripts
):
    page = open_page(viewport, java_script_enabled=scripts)
    photo = tmp_path / "photo.pdf"
    photo.write_bytes(files.pdf())
    address = f"{live_server.url}{LIST}{case.public_id}/"

    def look():
        assert_fits(page)
        if scripts:
            accessible(page)

    enter(page, live_server)
    look()
    expect(page.get_by_role("main")).to_contain_text("2 non lues")
    page.get_by_role("button", name="Nouveau message").press("Enter")
    page.wait_for_url(address)
    look()
    if scripts:
        # What comes on the screen is read, without a word.
        page.locator("#messages").scroll_into_view_if_needed()
        page.locator("#nouveaux").wait_for(state="detached")
    else:
        page.get_by_role("button", name="Marquer comme lu").press("Enter")
        page.wait_for_url(address + "#messages")
    assert not CaseMessage.objects.filter(read_at=None).exists()
    # A message without a word keeps its file.
    page.locator("#ecrire > summary").press("Enter")
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Envoyer le message").press("Enter")
    page.wait_for_url(re.compile("/message/"))
    look()
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.get_by_role("checkbox", name="photo.pdf")).to_be_checked()
    page.get_by_label("Votre message").fill("Devant le 12.")
    page.get_by_role("button", name="Envoyer le message").press("Enter")
    page.wait_for_url(address + "#messages")
    expect(page.get_by_role("main")).to_contain_text("Votre message est envoyé au service.")
    assert [file.name for file in CaseMessage.objects.get(from_agent=False).files.all()] == ["photo.pdf"]
    # Taken back, after a page that asks.
    page.get_by_role("link", name="Retirer mon dossier").press("Enter")
    page.wait_for_url(address + "retirer/")
    look()
    page.get_by_label("Pourquoi le retirez-vous").fill("Réparé.")
    page.get_by_role("button", name="Retirer mon dossier").press("Enter")
    page.wait_for_url(address)
    look()
    assert Case.objects.get(pk=case.pk).state == CaseState.WITHDRAWN
    expect(page.get_by_role("button", name="Refaire cette démarche")).to_be_visible()
    # The lists.
    page.goto(live_server.url + LIST)
    look()
    page.get_by_role("link", name=re.compile("^Terminés")).press("Enter")
    page.wait_for_url(re.compile("etat=termines"))
    expect(page.get_by_role("main")).to_contain_text("Étape 2 sur 2")
    page.get_by_role("link", name=re.compile("^Mes brouillons")).press("Enter")
    page.wait_for_url(re.compile("onglet=brouillons"))
    look()
    expect(page.get_by_role("link", name="Reprendre : Signaler un problème")).to_be_visible()
    # News of another profile opens with it.
    page.goto(live_server.url + NOTIFICATIONS)
    page.get_by_role("button", name="Reçu de subvention").press("Enter")
    page.wait_for_url(live_server.url + "/mon-compte/documents/")
    expect(page.get_by_role("main")).to_contain_text("Vous agissez maintenant pour le profil Les Amis du Lavoir.")
    assert not Notification.objects.filter(source="document", read_at=None).exists()
