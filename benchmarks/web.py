"""Requests per second of the resident's pages, as ratios to a bare session + user page served the same way.

One gunicorn process, threads, persistent PostgreSQL connections; a resident with 300 invoices. The pages take turns in
short rounds, so that a noisy machine disturbs them alike; medians are printed.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from datetime import date, timedelta
from datetime import time as dt_time
from decimal import Decimal

import django

ROUNDS = 7
SECONDS = 1.5
CONNECTIONS = 2
INVOICES = 300
AIM = 0.2


def prepare():
    """Build the portal's pages and a resident with a contract, readings and 300 invoices; return a session's key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", verbosity=0)

    from cms.demo.content import load_content
    from cms.demo.space import load_space
    from tests.factories.accounts import MembershipFactory
    from tests.factories.billing import InvoiceFactory
    from tests.factories.families import HouseholdFactory
    from tests.factories.water import MeterFactory, MeterReadingFactory, WaterContractFactory

    load_content()
    load_space()
    membership = MembershipFactory(profile=HouseholdFactory())
    contract = WaterContractFactory(reference="00004512", profile=membership.profile)
    meter = MeterFactory(delivery_point=contract.delivery_point)
    for half_year in range(9):
        MeterReadingFactory(
            meter=meter, read_on=date(2022, 6, 30) + timedelta(days=182 * half_year), index=Decimal(40 * half_year)
        )
    for number in range(INVOICES):
        InvoiceFactory(
            number=f"F-{number:05d}",
            profile=membership.profile,
            customer_reference=contract.reference,
            paid_at_source=Decimal("0") if number % 10 == 0 else Decimal("84.20"),
            gross=Decimal("84.20"),
        )
    session = SessionStore()
    session[SESSION_KEY] = str(membership.user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = membership.user.get_session_auth_hash()
    session.create()
    return session.session_key, prepare_planning(membership)


def prepare_planning(membership):
    """Build a school year of three units a day for a child with every meal booked; return its planning's address."""
    from django.utils import timezone

    from accounts.models import User
    from booking.enums import Act
    from booking.models import PlanningDraft, Session
    from booking.services import reservations, sessions
    from tests.factories.booking import BookingPeriodFactory, UnitFactory
    from tests.factories.families import ChildFactory

    child = ChildFactory(profile=membership.profile)
    # The year to come, whatever day it is: nothing of it is past.
    first = date.today().replace(day=1) + timedelta(days=62)
    period = BookingPeriodFactory(
        starts_on=first,
        ends_on=first + timedelta(days=300),
        window__opens_at=timezone.now() - timedelta(days=1),
        window__closes_at=timezone.now() + timedelta(days=400),
        activity__waiting_list=True,
    )
    units = [UnitFactory(activity=period.activity, starts_at=dt_time(h), ends_at=dt_time(h + 1)) for h in (7, 12, 16)]
    sessions.generate(by=User.objects.create_superuser("banc@example.test"), period=period)
    meals = Session.objects.filter(unit=units[1]).values_list("pk", flat=True)
    reservations.submit(
        by=membership.user,
        profile=membership.profile,
        child=child,
        period=period,
        days=[reservations.Asked(pk) for pk in meals],
        whole=False,
        key=uuid.uuid4(),
    )
    draft = PlanningDraft.objects.create(
        profile=membership.profile, user=membership.user, period=period, act=Act.ADD, days={str(child.public_id): {}}
    )
    return f"/mon-compte/reservations/planning/{draft.public_id}/"


def fetch_for(port, path, cookie, seconds):
    """Return how many answers `path` gives in `seconds` over CONNECTIONS persistent connections."""
    counts = []

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", port)
        count = 0
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            connection.request("GET", path, headers={"Cookie": f"sessionid={cookie}"})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RuntimeError(f"{path} answered {response.status}")
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) < CONNECTIONS:
        sys.exit(f"{path} failed; see above.")
    return sum(counts) / seconds


def serve(port):
    command = [sys.executable, "-m", "gunicorn", "cms.wsgi", "--config", "cms/gunicorn.py"]
    command += [
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "4",
        "--max-requests",
        "0",
        "--keep-alive",
        "5",
    ]
    server = subprocess.Popen(command, env=os.environ, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return server
        except OSError:
            time.sleep(0.1)
    sys.exit("gunicorn did not start")


def main():
    django.setup()
    cookie, planning = prepare()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pages = {
        "floor (session + user)": "/banc/",
        "dashboard": "/mon-compte/",
        "contracts": "/mon-compte/contrats/",
        "contract": "/mon-compte/contrats/00004512/",
        "invoices to pay": "/mon-compte/factures/",
        "all invoices (300)": "/mon-compte/factures/?onglet=toutes",
        "invoice": "/mon-compte/factures/F-00000/",
        "reservations": "/mon-compte/reservations/",
        "planning (a month)": planning,
    }
    server = serve(port)
    try:
        for path in pages.values():
            fetch_for(port, path, cookie, 0.3)  # warm-up
        rates = {name: [] for name in pages}
        for _ in range(ROUNDS):
            for name, path in pages.items():
                rates[name].append(fetch_for(port, path, cookie, SECONDS))
    finally:
        server.terminate()
        server.wait()
    floor = statistics.median(rates["floor (session + user)"])
    print(f"\nResident's pages on PostgreSQL, one process, {INVOICES} invoices (aim: {AIM:.2f} of the floor)")
    print(f"{'page':<26}{'requests/s':>12}{'of floor':>10}")
    for name, values in rates.items():
        rate = statistics.median(values)
        print(f"{name:<26}{rate:>12.0f}{rate / floor:>10.2f}")


if __name__ == "__main__":
    main()
