"""What a password may be."""

import pytest
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django_q.models import Schedule

from accounts import validators
from accounts.apps import ensure_schedules
from accounts.models import User
from accounts.schedules import ensure_schedule

pytestmark = pytest.mark.django_db

RESIDENT = {"email": "marguerite.dufour@example.test", "first_name": "Marguerite", "last_name": "Dufour"}


def refusals(password, **fields):
    try:
        validate_password(password, User(**{**RESIDENT, **fields}))
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    "password",
    [
        "cheval agrafe pile",
        "Onze-parapluies-au-grenier",
        "éléphant gris œuf",
        "8153-0274-66ab",
        "            oui          ",
    ],
)
def test_long_passwords_of_any_composition_pass(password):
    assert refusals(password) == []


@pytest.mark.parametrize(("staff", "length"), [(False, 12), (True, 16)])
def test_the_length_is_twelve_or_sixteen(staff, length):
    phrase = "neuf chats dorment au soleil"
    assert refusals(phrase[:length], is_staff=staff) == []
    [message] = refusals(phrase[: length - 1], is_staff=staff)
    assert message == f"Ce mot de passe est trop court : il faut au moins {length} caractères."


@pytest.mark.parametrize(
    "password",
    [
        "Parvis-de-la-gare",
        "mon motdepasse 1",
        "marguerite-aime-le-bleu",
        "le chat de DUFOUR",
        "Marguerite.Dufour@example.test",
        "votre-collectivite-2026",
        "azertyuiop1234",
    ],
)
def test_s0_5_words_that_anyone_would_try_are_refused(password):
    assert any("Choisissez un mot de passe qui ne contient pas" in message for message in refusals(password))


def test_common_passwords_are_refused_in_french():
    assert any("courant" in message for message in refusals("1q2w3e4r5t6y"))


@pytest.fixture
def references():
    source = validators.register_forbidden_words(lambda user: ["0042-1177"])
    yield source
    validators._word_sources.remove(source)


def test_s0_5_other_apps_add_their_own_words(references):
    assert any("0042-1177" in message for message in refusals("chat 00421177 gris"))
    assert validators.register_forbidden_words(references) is references
    assert validators._word_sources.count(references) == 1


def test_short_names_do_not_forbid_half_the_language():
    assert refusals("la mer est belle", first_name="Li", last_name="Roy") == []


def test_the_help_is_in_french():
    assert "12 caractères" in validators.MinimumLengthValidator().get_help_text()
    assert "référence client" in validators.PortalWordsValidator().get_help_text()


# The schedules


def test_schedules_are_there_once_after_every_migrate():
    before = set(Schedule.objects.values_list("name", "func", "cron"))
    assert ("Durées de conservation des comptes", "accounts.tasks.purge", "20 3 * * *") in before
    for _twice in range(2):
        ensure_schedules(sender=apps.get_app_config("accounts"), using="default")
    assert set(Schedule.objects.values_list("name", "func", "cron")) == before


def test_a_schedule_follows_the_code():
    ensure_schedule("Essai", "accounts.tasks.purge", "1 1 * * *")
    ensure_schedule("Essai", "accounts.tasks.purge", "2 2 * * *")
    assert Schedule.objects.get(name="Essai").cron == "2 2 * * *"


def test_scheduled_functions_can_be_called():
    from django.utils.module_loading import import_string

    for func in Schedule.objects.filter(func__startswith="accounts.").values_list("func", flat=True):
        import_string(func)()


def test_no_migration_is_missing():
    call_command("makemigrations", "accounts", "--check", "--dry-run", verbosity=0)
