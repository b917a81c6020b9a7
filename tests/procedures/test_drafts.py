"""Drafts: found again, carried to a newer form, told of and erased in time; cases sent back for a correction."""

import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import Membership, Notification, OutgoingMail
from procedures.enums import CaseState, Channel, EventKind
from procedures.filing.progress import StepState, next_to_do, progress_of
from procedures.models import Case, CaseEvent, CaseFile
from procedures.queries.filing import working
from procedures.routing import routed_to
from procedures.services import drafts, filing, resident, review
from procedures.services.versions import freeze
from tests.factories.cases import CaseFactory, OnlineProcedureFactory, condition, field, step
from tests.factories.families import StoredFileFactory
from tests.factories.procedures import ProcedureIndexPageFactory

from .filing_setup import FORM, send_step, send_summary, text

pytestmark = pytest.mark.django_db
PARTS = [
    step(
        "Votre demande",
        field("short_text", "Objet", key="objet"),
        field("yes_no", "Est-ce urgent ?", key="urgent"),
        field("long_text", "Pourquoi", key="pourquoi", condition=condition("urgent", "yes")),
        key="demande",
    ),
    step("Contact", field("email", "Courriel", key="courriel"), key="contact"),
]


@pytest.fixture
def page(procedure_index):
    return OnlineProcedureFactory(parent=procedure_index, title="Signaler un problème", form=PARTS)


@pytest.fixture
def profile(alice):
    return alice.profiles.get()


@pytest.fixture
def draft(page, alice, profile):
    return drafts.start(by=alice, page=page, profile=profile)


def publish(page, form):
    page.form = json.dumps(form)
    page.save_revision().publish()
    return freeze(type(page).objects.get(pk=page.pk))


# Beginning -----------------------------------------------------------------------------------------------------------


def test_begun_twice_it_is_one_draft(page, alice, bob, profile, draft):
    assert not draft.found_again
    again = drafts.start(by=bob, page=page, profile=profile)
    assert again == draft and again.found_again


def test_charlie_begins_nothing_for_alice(page, charlie, profile):
    with pytest.raises(PermissionDenied):
        drafts.start(by=charlie, page=page, profile=profile)
    assert not Case.objects.exists()


def test_it_is_filled_in_from_the_account(procedure_index, alice, profile):
    form = [step("Vous", field("email", "Courriel", key="courriel", prefill="email"), key="vous")]
    page = OnlineProcedureFactory(parent=procedure_index, form=form)
    assert drafts.start(by=alice, page=page, profile=profile).answers == {"courriel": alice.email}


def test_an_old_case_begins_a_new_draft_but_never_overwrites_one(page, alice, profile):
    old = CaseFactory(page=page, profile=profile, answers={"objet": "Un banc", "urgent": "no"}, state=CaseState.CLOSED)
    draft = drafts.start(by=alice, page=page, profile=profile, copied_from=old)
    assert (draft.answers, draft.copied_from) == (old.answers, old)
    Case.objects.filter(pk=draft.pk).update(answers={"objet": "Le mien"})
    again = drafts.start(by=alice, page=page, profile=profile, copied_from=old)
    assert again == draft and again.answers == {"objet": "Le mien"}


def test_what_was_agreed_to_in_an_old_case_is_asked_anew(procedure_index, alice, profile):
    """A mandate is not signed by pressing « Refaire cette démarche »."""
    form = [
        step(
            "La demande",
            field("short_text", "Objet", key="objet"),
            field("agreement", "J’autorise le prélèvement", key="accord"),
            field("appointment", "Créneau", key="creneau", required=False),
            key="demande",
        )
    ]
    page = OnlineProcedureFactory(parent=procedure_index, form=form)
    answers = {"objet": "Un banc", "accord": True, "creneau": "2026-12-02T15:00"}
    old = CaseFactory(page=page, profile=profile, answers=answers, state=CaseState.CLOSED)
    draft = drafts.start(by=alice, page=page, profile=profile, copied_from=old)
    assert draft.answers == {"objet": "Un banc"}


def test_a_procedure_never_published_is_not_online(page, alice, profile):
    page.versions.all().delete()
    with pytest.raises(ValidationError, match="ne se fait pas en ligne"):
        drafts.start(by=alice, page=page, profile=profile)


def test_an_agent_types_for_one_person_after_another(page, agent):
    type(page).objects.filter(pk=page.pk).update(access="anyone")
    page.refresh_from_db()
    first = drafts.start(by=agent, page=page, channel=Channel.DESK, applicant="Jeanne")
    second = drafts.start(by=agent, page=page, channel=Channel.PHONE, applicant="Louis")
    assert first != second and (first.entered_by, first.channel) == (agent, Channel.DESK)


