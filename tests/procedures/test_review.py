"""What agents do with a case: statuses, decisions and their effect, corrections; rights, races, mails sent once."""

import datetime as dt
import html

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import Notification, OutgoingMail
from procedures.enums import CaseState, EventKind
from procedures.models import Case
from procedures.queries import sheet as queries
from procedures.services import review
from procedures.services.statuses import CHANGED, Stale, resumed_due
from procedures.services.versions import freeze
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.cases import CaseFactory, DepartmentFactory, OnlineProcedureFactory, field, step
from tests.factories.families import StoredFileFactory
from tests.factories.water import DeliveryPointFactory
from water.models import WaterContract

pytestmark = pytest.mark.django_db
MOVE_IN = [
    step(
        "Votre logement",
        field("date", "Date d’entrée", key="entree"),
        field("address", "Adresse", key="adresse"),
    )
]
ADDRESS = {"address": "12 rue des Tilleuls", "address_complement": "", "postcode": "49000", "town": "Vallon-sur-Loire"}


@pytest.fixture
def moving_in(procedure_index, department, alice):
    """A case whose acceptance opens a water contract."""
    page = OnlineProcedureFactory(
        parent=procedure_index,
        title="J’emménage",
        department=department,
        form=MOVE_IN,
        handler="open_contract",
        inputs=[
            {"type": "input", "value": {"name": "starts_on", "field": "entree"}},
            {"type": "input", "value": {"name": "address", "field": "adresse"}},
        ],
    )
    answers = {"entree": timezone.localdate().isoformat(), "adresse": ADDRESS}
    return CaseFactory(page=page, profile=alice.profiles.get(), filed_by=alice, answers=answers)


def mails(kind):
    return OutgoingMail.objects.filter(kind=f"procedures/{kind}")


# Statuses ------------------------------------------------------------------------------------------------------------


def test_s2_8_a_change_of_status_is_told_once_with_its_explanation(agent, alice, bob, case, run_queue, mailoutbox):
    review.change_status(by=agent, case=case, status="en-cours", text="Nous passons mardi.", revision=1)
    case.refresh_from_db()
    assert (case.state, case.status_label, case.revision) == (CaseState.IN_REVIEW, "En cours d’instruction", 2)
    mail = mails("status_changed").get()
    assert mail.to == alice.email
    assert mail.subject == f"En cours d’instruction : dossier {case.number}, Signaler un problème"
    for text in ("Un agent étudie votre dossier.", "Nous passons mardi.", str(case.public_id)):
        assert text in mail.text and text in html.unescape(mail.html)
    event = case.events.get()
    assert (event.kind, event.public, event.by, event.text) == (EventKind.STATUS, True, agent, "Nous passons mardi.")
    told = Notification.objects.get(user=alice)
    assert (told.title, told.url) == (
        f"En cours d’instruction : dossier {case.number}",
        f"/mon-compte/demarches/{case.public_id}/",
    )
    assert Notification.objects.filter(user=bob).count() == 1
    log = ModelLogEntry.objects.get(action="procedures.case.status")
    assert (log.user, log.data) == (agent, {"from": "recu", "to": "en-cours"})
    # The queue runs its task twice: one mail.
    run_queue()
    from accounts import tasks

    tasks.deliver_mail(mail.pk)
    run_queue()
    assert [sent.to for sent in mailoutbox] == [[alice.email]]


def test_a_case_without_an_account_is_told_how_it_is_followed(agent, procedure):
    case = CaseFactory(page=procedure, profile=None, email="sans@example.test")
    review.change_status(by=agent, case=case, status="en-cours")
    mail = mails("status_changed").get()
    assert mail.to == "sans@example.test"
    assert "/demarches/suivi/" in mail.text and "code de suivi" in mail.text
    assert not Notification.objects.exists()


def test_who_left_the_profile_is_no_longer_told(agent, alice, bob, case):
    alice.memberships.update(ended_at=timezone.now())
    review.change_status(by=agent, case=case, status="en-cours")
    assert [mail.to for mail in mails("status_changed")] == [bob.email]


