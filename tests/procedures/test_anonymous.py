"""Filing without an account: a mailed link, a grant in the session, then a number and a code."""

import datetime as dt
import io
import os
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import OutgoingMail
from documents.models import FiledDocument, StoredFile
from procedures import tasks
from procedures.enums import Access, CaseState
from procedures.filing import grants
from procedures.models import Case, EmailConfirmation
from procedures.services import anonymous
from tests.documents import files
from tests.factories.cases import CaseFactory, field, step

from .filing_setup import FIRST, a_procedure, send_step, send_summary, text

pytestmark = pytest.mark.django_db
START = "/demarches/signaler/commencer/"
FOLLOW = "/demarches/suivi/"


@pytest.fixture
def page(db):
    return a_procedure()


def link_of(mail):
    return re.search(r"(/demarches/confirmer/[\w-]+/)", mail.text).group(1)


def confirmed(client, email="jeanne@example.test"):
    """Ask for the link, follow it, press its button; returns the draft."""
    client.post(START, {"email": email})
    client.post(link_of(OutgoingMail.objects.filter(kind="procedures/confirm_email").latest("pk")))
    return Case.objects.get(email=email, state=CaseState.DRAFT)


def url_of(case, rest="formulaire/"):
    return f"/demarches/dossier/{case.public_id}/{rest}"


def filed(client):
    case = confirmed(client)
    send_step(client, url_of(case, "formulaire/etape/demande/"), FIRST)
    photo = SimpleUploadedFile("photo.pdf", files.pdf(), "application/pdf")
    send_step(client, url_of(case, "formulaire/etape/pieces/"), {"q-photo": photo})
    response = send_summary(client, url_of(case, "formulaire/verification/"))
    case.refresh_from_db()
    return case, response


def code_in(response):
    return re.search(r"[A-Z2-9]{5}-[A-Z2-9]{5}", text(response)).group(0)


# The address ---------------------------------------------------------------------------------------------------------


def test_the_address_is_proved_by_a_link_that_a_get_does_not_use(client, page):
    response = client.post(START, {"email": "Jeanne@Example.test"})
    assert response.url == "/demarches/courriel-envoye/?demarche=signaler"
    assert START in text(client.get(response.url))
    assert not Case.objects.exists()
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.kind) == ("jeanne@example.test", "procedures/confirm_email")
    link = link_of(mail)
    assert link.rstrip("/").rpartition("/")[2] not in EmailConfirmation.objects.get().digest
    shown = client.get(link)
    assert "Confirmer et continuer" in text(shown) and shown["Referrer-Policy"] == "same-origin"
    assert not Case.objects.exists()
    response = client.post(link)
    case = Case.objects.get()
    assert response.url == url_of(case)
    assert (case.email, case.profile, case.filed_by) == ("jeanne@example.test", None, None)
    assert client.get(url_of(case), follow=True).status_code == 200


def test_a_link_serves_once_and_for_ten_minutes(client, page):
    client.post(START, {"email": "jeanne@example.test"})
    link = link_of(OutgoingMail.objects.get())
    client.post(link)
    assert client.post(link).status_code == client.get(link).status_code == 410
    client.post(START, {"email": "jeanne@example.test"})
    late = link_of(OutgoingMail.objects.latest("pk"))
    EmailConfirmation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.post(late).status_code == client.get(late).status_code == 410
    assert Case.objects.count() == 1
    assert client.get("/demarches/confirmer/nothing/").status_code == 410


def test_the_draft_of_an_address_is_found_again_by_its_owner_only(client, page):
    case = confirmed(client)
    again = Client()
    assert confirmed(again) == case
    assert confirmed(Client(), email="louis@example.test") != case


def test_a_wrong_address_is_said(client, page):
    response = text(client.post(START, {"email": "jeanne"}))
    assert "<title>Erreur : Commencer" in response.replace("\u00a0", " ") and 'value="jeanne"' in response
    assert not OutgoingMail.objects.exists()


