"""Staff build procedures in Chromium: forty questions, conditions and files, without code; then try what they built."""

import itertools
import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from cms.demo.space import load_space
from procedures.models import Case, ProcedurePage
from procedures.services.versions import current
from tests.browser import DESKTOP, PHONE, assert_fits
from tests.documents import files
from tests.factories.accounts import UserFactory
from tests.factories.cases import DepartmentFactory, OnlineProcedureFactory, condition, field, step
from tests.factories.cms import HomePageFactory
from tests.factories.procedures import ProcedureIndexPageFactory

from . import builder, filler

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture(autouse=True)
def no_autosave(settings):
    """Autosave refuses a half-typed draft (400), which the console tells: these tests save by themselves."""
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0


@pytest.fixture
def index(db):
    return ProcedureIndexPageFactory(parent=HomePageFactory())


@pytest.fixture
def enter(live_server, open_page):
    """Return `enter(user, viewport, **options)`: a page of somebody who is logged in, with a second factor if staff."""

    def make(user, viewport=DESKTOP, **options):
        client = Client()
        client.force_login(user)
        session = client.session
        if user.is_staff:
            device = TOTPDevice.objects.create(user=user, name="test", confirmed=True)
            session["otp_device_id"] = device.persistent_id
            session.save()
        page = open_page(viewport, **options)
        page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_server.url}])
        return page

    return make


def of_staff(group):
    """A member of staff of this group."""
    user = UserFactory(is_staff=True, first_name="Hugo")
    user.groups.set(Group.objects.filter(name=group))
    return user


@pytest.fixture
def editor(enter):
    """Return `editor(viewport, **options)`: a page of somebody of Communication who is logged in."""
    return lambda viewport=DESKTOP, **options: enter(of_staff("Communication"), viewport, **options)


def test_forty_questions_are_built_published_filed_and_decided(
    live_server, editor, enter, accessible, index, alice, settings, tmp_path
):
    settings.PRIVATE_ROOT = tmp_path / "private"
    agent = of_staff("Instructeur")
    DepartmentFactory(name="Vie associative", members=[agent])
    page = editor()
    said = builder.build_procedure(page, live_server.url, index, department="Vie associative")
    assert "Le formulaire est en service" in said
    procedure = ProcedurePage.objects.get(slug=builder.SLUG)
    fields = current(procedure).definition.fields
    assert len(fields) == builder.COUNT == 40
    rule = fields["montant-de-laide"].condition.rules[0]
    assert (rule.field, rule.value) == ("demandez-vous-une-aide", "yes")
    assert fields["plan-de-la-fete"].condition.rules[0].value == "100"
    assert [inner.key for inner in fields["benevoles"].fields] == ["nom-du-benevole", "son-telephone"]
    page.goto(live_server.url + procedure.url)
    accessible(page)
    page.goto(f"{live_server.url}/admin/essai-demarche/{procedure.pk}/")
    accessible(page)
    # A resident files it, an agent decides.
    load_space()
    papers = {}
    for question in ("Attestation d’assurance", "Plan de la fête"):
        papers[question] = tmp_path / f"{question}.pdf"
        papers[question].write_bytes(files.pdf())
    resident = enter(alice)
    number = filler.file_it(resident, live_server.url, builder.SLUG, papers)
    case = Case.objects.get(number=number)
    assert "nom-de-la-rue" not in case.answers
    assert case.answers["budget-de-la-fete"] == "1250.50"
    assert case.files.count() == 2
    review = enter(agent)
    review.goto(f"{live_server.url}/admin/demarches/{case.pk}/")
    accessible(review)
    review.get_by_role("link", name="Demande acceptée…").click()
    review.get_by_role("button", name="Valider : demande acceptée").click()
    expect(review.get_by_role("main")).to_contain_text("Demande acceptée")
    resident.goto(f"{live_server.url}/mon-compte/demarches/{case.public_id}/")
    expect(resident.get_by_role("main")).to_contain_text("Votre demande est acceptée.")
    accessible(resident)


TRIED = [
    step("Le nid", field("yes_no", "Est-il haut ?", key="haut"), field("files", "Photo", key="photo")),
    step("L’accès", field("short_text", "Comment ?", key="comment"), condition=condition("haut", "yes")),
]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_form_is_tried_on_any_screen(live_server, editor, accessible, index, viewport, scripts):
    procedure = OnlineProcedureFactory(parent=index, form=TRIED)
    page = editor(viewport, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/admin/essai-demarche/{procedure.pk}/")
    page.get_by_label("Oui").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Comment ?").fill("Par l’échelle")
    assert_fits(page)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("heading", name="Récapitulatif").wait_for()
    expect(page.get_by_text("Par l’échelle")).to_be_visible()
    if scripts:
        accessible(page)


def test_the_editor_proposes_keys_and_leads_to_what_is_wrong(live_server, editor, index):
    wrong = [
        step("Le nid", field("yes_no", "Est-il haut ?", key="haut")),
        step("L’accès", field("short_text", "Comment ?", key="comment", condition=condition("bas", "yes"))),
    ]
    procedure = OnlineProcedureFactory(parent=index, form=wrong)
    page = editor()
    page.goto(f"{live_server.url}/admin/pages/{procedure.pk}/edit/")
    page.get_by_role("tab", name="Vérification").click()
    page.get_by_role("link", name=re.compile(r"Comment \?")).click()
    key = page.locator('[name="form-1-value-fields-0-value-key"]')
    key.wait_for(state="visible")
    page.locator('[id="block_group-form-1-value-fields-0-value-condition-section"] [data-panel-toggle]').first.click()
    rule = page.locator('[name="form-1-value-fields-0-value-condition-rules-0-value-field"]')
    # Its three parts are side by side, none over another.
    parts = page.locator(f'[name^="{rule.get_attribute("name").removesuffix("field")}"]:visible')
    boxes = sorted((part.bounding_box() for part in parts.all()), key=lambda box: box["x"])
    assert len(boxes) == 3
    for left, right in itertools.pairwise(boxes):
        assert left["x"] + left["width"] <= right["x"]
    rule.focus()
    proposed = page.locator("#procedure-proposals option")
    assert [option.get_attribute("value") for option in proposed.all()] == ["haut"]
    rule.fill("haut")
    page.locator('[name="form-1-value-fields-0-value-condition-rules-0-value-value"]').focus()
    assert [option.get_attribute("value") for option in proposed.all()] == ["yes", "no"]
    label = page.locator('[name="form-1-value-fields-0-value-label"]')
    label.fill("De quelle façon ?")
    label.press("Tab")
    expect(key).to_have_value("comment")
