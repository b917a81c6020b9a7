"""Where a resident finds their cases, for mails and notifications: paths of the portal, without its host."""

CASES = "/mon-compte/demarches/"
# The first crumb of what is under the catalogue: (label, path).
CATALOGUE = ("Démarches", "/demarches/")


def case_path(case):
    """Return the path of the page of `case` in the resident's space; "" for a case without an account."""
    return f"{CASES}{case.public_id}/" if case.profile_id else ""


def drafts_path():
    """Return the path of « Mes brouillons »."""
    return f"{CASES}?onglet=brouillons"
