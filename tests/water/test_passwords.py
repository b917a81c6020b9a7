"""A password may not hold the customer reference that is printed on every letter (s0.5)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from tests.factories.water import AttachedContractFactory, WaterContractFactory

pytestmark = pytest.mark.django_db
PASSWORD = "mon eau 00-00 45 12 oui"


def test_s0_5_a_password_without_ones_customer_reference(alice):
    AttachedContractFactory(reference="00004512", profile=alice.profiles.get())
    with pytest.raises(ValidationError) as error:
        validate_password(PASSWORD, alice)
    assert "00004512" in error.value.messages[0]


def test_anothers_reference_is_only_figures(alice, bob):
    WaterContractFactory(reference="00004512")
    for user in (alice, bob, User(email="new@example.test"), None):
        validate_password(PASSWORD, user)
