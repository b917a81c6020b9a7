"""Residents and staff of the demonstration. All have the same password; staff have a second factor set up."""

from django.contrib.auth.models import Group
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.enums import ProfileKind, SchoolLevel
from accounts.models import User
from accounts.services import create_profile

PASSWORD = "Garance-et-lierre-2026"

RESIDENTS = [
    # e-mail, first name, last name, where they live, telephone, what the demonstration shows with them
    (
        "resident@demo.test",
        "Camille",
        "Martin",
        {"address": "12 rue du Lavoir", "postcode": "00000", "town": "Garance-sur-Lierre", "phone": "04 65 71 45 12"},
        "habitante : contrat d’eau, une fuite l’an dernier, deux factures à payer",
    ),
    ("nouveau@demo.test", "Nadia", "Benali", {}, "habitante sans contrat rattaché"),
    ("hugo@demo.test", "Hugo", "Garcia", {}, "habitant qui a payé deux fois : un remboursement à faire"),
    ("elise@demo.test", "Élise", "Haddad", {}, "habitante qui demande son code d’activation"),
    (
        "association@demo.test",
        "Rachid",
        "Amrani",
        {"address": "3 place du Jardin", "postcode": "00000", "town": "Garance-sur-Lierre", "phone": "06 12 34 56 78"},
        "trésorier d’une association : deux profils, une subvention en cours",
    ),
]
# They open their household themselves (`families`).
PARENTS = [
    ("parent@demo.test", "Sarah", "Lopez", "mère de trois enfants : école et mercredis, cantine, crèche"),
    ("parent2@demo.test", "Julien", "Roux", "père séparé : Léa vit dans deux foyers"),
    ("parent3@demo.test", "Claire", "Petit", "l’autre foyer de Léa"),
]
# last name, first name of the parent, first name of the child, school level, age in September
NEIGHBOURS = [
    ("Bernard", "Lucie", "Jules", SchoolLevel.CE1, 7),
    ("Moreau", "Karim", "Inaya", SchoolLevel.CP, 6),
    ("Faure", "Alice", "Paul", SchoolLevel.CM1, 9),
    ("Nguyen", "Linh", "Hugo", SchoolLevel.CE2, 8),
    ("Girard", "Thomas", "Rose", SchoolLevel.CP, 6),
    ("Da Silva", "Maria", "Léo", SchoolLevel.CM2, 10),
    ("Marchand", "Claire", "Nina", SchoolLevel.CE1, 7),
    ("Diallo", "Awa", "Ismaël", SchoolLevel.CE2, 8),
    ("Robin", "Pierre", "Lina", SchoolLevel.CM1, 9),
    ("Kaya", "Deniz", "Ela", SchoolLevel.CE1, 7),
]
STAFF = [
    ("admin@demo.test", "Anne", "Leroux", "Administrateur", "administratrice"),
    ("communication@demo.test", "Hugo", "Perrin", "Communication", "communication : pages, menus, alertes"),
    ("donnees@demo.test", "Inès", "Morel", "Gestionnaire de données", "données : imports, codes d’activation"),
    ("regie@demo.test", "Paul", "Garnier", "Régisseur", "régie : factures, règlements, remboursements"),
    ("enfance@demo.test", "Nathalie", "Brun", "Responsable enfance", "enfance : familles, inscriptions, réservations"),
    ("instructeur@demo.test", "Marc", "Vidal", "Instructeur", "démarches : dossiers, messages, courriers, rendez-vous"),
    ("instructeur2@demo.test", "Léna", "Caron", "Instructeur", "démarches : sa collègue, dans deux des trois services"),
]


@transaction.atomic
def load_people():
    """Create the residents with their profiles and the staff with their groups, those that are missing."""
    for email, first_name, last_name, home, _ in RESIDENTS:
        if user := _create(email, first_name, last_name):
            create_profile(by=user, kind=ProfileKind.INDIVIDUAL, name=user.get_full_name(), **home)
    for email, first_name, last_name, _ in PARENTS:
        _create(email, first_name, last_name)
    for last_name, first_name, *_ in NEIGHBOURS:
        _create(neighbour_email(last_name), first_name, last_name, password=None)
    for email, first_name, last_name, group, _ in STAFF:
        if user := _create(email, first_name, last_name, is_staff=True):
            user.groups.add(Group.objects.get(name=group))
            TOTPDevice.objects.create(user=user, name="Téléphone de démonstration", confirmed=True)


def person(email):
    """Return the user of the demonstration whose login is `email`."""
    return User.objects.get(email=email)


def neighbour_email(last_name):
    return f"famille.{last_name.lower().replace(' ', '-')}@demo.test"


def logins():
    """Return the lines that tell the logins."""
    lines = [f"  mot de passe : {PASSWORD}", ""]
    lines += [f"  {email:<26} {shown}" for email, *_, shown in (*RESIDENTS, *PARENTS, *STAFF)]
    lines += ["", "  Les agents donnent aussi un code : .venv/bin/python manage.py demo_code admin@demo.test", ""]
    return lines


def _create(email, first_name, last_name, *, password=PASSWORD, **fields):
    """Return the new user, or None when it is there already. Without a password, nobody logs in."""
    if User.objects.filter(email=email).exists():
        return None
    return User.objects.create_user(email, password, first_name=first_name, last_name=last_name, **fields)
