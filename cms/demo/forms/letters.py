"""The letters that agents produce, by the slug of the procedure they serve; none: they serve all."""

REMEDIES = (
    "Si vous contestez cette décision, vous pouvez écrire à la présidente du Pays de Garance dans les deux mois, ou "
    "saisir le tribunal administratif."
)

LETTERS = [
    {
        "name": "Demande d’éclaircissement",
        "title": "Votre dossier {numero}",
        "body": "Bonjour {demandeur},\n\nNous étudions votre dossier « {demarche} », déposé le {date_depot}.\n\n"
        "Nous avons besoin de vous parler avant de décider. Merci d’appeler le service {service}, en donnant le numéro "
        "{numero}.\n\nNous vous remercions de votre patience.",
        "signatory": "Pour la présidente, l’agent chargé de votre dossier",
        "procedures": [],
    },
    {
        "name": "Dégrèvement accordé",
        "title": "Votre demande de dégrèvement {numero}",
        "body": "Bonjour {demandeur},\n\nVous nous avez demandé le {date_depot} de plafonner la facture "
        "{reponse:numero-facture}, après une fuite réparée le {reponse:reparation}.\n\nVotre demande est acceptée : la "
        "facture est ramenée au double de votre consommation habituelle. Une facture rectifiée suit ce courrier.\n\n"
        "Nous vous conseillons de relever votre compteur chaque mois : une fuite se voit alors vite.",
        "signatory": "Le responsable des relations avec les usagers de l’eau",
        "procedures": ["degrevement-pour-fuite"],
    },
    {
        "name": "Dégrèvement refusé",
        "title": "Votre demande de dégrèvement {numero}",
        "body": "Bonjour {demandeur},\n\nVous nous avez demandé le {date_depot} de plafonner la facture "
        "{reponse:numero-facture}.\n\nVotre demande ne peut pas être acceptée : la fuite ne vient pas d’une "
        "canalisation d’eau potable après le compteur. Vous pouvez demander à payer en plusieurs fois.\n\n" + REMEDIES,
        "signatory": "Le responsable des relations avec les usagers de l’eau",
        "procedures": ["degrevement-pour-fuite"],
    },
    {
        "name": "Subvention accordée",
        "title": "Subvention à {reponse:association-nom}",
        "body": "Bonjour {demandeur},\n\nVous nous avez adressé le {date_depot} une demande de subvention de "
        "{reponse:montant} pour {reponse:association-nom}.\n\nLe conseil a voté une subvention. Elle sera versée dans "
        "les 30 jours sur le compte dont vous avez donné le relevé.\n\nLe compte rendu d’emploi est à nous rendre dans "
        "les six mois qui suivent la fin de l’année.",
        "signatory": "La vice-présidente chargée de la vie associative",
        "procedures": ["demander-une-subvention"],
    },
    {
        "name": "Subvention refusée",
        "title": "Votre demande de subvention {numero}",
        "body": "Bonjour {demandeur},\n\nVous nous avez adressé le {date_depot} une demande de subvention pour "
        "{reponse:association-nom}.\n\nLe conseil n’a pas pu la retenir cette année.\n\nLe service de la vie "
        "associative reste à votre écoute pour préparer une autre demande.\n\n" + REMEDIES,
        "signatory": "La vice-présidente chargée de la vie associative",
        "procedures": ["demander-une-subvention"],
    },
]
