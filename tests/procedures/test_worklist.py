"""The worklist: which cases an agent sees, in which list, found by what, and what it does to those it ticks."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.panels import lines_of
from procedures import perms
from procedures.enums import CaseState, Channel
from procedures.filters import ALL, LATE, MINE, TEAM, UNASSIGNED, Filters, filters_of
from procedures.models import CaseMessage, SavedView
from procedures.queries import worklist as queries
from procedures.services import review
from tests.factories.accounts import UserFactory
from tests.factories.cases import OnlineProcedureFactory

from .agents import caseworker, days_ago, filed, text_of

pytestmark = pytest.mark.django_db
LIST = "/admin/demarches/"


def numbers(client, **query):
    """Return the numbers of the cases that the list shows, in its order."""
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return [case.number for case in answer.context["page_obj"]]


# The lists ------------------------------------------------------------------------------------------------------------


def test_each_list_has_its_cases_and_says_how_many(client, agent, colleague, water, other):
    today = timezone.localdate()
    mine = filed(water, assigned_to=agent)
    theirs = filed(water, assigned_to=colleague)
    nobody = filed(water)
    late = filed(water, assigned_to=colleague, due_on=today - dt.timedelta(days=1))
    # It waits for its applicant.
    filed(water, assigned_to=colleague, state=CaseState.TO_CORRECT, due_on=today - dt.timedelta(days=1))
    filed(water, assigned_to=agent, state=CaseState.ACCEPTED)
    filed(water, state=CaseState.DRAFT)
    filed(other)
    given = filed(other, assigned_to=agent)
    assert set(numbers(client)) == {mine.number, given.number}
    assert {theirs.number, nobody.number, late.number} < set(numbers(client, liste=TEAM))
    assert numbers(client, liste=UNASSIGNED) == [nobody.number]
    assert numbers(client, liste=LATE) == [late.number]
    assert len(numbers(client, liste=ALL)) == 7
    answer = client.get(LIST)
    assert [one["count"] for one in answer.context["lists"]] == [2, 5, 1, 1, 7]


def test_a_case_of_another_department_is_nowhere(client, agent, other):
    case = filed(other)
    for name in (MINE, TEAM, UNASSIGNED, LATE, ALL):
        assert numbers(client, liste=name) == []
    assert other.title not in text_of(client.get(LIST, {"liste": ALL}))
    assert not perms.reviewable_cases(agent).filter(pk=case.pk).exists()


def test_with_the_right_all_departments_are_seen(client, staff, water, other):
    staff("Administrateur")
    cases = [filed(water), filed(other)]
    assert set(numbers(client, liste=ALL)) == {case.number for case in cases}
    assert numbers(client, liste=ALL, service=other.department_id) == [cases[1].number]


def test_who_handles_no_case_has_no_worklist(client, staff, login, alice):
    staff("Communication")
    assert client.get(LIST).status_code == 302
    login(alice)
    assert client.get(LIST).status_code in (302, 403)


# Filters and words ----------------------------------------------------------------------------------------------------


def test_filters_add_up(client, agent, colleague, water, procedure_index):
    second = OnlineProcedureFactory(parent=procedure_index, title="Je déménage", department=water.department)
    a = filed(water, channel=Channel.DESK, assigned_to=agent, filed_at=days_ago(10))
    b = filed(water, state=CaseState.IN_REVIEW, assigned_to=colleague, filed_at=days_ago(5))
    c = filed(second, filed_at=days_ago(1))
    everything = {"liste": ALL}
    assert numbers(client, **everything) == [c.number, b.number, a.number]
    assert numbers(client, **everything, demarche=second.pk) == [c.number]
    assert numbers(client, **everything, etat="in_review") == [b.number]
    assert numbers(client, **everything, demarche=water.pk, statut="en-cours") == [b.number]
    assert numbers(client, **everything, agent="moi") == [a.number]
    assert numbers(client, **everything, agent="personne") == [c.number]
    assert numbers(client, **everything, agent=colleague.pk) == [b.number]
    assert numbers(client, **everything, origine="desk") == [a.number]
    day = timezone.localdate() - dt.timedelta(days=5)
    assert numbers(client, **everything, du=day.isoformat(), au=day.isoformat()) == [b.number]
    assert numbers(client, **everything, demarche=second.pk, agent="moi") == []


@pytest.mark.parametrize(
    "words", ["eleonore", "ÉLÉONORE", "lefèvre eléonore", "banc casse", "D2026-004200", "demenage", "eleo@exemple.fr"]
)
def test_words_are_found_whatever_their_accents_and_capitals(client, agent, procedure_index, water, words):
    page = OnlineProcedureFactory(parent=procedure_index, title="Je déménage", department=water.department)
    filed(water, applicant="Paul Girard", answers={"objet": "Un arbre"})
    case = filed(page, number="D2026-004200", applicant="Éléonore Lefèvre", email="eleo@exemple.fr")
    assert numbers(client, liste=ALL, q=words) == [case.number]


def test_signs_of_sql_are_only_words(client, agent, water):
    filed(water)
    for words in ("%", "_", "' or 1=1 --", "\\", "\x00"):
        assert client.get(LIST, {"liste": ALL, "q": words}).status_code == 200
    assert numbers(client, liste=ALL, q="%%%") == []


@pytest.mark.parametrize(
    "query",
    [
        "liste=zzz&tri=x&demarche=abc&service=-1&agent=999999999999999999999&etat=draft&du=hier&au=9999-99-99&p=x",
        "demarche=99999999999999999999999&statut=<script>&origine=fax&p=0",
        "demarche=²&agent=٣&p=-1",
    ],
)
def test_a_strange_address_shows_a_list(client, agent, water, query):
    filed(water, assigned_to=agent)
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200 and "<script>" not in answer.text.split("office-picks")[1]


@pytest.mark.parametrize("order", [sign + name for name in queries.ORDERS for sign in ("", "-")])
def test_every_order_sorts(client, agent, water, order):
    first = filed(water, applicant="Alix", filed_at=days_ago(3), due_on=timezone.localdate())
    second = filed(water, applicant="Zoé", filed_at=days_ago(2), state=CaseState.IN_REVIEW, assigned_to=agent)
    assert set(numbers(client, liste=ALL, tri=order)) == {first.number, second.number}
    if order in ("depot", "demandeur", "echeance", "-agent"):
        expected = [first.number, second.number] if order != "-agent" else [second.number, first.number]
        assert numbers(client, liste=ALL, tri=order) == expected


def test_what_is_due_first_comes_first_and_what_is_never_due_last(client, agent, water):
    today = timezone.localdate()
    never = filed(water, assigned_to=agent)
    later = filed(water, assigned_to=agent, due_on=today + dt.timedelta(days=9))
    soon = filed(water, assigned_to=agent, due_on=today + dt.timedelta(days=1))
    assert numbers(client) == [soon.number, later.number, never.number]
    assert numbers(client, tri="-echeance") == [later.number, soon.number, never.number]


def test_a_query_says_its_filters_back():
    query = "liste=tous&q=banc+cass%C3%A9&demarche=3&etat=received&agent=moi&du=2026-01-01&tri=-numero"
    filters = filters_of(query)
    assert filters == Filters(
        list=ALL, q="banc cassé", procedure=3, state="received", agent="moi", first=dt.date(2026, 1, 1), sort="-numero"
    )
    assert filters.to_query() == query
    assert filters_of(filters.to_query(sort="depot")).sort == "depot"
    assert not Filters(list=LATE, sort="agent").narrowed and Filters(q="x").narrowed


# The page -------------------------------------------------------------------------------------------------------------


def test_a_line_says_what_matters(client, agent, water):
    case = filed(water, assigned_to=agent, applicant="Alice Martin", due_on=timezone.localdate() - dt.timedelta(days=1))
    CaseMessage.objects.create(case=case, text="Bonjour")
    page = text_of(client.get(LIST))
    for word in (case.number, "Alice Martin", "J’emménage", "Dossier reçu", "En retard", "Vous", "Message à lire"):
        assert word in page
    assert reverse("cases:case", args=[case.pk]) in client.get(LIST).text


def test_a_line_shows_no_date_to_a_case_that_waits_for_its_applicant(client, agent, water):
    filed(water, assigned_to=agent, state=CaseState.TO_CORRECT, due_on=dt.date(2031, 12, 24))
    page = text_of(client.get(LIST))
    assert "Suspendu" in page and "24 déc. 2031" not in page


def test_lists_take_the_same_queries_however_many_cases(client, agent, colleague, water, sql_count):
    def fill(count):
        for _number in range(count):
            filed(water, assigned_to=colleague)

    fill(1)
    client.get(LIST, {"liste": ALL})
    with_one = sql_count(lambda: client.get(LIST, {"liste": ALL, "demarche": water.pk}))
    fill(5)
    assert sql_count(lambda: client.get(LIST, {"liste": ALL, "demarche": water.pk})) == with_one


def test_empty_lists_lead_somewhere(client, agent, water):
    assert "Voir les dossiers non attribués" in text_of(client.get(LIST))
    assert "Chercher dans tous les dossiers" in text_of(client.get(LIST, {"q": "rien"}))
    assert "Retirer les filtres" in text_of(client.get(LIST, {"q": "rien", "liste": ALL}))
    assert "Rien à traiter ici" in text_of(client.get(LIST, {"liste": LATE}))


def test_the_home_page_counts_what_waits(agent, colleague, water):
    filed(water, assigned_to=agent)
    filed(water, assigned_to=colleague, due_on=timezone.localdate() - dt.timedelta(days=3))
    filed(water)
    filed(water)
    lines = {line.label: line.count for line in lines_of(agent)}
    assert lines["Vos dossiers à traiter"] == 1
    assert lines["Dossiers que personne n’a pris"] == 2
    assert lines["Dossiers en retard"] == 1
    assert not lines_of(UserFactory(is_staff=True))


# What is done with what is ticked -------------------------------------------------------------------------------------


def test_what_is_ticked_is_taken(client, agent, water):
    cases = [filed(water), filed(water)]
    answer = client.post(f"{LIST}?liste={UNASSIGNED}", {"action": "prendre", "dossier": [case.pk for case in cases]})
    assert answer.status_code == 302 and answer.url == f"{LIST}?liste={UNASSIGNED}"
    assert set(numbers(client)) == {case.number for case in cases}


def test_what_is_ticked_is_given_and_given_back(client, agent, colleague, water):
    case = filed(water)
    client.post(LIST, {"action": "attribuer", "dossier": case.pk, "agent": colleague.pk})
    case.refresh_from_db()
    assert case.assigned_to == colleague
    client.post(LIST, {"action": "rendre", "dossier": case.pk})
    case.refresh_from_db()
    assert case.assigned_to is None


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"action": "prendre"}, "Cochez au moins un dossier."),
        ({"action": "attribuer"}, "Choisissez l’agent"),
        ({"action": "attribuer", "agent": "x"}, "Choisissez l’agent"),
        ({"action": ""}, "Choisissez ce qu’il faut faire"),
    ],
)
def test_a_mistake_is_told_and_the_ticks_stay(client, agent, water, posted, sentence):
    case = filed(water, assigned_to=agent)
    ticked = {} if posted == {"action": "prendre"} else {"dossier": case.pk}
    answer = client.post(LIST, {**posted, **ticked})
    assert answer.status_code == 422 and sentence in text_of(answer)
    assert answer.context["ticked"] == set(ticked.values())


def test_an_agent_of_elsewhere_can_t_be_chosen(client, agent, water, other):
    stranger = caseworker(other.department)
    case = filed(water)
    answer = client.post(LIST, {"action": "attribuer", "dossier": case.pk, "agent": stranger.pk})
    case.refresh_from_db()
    assert answer.status_code == 422 and case.assigned_to is None


def test_a_case_of_elsewhere_that_is_ticked_stays_as_it_is(client, agent, other):
    case = filed(other)
    client.post(LIST, {"action": "prendre", "dossier": case.pk})
    case.refresh_from_db()
    assert case.assigned_to is None


# Many at once ---------------------------------------------------------------------------------------------------------


def bulk(cases):
    return reverse("cases:bulk") + "?dossiers=" + ",".join(str(case.pk) for case in cases) + "&retour=liste%3Dequipe"


def shown(cases):
    """What the form says of the cases as it showed them."""
    return [f"{case.pk}:{case.revision}" for case in cases]


def test_many_cases_get_a_status_and_each_applicant_a_mail(client, agent, water, mailoutbox, run_queue):
    cases = [filed(water, profile=None, email=f"personne{n}@example.test") for n in range(3)]
    answer = client.post(LIST, {"action": "statut", "dossier": [case.pk for case in cases]})
    assert answer.status_code == 302 and answer.url.startswith(reverse("cases:bulk"))
    page = text_of(client.get(answer.url))
    assert "3 dossiers cochés" in page and "En cours d’instruction" in page and "À compléter" not in page
    done = client.post(
        bulk(cases),
        {"statut": "en-cours", "texte": "Nous revenons vers vous.", "revision": shown(cases)},
        follow=True,
    )
    assert "3 dossiers ont changé de statut" in text_of(done)
    assert done.redirect_chain[0][0] == f"{LIST}?liste=equipe"
    for case in cases:
        case.refresh_from_db()
        assert case.state == CaseState.IN_REVIEW
    run_queue()
    assert sorted(mail.to[0] for mail in mailoutbox) == [f"personne{n}@example.test" for n in range(3)]
    assert all("Nous revenons vers vous." in mail.body for mail in mailoutbox)


def test_only_what_all_of_them_may_have_is_offered(client, agent, water, procedure_index):
    own = OnlineProcedureFactory(
        parent=procedure_index,
        department=water.department,
        statuses=[
            {
                "type": "status",
                "value": {
                    "label": "Visite prévue",
                    "key": "visite",
                    "state": "in_review",
                    "explanation": "Un agent viendra.",
                    "tone": "info",
                },
            }
        ],
    )
    answer = client.get(bulk([filed(water), filed(own)]))
    assert "Aucun statut commun" in text_of(answer)
    assert "Visite prévue" in text_of(client.get(bulk([filed(own)])))


def test_without_a_status_nothing_changes_and_the_text_stays(client, agent, water):
    case = filed(water)
    answer = client.post(bulk([case]), {"statut": "zzz", "texte": "Un mot pour vous", "revision": shown([case])})
    assert answer.status_code == 422
    assert "Choisissez un statut." in text_of(answer) and "Un mot pour vous" in answer.text
    case.refresh_from_db()
    assert case.state == CaseState.RECEIVED


def test_cases_of_elsewhere_are_not_in_the_selection(client, agent, water, other):
    hidden = filed(other)
    assert client.get(bulk([hidden])).status_code == 302
    cases = [hidden, filed(water)]
    client.post(bulk(cases), {"statut": "en-cours", "revision": shown(cases)})
    for case in cases:
        case.refresh_from_db()
    assert [case.state for case in cases] == [CaseState.RECEIVED, CaseState.IN_REVIEW]


def test_the_second_of_two_agents_is_told_before_many_cases_change(client, agent, colleague, water):
    moved, still = cases = [filed(water), filed(water)]
    revisions = re.findall(r'name="revision" value="([^"]+)"', client.get(bulk(cases)).text)
    assert revisions == shown(cases)
    review.ask_correction(by=colleague, case=moved, fields=["objet"], message="Quel objet ?")
    typed = {"statut": "en-cours", "texte": "Un mot pour vous", "revision": revisions}
    answer = client.post(bulk(cases), typed)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Des dossiers ont changé pendant que vous les aviez ouverts" in page
    assert f"{moved.number}</a> : « À compléter »" in page and f"{still.number}</a> : «" not in page
    assert "Un mot pour vous" in answer.text
    for case in cases:
        case.refresh_from_db()
    assert [case.state for case in cases] == [CaseState.TO_CORRECT, CaseState.RECEIVED]
    # Read again, it is done knowingly.
    again = re.findall(r'name="revision" value="([^"]+)"', answer.text)
    assert client.post(bulk(cases), {**typed, "revision": again}).status_code == 302
    moved.refresh_from_db()
    assert moved.state == CaseState.IN_REVIEW


def test_the_way_back_never_leaves_the_list(client, agent, water):
    answer = client.get(reverse("cases:bulk"), {"dossiers": "", "retour": "https://ailleurs.test/"})
    assert answer.url == f"{LIST}?liste=miens"


# Saved views ----------------------------------------------------------------------------------------------------------

VIEWS = "/admin/demarches/vues/"


def test_a_view_is_saved_followed_renamed_and_deleted(client, agent, water):
    query = f"liste=tous&q=banc&demarche={water.pk}"
    answer = client.post(VIEWS, {"action": "ajouter", "nom": " Bancs  cassés ", "vue": query})
    assert answer.url == f"{LIST}?{query}"
    view = SavedView.objects.get(user=agent)
    assert (view.name, view.query) == ("Bancs cassés", query)
    assert "Bancs cassés" in text_of(client.get(LIST))
    client.post(VIEWS, {"action": f"renommer-{view.pk}", f"nom-{view.pk}": "Bancs"})
    view.refresh_from_db()
    assert view.name == "Bancs"
    client.post(VIEWS, {"action": f"supprimer-{view.pk}"})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(("name", "sentence"), [("", "Donnez un nom"), ("Bancs", "Vous avez déjà"), ("x" * 61, "60")])
def test_a_name_that_can_t_be_is_told_and_nothing_is_lost(client, agent, name, sentence):
    SavedView.objects.create(user=agent, name="Bancs", query="q=banc")
    answer = client.post(VIEWS, {"action": "ajouter", "nom": name, "vue": "q=arbre"})
    assert answer.status_code == 422 and sentence in text_of(answer)
    assert 'value="q=arbre"' in answer.text and f'value="{name}"' in answer.text
    other = SavedView.objects.create(user=agent, name="Arbres", query="q=arbre")
    answer = client.post(VIEWS, {"action": f"renommer-{other.pk}", f"nom-{other.pk}": name})
    assert answer.status_code == 422 and f'value="{name}"' in answer.text


def test_another_agent_s_view_is_not_there(client, agent, colleague):
    view = SavedView.objects.create(user=colleague, name="Bancs", query="q=banc")
    for verb in ("renommer", "supprimer"):
        assert client.post(VIEWS, {"action": f"{verb}-{view.pk}", f"nom-{view.pk}": "À moi"}).status_code == 404
    assert "Bancs" not in text_of(client.get(VIEWS))


def test_a_view_keeps_only_what_a_list_understands(client, agent):
    client.post(VIEWS, {"action": "ajouter", "nom": "Tout", "vue": "https://ailleurs.test/?liste=tous&x=1"})
    assert SavedView.objects.get().query == "liste=miens"
