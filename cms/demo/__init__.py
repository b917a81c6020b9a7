"""The demonstration: Pays de Garance, one coherent authority with residents in telling situations.

`load()` builds it through the services that staff and residents use: the clerk's files are imported, the contracts
attached, the invoices paid. Nothing here runs outside the demonstration.
"""

from . import content, people, space, water

__all__ = ["load", "loaded", "welcome"]


def loaded():
    """Return whether the demonstration is there already, whole."""
    return people.complete()


def load():
    """Build the whole demonstration. Safe to run again after an interruption: each part looks before it adds."""
    content.load_content()
    space.load_space()
    people.load_people()
    water.load_water()
    people.mark_complete()


def welcome(address):
    """Return what `make demo` prints: where to go, and with which logins."""
    return "\n".join([f"\nParvis est prêt : {address}\n", *people.logins(), *water.codes(), ""])
