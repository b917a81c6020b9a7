"""The back office where procedures are built, through HTTP, as the people who build them."""

import re

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from accounts.models import Department
from procedures.enums import CaseState
from procedures.models import AppointmentKind, Case, LetterTemplate, ProcedurePage
from procedures.services import retention
from procedures.services.versions import current
from tests.factories.cases import (
    AppointmentKindFactory,
    CaseFactory,
    DepartmentFactory,
    OnlineProcedureFactory,
    condition,
    field,
    step,
)
from tests.factories.procedures import ProcedurePageFactory


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode().replace("\u00a0", " ").replace("&#x27;", "'"))


def url(model, name, *args):
    return reverse(model.snippet_viewset.get_url_name(name), args=args)


def rules(*found):
    """The condition of a block as the editor posts it: `found` are (field, operator, value)."""
    data = {"any_of": "", "rules-count": str(len(found))}
    for index, (key, operator, value) in enumerate(found):
        data |= {
            f"rules-{index}-deleted": "",
            f"rules-{index}-order": str(index),
            f"rules-{index}-type": "item",
            f"rules-{index}-id": "",
            f"rules-{index}-value-field": key,
            f"rules-{index}-value-operator": operator,
            f"rules-{index}-value-value": value,
        }
    return data


def asked(label, *when, **values):
    return {"label": label, "key": "", "help": "", "required": "on", "condition": rules(*when), **values}


def short(label, *when, **values):
    bounds = dict.fromkeys(("prefill", "minimum", "maximum", "pattern", "pattern_message"), "")
    return ("short_text", asked(label, *when, **{**bounds, **values}))


def yes_no(label, *when):
    return ("yes_no", asked(label, *when))


def form_step(title, *fields):
    value = {"title": title, "key": "", "introduction": "null", "condition": rules(), "fields": streamfield(fields)}
    return ("step", value)


EMPTY = [
    "share_image",
    "online_page",
    "online_url",
    "contact",
    "opens_on",
    "closes_on",
    "duration",
    "answer_time",
    "cost",
    "time_limit_days",
    "what_next",
    "seo_title",
    "search_description",
]


@pytest.fixture
def editor(staff, procedure_index):
    return staff("Communication", first_name="Hugo")


@pytest.fixture
def posted(department):
    """Return `posted(*steps, **values)`: what the editor sends of a procedure."""

    def make(*steps, **values):
        empty = dict.fromkeys(EMPTY, "")
        texts = dict.fromkeys(("for_whom", "documents", "at_desk", "by_post", "legal_notice"), "null")
        streams = {name: streamfield([]) for name in ("body", "statuses", "routing", "inputs")}
        return nested_form_data(
            {
                **empty,
                **texts,
                **streams,
                "title": "Signaler un nid",
                "slug": "signaler-un-nid",
                "summary": "Un nid de frelons.",
                "icon": "document-text",
                "online_label": "Commencer",
                "form": streamfield(steps),
                "access": "account",
                "for_individuals": "on",
                "department": str(department.pk),
                "warning_days": "5",
                "silence": "nothing",
                "retention_months": "12",
                "handler": "",
                "comments": inline_formset([]),
                **values,
            }
        )

    return make


def add_url(index):
    return reverse("wagtailadmin_pages:add", args=["procedures", "procedurepage", index.pk])


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


GOOD = form_step(
    "Le nid",
    short("Où est-il ?"),
    yes_no("Est-il haut ?"),
    short("Comment y accéder ?", ("Est-il haut ?", "is", "Oui")),
)


def test_communication_builds_and_publishes_a_procedure(client, editor, procedure_index, posted):
    assert client.get(add_url(procedure_index)).status_code == 200
    response = client.post(add_url(procedure_index), posted(GOOD) | {"action-publish": "1"}, follow=True)
    page = ProcedurePage.objects.get(slug="signaler-un-nid")
    version = current(page)
    assert page.live
    assert (version.number, version.published_by) == (1, editor)
    assert list(version.definition.fields) == ["ou-est-il", "est-il-haut", "comment-y-acceder"]
    rule = version.definition.fields["comment-y-acceder"].condition.rules[0]
    assert (rule.field, rule.value) == ("est-il-haut", "yes")
    assert "Le formulaire est en service : c’est sa première version." in text_of(response)


BAD = form_step("Le nid", short("Où est-il ?", ("plus-tard", "is", "x")), yes_no("Plus tard"))


def test_an_error_blocks_the_publication_and_loses_nothing(client, editor, procedure_index, posted):
    response = client.post(add_url(procedure_index), posted(BAD) | {"action-publish": "1"})
    html = text_of(response)
    assert response.status_code == 200
    assert not ProcedurePage.objects.filter(slug="signaler-un-nid").exists()
    assert "La démarche n’a pas été publiée : 1 erreur à corriger avant de publier." in html
    assert "sa condition lit « plus-tard », qui vient après : placez cette question avant." in html
    assert "Où est-il ?" in html and "Plus tard" in html


