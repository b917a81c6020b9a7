"""Cases of the demonstration, filed and handled through the services, in every situation a caseworker meets."""

import datetime as dt
import itertools

from django.db import transaction
from django.utils import timezone

from accounts.enums import ProfileKind
from accounts.models import Department, Membership
from accounts.services import create_profile
from procedures.enums import AppointmentState, CaseState, Channel
from procedures.models import AppointmentKind, Case, LetterTemplate, ProcedurePage
from procedures.queries.appointments import open_slots
from procedures.services import assignment, drafts, filing, letters, resident, review
from procedures.services.anonymous import Grant
from water.models import WaterContract

from .clock import at
from .papers import paper
from .people import NEIGHBOURS, neighbour_email, person

MEMBERS = {
    "instructeur@demo.test": ("Relations usagers de l’eau", "Vie associative", "Accueil et vie pratique"),
    "instructeur2@demo.test": ("Relations usagers de l’eau", "Accueil et vie pratique"),
}
ASSOCIATION = "Les Amis du Lavoir"
HOME = {"address": "12 rue du Lavoir", "address_complement": "", "postcode": "00000", "town": "Garance-sur-Lierre"}
PROBLEMS = [
    ("eclairage", "Le lampadaire devant l’école est éteint depuis trois jours.", "Devant l’école"),
    ("depot", "Des gravats ont été déposés au bout du chemin.", "Au bout du chemin du Moulin"),
    ("fuite", "De l’eau coule le long du trottoir, jour et nuit.", "À l’angle de la place du Jardin"),
    ("eau-trouble", "L’eau du robinet est blanche le matin, puis elle redevient claire.", ""),
    ("autre", "Un banc du square est cassé : une latte pointe vers le haut.", "Square du Lavoir"),
    ("compteur", "Le couvercle du regard du compteur est fendu.", "Sur le trottoir"),
]


def load_cases():
    """Put the agents in their departments, and file what residents asked for over the last months; once."""
    for email, names in MEMBERS.items():
        person(email).departments.set(Department.objects.filter(name__in=names))
    if Case.objects.exists():
        return
    with transaction.atomic():
        _history()
        _grant()
        _leak()
        _problems()
        _question()
        _direct_debit()
        _appointment()
        _without_an_account()
        _at_the_desk()
        _drafts()


# How it is done ------------------------------------------------------------------------------------------------------


def _ago(days, hour=10):
    """The moment `days` ago, in office hours."""
    moment = timezone.localtime() - dt.timedelta(days=days)
    return moment.replace(hour=hour, minute=(days * 7) % 60, second=0, microsecond=0)


def _page(slug):
    return ProcedurePage.objects.get(slug=slug)


def _own(user):
    """The profile in which `user` files in their own name."""
    memberships = Membership.objects.active().filter(user=user).select_related("profile")
    return memberships.exclude(profile__kind=ProfileKind.ORGANISATION).order_by("started_at", "pk")[0].profile


def _fill(user, slug, answers, *, profile=None, files=None, **start):
    """Begin a draft and answer its steps, with `files` as {field key: [names of papers]}; returns the Case."""
    profile = profile or _own(user)
    case = drafts.start(by=user, page=_page(slug), profile=profile, **start)
    sent = {
        key: [str(paper(by=user, profile=profile, name=name).public_id) for name in names]
        for key, names in (files or {}).items()
    }
    answers = {**case.answers, **answers, **sent}
    for step in case.version.definition.steps:
        part = {field.key: answers[field.key] for field in step.fields if field.key in answers}
        if part:
            case = drafts.save_step(by=user, case=case, key=step.key, answers=part, done=True)
    return case


def _file(email, slug, answers, *, days, **kwargs):
    """File a whole case `days` ago; returns it."""
    user = person(email)
    with at(_ago(days)):
        return filing.submit(by=user, case=_fill(user, slug, answers, **kwargs))


def _move(case, *statuses, days, by="instructeur@demo.test", text=""):
    """Give `case` these statuses one after the other, the last one `days` ago; returns it as it is then."""
    agent = person(by)
    for rank, status in enumerate(statuses):
        with at(_ago(days + 2 * (len(statuses) - 1 - rank), hour=15)):
            last = rank == len(statuses) - 1
            case = review.change_status(by=agent, case=case, status=status, text=text if last else "")
    return case


# What happened -------------------------------------------------------------------------------------------------------


def _history():
    """Six months of reports by the neighbours, most of them repaired: what the figures are made of."""
    people = itertools.cycle([neighbour_email(last_name) for last_name, *_rest in NEIGHBOURS])
    for rank in range(16):
        nature, description, mark = PROBLEMS[rank % len(PROBLEMS)]
        days = 170 - 10 * rank
        answers = {"nature": nature, "danger": "no", "description": description, "adresse": HOME, "repere": mark}
        case = _file(next(people), "signaler-un-probleme", answers, days=days)
        agent = "instructeur2@demo.test" if rank % 3 else "instructeur@demo.test"
        with at(_ago(days - 1)):
            assignment.take(by=person(agent), cases=[case])
        ending = "sans-suite" if rank % 5 == 4 else "repare"
        text = "Ce lieu appartient à un particulier : nous le lui avons signalé." if ending == "sans-suite" else ""
        _move(case, "prevue", ending, days=max(days - 2 - rank % 6, 0), by=agent, text=text)