@pytest.mark.parametrize("who", ["stranger", "other_department", "resident", "left"])
def test_only_who_handles_the_case_changes_it(agent, alice, case, staff, who):
    by = {
        "stranger": lambda: UserFactory(is_staff=True),
        "other_department": lambda: staff("Instructeur"),
        "resident": lambda: alice,
        "left": lambda: agent,
    }[who]()
    if who == "left":
        agent.is_active = False
    for act in (
        lambda: review.change_status(by=by, case=case, status="en-cours"),
        lambda: review.ask_correction(by=by, case=case, fields=["objet"], message="Non."),
        lambda: review.send_message(by=by, case=case, text="Non."),
        lambda: review.add_note(by=by, case=case, text="Non."),
        lambda: review.mark_read(by=by, case=case),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not case.events.exists() and not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("inconnu", "Choisissez un statut de cette démarche."),
        ("recu", "Ce dossier a déjà le statut « Dossier reçu »."),
        ("a-completer", "Demandez la correction depuis le dossier : dites ce qui est à compléter."),
    ],
)
def test_a_status_that_does_not_suit_is_refused(agent, case, status, sentence):
    with pytest.raises(ValidationError, match=sentence):
        review.change_status(by=agent, case=case, status=status)


def test_what_is_final_stays(agent, case):
    review.decide(by=agent, case=case, status="refuse", text="Hors du territoire.")
    with pytest.raises(ValidationError, match="Ce dossier est terminé"):
        review.change_status(by=agent, case=case, status="en-cours")
    with pytest.raises(ValidationError, match="Ce dossier est terminé"):
        review.decide(by=agent, case=case, status="accepte")
    assert review.statuses_for(Case.objects.get(pk=case.pk)) == []
    assert mails("status_changed").count() == 1


def test_deciding_takes_a_final_status(agent, case):
    with pytest.raises(ValidationError, match="un statut qui termine le dossier"):
        review.decide(by=agent, case=case, status="en-cours")


def test_a_case_keeps_the_statuses_of_its_version(agent, case, procedure):
    procedure.statuses = [
        ("status", {"label": "Vu", "state": "in_review", "explanation": "", "tone": "info"}),
        ("status", {"label": "Fait", "state": "closed", "explanation": "", "tone": "neutral"}),
    ]
    procedure.save_revision().publish()
    freeze(procedure)
    assert [status.key for status in review.statuses_for(case)] == ["en-cours", "accepte", "refuse", "termine"]
    newer = CaseFactory(page=procedure, profile=case.profile)
    assert [status.key for status in review.statuses_for(newer)] == ["vu", "fait"]


def test_the_second_of_two_agents_is_told_and_nothing_is_written(agent, case):
    review.change_status(by=agent, case=case, status="en-cours", revision=1)
    for act in (
        lambda: review.decide(by=agent, case=case, status="refuse", revision=1),
        lambda: review.ask_correction(by=agent, case=case, fields=["objet"], message="Précisez.", revision=1),
        lambda: review.send_message(by=agent, case=case, text="Bonjour.", revision=1),
    ):
        with pytest.raises(Stale, match=CHANGED) as told:
            act()
        assert told.value.case.status == "en-cours"
    assert mails("status_changed").count() == OutgoingMail.objects.count() == 1


# Decisions -----------------------------------------------------------------------------------------------------------


def test_acceptance_does_what_was_read_before(agent, alice, moving_in):
    DeliveryPointFactory(**{key: ADDRESS[key] for key in ("address", "postcode", "town")})
    effects, problems = queries.effect_of(moving_in)
    assert effects and problems == []
    assert not WaterContract.objects.exists()
    case = review.decide(by=agent, case=moving_in, status="accepte", revision=1)
    contract = WaterContract.objects.get()
    assert contract.profile == alice.profiles.get()
    assert case.outcome["handler"] == "open_contract" and contract.reference in case.outcome["sentence"]
    handled = case.events.get(kind=EventKind.HANDLED)
    assert (handled.text, handled.public) == (case.outcome["sentence"], False)
    assert case.outcome["sentence"] in mails("status_changed").get().text


def test_what_acceptance_can_t_do_changes_nothing(agent, moving_in):
    effects, problems = queries.effect_of(moving_in)
    assert effects == [] and "Aucun point de livraison" in problems[0]
    with pytest.raises(ValidationError, match="Aucun point de livraison"):
        review.decide(by=agent, case=moving_in, status="accepte")
    moving_in.refresh_from_db()
    assert (moving_in.state, moving_in.revision, moving_in.outcome) == (CaseState.RECEIVED, 1, {})
    assert not moving_in.events.exists() and not OutgoingMail.objects.exists()