def test_a_draft_with_errors_is_saved_and_told(client, editor, procedure_index, posted):
    client.post(add_url(procedure_index), posted(BAD, department=""))
    page = ProcedurePage.objects.get(slug="signaler-un-nid")
    assert not page.live and current(page) is None
    html = text_of(client.get(edit_url(page)))
    assert "2 erreurs à corriger avant de publier. Vous pouvez enregistrer un brouillon." in html
    check = text_of(client.get(reverse("procedure_building:check", args=[page.pk])))
    assert "choisissez le service qui traite les dossiers." in check
    assert "data-go-to" in check


def test_a_half_written_draft_is_saved(client, editor, procedure_index, posted):
    client.post(add_url(procedure_index), posted(form_step("", short("")), form_step("Vide")))
    page = ProcedurePage.objects.get(slug="signaler-un-nid")
    assert client.get(edit_url(page)).status_code == 200
    assert client.get(reverse("procedure_building:try", args=[page.pk])).status_code == 200


def test_an_error_outside_the_form_stands_beside_its_field(client, editor, procedure_index, posted):
    data = posted(GOOD, for_individuals="", opens_on="2026-12-02", closes_on="2026-12-01") | {"action-publish": "1"}
    errors = client.post(add_url(procedure_index), data).context["form"].errors
    assert set(errors) == {"for_individuals", "closes_on"}


def test_publishing_again_says_what_changed(client, editor, procedure_index, posted):
    client.post(add_url(procedure_index), posted(GOOD) | {"action-publish": "1"})
    page = ProcedurePage.objects.get(slug="signaler-un-nid")
    more = form_step("Vous", short("Votre nom"))
    response = client.post(edit_url(page), posted(GOOD, more) | {"action-publish": "1"}, follow=True)
    assert "Étape ajoutée : « Vous ». Question ajoutée : « Votre nom »." in text_of(response)
    html = text_of(client.get(edit_url(page)))
    assert "Version 2" in html and "(en service)" in html


def test_the_effects_say_what_they_ask_for(client, editor, procedure):
    html = text_of(client.get(edit_url(procedure)))
    assert '<option value="create_mandate">' in html
    assert "Titulaire du compte bancaire" in html


# The trial ------------------------------------------------------------------------------------------------------------

TRIED = [
    step("Le nid", field("yes_no", "Est-il haut ?", key="haut"), field("files", "Photo", key="photo")),
    step("L’accès", field("short_text", "Comment ?", key="comment"), condition=condition("haut", "yes")),
    step("Vous", field("short_text", "Prénom", key="prenom", prefill="first_name")),
]


@pytest.fixture
def tried(procedure_index, department):
    return OnlineProcedureFactory(parent=procedure_index, title="Signaler un nid", form=TRIED, department=department)


def send(client, response, **values):
    """Press a button of a screen of the trial."""
    data = {
        "essai": response.context["token"],
        "etape": response.context["step"].key if response.context["step"] else "",
    }
    return client.post(reverse("procedure_building:walk"), {**data, **values})


def test_a_form_is_walked_through_without_a_case(client, editor, tried):
    first = client.get(reverse("procedure_building:try", args=[tried.pk]))
    assert first.context["labels"] == ["Le nid", "Vous", "Récapitulatif"]
    wrong = send(client, first)
    assert "<title>Erreur : Essai" in wrong.content.decode()
    second = send(client, wrong, **{"q-haut": "yes"})
    assert second.context["step"].title == "L’accès"
    back = send(client, second, aller="retour", **{"q-comment": "Par l’échelle"})
    assert back.context["step"].title == "Le nid"
    third = send(client, send(client, back, **{"q-haut": "yes"}), **{"q-comment": "Par l’échelle"})
    assert 'value="Hugo"' in third.content.decode()
    summary = send(client, third, **{"q-prenom": "Hugo"})
    assert summary.context["at_summary"]
    html = text_of(summary)
    assert "Par l’échelle" in html and "Le formulaire va jusqu’au bout" in html
    changed = send(client, summary, aller="le-nid", etape="_recapitulatif")
    assert changed.context["step"].title == "Le nid"
    assert not Case.objects.exists()


def test_the_preview_of_the_editor_shows_what_is_not_saved(client, editor, tried):
    tried.form = tried._meta.get_field("form").to_python([])
    request = client.get("/admin/").wsgi_request
    response = tried.make_preview_request(request, "trial")
    assert "n’a rien à montrer" in response.content.decode()
    tried.refresh_from_db()
    html = tried.make_preview_request(request, "trial").content.decode()
    assert f'action="{reverse("procedure_building:walk")}"' in html
    assert "Est-il haut ?" in html
    assert "Commencer" in tried.make_preview_request(request, "").content.decode()


