"""The procedures that anybody may file, with or without an account: an appointment, a problem, a question."""

from .parts import EMAIL, TO_CORRECT, field, info, options, status, step, when

NAME = field("short_text", "Prénom et nom", "nom", prefill="full_name", maximum="120")
PHONE = field("phone", "Téléphone", "telephone", prefill="phone", required=False)

# `appointment` is the slug of one of KINDS, put in by the loader.
APPOINTMENT = {
    "form": [
        step(
            "Le rendez-vous",
            "rendez-vous",
            field(
                "choice",
                "De quoi voulez-vous parler ?",
                "sujet",
                options=options(
                    ("eau", "De l’eau : contrat, facture, fuite"),
                    ("enfance", "De l’enfance : inscriptions, cantine, quotient familial"),
                    ("associations", "D’une association : subvention, salle, événement"),
                ),
            ),
            field("appointment", "Créneau", "creneau-eau", appointment="eau", condition=when("sujet", "eau")),
            field(
                "appointment", "Créneau", "creneau-enfance", appointment="enfance", condition=when("sujet", "enfance")
            ),
            field(
                "appointment",
                "Créneau",
                "creneau-associations",
                appointment="associations",
                condition=when("sujet", "associations"),
            ),
        ),
        step(
            "Vous",
            "vous",
            NAME,
            EMAIL,
            PHONE,
            field(
                "long_text",
                "Ce que vous voulez dire d’avance",
                "precisions",
                required=False,
                maximum="1000",
                help="Référence client, nom de l’enfant : l’agent préparera votre venue.",
            ),
        ),
    ],
    "access": "anyone",
    "department": "accueil",
    "routing": [("sujet", "eau", "eau"), ("sujet", "associations", "associations")],
    "retention_months": 6,
    "what_next": "Votre rendez-vous est pris. Un rappel vous est envoyé la veille.",
    "statuses": [
        status(
            "Demande enregistrée",
            "received",
            "Votre rendez-vous est ci-dessous. Pour un autre horaire, annulez-le, puis prenez-en un autre.",
            "success",
            key="confirme",
        ),
        TO_CORRECT,
        status("Rendez-vous terminé", "closed", "Vous avez été reçu. Merci de votre venue.", "neutral", key="termine"),
    ],
}

PROBLEM = {
    "form": [
        step(
            "Le problème",
            "probleme",
            field(
                "choice",
                "Que se passe-t-il ?",
                "nature",
                options=options(
                    ("fuite", "Une fuite d’eau dans la rue"),
                    ("compteur", "Un compteur bloqué ou abîmé"),
                    ("eau-trouble", "L’eau est trouble ou a un goût"),
                    ("eclairage", "Une panne d’éclairage"),
                    ("depot", "Un dépôt de déchets"),
                    ("autre", "Autre chose"),
                ),
            ),
            field("yes_no", "Y a-t-il un danger immédiat ?", "danger"),
            info(
                "info-urgence",
                "<b>Appelez tout de suite le 0 800 00 00 18</b>, jour et nuit : ce formulaire n’est lu qu’aux heures "
                "d’ouverture.",
                condition=when("danger", "yes"),
            ),
            field("long_text", "Décrivez ce que vous voyez", "description", minimum="10", maximum="2000"),
            field("date", "Depuis quand ?", "depuis", required=False, maximum="+0", prefill="today"),
        ),
        step(
            "Le lieu",
            "lieu",
            field("address", "Adresse la plus proche", "adresse", prefill="address"),
            field(
                "short_text", "Repère", "repere", required=False, maximum="200", help="Devant l’école, au carrefour…"
            ),
            field(
                "files",
                "Photos",
                "photos",
                required=False,
                maximum="3",
                help="De près et de loin, si vous le pouvez sans danger.",
            ),
        ),
        step(
            "Pour vous répondre",
            "vous",
            field("short_text", "Prénom et nom", "nom", required=False, prefill="full_name", maximum="120"),
            PHONE,
        ),
    ],
    "access": "anyone",
    "department": "accueil",
    "routing": [("nature", nature, "eau") for nature in ("fuite", "compteur", "eau-trouble")],
    "time_limit_days": 5,
    "warning_days": 2,
    "retention_months": 6,
    "what_next": "Le service passe voir sous 2 jours ouvrés et vous dit ce qu’il fait.",
    "statuses": [
        status("Signalement reçu", "received", "Merci. Le service va lire votre signalement.", key="recu"),
        status("Intervention prévue", "in_review", "Une équipe va passer.", key="prevue"),
        status(
            "Précision demandée",
            "to_correct",
            "Le service a besoin d’une précision pour trouver le lieu.",
            "warning",
            key="a-completer",
        ),
        status("Réparé", "accepted", "C’est réparé. Merci de l’avoir signalé.", "success", key="repare"),
        status(
            "Sans suite",
            "refused",
            "Le service n’interviendra pas : il vous dit pourquoi.",
            "neutral",
            key="sans-suite",
        ),
    ],
}
QUESTION = {
    "form": [
        step(
            "Votre question",
            "question",
            field(
                "choice",
                "Sur quoi porte-t-elle ?",
                "theme",
                options=options(
                    ("eau", "L’eau et l’assainissement"),
                    ("enfance", "L’enfance et la famille"),
                    ("associations", "Les associations"),
                    ("autre", "Autre chose"),
                ),
            ),
            field("short_text", "Objet", "objet", maximum="120"),
            field("long_text", "Votre question", "texte", minimum="10", maximum="4000"),
            field("files", "Pièces jointes", "pieces", required=False, maximum="3"),
            field(
                "short_text",
                "Référence client",
                "reference",
                required=False,
                maximum="40",
                condition=when("theme", "eau"),
                help="Elle est en haut de vos factures d’eau.",
            ),
            NAME,
        ),
    ],
    "access": "anyone",
    "department": "accueil",
    "routing": [("theme", "eau", "eau"), ("theme", "associations", "associations")],
    "time_limit_days": 5,
    "warning_days": 2,
    "retention_months": 6,
    "what_next": "Un agent vous répond sous 3 jours ouvrés.",
    "statuses": [
        status("Question reçue", "received", "Un agent va lire votre question.", key="recu"),
        status("Réponse en préparation", "in_review", "Un agent cherche la réponse.", key="en-cours"),
        status(
            "Précision demandée",
            "to_correct",
            "L’agent a besoin d’une précision pour vous répondre.",
            "warning",
            key="a-completer",
        ),
        status(
            "Réponse donnée", "closed", "Vous avez la réponse dans les messages du dossier.", "success", key="repondu"
        ),
    ],
}

# slug, name, department, place, what to bring, minutes, people at once, hours by weekday (0 is Monday)
KINDS = [
    (
        "eau",
        "Rencontrer un agent de l’eau",
        "eau",
        "4 place du Lavoir, rez-de-chaussée",
        "Apportez votre dernière facture.",
        30,
        1,
        {1: [("09:00", "12:00")], 2: [("14:00", "17:00")], 3: [("09:00", "12:00"), ("14:00", "16:00")]},
    ),
    (
        "enfance",
        "Faire le point avec le service enfance",
        "accueil",
        "2 rue des Écoles, 1er étage",
        "Apportez l’attestation de quotient familial.",
        20,
        2,
        {0: [("13:30", "17:30")], 2: [("09:00", "12:00")]},
    ),
    (
        "associations",
        "Parler d’un projet associatif",
        "associations",
        "Par téléphone : un agent vous appelle",
        "",
        45,
        1,
        {1: [("14:00", "17:00")], 4: [("09:30", "12:00")]},
    ),
]