def _grant():
    """An association's treasurer asks for a grant; its file was complete at the second try, and is before the board."""
    user = person("association@demo.test")
    association = create_profile(
        by=user,
        kind=ProfileKind.ORGANISATION,
        name=ASSOCIATION,
        address="1 place du Lavoir",
        postcode="00000",
        town="Garance-sur-Lierre",
        phone="06 12 34 56 78",
    ).profile
    Membership.objects.filter(user=user, profile=association).update(function="trésorier")
    answers = {
        "association-nom": ASSOCIATION,
        "rna": "W123456789",
        "declaration": "2014-05-12",
        "domaine": "culture",
        "adherents": "64",
        "adherents-garance": "51",
        "nom": user.get_full_name(),
        "fonction": "trésorier",
        "courriel": user.email,
        "bureau": [
            {"membre": "Odile Ferrand", "role": "présidente"},
            {"membre": user.get_full_name(), "role": "trésorier"},
        ],
        "objet": "manifestation",
        "titre": "La fête du lavoir",
        "description": "Une journée de concerts et de jeux au lavoir, pour toutes les familles, un samedi de juin.",
        "debut": f"{timezone.localdate().year + 1}-06-05",
        "fin": f"{timezone.localdate().year + 1}-06-06",
        "publics": ["tous"],
        "affluence": "400",
        "budget-total": "6200",
        "montant": "1500",
        "recettes": "2200",
        "autres-financeurs": "yes",
        "financeurs": [{"financeur": "Département", "somme": "1000", "accorde": "no"}],
        "deja": "yes",
        "subventions-passees": [
            {"annee": str(timezone.localdate().year - 1), "recu": "1200", "usage": "La fête du lavoir"}
        ],
        "iban": "FR7630006000011234567890189",
        "pouvoir": True,
        "engagement-republicain": True,
        "exactitude": True,
    }
    files = {
        "emploi": ["Compte rendu d’emploi"],
        "statuts": ["Statuts", "Récépissé de déclaration"],
        "piece-budget": ["Budget prévisionnel"],
        "assemblee": ["Compte rendu de l’assemblée"],
        "rib": ["RIB de l’association"],
    }
    case = _file("association@demo.test", "demander-une-subvention", answers, days=24, profile=association, files=files)
    agent = person("instructeur@demo.test")
    with at(_ago(22)):
        assignment.take(by=agent, cases=[case])
        review.add_note(by=agent, case=case, text="Déjà aidée l’an dernier : vérifier le compte rendu d’emploi.")
        case = review.ask_correction(
            by=agent,
            case=case,
            fields=["piece-budget"],
            message="Votre budget prévisionnel n’est pas équilibré : joignez la version votée par l’assemblée.",
        )
    with at(_ago(19)):
        budget = paper(by=user, profile=association, name="Budget voté par l’assemblée")
        corrected = {"piece-budget": [str(budget.public_id)]}
        drafts.save_step(by=user, case=case, key="pieces", answers=corrected, done=True)
        case = filing.resubmit(by=user, case=case)
    case = _move(case, "complet", "commission", days=6)
    with at(_ago(5)):
        review.send_message(by=agent, case=case, text="La commission se réunit jeudi. Qui peut présenter la fête ?")
    with at(_ago(4)):
        resident.send_message(by=user, case=case, text="Notre présidente, Odile Ferrand, sera là. Merci.")


def _leak():
    """Camille's bill is capped after last year's leak; the letter is in her documents."""
    user = person("resident@demo.test")
    day = timezone.localdate() - dt.timedelta(days=70)
    answers = {
        "contrat": WaterContract.objects.get(profile=_own(user)).reference,
        "numero-facture": "F2026-00107",
        "montant": "312.40",
        "alerte": (day - dt.timedelta(days=12)).isoformat(),
        "lieu": "canalisation",
        "recit": "Une canalisation enterrée a cédé entre le compteur et la maison. Le plombier l’a remplacée.",
        "reparation": (day - dt.timedelta(days=3)).isoformat(),
        "index": "2300",
        "attestation": True,
    }
    files = {"plombier": ["Facture du plombier"]}
    case = _file("resident@demo.test", "degrevement-pour-fuite", answers, days=70, files=files)
    agent = person("instructeur2@demo.test")
    case = _move(case, "calcul", days=60, by=agent.email)
    with at(_ago(52)):
        template = LetterTemplate.objects.get(name="Dégrèvement accordé")
        case = Case.objects.get(pk=case.pk)
        letters.produce_letter(
            by=agent,
            case=case,
            template=template,
            title="Votre demande de dégrèvement",
            text="Bonjour,\n\nVotre demande est acceptée : votre facture est ramenée au double de votre consommation "
            "habituelle.\n\nUne facture rectifiée suit ce courrier.",
        )
    _move(Case.objects.get(pk=case.pk), "accorde", days=52, by=agent.email)


