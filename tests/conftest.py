"""What every test may lean on.

Three people are always there: Alice, Bob who shares her profile, Charlie who must see nothing.
"""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from .factories.accounts import MembershipFactory, ProfileFactory, UserFactory

pytest_plugins = ["tests.browser"]


def pytest_collection_modifyitems(config, items):
    """Skip by name what needs PostgreSQL when the tests run on SQLite."""
    skip = pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL (make test-postgres does)")
    for item in items:
        if "postgres" in item.keywords and not _on_postgres():
            item.add_marker(skip)


def pytest_make_parametrize_id(val):
    """Name bytes by their length: random ones have another name in each worker, and written out they fill the log."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


def _on_postgres():
    from django.conf import settings

    return "postgresql" in settings.DATABASES["default"]["ENGINE"]


@pytest.fixture(scope="session")
def migrated_data(django_db_setup, django_db_blocker):
    """What the migrations wrote: the root page, the site, the groups with their rights."""
    with django_db_blocker.unblock():
        return connection.creation.serialize_db_to_string()


@pytest.fixture(autouse=True)
def restored_data(request):
    """Give a test that commits what the migrations wrote, which the test before it flushed.

    Django looks for what it kept on the connection; beside Playwright’s event loop, that is another connection.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("serialized_rollback"):
        data = request.getfixturevalue("migrated_data")
        # Before Django restores too: the flush of another test ends in `post_migrate`, which writes rows again.
        with request.getfixturevalue("django_db_blocker").unblock():
            call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
        request.getfixturevalue("transactional_db")
        call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
        connection.creation.deserialize_db_from_string(data)
        ContentType.objects.clear_cache()
        # A workflow task looks its content type up as soon as it is read back: it must know it, not make another.
        ContentType.objects.get_for_models(*apps.get_models())


@pytest.fixture(autouse=True)
def empty_cache():
    """Wagtail keeps the sites' root paths for an hour; a test's rollback does not undo them."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(scope="module")
def standing(request, django_db_setup, django_db_blocker):
    """Return `standing(load)`: what `load()` writes stands for all the tests of the module, each rolls back to it.

    A module whose tests commit is left alone: each of them writes what it needs.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        yield lambda load: None
        return

    def write(load):
        with django_db_blocker.unblock():
            load()

    around = transaction.atomic()
    write(around.__enter__)
    yield write
    write(lambda: (transaction.set_rollback(True), around.__exit__(None, None, None)))


@pytest.fixture(scope="module")
def standing_space(standing):
    from cms.demo.space import load_space

    standing(load_space)


@pytest.fixture
def dashboard(standing_space, db):
    """The pages of the resident's space, as the demonstration and a new portal have them."""
    from cms.demo.space import load_space

    return load_space()


@pytest.fixture
def alice(db):
    """A resident, holder of her own profile `alice.profiles.get()`."""
    return MembershipFactory(user=UserFactory(email="alice@example.test", first_name="Alice")).user


@pytest.fixture
def bob(alice):
    """A resident who shares Alice's profile."""
    profile = alice.profiles.get()
    return MembershipFactory(user=UserFactory(email="bob@example.test", first_name="Bob"), profile=profile).user


@pytest.fixture
def charlie(db):
    """A resident with another profile: a stranger to Alice."""
    user = UserFactory(email="charlie@example.test", first_name="Charlie")
    return MembershipFactory(user=user, profile=ProfileFactory(name="Charlie")).user


@pytest.fixture
def login(client):
    """Return `login(user)`: the test client, logged in as `user`."""

    def log_in(user):
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def staff(client, db):
    """Return `staff(*groups, **fields)`: a staff member whose session of `client` passed the second factor."""
    from django.contrib.auth.models import Group

    def make(*groups, **fields):
        user = UserFactory(is_staff=True, **fields)
        user.groups.set(Group.objects.filter(name__in=groups))
        assert user.groups.count() == len(groups), "unknown group"
        device = TOTPDevice.objects.create(user=user, name="test", confirmed=True)
        client.force_login(user)
        session = client.session
        session["otp_device_id"] = device.persistent_id
        session.save()
        return user

    return make


@pytest.fixture
def run_queue(db):
    """Return `run_queue()`: execute the queued tasks, those they queue too, and return how many ran."""
    from cms.demo.queue import work_off

    return work_off


@pytest.fixture
def sql_count():
    """Return `sql_count(call)`: the number of SQL queries that `call()` makes."""
    from django.test.utils import CaptureQueriesContext

    def count(call):
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    return count
