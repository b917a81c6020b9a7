"""The back office of families: what they ask is decided, their files are read, the forms are configured."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.enums import ChangeState, FamilyForm
from accounts.family_fields import rules_of
from accounts.models import (
    AcceptanceText,
    ChangeRequest,
    FamilyQuotient,
    FieldRule,
    HealthAccess,
    Notification,
    OutgoingMail,
)
from accounts.panels import lines_of
from accounts.services import changes, family, fields
from tests.factories.accounts import MembershipFactory
from tests.factories.families import (
    ChildFactory,
    FamilyFileFactory,
    FamilyQuotientFactory,
    GuardianFactory,
    HealthRecordFactory,
    HouseholdFactory,
)

pytestmark = pytest.mark.django_db
BASE = "/admin/snippets/accounts/"
MANAGER, OFFICER = "Responsable enfance", "Régisseur"


@pytest.fixture
def household(db):
    profile = MembershipFactory(profile=HouseholdFactory(name="Foyer Durand")).profile
    FamilyFileFactory(profile=profile)
    return profile


def ask(household, form=FamilyForm.FAMILY, **values):
    by = household.users.get()
    return changes.propose(by=by, profile=household, form=form, target=None, values=values).pending


@pytest.fixture
def manager(staff):
    return staff(MANAGER)


# What families ask ----------------------------------------------------------------------------------------------------


def test_what_waits_is_on_the_first_page(client, household, manager):
    ask(household, town="Garance")
    FamilyQuotientFactory(profile=household, verified_at=None)
    assert [(str(line.label), line.count) for line in lines_of(manager)] == [
        ("Demandes de modification des familles", 1),
        ("Quotients familiaux à vérifier", 1),
    ]
    page = client.get("/admin/").content.decode()
    assert "changerequest/?state=pending" in page and "familyquotient/?state=declared" in page


def test_s3_3_the_agent_sees_what_was_and_what_is_asked_and_decides_field_by_field(client, household, manager):
    change = ask(household, town="Garance", name="Foyer Martin")
    household.phone = "02 41 99 99 99"
    household.town = "Rives"
    household.save()
    url = reverse("wagtailsnippets_accounts_changerequest:decide", args=[change.pk])
    page = client.get(url).content.decode()
    for words in ("Garance", "Foyer Martin", "Rives", "Quand la famille a demandé : Vallon-sur-Loire"):
        assert words in page
    data = {"choice_town": "accept", "choice_name": "refuse", "reason_name": "Joignez le livret de famille."}
    assert client.post(url, {**data, "reason": ""}).status_code == 302
    change.refresh_from_db()
    household.refresh_from_db()
    assert (change.state, household.town, household.name) == (ChangeState.PARTLY, "Garance", "Foyer Durand")
    assert "Joignez le livret" in OutgoingMail.objects.get().text


@pytest.mark.parametrize("whole, reason, state", [("accept", "", "accepted"), ("refuse", "Non conforme.", "refused")])
def test_the_agent_decides_the_whole_with_one_button(client, household, manager, whole, reason, state):
    change = ask(household, town="Garance", name="Foyer Martin")
    url = reverse("wagtailsnippets_accounts_changerequest:decide", args=[change.pk])
    client.post(url, {"whole": whole, "reason": reason})
    change.refresh_from_db()
    assert change.state == state


def test_who_asked_reads_the_answer_in_its_account_too(client, household, manager):
    change = ask(household, town="Garance")
    client.post(
        reverse("wagtailsnippets_accounts_changerequest:decide", args=[change.pk]),
        {"whole": "refuse", "reason": "Trop loin."},
    )
    told = Notification.objects.get()
    assert (told.user, told.title) == (household.users.get(), "Demande de modification pour Foyer Durand : refusée")
    assert told.url == "/mon-compte/famille/demandes/"


def test_the_answer_about_a_login_does_not_lead_to_a_family(household, manager):
    user = household.users.get()
    FieldRule.objects.filter(form=FamilyForm.LOGIN).update(needs_approval=True)
    values = {"email": "autre@example.test"}
    change = changes.propose(by=user, profile=household, form=FamilyForm.LOGIN, target=user, values=values).pending
    changes.decide(by=manager, change_request=change, accepted=set(), reason="Adresse inconnue.")
    assert Notification.objects.get().url == "/mon-compte/identifiant/"
    mail = OutgoingMail.objects.get()
    assert "/famille/" not in mail.text + mail.html


def test_a_refusal_without_a_reason_is_sent_back(client, household, manager):
    change = ask(household, town="Garance")
    url = reverse("wagtailsnippets_accounts_changerequest:decide", args=[change.pk])
    page = client.post(url, {"whole": "refuse"}, follow=True).content.decode()
    assert "Dites pourquoi vous refusez" in page
    change.refresh_from_db()
    assert change.is_pending


def test_a_missing_reason_is_asked_for_beside_what_the_agent_already_chose(client, household, manager):
    change = ask(household, town="Garance", name="Foyer Martin", benefit_number="12")
    url = reverse("wagtailsnippets_accounts_changerequest:decide", args=[change.pk])
    data = {"choice_town": "refuse", "reason_town": "Trop loin.", "choice_name": "refuse"}
    response = client.post(url, {**data, "choice_benefit_number": "accept", "reason": ""})
    form = response.context["form"]
    assert (response.status_code, [*form.errors]) == (200, ["reason_name"])
    assert "Dites pourquoi vous refusez" in response.text and "Trop loin." in response.text
    assert form["choice_name"].value() == "refuse"
    change.refresh_from_db()
    assert change.is_pending


def test_a_request_about_health_is_read_with_its_own_right_and_the_read_is_written_down(client, household, staff):
    from django.contrib.auth.models import Group, Permission

    child = ChildFactory(profile=household)
    HealthRecordFactory(child=child)
    FieldRule.objects.filter(form="health", field="observations").update(needs_approval=True)
    change = changes.propose(
        by=household.users.get(),
        profile=household,
        child=child,
        form=FamilyForm.HEALTH,
        target=None,
        values={"observations": "Asthme léger"},
    ).pending
    sheet = reverse("wagtailsnippets_accounts_changerequest:inspect", args=[change.pk])
    decide = reverse("wagtailsnippets_accounts_changerequest:decide", args=[change.pk])
    reader = staff(MANAGER)
    assert "Asthme léger" in client.get(sheet).content.decode()
    assert HealthAccess.objects.get().read_by == reader and HealthAccess.objects.get().child == child
    client.get(decide)
    assert HealthAccess.objects.count() == 1  # the same read

    Group.objects.get(name=MANAGER).permissions.remove(Permission.objects.get(codename="view_healthrecord"))
    staff(MANAGER)
    assert "Asthme" not in client.get(sheet).content.decode()
    assert client.get(decide).status_code == client.post(decide, {"whole": "accept"}).status_code == 404
    assert HealthAccess.objects.count() == 1


def test_requests_are_filtered_and_cost_the_same_however_many(client, household, manager, sql_count):
    url = f"{BASE}changerequest/"
    ask(household, town="Garance")
    client.get(url)
    one = sql_count(lambda: client.get(url))
    for number in range(3):
        other = MembershipFactory(profile=HouseholdFactory(name=f"Foyer {number}")).profile
        ask(other, town="Garance")
    assert sql_count(lambda: client.get(url)) == one
    assert len(client.get(url, {"state": "accepted"}).context["object_list"]) == 0
    assert len(client.get(url, {"form": "family", "q": "Durand"}).context["object_list"]) == 1


# Families and quotients -----------------------------------------------------------------------------------------------


def test_the_sheet_of_a_family_shows_all_that_is_known(client, household, manager):
    ChildFactory(profile=household, first_name="Léonie")
    GuardianFactory(profile=household, first_name="Sacha", phone="06 12 34 56 78")
    FamilyQuotientFactory(profile=household)
    ask(household, town="Garance")
    page = client.get(reverse("wagtailsnippets_accounts_familyfile:inspect", args=[household.pk])).content.decode()
    for words in ("Léonie", "Sacha", "06 12 34 56 78", "720,00", "Famille – Foyer Durand", "12 rue des Tilleuls"):
        assert words in page, words


def test_families_are_found_by_a_child_and_cost_the_same_however_many(client, household, manager, sql_count):
    ChildFactory(profile=household, first_name="Léonie", last_name="Rare")
    url = f"{BASE}familyfile/"
    client.get(url)
    one = sql_count(lambda: client.get(url))
    for other in FamilyFileFactory.create_batch(3):
        ChildFactory.create_batch(2, profile=other.profile)
    assert sql_count(lambda: client.get(url)) == one
    found = client.get(url, {"q": "Rare"}).context["object_list"]
    assert [(str(file), file.children_count) for file in found] == [("Foyer Durand", 1)]


def test_a_declared_quotient_is_verified_or_refused_and_the_family_is_told(client, household, manager):
    declared = FamilyQuotientFactory(profile=household, verified_at=None)
    verify = reverse("wagtailsnippets_accounts_familyquotient:verify", args=[declared.pk])
    assert client.get(verify).status_code == 200
    client.post(verify)
    declared.refresh_from_db()
    assert declared.verified_by == manager
    refused = FamilyQuotientFactory(profile=household, verified_at=None)
    refuse = reverse("wagtailsnippets_accounts_familyquotient:refuse", args=[refused.pk])
    assert client.post(refuse, {"reason": ""}).status_code == 200
    client.post(refuse, {"reason": "Attestation illisible."})
    refused.refresh_from_db()
    assert refused.refused_reason == "Attestation illisible."
    assert "déjà été traité" in client.post(verify, follow=True).content.decode()
    texts = list(OutgoingMail.objects.order_by("pk").values_list("text", flat=True))
    assert "est validé" in texts[0] and "Attestation illisible." in texts[1]
    assert list(Notification.objects.order_by("pk").values_list("title", "text")) == [
        ("Quotient familial validé", ""),
        ("Quotient familial refusé", "Attestation illisible."),
    ]
    assert [
        len(client.get(f"{BASE}familyquotient/?state={s}").context["object_list"]) for s in ("verified", "refused")
    ] == [
        1,
        1,
    ]


def test_what_the_family_changed_since_the_agent_opened_it_is_not_decided_unread(client, household, manager):
    change = ask(household, town="Garance")
    decide = reverse("wagtailsnippets_accounts_changerequest:decide", args=[change.pk])
    seen = _hidden(client.get(decide), "seen")
    ask(household, town="Rives")
    answer = client.post(decide, {"whole": "accept", "seen": seen}, follow=True)
    assert "a changé depuis que vous l’avez ouverte" in answer.content.decode()
    household.refresh_from_db()
    assert household.town == "Vallon-sur-Loire"
    client.post(decide, {"whole": "accept", "seen": _hidden(client.get(decide), "seen")})
    household.refresh_from_db()
    assert household.town == "Rives"


@pytest.mark.parametrize("act", ["verify", "refuse"])
def test_a_quotient_declared_anew_since_the_agent_opened_it_is_not_decided_unread(client, household, manager, act):
    today = timezone.localdate()
    dates = {"valid_from": today, "valid_until": today + dt.timedelta(days=90)}
    parent = household.users.get()
    declared = family.declare_quotient(by=parent, profile=household, amount=Decimal(900), **dates)
    decide = reverse(f"wagtailsnippets_accounts_familyquotient:{act}", args=[declared.pk])
    seen = _hidden(client.get(decide), "seen")
    family.declare_quotient(by=parent, profile=household, amount=Decimal(200), **dates)
    answer = client.post(decide, {"seen": seen, "reason": "Attestation illisible"}, follow=True)
    assert "vient de déclarer un autre quotient" in answer.content.decode()
    undecided = FamilyQuotient.objects.get()
    assert (undecided.verified_at, undecided.refused_reason) == (None, "")
    client.post(decide, {"seen": _hidden(client.get(decide), "seen"), "reason": "Attestation illisible"})
    decided = FamilyQuotient.objects.get()
    assert (decided.verified_by, decided.refused_reason) == {
        "verify": (manager, ""),
        "refuse": (None, "Attestation illisible"),
    }[act]


def _hidden(page, name):
    return page.context["form"][name].value() if f'name="{name}"' in page.content.decode() else ""


def test_staff_write_a_quotient_that_they_know(client, household, manager):
    url = reverse("wagtailsnippets_accounts_familyfile:record_quotient", args=[household.pk])
    assert client.get(url).status_code == 200
    client.post(url, {"amount": "512,30", "valid_from": "2026-01-01", "valid_until": "2026-12-31"})
    quotient = FamilyQuotient.objects.get()
    assert (str(quotient.amount), quotient.verified_by) == ("512.30", manager)
    answer = client.post(url, {"amount": "512", "valid_from": "2026-01-01", "valid_until": "2025-12-31"}, follow=True)
    assert "ne peut pas précéder" in answer.content.decode() and FamilyQuotient.objects.count() == 1
    assert 'value="512"' in answer.text  # what was typed is still there


def test_the_revenue_officer_reads_families_and_decides_nothing(client, household, staff):
    quotient = FamilyQuotientFactory(profile=household, verified_at=None)
    change = ask(household, town="Garance")
    staff(OFFICER)
    assert client.get(reverse("wagtailsnippets_accounts_familyfile:inspect", args=[household.pk])).status_code == 200
    for name, pk in (("familyquotient:verify", quotient.pk), ("familyfile:record_quotient", household.pk)):
        assert client.post(reverse(f"wagtailsnippets_accounts_{name}", args=[pk])).status_code in (302, 403)
    client.post(reverse("wagtailsnippets_accounts_changerequest:decide", args=[change.pk]), {"whole": "accept"})
    quotient.refresh_from_db()
    change.refresh_from_db()
    assert quotient.verified_at is None and change.is_pending
    assert not FamilyQuotient.objects.exclude(pk=quotient.pk).exists()


# The fields, the text -------------------------------------------------------------------------------------------------


def test_staff_configure_a_form_without_code(client, manager):
    assert "Régler : Famille" in client.get(f"{BASE}fieldrule/").content.decode()
    url = reverse("wagtailsnippets_accounts_fieldrule:configure", args=["family"])
    page = client.get(url).content.decode()
    assert "Téléphone : obligatoire" in page and "toujours" in page
    client.post(url, {"phone-visible": "on", "phone-required": "on", "town-editable": "on", "name-visible": ""})
    rules = rules_of(FamilyForm.FAMILY)
    assert [getattr(rules["phone"], box) for box in ("visible", "editable", "required", "needs_approval")] == [
        True,
        False,
        True,
        False,
    ]
    assert (rules["town"].visible, rules["town"].editable) == (False, True)
    # A family has a name, whatever is posted.
    assert (rules["name"].visible, rules["name"].required) == (True, True)


def test_what_is_not_staff_s_to_choose_is_told_as_it_is(client, manager):
    def row(kind, label):
        page = client.get(reverse("wagtailsnippets_accounts_fieldrule:configure", args=[kind])).text
        return page.partition(f'<th scope="row">{label}</th>')[2].partition("</tr>")[0]

    removal = row("guardian", "Retrait du responsable")
    assert (removal.count("toujours"), removal.count("jamais")) == (2, 1)
    assert not row("pickup", "Choisie parmi les personnes à contacter")


def test_an_unknown_form_is_a_404_and_only_who_may_configures(client, staff, household):
    staff(MANAGER)
    assert client.get(f"{BASE}fieldrule/regler/martian/").status_code == 404
    with pytest.raises(PermissionDenied):
        fields.configure(by=household.users.get(), kind=FamilyForm.FAMILY, choices={"phone": {"visible": False}})


def test_staff_publish_the_next_version_of_the_text(client, manager):
    publish = reverse("wagtailsnippets_accounts_acceptancetext:publish")
    assert client.get(publish).status_code == 200
    client.post(publish, {"text": "Je certifie."})
    client.post(publish, {"text": "Je certifie et je préviens."})
    assert "est le même" in client.post(publish, {"text": "Je certifie et je préviens."}, follow=True).content.decode()
    assert list(AcceptanceText.objects.values_list("version", "text")) == [
        (2, "Je certifie et je préviens."),
        (1, "Je certifie."),
    ]
    text = AcceptanceText.objects.get(version=1)
    page = client.get(reverse("wagtailsnippets_accounts_acceptancetext:inspect", args=[text.pk])).content.decode()
    assert "Je certifie." in page and "Acceptations : 0" in page


@pytest.mark.parametrize("name", ["changerequest", "familyfile", "familyquotient", "fieldrule", "acceptancetext"])
def test_the_manager_opens_every_list_and_communication_none(client, staff, name):
    staff(MANAGER)
    assert client.get(f"{BASE}{name}/").status_code == 200
    staff("Communication")
    assert client.get(f"{BASE}{name}/").status_code == 302


def test_nobody_edits_by_hand(client, household, staff):
    change = ask(household, town="Garance")
    staff("Administrateur", is_superuser=True)
    for page in ("add/", f"edit/{change.pk}/", f"delete/{change.pk}/"):
        assert client.get(f"{BASE}changerequest/{page}").status_code == 302
    assert ChangeRequest.objects.get().requested_at.date() <= dt.date.today()
