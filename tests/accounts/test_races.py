"""What two requests at once may not both do: on PostgreSQL, where rows are locked. Controls take the lock out."""

import threading
import time
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.db.models.signals import post_delete, pre_save
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor, services
from accounts.enums import LinkPurpose
from accounts.links import answer, request_link
from accounts.models import Attempt, OneTimeLink, OutgoingMail
from accounts.throttle import Throttled, throttle
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at_once():
    """Return `at_once(call, before=(signal, Model), times=2)`: the results of `call` made at once in as many threads.

    Each is held at the signal until the others are there too, or for a second: without a lock, all have checked before
    any has written. An exception is a result.
    """
    undo = []

    def run(call, *, before=None, times=2):
        barrier = threading.Barrier(times)

        def hold(**kwargs):
            with suppress(threading.BrokenBarrierError):
                barrier.wait(timeout=1)

        if before:
            signal, model = before
            signal.connect(hold, sender=model)
            undo.append(lambda: signal.disconnect(hold, sender=model))
        results = []

        def work():
            try:
                results.append(call())
            except Exception as error:
                results.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _thread in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        return results

    yield run
    for disconnect in undo:
        disconnect()


@pytest.fixture
def no_locks(monkeypatch):
    """Take the row locks out."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)


def use_link_twice(at_once):
    user = UserFactory()
    request_link(purpose=LinkPurpose.PASSWORD, email=user.email)
    answer(link_id=OneTimeLink.objects.get().pk)
    token = OutgoingMail.objects.get().text.split("/mot-de-passe/")[1].split("/")[0]
    results = at_once(
        lambda: services.choose_password(token=token, password="Sept-citrons-dans-un-seau"),
        before=(pre_save, OneTimeLink),
    )
    return [type(result) for result in results]


def test_a_link_used_twice_at_once_serves_once(at_once):
    results = use_link_twice(at_once)
    assert sorted(result.__name__ for result in results) == ["User", "ValidationError"]
    assert ValidationError in results


def test_control_without_the_lock_it_serves_twice(at_once, no_locks):
    assert [result.__name__ for result in use_link_twice(at_once)] == ["User", "User"]


def use_one_time_code_twice(at_once):
    user = UserFactory(is_staff=True)
    device = TOTPDevice.objects.create(user=user, name="x", confirmed=True)
    totp = TOTP(device.bin_key)
    totp.time = time.time()
    code = f"{totp.token():06d}"
    results = at_once(lambda: second_factor.verify(user=user, code=code), before=(pre_save, TOTPDevice))
    return sum(isinstance(result, TOTPDevice) for result in results)


def test_a_one_time_code_used_twice_at_once_opens_one_session(at_once):
    assert use_one_time_code_twice(at_once) == 1


def test_control_without_the_lock_it_opens_two(at_once, no_locks):
    assert use_one_time_code_twice(at_once) == 2


def use_backup_code_twice(at_once):
    user = UserFactory(is_staff=True)
    code = second_factor.renew_backup_codes(by=user)[0]
    results = at_once(lambda: second_factor.verify(user=user, code=code), before=(pre_save, StaticDevice))
    assert StaticToken.objects.count() == 9
    return sum(isinstance(result, StaticDevice) for result in results)


def test_a_backup_code_used_twice_at_once_opens_one_session(at_once):
    assert use_backup_code_twice(at_once) == 1


def test_control_without_the_lock_a_backup_code_opens_two(at_once, no_locks):
    """Held after each deleted its own copy of the row: the second deletes nothing, and is let in all the same."""
    user = UserFactory(is_staff=True)
    code = second_factor.renew_backup_codes(by=user)[0]
    results = at_once(lambda: second_factor.verify(user=user, code=code), before=(post_delete, StaticToken))
    assert sum(isinstance(result, StaticDevice) for result in results) == 2


def test_tries_made_at_once_are_all_counted(at_once):
    results = at_once(lambda: throttle("guess", 1, limit=3, seconds=60), times=8)
    assert len(results) == 8
    assert sum(result is None for result in results) <= 3
    assert all(result is None or isinstance(result, Throttled) for result in results)
    assert Attempt.objects.count() <= 3


def leave_at_once(at_once):
    first = UserFactory()
    membership = services.create_profile(by=first, kind="household", name="Famille")
    second = UserFactory()
    other = type(membership).objects.create(user=second, profile=membership.profile, role="holder")
    pairs = [(first, membership), (second, other)]
    lock = threading.Lock()

    def leave():
        with lock:
            user, mine = pairs.pop()
        services.end_membership(by=user, membership=mine)

    results = at_once(leave, before=(pre_save, type(membership)))
    return sum(result is None for result in results)


def test_two_holders_leaving_at_once_leave_one(at_once):
    assert leave_at_once(at_once) == 1


def test_control_without_the_lock_both_leave(at_once, no_locks):
    assert leave_at_once(at_once) == 2