def test_the_desk_needs_its_right(page, alice, profile):
    with pytest.raises(PermissionDenied):
        drafts.start(by=alice, page=page, profile=profile, channel=Channel.DESK)


# Saving --------------------------------------------------------------------------------------------------------------


def save(draft, by, answers, key="demande", **options):
    return drafts.save_step(by=by, case=draft, key=key, answers=answers, **options)


def test_a_step_is_saved_without_touching_the_others(draft, alice):
    save(draft, alice, {"objet": "Un banc", "urgent": "no"}, done=True)
    case = save(draft, alice, {"courriel": "a@b.fr"}, key="contact")
    assert case.answers == {"objet": "Un banc", "urgent": "no", "courriel": "a@b.fr"}
    assert case.saved_steps == ["demande"]
    assert save(draft, alice, {}).answers == {"courriel": "a@b.fr"}


def test_the_same_again_is_no_new_revision(draft, alice):
    first = save(draft, alice, {"objet": "Un banc"})
    assert save(draft, alice, {"objet": "Un banc"}).revision == first.revision
    assert save(draft, alice, {"objet": "Un autre"}).revision == first.revision + 1


@pytest.mark.parametrize("who", ["charlie", "reader", "former"])
def test_who_may_not_write_saves_nothing(draft, alice, charlie, who):
    if who != "charlie":
        change = {"role": Role.READ_ONLY} if who == "reader" else {"ended_at": timezone.now()}
        Membership.objects.filter(user=alice).update(**change)
    with pytest.raises(PermissionDenied):
        save(draft, charlie if who == "charlie" else alice, {"objet": "x"})
    assert Case.objects.get().answers == {}


def test_files_follow_the_answers(procedure_index, alice, profile):
    page = OnlineProcedureFactory(parent=procedure_index, form=FORM)
    draft = drafts.start(by=alice, page=page, profile=profile)
    one, two = StoredFileFactory(profile=profile), StoredFileFactory(profile=profile)
    save(draft, alice, {"photo": [str(one.public_id), str(two.public_id)]}, key="pieces")
    assert set(CaseFile.objects.values_list("file", flat=True)) == {one.pk, two.pk}
    save(draft, alice, {"photo": [str(two.public_id)]}, key="pieces")
    assert set(CaseFile.objects.values_list("file", flat=True)) == {two.pk}


# A newer form --------------------------------------------------------------------------------------------------------


def test_a_draft_follows_the_newest_form_and_says_what_it_lost(draft, alice, page):
    save(draft, alice, {"objet": "Un banc", "urgent": "no"}, done=True)
    newer = publish(page, [step("Votre demande", field("short_text", "Objet", key="objet"), key="demande")])
    case = Case.objects.get()
    now = working(case)
    assert now.version == newer and now.answers == {"objet": "Un banc"} and now.lost == ("Est-ce urgent ?",)
    assert Case.objects.get().version != newer, "reading writes nothing"
    assert save(case, alice, {"objet": "Un banc vert"}).version == newer


def test_a_summary_of_the_former_form_is_read_again(draft, alice, page):
    save(draft, alice, {"objet": "Un banc", "urgent": "no"})
    case = save(draft, alice, {"courriel": "a@b.fr"}, key="contact")
    old = case.version
    publish(page, [*PARTS, step("Encore", field("short_text", "Plus", key="plus", required=False), key="encore")])
    with pytest.raises(filing.Moved):
        filing.submit(by=alice, case=case, revision=case.revision, version=old.number)
    filed = filing.submit(by=alice, case=case, revision=case.revision, version=old.number + 1)
    assert filed.version.number == old.number + 1


def test_a_filed_case_keeps_its_form(draft, alice, page):
    save(draft, alice, {"objet": "Un banc", "urgent": "no"})
    case = filing.submit(by=alice, case=save(draft, alice, {"courriel": "a@b.fr"}, key="contact"))
    publish(page, [step("Autre", field("short_text", "Autre", key="autre"), key="autre")])
    assert working(Case.objects.get()).definition == case.definition


# Correcting ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def to_correct(page, alice, profile, department):
    return CaseFactory(
        page=page,
        profile=profile,
        department=department,
        filed_by=alice,
        email=alice.email,
        state=CaseState.TO_CORRECT,
        answers={"objet": "Un banc", "urgent": "no", "courriel": "a@b.fr"},
        correction={"fields": ["urgent"], "message": "Est-ce dangereux ?", "status": "en-cours"},
        due_on=dt.date(2027, 1, 31),
    )


