"""The demonstration: Pays de Garance, one coherent authority with residents in telling situations.

`load()` builds it through the services that staff and residents use: the clerk's files are imported, the contracts
attached, the invoices paid. Nothing here runs outside the demonstration.
"""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from accounts.services.notifications import mark_all_read

from . import bookings, cases, childcare, content, families, payments, people, procedures, space, water
from .queue import work_off

__all__ = ["load", "loaded", "welcome"]


def loaded():
    """Return whether the demonstration is there already, whole."""
    return payments.loaded()


def load():
    """Build the whole demonstration. Safe to run again after an interruption: each part looks before it adds."""
    content.load_content()
    space.load_space()
    people.load_people()
    procedures.load_procedures()
    childcare.load_childcare(by=people.person("enfance@demo.test"))
    families.load_families()
    bookings.load_bookings()
    work_off()
    # What families were told in the summer was read: what is new stands out.
    for email in ("parent@demo.test", "parent2@demo.test", "parent3@demo.test"):
        mark_all_read(by=people.person(email), until=timezone.now() - dt.timedelta(days=14))
    water.load_water()
    cases.load_cases()
    work_off()
    payments.load_payments()


def welcome():
    """Return what `make demo` prints: where to go, and with which logins."""
    return "\n".join([f"\nParvis est prêt : {settings.PORTAL_URL}\n", *people.logins(), *water.codes(), ""])