def test_links_are_not_asked_for_without_end(client, page):
    answers = [client.post(START, {"email": "jeanne@example.test"}).status_code for _n in range(6)]
    assert answers == [302] * 5 + [429]
    assert OutgoingMail.objects.count() == 5


def test_a_procedure_for_accounts_mails_no_link(client, page):
    type(page).objects.update(access=Access.ACCOUNT)
    client.post(START, {"email": "jeanne@example.test"})
    assert not OutgoingMail.objects.exists()


def test_a_closed_procedure_says_so_and_keeps_the_link(client, page):
    client.post(START, {"email": "jeanne@example.test"})
    link = link_of(OutgoingMail.objects.get())
    type(page).objects.update(closes_on=timezone.localdate() - dt.timedelta(days=1))
    assert "est fermée depuis le" in text(client.post(link))
    assert not Case.objects.exists()


def test_links_that_nobody_used_are_forgotten(client, page):
    client.post(START, {"email": "jeanne@example.test"})
    assert anonymous.forget_links() == 0
    assert anonymous.forget_links(timezone.now() + dt.timedelta(days=2)) == 1


# Rights --------------------------------------------------------------------------------------------------------------


def test_only_the_session_that_proved_it_sees_the_case(client, page, alice):
    case = confirmed(client)
    other = Client()
    other.force_login(alice)
    for stranger in (Client(), other):
        for rest in ("", "formulaire/", "formulaire/etape/demande/", "formulaire/verification/", "accuse/pdf/"):
            assert stranger.get(url_of(case, rest)).status_code == 404
            assert stranger.post(url_of(case, rest)).status_code == 404
    assert client.get(url_of(case, "formulaire/etape/demande/")).status_code == 200


def test_a_member_s_case_is_not_there_even_with_a_grant(client, page, alice):
    case = CaseFactory(page=page, profile=alice.profiles.get())
    session = client.session
    session[grants.GRANTS] = {str(case.public_id): (timezone.now() + dt.timedelta(hours=1)).isoformat()}
    session.save()
    assert client.get(url_of(case, "")).status_code == 404


def test_a_grant_ends(client, page):
    case = confirmed(client)
    session = client.session
    session[grants.GRANTS] = {str(case.public_id): (timezone.now() - dt.timedelta(minutes=1)).isoformat()}
    session.save()
    assert client.get(url_of(case)).url == FOLLOW
    assert client.post(url_of(case, "formulaire/verification/")).status_code == 404


# Filing and follow-up ------------------------------------------------------------------------------------------------


def test_filed_with_a_number_and_a_code_that_follow_it(client, page, run_queue):
    case, response = filed(client)
    assert response.url == url_of(case, "accuse/") and case.state == CaseState.RECEIVED
    shown = client.get(response.url)
    code = code_in(shown)
    assert case.number in text(shown) and code.replace("-", "") not in case.code_digest
    mail = OutgoingMail.objects.get(kind="procedures/receipt")
    assert mail.to == "jeanne@example.test" and code in mail.text and FOLLOW in mail.text
    assert not FiledDocument.objects.exists()
    run_queue()
    case.refresh_from_db()
    assert case.receipt.profile is None and client.get(url_of(case, "accuse/pdf/")).status_code == 200
    # Elsewhere, the number and the code open it; spaces and capitals are forgiven.
    other = Client()
    assert other.get(url_of(case, "")).status_code == 404
    typed = {"number": f" {case.number.lower()} ", "code": code.lower().replace("-", " ")}
    assert other.post(FOLLOW, typed).url == url_of(case, "")
    assert case.number in text(other.get(url_of(case, "")))
    stored = StoredFile.objects.get(name="photo.pdf")
    assert stored.filed_at and other.get(url_of(case, f"fichier/{stored.public_id}/")).status_code == 200
    assert other.post(url_of(case, "refaire/")).status_code == 404
    assert "accuse/" in url_of(case, "accuse/") and code not in text(other.get(url_of(case, "accuse/")))