def test_what_is_corrected_waits_until_it_is_sent_back(to_correct, alice):
    assert working(to_correct).only == {"urgent", "pourquoi"}
    case = save(to_correct, alice, {"urgent": "yes", "pourquoi": "Il penche"}, done=True)
    assert case.answers["urgent"] == "no", "agents read what was filed"
    assert working(case).answers["objet"] == "Un banc", "the step's other answers stay"
    sent = filing.resubmit(by=alice, case=case)
    assert sent.answers == {"objet": "Un banc", "urgent": "yes", "pourquoi": "Il penche", "courriel": "a@b.fr"}
    assert (sent.state, sent.status, sent.correction) == (CaseState.IN_REVIEW, "en-cours", {})
    event = CaseEvent.objects.get()
    assert (event.kind, event.public, event.by) == (EventKind.CORRECTED, True, alice)
    assert sorted(OutgoingMail.objects.values_list("to", "kind")) == [
        (alice.email, "procedures/corrected"),
        ("vie-associative@example.test", "procedures/agent_news"),
    ]
    assert filing.resubmit(by=alice, case=sent).revision == sent.revision, "a double click sends it once"
    assert OutgoingMail.objects.count() == 2


def test_a_correction_that_makes_another_question_appear_asks_it(to_correct, alice):
    case = save(to_correct, alice, {"urgent": "yes"})
    with pytest.raises(filing.Incomplete) as refused:
        filing.resubmit(by=alice, case=case)
    assert [key for key, _sentence in refused.value.problems["demande"]] == ["pourquoi"]
    assert Case.objects.get().state == CaseState.TO_CORRECT


def test_other_fields_are_not_asked_and_not_taken(to_correct, alice):
    case = save(to_correct, alice, {"urgent": "no", "objet": "Changé"})
    assert filing.resubmit(by=alice, case=case).answers["objet"] == "Un banc"


def test_a_case_that_nobody_asked_to_correct(page, alice, profile):
    closed = CaseFactory(page=page, profile=profile, state=CaseState.CLOSED)
    with pytest.raises(ValidationError, match="Rien n’est à corriger"):
        filing.resubmit(by=alice, case=closed)
    with pytest.raises(ValidationError, match="déjà déposé"):
        save(closed, alice, {"objet": "x"})


def test_correcting_on_the_pages(login, alice, profile):
    from cms.demo.space import load_space

    load_space()
    page = OnlineProcedureFactory(parent=ProcedureIndexPageFactory(), form=PARTS)
    case = CaseFactory(
        page=page,
        profile=profile,
        state=CaseState.TO_CORRECT,
        answers={"objet": "Un banc", "urgent": "no", "courriel": "a@b.fr"},
        correction={"fields": ["objet"], "message": "Quel banc ?"},
    )
    root = f"/mon-compte/demarches/{case.public_id}/formulaire/"
    client = login(alice)
    url = client.get(root).url
    shown = text(client.get(url))
    assert url == f"{root}etape/demande/" and "Quel banc ?" in shown
    assert 'name="q-objet"' in shown and 'name="q-urgent"' not in shown and 'name="q-courriel"' not in shown
    assert send_step(client, url, {"q-objet": "Celui du lavoir"}).url == f"{root}verification/"
    assert "Renvoyer mon dossier" in text(client.get(f"{root}verification/"))
    assert send_summary(client, f"{root}verification/").url == f"/mon-compte/demarches/{case.public_id}/"
    case.refresh_from_db()
    assert case.state == CaseState.RECEIVED and case.answers["objet"] == "Celui du lavoir"


# Expiry --------------------------------------------------------------------------------------------------------------


def touch(draft, moment):
    Case.objects.filter(pk=draft.pk).update(touched_at=moment)


def at(year, month, day):
    return timezone.make_aware(dt.datetime(year, month, day, 12))


def test_its_owner_is_told_once_two_weeks_before(draft, alice):
    touch(draft, at(2026, 11, 30))  # expires on 28 February 2027, the month's last day
    assert drafts.expires_on(Case.objects.get()) == dt.date(2027, 2, 28)
    assert drafts.tell_expiring(at(2027, 2, 13)) == 0
    assert drafts.tell_expiring(at(2027, 2, 14)) == 1
    assert drafts.tell_expiring(at(2027, 2, 15)) == 0
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.kind) == (alice.email, "procedures/draft_expires")
    assert "28 février 2027" in mail.text and "/mon-compte/demarches/?onglet=brouillons" in mail.text
    assert Notification.objects.get().user == alice
    assert drafts.erase_expired(at(2027, 2, 27)) == 0
    assert drafts.erase_expired(at(2027, 2, 28)) == 1
    assert not Case.objects.exists()


def test_touched_again_it_lives_on_and_is_told_of_again(draft, alice):
    touch(draft, at(2026, 11, 30))
    drafts.tell_expiring(at(2027, 2, 20))
    case = save(draft, alice, {})
    assert case.pk and Case.objects.get().expiry_told_at is None
    assert drafts.erase_expired(at(2027, 2, 20)) == 0