def test_a_trial_belongs_to_who_began_it(client, editor, tried, staff):
    first = client.get(reverse("procedure_building:try", args=[tried.pk]))
    assert send(client, first, essai="faux").status_code in (302, 403)
    staff("Communication")
    assert send(client, first, **{"q-haut": "no"}).status_code in (302, 403)


@pytest.mark.parametrize("group", ["Instructeur", "Régisseur"])
def test_who_does_not_edit_pages_neither_tries_nor_checks(client, tried, staff, group):
    staff(group)
    for name in ("try", "check"):
        assert client.get(reverse(f"procedure_building:{name}", args=[tried.pk])).status_code in (302, 403)


def test_residents_do_not_try(login, alice, tried):
    response = login(alice).get(reverse("procedure_building:try", args=[tried.pk]))
    assert response.status_code in (302, 403, 404)
    assert b"Est-il haut" not in response.content


# The public page ------------------------------------------------------------------------------------------------------


def test_the_page_says_how_to_begin(client, procedure_index, department):
    page = OnlineProcedureFactory(
        parent=procedure_index,
        department=department,
        access="account",
        for_individuals=False,
        for_households=False,
        needs_contract=True,
        closes_on="2999-01-15",
        duration="10 minutes",
    )
    html = text_of(client.get(page.url))
    for expected in (
        f'href="{page.url}commencer/"',
        "10 minutes",
        "Il faut vous connecter",
        "Pour : les organismes.",
        "Il faut être titulaire d’un contrat d’eau.",
        "Vous pouvez la faire jusqu’au 15 janvier 2999 inclus.",
        department.name,
    ):
        assert expected in html
    page.access = "anyone"
    page.save_revision().publish()
    assert "ou sans compte" in text_of(client.get(page.url))


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ({"opens_on": "2999-03-01"}, "Cette démarche ouvrira le 1er mars 2999."),
        ({"closes_on": "2020-04-30"}, "Cette démarche est fermée depuis le 30 avril 2020."),
    ],
)
def test_the_page_says_when_it_is_closed(client, procedure_index, dates, sentence):
    page = OnlineProcedureFactory(parent=procedure_index, **dates)
    html = text_of(client.get(page.url))
    assert sentence in html
    assert "commencer/" not in html


def test_what_has_no_form_does_not_begin(client, procedure_index):
    page = ProcedurePageFactory(parent=procedure_index)
    assert client.get(f"{page.url}commencer/").status_code == 404


def test_the_api_says_what_is_online_and_open(client, procedure_index):
    page = OnlineProcedureFactory(parent=procedure_index, closes_on="2020-01-01", for_households=False)
    found = client.get(f"/api/v2/pages/{page.pk}/").json()
    assert (found["is_online"], found["is_open"], found["closes_on"]) == (True, False, "2020-01-01")
    assert found["audience"] == ["Les particuliers", "Les organismes"]
    assert found["department_name"] == page.department.name
    assert "form" not in found and "routing" not in found


# What can't be deleted ------------------------------------------------------------------------------------------------


@pytest.fixture
def remover(staff, procedure_index):
    return staff("Communication", is_superuser=True)


def test_a_procedure_that_was_filed_stays(client, remover, procedure):
    CaseFactory(page=procedure, profile=None, state=CaseState.DRAFT)
    for page in (procedure, procedure.get_parent()):
        response = client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
        assert "Un dossier en dépend : la démarche ne peut pas être supprimée." in text_of(response)
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    assert client.post(f"{bulk}?id={procedure.pk}").status_code == 302
    assert "Un dossier en dépend" in text_of(client.get("/admin/"))
    assert ProcedurePage.objects.filter(pk=procedure.pk).exists()


def test_a_procedure_whose_cases_were_erased_keeps_its_figures(client, remover, procedure):
    case = CaseFactory(page=procedure, profile=None, state=CaseState.CLOSED)
    retention.erase(Case.objects.filter(pk=case.pk))
    response = client.post(reverse("wagtailadmin_pages:delete", args=[procedure.pk]), follow=True)
    assert "Un dossier en dépend" in text_of(response)
    assert ProcedurePage.objects.filter(pk=procedure.pk).exists()


def test_a_procedure_that_nobody_filed_can_be_deleted(client, remover, procedure):
    client.post(reverse("wagtailadmin_pages:delete", args=[procedure.pk]))
    assert not ProcedurePage.objects.filter(pk=procedure.pk).exists()


# Departments, letters, appointments -----------------------------------------------------------------------------------


