"""The procedures of the demonstration, as data: `theme` and `situations` are slugs, `documents` the lines of a list."""

THEMES = [
    ("eau", "Eau et assainissement", "beaker", "Contrat, relève, facture, fuite."),
    ("enfance", "Enfance et famille", "face-smile", "Cantine, accueil de loisirs, crèche."),
    ("vie-locale", "Vie locale et associations", "user-group", "Subventions, salles, événements."),
    ("vie-pratique", "Vie pratique", "home-modern", "Rendez-vous, questions, signalements."),
]
SITUATIONS = [
    ("j-emmenage", "J’emménage", "home-modern"),
    ("je-demenage", "Je déménage", "truck"),
    ("je-suis-parent", "Je suis parent", "face-smile"),
    ("j-ai-une-fuite", "J’ai une fuite", "wrench-screwdriver"),
    ("association", "J’anime une association", "user-group"),
]
NOTICE = (
    "<p>Les réponses servent à traiter votre demande. Elles sont lues par le service indiqué et gardées un an après la "
    "réponse. Vous pouvez les consulter, les corriger ou les faire effacer.</p>"
)
DESK = "<p>Présentez-vous aux heures d’accueil avec les pièces demandées. Sans rendez-vous.</p>"
POST = "<p>Pays de Garance<br/>4 place du Lavoir<br/>00000 Garance-sur-Lierre</p>"