def test_who_was_told_late_has_two_weeks_all_the_same(draft):
    touch(draft, at(2026, 1, 10))
    assert drafts.erase_expired(at(2026, 11, 1)) == 0, "nobody was told"
    drafts.tell_expiring(at(2026, 11, 1))
    assert drafts.erase_expired(at(2026, 11, 10)) == 0
    assert drafts.erase_expired(at(2026, 11, 15)) == 1


def test_filed_cases_do_not_expire(page, profile):
    CaseFactory(page=page, profile=profile, touched_at=at(2020, 1, 1))
    assert drafts.tell_expiring(at(2026, 11, 1)) == drafts.erase_expired(at(2026, 11, 1)) == 0


# Pure rules ----------------------------------------------------------------------------------------------------------


def test_routing_reads_a_town_a_choice_and_one_of_several():
    routing = [
        {"field": "adresse", "value": "Angers", "department": 1},
        {"field": "themes", "value": "sport", "department": 2},
        {"field": "objet", "value": "voirie", "department": 3},
    ]
    assert routed_to(routing, {"adresse": {"town": "ANGERS"}, "objet": "voirie"}) == 1
    assert routed_to(routing, {"themes": ["culture", "sport"]}) == 2
    assert routed_to(routing, {"objet": "voirie"}) == 3
    assert routed_to(routing, {"objet": "autre"}) is None
    assert routed_to([], {"objet": "voirie"}) is None


KEYS = [f"e{n}" for n in range(5)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(st.sampled_from(KEYS)), st.sets(st.sampled_from(KEYS)), st.sampled_from(["", *KEYS]))
def test_the_next_step_is_one_to_do_and_none_is_left_out(problems, saved, after):
    from procedures.definition import Step

    steps = progress_of([(Step(key, key), []) for key in KEYS], {}, problems, saved)
    assert [one.number for one in steps] == [1, 2, 3, 4, 5]
    assert {one.step.key for one in steps if one.done} == saved - problems
    to_do = next_to_do(steps, after)
    assert (to_do is None) == (saved - problems == set(KEYS))
    assert to_do is None or to_do.state != StepState.DONE


def test_a_correction_that_an_agent_ended_is_not_said_to_be_sent(page, profile, alice, agent):
    page.department.members.add(agent)
    case = CaseFactory(page=page, profile=profile, filed_by=alice)
    review.ask_correction(by=agent, case=case, fields=["objet"], message="Où ?")
    case.refresh_from_db()
    review.change_status(by=agent, case=case, status="en-cours")
    # The resident's request read the case before.
    with pytest.raises(ValidationError, match="Rien n’est à corriger"):
        filing.resubmit(by=alice, case=case)


def test_what_was_begun_of_a_question_no_longer_asked_does_not_slip_into_the_case(page, profile, alice, agent):
    """Typed while it was asked for, then neither shown nor checked: a wrong answer would be kept for good."""
    page.department.members.add(agent)
    case = CaseFactory(page=page, profile=profile, filed_by=alice, answers={"objet": "Un banc", "courriel": "a@b.fr"})
    review.ask_correction(by=agent, case=case, fields=["objet", "courriel"], message="Relisez.")
    case.refresh_from_db()
    for key, answers in {"demande": {"objet": "Celui du lavoir"}, "contact": {"courriel": "faux"}}.items():
        case = drafts.save_step(by=alice, case=case, key=key, answers=answers)
    review.ask_correction(by=agent, case=case, fields=["objet"], message="Quel banc ?")
    case.refresh_from_db()
    assert working(case).answers == {"objet": "Celui du lavoir", "courriel": "a@b.fr"}
    filing.resubmit(by=alice, case=case)
    case.refresh_from_db()
    assert case.answers == {"objet": "Celui du lavoir", "courriel": "a@b.fr"}


def test_what_was_joined_to_a_correction_never_sent_is_no_file_of_the_case(page, profile, alice, agent):
    page.department.members.add(agent)
    page.form = json.dumps([step("Pièces", field("files", "Photo", key="photo", required=False), key="pieces")])
    page.save()
    kept, typed = StoredFileFactory.create_batch(2, profile=profile)
    case = CaseFactory(page=page, profile=profile, filed_by=alice, answers={"photo": [str(kept.public_id)]})
    drafts.mirror_files(case)
    for end in (
        lambda: review.change_status(by=agent, case=case, status="en-cours"),
        lambda: resident.withdraw(by=alice, case=case),
    ):
        review.ask_correction(by=agent, case=case, fields=["photo"], message="Floue")
        answers = {"photo": [str(kept.public_id), str(typed.public_id)]}
        drafts.save_step(by=alice, case=case, key="pieces", answers=answers)
        assert set(case.files.all()) == {kept, typed}
        end()
        assert list(case.files.all()) == [kept]