def test_a_refusal_has_no_effect(agent, moving_in):
    DeliveryPointFactory()
    case = review.decide(by=agent, case=moving_in, status="refuse")
    assert case.outcome == {} and not WaterContract.objects.exists()


# Corrections ---------------------------------------------------------------------------------------------------------


def test_a_correction_names_the_answers_and_suspends_the_time_limit(agent, alice, case):
    due = timezone.localdate() + dt.timedelta(days=3)
    Case.objects.filter(pk=case.pk).update(due_on=due)
    found = review.ask_correction(
        by=agent, case=case, fields=["photo", "objet", "ailleurs"], message="La photo est floue.", revision=1
    )
    today = timezone.localdate()
    assert found.correction == {
        "asked_on": today.isoformat(),
        "status": "recu",
        "fields": ["objet", "photo"],
        "message": "La photo est floue.",
    }
    assert found.state == CaseState.TO_CORRECT
    assert resumed_due(found, today + dt.timedelta(days=10)) == due + dt.timedelta(days=10)
    mail = mails("correction").get()
    assert mail.to == alice.email
    for text in ("La photo est floue.", "Objet", "Photo"):
        assert text in mail.text
    # Asked again: what the applicant began to correct stays, and so does the day it waits since.
    found.correction["answers"] = {"objet": "En cours"}
    found.correction["asked_on"] = (today - dt.timedelta(days=2)).isoformat()
    found.save()
    again = review.ask_correction(by=agent, case=found, fields=["objet"], message="Et l’objet.")
    assert again.correction["answers"] == {"objet": "En cours"}
    assert again.correction["asked_on"] == (today - dt.timedelta(days=2)).isoformat()
    # An agent ends the wait: the days that it lasted don't count.
    done = review.change_status(by=agent, case=again, status="en-cours")
    assert (done.correction, done.due_on) == ({}, due + dt.timedelta(days=2))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"fields": [], "message": "Précisez."}, "Cochez au moins une réponse"),
        ({"fields": ["ailleurs"], "message": "Précisez."}, "Cochez au moins une réponse"),
        ({"fields": ["objet"], "message": "  "}, "Dites ce qu’il faut corriger"),
        ({"fields": ["objet"], "message": "Oui.", "status": "accepte"}, "un statut qui demande une correction"),
        ({"fields": ["objet"], "message": "x" * 5001}, "trop long"),
    ],
)
def test_a_correction_that_asks_nothing_is_refused(agent, case, values, sentence):
    with pytest.raises(ValidationError, match=sentence):
        review.ask_correction(by=agent, case=case, **values)
    case.refresh_from_db()
    assert case.state == CaseState.RECEIVED


# The screen ----------------------------------------------------------------------------------------------------------


def url(case, rest=""):
    return f"/admin/demarches/{case.pk}/{rest}"


def form(case, **values):
    return {"revision": case.revision, "seen": "0", **values}


def test_the_case_is_read_in_a_fixed_number_of_queries(agent, case, client, sql_count):
    client.get(url(case))
    few = sql_count(lambda: client.get(url(case)))
    for index in range(3):
        review.add_note(by=agent, case=case, text=f"Note {index}")
        message = review.send_message(by=agent, case=case, text="Bonjour.")
        message.files.add(StoredFileFactory(profile=case.profile))
    client.get(url(case))
    many = sql_count(lambda: client.get(url(case)))
    # The files of the messages are asked for once there is a message.
    assert many <= few + 1


def test_the_case_shows_answers_statuses_and_who_has_it(agent, case, client):
    page = html.unescape(client.get(url(case)).text)
    for text in (case.number, "Un banc cassé", "Dossier reçu", "Demande acceptée…", "Demander une correction"):
        assert text in page, text
    assert "Pourquoi" not in page, "a question that did not appear"


def test_each_screen_of_a_case_says_its_number(agent, case, client):
    for part in ("decider/accepte/", "correction/"):
        page = html.unescape(client.get(f"{url(case)}{part}").text)
        assert f"<strong>{case.page.title}</strong><br>{case.number}" in page, part