def _problems():
    """Reports of the last days: one to be made clearer, one that nobody took and is late, one taken back."""
    parent = "parent@demo.test"
    answers = {
        "nature": "eclairage",
        "danger": "no",
        "description": "Il fait noir le soir à la sortie de l’école.",
        "adresse": HOME,
    }
    case = _file(parent, "signaler-un-probleme", answers, days=3)
    with at(_ago(2)):
        agent = person("instructeur@demo.test")
        assignment.take(by=agent, cases=[case])
        review.ask_correction(
            by=agent, case=case, fields=["repere"], message="De quelle sortie s’agit-il : la rue ou la place ?"
        )
    leaking = {"nature": "fuite", "danger": "no", "description": "Une bouche d’incendie fuit.", "adresse": HOME}
    _file("hugo@demo.test", "signaler-un-probleme", leaking, days=9)
    user = person("elise@demo.test")
    case = _file(user.email, "signaler-un-probleme", {**answers, "nature": "autre"}, days=8)
    with at(_ago(7)):
        resident.withdraw(by=user, case=case, reason="C’est réparé, merci.")


def _question():
    """A question that was answered, and a new one."""
    answers = {
        "theme": "eau",
        "objet": "Dureté de l’eau",
        "texte": "Quelle est la dureté de l’eau à Garance ? C’est pour régler mon lave-vaisselle.",
    }
    case = _file("hugo@demo.test", "poser-une-question", answers, days=30)
    with at(_ago(28)):
        agent = person("instructeur2@demo.test")
        assignment.take(by=agent, cases=[case])
        review.send_message(by=agent, case=case, text="Bonjour, elle est de 22 °f : une eau moyennement dure.")
    _move(Case.objects.get(pk=case.pk), "repondu", days=28, by=agent.email)
    asked = {"theme": "autre", "objet": "Marché de Noël", "texte": "Quels jours se tient le marché de Noël ?"}
    _file("resident@demo.test", "poser-une-question", asked, days=1)


def _direct_debit():
    """Hugo asks to pay by direct debit: an agent has only to accept."""
    user = person("hugo@demo.test")
    answers = {
        "contrat": WaterContract.objects.get(profile=_own(user)).reference,
        "titulaire": user.get_full_name(),
        "iban": "FR7630006000011234567890189",
        "accord": True,
    }
    case = _file(user.email, "prelevement-automatique", answers, days=2, files={"rib": ["RIB"]})
    assignment.take(by=person("instructeur@demo.test"), cases=[case])


def _appointment():
    """A parent meets the childcare service next week."""
    kind = AppointmentKind.objects.get(name="Faire le point avec le service enfance")
    slot = open_slots(kind)[3]
    user = person("parent@demo.test")
    answers = {"sujet": "enfance", "creneau-enfance": slot.value, "nom": user.get_full_name(), "courriel": user.email}
    case = filing.submit(by=user, case=_fill(user, "prendre-rendez-vous", answers))
    assert case.appointments.filter(state=AppointmentState.BOOKED).exists()


def _without_an_account():
    """Somebody who passed by reported a problem: a confirmed address, no account."""
    with at(_ago(2, hour=18)):
        case = drafts.start(by=None, page=_page("signaler-un-probleme"), email="passant@demo.test")
        grant = Grant(case.pk)
        answers = {
            "probleme": {"nature": "depot", "danger": "no", "description": "Un matelas est abandonné près du lavoir."},
            "lieu": {"adresse": HOME, "repere": "Derrière le lavoir"},
            "vous": {"nom": "Louis Passant"},
        }
        for key, part in answers.items():
            case = drafts.save_step(by=grant, case=case, key=key, answers=part, done=True)
        filing.submit(by=grant, case=case)


def _at_the_desk():
    """A person without an account telephoned; the agent typed the question."""
    agent = person("instructeur@demo.test")
    with at(_ago(1, hour=9)):
        case = drafts.start(
            by=agent,
            page=_page("poser-une-question"),
            email="jeanne.moulin@demo.test",
            applicant="Jeanne Moulin",
            channel=Channel.PHONE,
        )
        answers = {
            "theme": "autre",
            "objet": "Encombrants",
            "texte": "Quel jour passe le ramassage des encombrants rue des Écoliers ?",
            "nom": "Jeanne Moulin",
        }
        case = drafts.save_step(by=agent, case=case, key="question", answers=answers, done=True)
        filing.submit(by=agent, case=case)


def _drafts():
    """What residents began: Camille's question about a meter, the association's call, a draft soon to expire."""
    camille = person("resident@demo.test")
    _fill(camille, "signaler-un-probleme", {"nature": "compteur", "danger": "no"})
    with at(_ago(80)):
        nadia = person("nouveau@demo.test")
        _fill(nadia, "poser-une-question", {"theme": "eau", "objet": "Ouvrir un compteur"})
    drafts.tell_expiring()
    assert Case.objects.filter(state=CaseState.DRAFT).count() == 2
