"""The agents’ screens over 10,000 cases: queries, weight and time of each page, on PostgreSQL; the plan of the list.

The numbers of queries and the weights are aims (constant, under 150 KB); times are printed to be compared.
"""

import random
import statistics
import sys
import time
from datetime import timedelta

import django

CASES = 10_000
ROUNDS = 7
WEIGHT_AIM_KB = 150
DEPARTMENTS, PROCEDURES, AGENTS = 4, 12, 8


def prepare():
    """Build the cases of some departments over a year; return an agent's client, logged in."""
    from django.contrib.auth.models import Group
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone
    from django_otp.plugins.otp_totp.models import TOTPDevice

    call_command("migrate", verbosity=0)

    from procedures.enums import FINAL, CaseState, Channel
    from procedures.models import Case
    from procedures.search import search_text_of
    from procedures.services.versions import freeze
    from procedures.statuses import first_of
    from tests.factories.accounts import UserFactory
    from tests.factories.cases import DepartmentFactory, OnlineProcedureFactory
    from tests.factories.cms import HomePageFactory
    from tests.factories.procedures import ProcedureIndexPageFactory

    chance = random.Random(4)
    group = Group.objects.get(name="Instructeur")
    agents = [UserFactory(is_staff=True) for _ in range(AGENTS)]
    group.user_set.set(agents)
    departments = [DepartmentFactory(members=agents) for _ in range(DEPARTMENTS)]
    index = ProcedureIndexPageFactory(parent=HomePageFactory())
    pages = [OnlineProcedureFactory(parent=index, department=departments[n % DEPARTMENTS]) for n in range(PROCEDURES)]
    versions = {page.pk: freeze(page) for page in pages}
    now, cases = timezone.now(), []
    states = [
        CaseState.RECEIVED,
        CaseState.IN_REVIEW,
        CaseState.TO_CORRECT,
        *[CaseState.ACCEPTED] * 6,
        CaseState.REFUSED,
    ]
    for number in range(CASES):
        page, state = chance.choice(pages), chance.choice(states)
        version, filed_at = versions[page.pk], now - timedelta(minutes=chance.randrange(525_600))
        status = first_of(version.statuses, state)
        case = Case(
            number=f"BANC-{number:06d}",
            page=page,
            version=version,
            department=page.department,
            state=state,
            status=status.key,
            status_label=status.label,
            status_tone=status.tone,
            applicant=f"Éléonore Lefèvre {number}",
            email=f"habitant{number}@example.test",
            answers={"objet": f"Un banc cassé rue {number % 90}", "urgent": "no"},
            filed_at=filed_at,
            due_on=(filed_at + timedelta(days=60)).date(),
            decided_at=min(now, filed_at + timedelta(days=chance.randrange(60))) if state in FINAL else None,
            assigned_to=chance.choice([None, *agents]),
            channel=chance.choice(list(Channel)),
        )
        case.search_text = search_text_of(case)
        cases.append(case)
    Case.objects.bulk_create(cases, batch_size=1_000)

    client = Client(SERVER_NAME="localhost")
    client.force_login(agents[0])
    session = client.session
    session["otp_device_id"] = TOTPDevice.objects.create(user=agents[0], name="banc", confirmed=True).persistent_id
    session.save()
    return client, agents[0], pages[0]


def measure(client, path):
    """Return (queries, KB, median milliseconds) of a page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code != 200:
        sys.exit(f"{path} answered {answer.status_code}")
    # Counted now: the next request empties what Django wrote down.
    count, times = len(queries), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        client.get(path)
        times.append(time.perf_counter() - began)
    return count, len(answer.content) / 1024, 1_000 * statistics.median(times)


def plan_of_the_list(user):
    """Return how PostgreSQL finds the first page of all the cases."""
    from procedures import perms
    from procedures.queries.worklist import listed

    return listed(perms.reviewable_cases(user), "-depot")[:50].explain()


def main():
    django.setup()
    from django.db import connection

    client, user, page = prepare()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    pages = {
        "mine": "/admin/demarches/",
        "all": "/admin/demarches/?liste=tous",
        "all, last page": "/admin/demarches/?liste=tous&p=200",
        "late": "/admin/demarches/?liste=en-retard",
        "words": "/admin/demarches/?liste=tous&q=lefevre+banc",
        "a procedure, by applicant": f"/admin/demarches/?liste=tous&demarche={page.pk}&tri=demandeur",
        "figures": "/admin/demarches/chiffres/",
    }
    print(f"\nThe agents' screens, {CASES:,} cases, PostgreSQL (aim: under {WEIGHT_AIM_KB} KB)")
    print(f"{'page':<28}{'queries':>8}{'KB':>8}{'ms':>8}")
    reached = True
    for name, path in pages.items():
        queries, weight, milliseconds = measure(client, path)
        reached &= weight < WEIGHT_AIM_KB
        print(f"{name:<28}{queries:>8}{weight:>8.0f}{milliseconds:>8.0f}")
    print(f"\n{plan_of_the_list(user)}\n\nWeights: {'reached' if reached else 'MISSED'}")


if __name__ == "__main__":
    main()