def test_the_case_writes_dates_and_hours_as_the_rest_of_the_portal(agent, case, client):
    Case.objects.update(filed_at=dt.datetime(2026, 12, 1, 8, 5, tzinfo=dt.UTC), due_on=dt.date(2027, 2, 1))
    page = html.unescape(client.get(url(case)).text).replace("\u00a0", " ")
    assert "1er déc. 2026 à 9 h 05" in page and "1er févr. 2027" in page


def test_another_department_s_case_does_not_exist(agent, case, client, procedure_index):
    other = CaseFactory(page=OnlineProcedureFactory(parent=procedure_index, department=DepartmentFactory()))
    assert client.get(url(case)).status_code == 200
    for rest in ("", "correction/", "courrier/", "decider/accepte/"):
        assert client.get(url(other, rest)).status_code == 404, rest
    for rest in ("statut/", "messages/", "notes/", "messages/lus/", "correction/", "decider/accepte/"):
        assert client.post(url(other, rest), form(other)).status_code == 404, rest


def test_who_only_sees_all_cases_changes_none(case, client, staff):
    from django.contrib.auth.models import Permission

    looker = staff()
    looker.user_permissions.set(Permission.objects.filter(codename__in=["view_all_cases", "access_admin"]))
    page = client.get(url(case))
    assert page.status_code == 200 and "Changer le statut" not in page.text
    assert client.post(url(case, "statut/"), form(case, statut="en-cours")).status_code != 200
    case.refresh_from_db()
    assert case.status == "recu"


def test_two_agents_at_once_the_second_is_told_and_keeps_what_was_typed(agent, case, client):
    opened = form(case, statut="en-cours", texte="Ce que j’écris.")
    review.add_note(by=agent, case=case, text="Ceci ne gêne personne.")
    colleague = UserFactory(is_staff=True, first_name="Paul", last_name="Roux")
    colleague.groups.set(agent.groups.all())
    case.department.members.add(colleague)
    review.ask_correction(by=colleague, case=case, fields=["objet"], message="Précisez le lieu.")
    answer = client.post(url(case, "statut/"), opened)
    page = html.unescape(answer.text)
    assert answer.status_code == 409
    for text in ("a changé pendant que", "Paul Roux", "À compléter", "Précisez le lieu.", "Ce que j’écris."):
        assert text in page, text
    assert "Ceci ne gêne personne" not in page.partition("Le dossier en bref")[0]
    assert 'value="en-cours" selected' in page and "<title>\n    Erreur" in page or "Erreur :" in page
    # What is sent again from there is accepted.
    case.refresh_from_db()
    assert client.post(url(case, "statut/"), {**opened, "revision": case.revision}).status_code == 302


def test_deciding_when_a_colleague_just_did_loses_nothing(agent, case, client):
    opened = form(case, texte="Parce que.")
    review.decide(by=agent, case=case, status="refuse")
    answer = client.post(url(case, "decider/accepte/"), opened)
    page = html.unescape(answer.text)
    assert answer.status_code == 409 and "Parce que." in page and "Demande refusée" in page


def test_a_decision_is_read_then_taken(agent, moving_in, client):
    page = html.unescape(client.get(url(moving_in, "decider/accepte/")).text)
    assert "ne peut pas être prise" in page and "Aucun point de livraison" in page
    refused = client.post(url(moving_in, "decider/accepte/"), form(moving_in, texte="Bienvenue."))
    assert refused.status_code == 422 and "Bienvenue." in refused.text
    DeliveryPointFactory(**{key: ADDRESS[key] for key in ("address", "postcode", "town")})
    page = html.unescape(client.get(url(moving_in, "decider/accepte/")).text)
    assert "Accepter ouvre un contrat d’eau" in page
    done = client.post(url(moving_in, "decider/accepte/"), form(moving_in, texte="Bienvenue."), follow=True)
    moving_in.refresh_from_db()
    assert moving_in.outcome["sentence"] in html.unescape(done.text)
    assert client.get(url(moving_in, "decider/accepte/")).status_code == 404


