"""The demonstration: Pays de Garance, one coherent authority with residents in telling situations.

`load()` builds it through the services that staff and residents use: the clerk's files are imported, the contracts
attached, the invoices paid. Nothing here runs outside the demonstration.
"""

from django.conf import settings

from . import content, payments, people, space, water

__all__ = ["load", "loaded", "welcome"]


def loaded():
    """Return whether the demonstration is there already, whole."""
    return payments.loaded()


def load():
    """Build the whole demonstration. Safe to run again after an interruption: each part looks before it adds."""
    content.load_content()
    space.load_space()
    people.load_people()
    water.load_water()
    payments.load_payments()


def welcome():
    """Return what `make demo` prints: where to go, and with which logins."""
    return "\n".join([f"\nParvis est prêt : {settings.PORTAL_URL}\n", *people.logins(), *water.codes(), ""])