def test_the_administrator_sets_departments_up(client, staff, procedure_index, alice):
    agent = staff("Administrateur", first_name="Ada")
    data = {
        "name": "État civil",
        "email": "etat-civil@example.test",
        "contact": "",
        "members": [agent.pk],
        "active": "on",
    }
    response = client.post(url(Department, "add"), data)
    assert response.status_code == 302, response.context["form"].errors
    assert list(Department.objects.get(name="État civil").members.all()) == [agent]
    assert "État civil" in text_of(client.get(url(Department, "list")))


@pytest.mark.parametrize("group", ["Instructeur", "Communication"])
def test_others_do_not_change_departments(client, staff, procedure_index, department, group):
    staff(group)
    assert client.get(url(Department, "add")).status_code in (302, 403)
    assert client.post(url(Department, "edit", department.pk), {"name": "Pris"}).status_code in (302, 403)
    department.refresh_from_db()
    assert department.name == "Vie associative"


def test_a_department_in_use_says_why_it_stays(client, staff, procedure):
    staff("Administrateur")
    response = client.post(url(Department, "delete", procedure.department.pk), follow=True)
    assert "ne peut pas être supprimé : des démarches en dépendent." in text_of(response)


def letter(**values):
    data = {
        "name": "Accord",
        "title": "Dossier {numero}",
        "body": "Bonjour {demandeur}.",
        "signatory": "",
        "folder": "",
    }
    return {**data, "active": "on", **values}


def test_a_letter_is_written_with_words_that_will_be_replaced(client, editor, procedure):
    page = client.get(url(LetterTemplate, "add"))
    assert "{reponse:objet}" in text_of(page)
    response = client.post(url(LetterTemplate, "add"), letter(body="{nom}", procedures=[procedure.pk]))
    assert "Rien ne remplacera {nom}." in text_of(response)
    response = client.post(url(LetterTemplate, "add"), letter(body="{reponse:rue}", procedures=[procedure.pk]))
    assert "Rien ne remplacera {reponse:rue}." in text_of(response)
    response = client.post(url(LetterTemplate, "add"), letter(body="{reponse:objet}", procedures=[procedure.pk]))
    assert response.status_code == 302
    assert LetterTemplate.objects.get().procedures.get() == procedure


def kind_data(department, *ranges, closures=(), **values):
    return nested_form_data(
        {
            "name": "Accueil",
            "department": str(department.pk),
            "place": "Mairie",
            "instructions": "",
            "minutes": "30",
            "capacity": "1",
            "notice_hours": "0",
            "horizon_days": "30",
            "active": "on",
            "ranges": inline_formset(
                [{"weekday": day, "opens": opens, "closes": closes, "ORDER": "1"} for day, opens, closes in ranges]
            ),
            "closures": inline_formset(
                [{"first": first, "last": last, "reason": "", "ORDER": "1"} for first, last in closures]
            ),
            **values,
        }
    )


def test_appointments_are_set_up_with_their_week(client, editor, department):
    data = kind_data(department, ("0", "09:00", "12:00"), ("2", "14:00", "17:00"))
    response = client.post(url(AppointmentKind, "add"), data)
    assert response.status_code == 302, response.context["form"].errors
    kind = AppointmentKind.objects.get()
    assert kind.ranges.count() == 2
    html = text_of(client.get(url(AppointmentKind, "edit", kind.pk)))
    assert "Prochains créneaux libres" in html and "9 h 30" in html


@pytest.mark.parametrize(
    ("ranges", "values", "sentence"),
    [
        ([("0", "09:00", "12:00"), ("0", "11:00", "13:00")], {}, "Deux plages du même jour se chevauchent"),
        ([("0", "09:00", "09:20")], {}, "La plage 09:00 – 09:20 est plus courte qu’un rendez-vous."),
        ([("0", "12:00", "09:00")], {}, "La fin de la plage doit suivre son début."),
        ([], {"closures": [("2026-12-24", "2026-12-20")]}, "La fin de la fermeture précède son début."),
    ],
)
def test_a_week_that_does_not_work_is_told(client, editor, department, ranges, values, sentence):
    response = client.post(url(AppointmentKind, "add"), kind_data(department, *ranges, **values))
    assert response.status_code == 200
    assert sentence in text_of(response)
    assert not AppointmentKind.objects.exists()


def test_lists_ask_as_much_for_three_lines_as_for_one(client, staff, procedure_index, sql_count):
    staff("Administrateur")
    models = (Department, AppointmentKind)

    def counts():
        for model in models:
            client.get(url(model, "list"))
        return [sql_count(lambda model=model: client.get(url(model, "list"))) for model in models]

    AppointmentKindFactory(department=DepartmentFactory())
    before = counts()
    for _ in range(2):
        AppointmentKindFactory(department=DepartmentFactory())
    assert counts() == before