def test_of_many_what_could_not_change_stays_on_the_screen_with_the_text(agent, moving_in, client):
    DeliveryPointFactory(**{key: ADDRESS[key] for key in ("address", "postcode", "town")})
    elsewhere = {**moving_in.answers, "adresse": {**ADDRESS, "address": "1 chemin Perdu"}}
    left = CaseFactory(page=moving_in.page, profile=moving_in.profile, answers=elsewhere)
    cases = [moving_in, left]
    answer = client.post(
        f"/admin/demarches/selection/?dossiers={moving_in.pk},{left.pk}",
        {
            "statut": "accepte",
            "texte": "Un mot pour vous",
            "revision": [f"{case.pk}:{case.revision}" for case in cases],
        },
    )
    assert answer.status_code == 422
    assert [case.number for case in answer.context["chosen"]] == [left.number]
    assert f"dossiers={left.pk}&" in answer.context["address"] and "Un mot pour vous" in answer.text
    assert "1 dossier a changé de statut" in answer.text and "Aucun point de livraison" in answer.text
    for case in cases:
        case.refresh_from_db()
    assert [case.state for case in cases] == [CaseState.ACCEPTED, CaseState.RECEIVED]


def test_a_correction_is_asked_for_on_its_screen(agent, case, client):
    page = client.get(url(case, "correction/")).text
    assert 'value="objet"' in page and 'value="photo"' in page
    refused = client.post(url(case, "correction/"), form(case, champ=["objet"], message=""))
    assert refused.status_code == 422 and 'value="objet" checked' in refused.text
    assert client.post(url(case, "correction/"), form(case, champ=["objet"], message="Où ?")).status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.TO_CORRECT
    shown = html.unescape(client.get(url(case)).text)
    assert "en attente du demandeur" in shown and "Où ?" in shown


def test_a_get_changes_nothing(agent, case, client):
    before = Case.objects.filter(pk=case.pk).values().get()
    for rest in ("", "statut/", "messages/", "notes/", "correction/", "decider/accepte/", "courrier/"):
        client.get(url(case, rest))
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert not case.events.exists()


# Files ---------------------------------------------------------------------------------------------------------------


def test_a_file_of_the_case_is_shown_once_scanned(agent, case, client):
    stored = StoredFileFactory(profile=case.profile, name="photo.pdf")
    other = StoredFileFactory(profile=case.profile)
    case.case_files.create(file=stored)
    case.answers["photo"] = [str(stored.public_id)]
    case.save()
    page = client.get(url(case)).text
    assert f"fichiers/{stored.public_id}/" in page and "<iframe" in page
    shown = client.get(url(case, f"fichiers/{stored.public_id}/"))
    assert shown.status_code == 200 and "attachment" not in shown["Content-Disposition"]
    assert client.get(url(case, f"fichiers/{other.public_id}/")).status_code == 404
    for scan in ("pending", "infected"):
        stored.scan = scan
        stored.save()
        page = client.get(url(case)).text
        assert f"fichiers/{stored.public_id}/" not in page and "photo.pdf" in page
        assert client.get(url(case, f"fichiers/{stored.public_id}/")).status_code == 404


def test_a_member_of_another_profile_is_not_told(agent, case, charlie):
    MembershipFactory(user=UserFactory(email="autre@example.test"))
    review.change_status(by=agent, case=case, status="en-cours")
    assert Notification.objects.filter(user=charlie).count() == 0


def test_the_right_is_asked_for_again_once_the_case_is_locked(agent, case, procedure_index, monkeypatch):
    """Passed on to another department while the agent's act waited for the lock."""
    lock, elsewhere = review.lock, DepartmentFactory()

    def passed_on(found, **options):
        Case.objects.filter(pk=found.pk).update(department=elsewhere)
        return lock(found, **options)

    monkeypatch.setattr(review, "lock", passed_on)
    with pytest.raises(PermissionDenied):
        review.change_status(by=agent, case=case, status="en-cours")
    assert not mails("status_changed").exists()


def test_who_filed_and_left_is_told_nothing_even_when_nobody_is_left(agent, alice, case):
    alice.memberships.update(ended_at=timezone.now())
    review.change_status(by=agent, case=case, status="en-cours")
    assert not OutgoingMail.objects.exists()


def test_a_strange_revision_is_told_as_changed(agent, case, client):
    for number in ("9" * 5000, "²", "", "-1"):
        answer = client.post(
            f"/admin/demarches/{case.pk}/statut/", {"statut": "en-cours", "revision": number, "seen": number}
        )
        assert answer.status_code == 409, number[:9]


def test_words_of_agents_lose_what_the_database_refuses(agent, case):
    review.change_status(by=agent, case=case, status="en-cours", text="Mardi\x00.")
    assert case.events.get().text == "Mardi."