def test_a_wrong_code_opens_nothing_and_too_many_wait(client, page):
    case, _response = filed(client)
    other = Client()
    for _n in range(5):
        response = other.post(FOLLOW, {"number": case.number, "code": "AAAAA-AAAAA"})
        assert "ne vont pas ensemble" in text(response)
    assert other.post(FOLLOW, {"number": case.number, "code": "AAAAA-AAAAA"}).status_code == 429
    # Only this origin waits: the owner is not locked out.
    code = code_in(client.get(url_of(case, "accuse/")))
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post(FOLLOW, {"number": case.number, "code": code}).status_code == 302


def test_the_code_of_a_member_s_case_does_not_exist(client, page, alice):
    case = CaseFactory(page=page, profile=alice.profiles.get(), number="DOS2026-000900")
    code = anonymous.new_code(case)
    case.save()
    assert anonymous.open_follow_up(number=case.number, code=code, origin="x") is None


def test_a_lost_code_is_mailed_to_the_address_of_the_case_only(client, page, run_queue):
    case, _response = filed(client)
    old = code_in(client.get(url_of(case, "accuse/")))
    for email in ("other@example.test", "jeanne@example.test"):
        response = client.post(f"{FOLLOW}code/", {"number": case.number, "email": email})
        assert response.url == f"{FOLLOW}code/envoye/" and client.get(response.url).status_code == 200
    run_queue()
    mail = OutgoingMail.objects.get(kind="procedures/follow_code")
    assert mail.to == "jeanne@example.test"
    case.refresh_from_db()
    assert not anonymous.is_code(case, old)


def test_a_task_that_runs_twice_mails_one_code(client, page):
    case, _response = filed(client)
    for seed in ("one", "one", "other"):
        tasks.renew_code(case.number, case.email, seed)
    codes = [re.search(r"[A-Z2-9]{5}-[A-Z2-9]{5}", mail.text).group(0) for mail in code_mails()]
    case.refresh_from_db()
    assert len(set(codes)) == len(codes) == 2
    assert [anonymous.is_code(case, code) for code in codes] == [False, True]


def code_mails():
    return OutgoingMail.objects.filter(kind="procedures/follow_code").order_by("pk")


def test_the_address_that_was_proved_fills_the_form_in(client, page):
    a_procedure(slug="autre", title="Autre", form=[step("Vous", field("email", "Courriel", key="c", prefill="email"))])
    client.post("/demarches/autre/commencer/", {"email": "jeanne@example.test"})
    client.post(link_of(OutgoingMail.objects.get()))
    assert Case.objects.get().answers == {"c": "jeanne@example.test"}


def noise(side):
    """A picture that nothing makes smaller: three bytes a point."""
    picture = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(picture, "PNG")
    return picture.getvalue()


def test_files_sent_together_share_the_room_of_the_case(client, page, settings):
    settings.ANONYMOUS_QUOTA_MB = 1
    case = confirmed(client)
    many = [SimpleUploadedFile(f"{n}.png", noise(500), "image/png") for n in range(2)]
    response = send_step(client, url_of(case, "formulaire/etape/pieces/"), {"q-photo": many})
    assert "Il ne reste plus assez de place" in text(response)
    assert [file.name for file in case.files.all()] == ["0.png"] and StoredFile.objects.count() == 1


def test_strange_addresses_are_answered(client, page):
    """PostgreSQL takes no NUL."""
    for path in ("/demarches/courriel-envoye/?demarche=%00", "/demarches/confirmer/%00/"):
        assert client.get(path).status_code in (200, 410)


def test_who_asks_is_named_as_the_form_asked(client, page):
    from tests.factories.cases import field, step

    form = [
        step(
            "Vous",
            field("short_text", "Prénom", key="prenom", prefill="first_name"),
            field("short_text", "Nom", key="nom", prefill="last_name"),
            key="vous",
        )
    ]
    page = a_procedure(slug="nommee", form=form)
    case = anonymous.drafts.start(by=None, page=page, email="jeanne@example.test")
    Case.objects.update(answers={"prenom": "Jeanne", "nom": "Petit"})
    from procedures.services.filing import submit

    assert submit(by=anonymous.Grant(case.pk), case=case).applicant == "Jeanne Petit"