PROCEDURES = [
    {
        "slug": "j-emmenage",
        "title": "J’emménage",
        "summary": "Ouvrir un compteur d’eau à votre nom. 5 minutes.",
        "icon": "home-modern",
        "theme": "eau",
        "situations": [
            "j-emmenage",
        ],
        "for_whom": ("Vous entrez dans un logement du territoire, comme propriétaire ou comme locataire."),
        "duration": "5 minutes",
        "answer_time": "Ouverture sous 2 jours ouvrés",
        "cost": "46,20 € de frais d’accès, sur la première facture",
        "documents": [
            "Le numéro du compteur, gravé sur son cadran",
            "L’index du jour de l’état des lieux",
            "Une pièce d’identité",
            "Le bail ou l’acte de vente",
        ],
        "body": [
            (
                "steps",
                {
                    "title": "Comment cela se passe",
                    "steps": [
                        (
                            "Vous demandez l’ouverture",
                            ("Au plus tard deux jours avant d’entrer dans les lieux."),
                        ),
                        (
                            "Le service ouvre le compteur",
                            ("Votre présence est utile si le compteur est à l’intérieur."),
                        ),
                        (
                            "Vous recevez votre contrat",
                            ("Il porte votre référence client et votre code d’activation."),
                        ),
                    ],
                },
            ),
        ],
    },
    {
        "slug": "je-demenage",
        "title": "Je déménage",
        "summary": "Fermer votre compteur et recevoir la facture de clôture.",
        "icon": "truck",
        "theme": "eau",
        "situations": [
            "je-demenage",
        ],
        "for_whom": "Vous quittez un logement dont le contrat d’eau est à votre nom.",
        "duration": "5 minutes",
        "answer_time": "Facture de clôture sous 3 semaines",
        "cost": "Gratuit",
        "documents": [
            "Votre référence client",
            "L’index du jour du départ",
            "Votre nouvelle adresse",
        ],
    },
    {
        "slug": "je-releve-mon-compteur",
        "title": "Je relève mon compteur",
        "summary": "La campagne est ouverte jusqu’au 12 décembre.",
        "icon": "calculator",
        "theme": "eau",
        "situations": [
            "j-ai-une-fuite",
        ],
        "for_whom": (
            "Vous étiez absent au passage de l’agent et avez trouvé un avis de "
            "passage, ou vous voulez suivre votre consommation."
        ),
        "duration": "2 minutes",
        "answer_time": "Prise en compte sous 5 jours",
        "cost": "Gratuit",
        "documents": [
            "L’index : les chiffres noirs du compteur",
            "Votre référence client",
        ],
    },
    {
        "slug": "prelevement-automatique",
        "title": "Prélèvement automatique",
        "summary": "Payer l’eau sans y penser, à la date limite de chaque facture.",
        "icon": "building-library",
        "theme": "eau",
        "situations": [
            "j-emmenage",
        ],
        "for_whom": "Vous êtes titulaire d’un contrat d’eau et d’un compte bancaire en euros.",
        "duration": "5 minutes",
        "answer_time": "Actif à la facture suivante",
        "cost": "Gratuit",
        "documents": [
            "Un relevé d’identité bancaire (IBAN)",
            "Votre référence client",
        ],
    },
    {
        "slug": "payer-une-facture",
        "title": "Payer une facture",
        "summary": "Par carte, une ou plusieurs à la fois.",
        "icon": "credit-card",
        "theme": "eau",
        "situations": [
            "je-suis-parent",
        ],
        "online_url": "/mon-compte/factures/",
        "online_label": "Payer mes factures",
        "for_whom": "Vous avez reçu une facture d’eau ou de services à l’enfance.",
        "duration": "3 minutes",
        "answer_time": "Reçu immédiat, par courriel",
        "cost": "Aucuns frais",
        "documents": [
            "Une carte bancaire",
            "Votre compte, ou votre référence client pour le créer",
        ],
        "by_post": (
            "<p>Un chèque à l’ordre du Trésor public, avec le talon de la facture, à l’adresse du service.</p>"
        ),
    },
    {
        "slug": "signaler-un-probleme",
        "title": "Signaler un problème",
        "summary": "Fuite dans la rue, compteur bloqué, eau trouble, panne d’éclairage.",
        "icon": "hand-raised",
        "theme": "vie-pratique",
        "situations": [
            "j-ai-une-fuite",
        ],
        "for_whom": "Tout le monde, avec ou sans compte.",
        "duration": "3 minutes",
        "answer_time": "Première réponse sous 2 jours ouvrés",
        "cost": "Gratuit",
        "documents": [
            "Le lieu exact",
            "Une photo, si vous le pouvez",
        ],
        "body": [
            (
                "alert",
                {
                    "tone": "danger",
                    "title": "C’est urgent ?",
                    "text": (
                        "<p>Pour une fuite importante ou une coupure, appelez le 0 800 00 00 18, jour et nuit.</p>"
                    ),
                },
            ),
        ],
    },
    {
        "slug": "degrevement-pour-fuite",
        "title": "Dégrèvement pour fuite",
        "summary": "Faire plafonner une facture anormale après une fuite réparée.",
        "icon": "receipt-percent",
        "theme": "eau",
        "situations": [
            "j-ai-une-fuite",
        ],
        "for_whom": (
            "Votre consommation a plus que doublé à cause d’une fuite sur une "
            "canalisation après compteur. Les fuites d’appareils (chasse d’eau, "
            "lave-linge) ne sont pas concernées."
        ),
        "duration": "10 minutes",
        "answer_time": "Sous 1 mois",
        "cost": "Gratuit",
        "documents": [
            "La facture du plombier, avec la date et le lieu de la réparation",
            "L’index après réparation",
            "La facture d’eau concernée",
        ],
        "body": [
            (
                "accordion",
                {
                    "title": "Bon à savoir",
                    "items": [
                        (
                            "Combien de temps ai-je pour demander ?",
                            ("<p>Un mois à partir du courrier qui vous alerte d’une consommation anormale.</p>"),
                        ),
                        (
                            "Comment le plafond est-il calculé ?",
                            (
                                "<p>Vous payez au plus le double"
                                " de votre consommation moyenne "
                                "des trois dernières années.</p>"
                            ),
                        ),
                    ],
                },
            ),
        ],
    },
    {
        "slug": "prendre-rendez-vous",
        "title": "Prendre rendez-vous",
        "summary": "Avec un agent de l’eau ou du service enfance.",
        "icon": "clock",
        "theme": "vie-pratique",
        "situations": [
            "j-emmenage",
            "je-suis-parent",
        ],
        "for_whom": "Toute personne qui veut parler de son dossier avec un agent.",
        "duration": "3 minutes",
        "answer_time": "Confirmation par courriel",
        "cost": "Gratuit",
        "documents": [
            "Votre référence client ou le nom de l’enfant",
        ],
    },
    {
        "slug": "reserver-la-cantine",
        "title": "Réserver la cantine",
        "summary": "Les réservations de janvier sont ouvertes.",
        "icon": "cake",
        "theme": "enfance",
        "situations": [
            "je-suis-parent",
        ],
        "online_url": "/mon-compte/reservations/nouvelle/?nature=wraparound",
        "online_label": "Réserver les repas",
        "for_whom": ("Votre enfant est inscrit dans une école du territoire et à la restauration scolaire."),
        "duration": "5 minutes par enfant",
        "answer_time": "Immédiate, dans la limite des places",
        "cost": "De 0,80 € à 4,90 € le repas, selon le quotient familial",
        "documents": [
            "L’attestation d’assurance scolaire 2026-2027",
            "Le quotient familial de la CAF",
        ],
    },
    {
        "slug": "inscription-accueil-de-loisirs",
        "title": "Inscription à l’accueil de loisirs",
        "summary": "Mercredis et vacances, pour les 3 à 12 ans.",
        "icon": "puzzle-piece",
        "theme": "enfance",
        "situations": [
            "je-suis-parent",
        ],
        "online_url": "/mon-compte/inscriptions/demander/",
        "online_label": "Demander une inscription",
        "for_whom": ("Les enfants de 3 à 12 ans scolarisés, qui habitent le territoire ou dont un parent y travaille."),
        "duration": "15 minutes",
        "answer_time": "Sous 5 jours ouvrés",
        "cost": "De 4 € à 18 € la journée, selon le quotient familial",
        "documents": [
            "Les vaccinations à jour",
            "L’attestation d’assurance",
            "Le quotient familial",
        ],
    },
    {
        "slug": "demander-une-subvention",
        "title": "Demander une subvention",
        "summary": "Associations : déposez votre dossier avant le 15 janvier.",
        "icon": "gift",
        "theme": "vie-locale",
        "situations": [
            "association",
        ],
        "for_whom": "Les associations déclarées depuis plus d’un an qui agissent sur le territoire.",
        "duration": "30 minutes",
        "answer_time": "Décision du conseil en mars",
        "cost": "Gratuit",
        "documents": [
            "Les statuts et le récépissé de déclaration",
            "Le budget de l’année",
            "Le compte rendu de la dernière assemblée",
            "Un RIB",
        ],
    },
    {
        "slug": "poser-une-question",
        "title": "Poser une question",
        "summary": "Un agent vous répond par courriel.",
        "icon": "chat-bubble-left-right",
        "theme": "vie-pratique",
        "situations": [],
        "for_whom": "Tout le monde, avec ou sans compte.",
        "duration": "2 minutes",
        "answer_time": "Sous 3 jours ouvrés",
        "cost": "Gratuit",
        "documents": [],
    },
]
