"""What a new draft holds already: the account's words, where the form asks for them."""

import datetime as dt

import pytest

from procedures.enums import Prefill
from procedures.forms import FormContext, context_of, prefilled
from tests.factories.accounts import MembershipFactory, ProfileFactory, UserFactory
from tests.factories.families import ChildFactory, HouseholdFactory
from tests.factories.water import WaterContractFactory

from .forms import K, ask, form_of, nobody


def form():
    return form_of(
        ask(K.SHORT_TEXT, "prenom", prefill=Prefill.FIRST_NAME),
        ask(K.SHORT_TEXT, "nom", prefill=Prefill.LAST_NAME),
        ask(K.SHORT_TEXT, "entier", prefill=Prefill.FULL_NAME),
        ask(K.EMAIL, "courriel", prefill=Prefill.EMAIL),
        ask(K.PHONE, "telephone", prefill=Prefill.PHONE),
        ask(K.ADDRESS, "adresse", prefill=Prefill.ADDRESS),
        ask(K.SHORT_TEXT, "foyer", prefill=Prefill.PROFILE_NAME),
        ask(K.SHORT_TEXT, "fonction", prefill=Prefill.FUNCTION),
        ask(K.DATE, "jour", prefill=Prefill.TODAY),
        ask(K.CONTRACT, "contrat", prefill=Prefill.CONTRACT),
        ask(K.CHILD, "enfant", prefill=Prefill.CHILD),
        ask(K.SHORT_TEXT, "libre"),
    )


@pytest.mark.django_db
def test_a_draft_begins_with_what_the_account_says(django_assert_max_num_queries):
    user = UserFactory(email="alice@example.test", first_name="Alice", last_name="Durand")
    profile = HouseholdFactory(name="Foyer Durand", address="12 rue Haute", postcode="49100", town="Angers")
    profile.phone = "06 12 34 56 78"
    profile.save()
    MembershipFactory(user=user, profile=profile, function="mère")
    child = ChildFactory(profile=profile)
    contract = WaterContractFactory(profile=profile)
    with django_assert_max_num_queries(3):
        found = prefilled(form(), context_of(user=user, profile=profile, today=dt.date(2026, 12, 1)))
    assert found == {
        "prenom": "Alice",
        "nom": "Durand",
        "entier": "Alice Durand",
        "courriel": "alice@example.test",
        "telephone": "06 12 34 56 78",
        "adresse": {"address": "12 rue Haute", "address_complement": "", "postcode": "49100", "town": "Angers"},
        "foyer": "Foyer Durand",
        "fonction": "mère",
        "jour": "2026-12-01",
        "contrat": contract.reference,
        "enfant": str(child.public_id),
    }


@pytest.mark.django_db
def test_of_several_contracts_or_children_none_is_chosen():
    profile = HouseholdFactory()
    for _one in range(2):
        ChildFactory(profile=profile)
        WaterContractFactory(profile=profile)
    found = prefilled(form(), FormContext(profile=profile))
    assert "contrat" not in found
    assert "enfant" not in found


@pytest.mark.django_db
def test_nothing_is_read_that_no_field_asks_for(django_assert_num_queries):
    profile = ProfileFactory()
    with django_assert_num_queries(0):
        prefilled(form_of(ask(K.EMAIL, "courriel", prefill=Prefill.EMAIL)), context_of(user=None, profile=profile))


def test_without_an_account_only_the_day_is_known():
    assert prefilled(form(), nobody(today=dt.date(2026, 12, 1))) == {"jour": "2026-12-01"}


def test_what_the_field_would_refuse_is_not_put_in():
    past = form_of(ask(K.DATE, "jour", prefill=Prefill.TODAY, minimum="+2"))
    assert prefilled(past, nobody(today=dt.date(2026, 12, 1))) == {}


def test_a_value_goes_where_its_kind_fits():
    assert prefilled(form_of(ask(K.NUMBER, "n", prefill=Prefill.TODAY)), nobody()) == {}
