"""The help of the demonstration, as data: (subject, slug, question, summary, steps, page it leads to).

A step is (title, text, tip); a text may be empty. `image` names one of the demonstration's pictures.
"""

SUBJECTS = [
    ("Mon compte", "user-circle"),
    ("Eau et compteur", "beaker"),
    ("Factures et paiement", "credit-card"),
    ("Enfance et famille", "face-smile"),
]

QUESTIONS = [
    (
        "Mon compte",
        "creer-un-compte",
        "Comment créer un compte ?",
        "Une adresse de courriel suffit. Comptez deux minutes.",
        [
            ("Cliquez sur « Créer un compte »", "Le bouton est en haut à droite de chaque page.", ""),
            ("Écrivez deux fois votre courriel", "La seconde fois évite les fautes de frappe.", ""),
            (
                "Ouvrez le lien reçu par courriel",
                "Il est valable 10 minutes et ne sert qu’une fois.",
                "S’il n’arrive pas, regardez dans les courriers indésirables.",
            ),
            ("Choisissez votre mot de passe", "Douze caractères au moins. Une phrase courte convient très bien.", ""),
        ],
        "",
    ),
    (
        "Mon compte",
        "mot-de-passe-oublie",
        "J’ai oublié mon mot de passe, que faire ?",
        "Demandez un lien par courriel et choisissez-en un nouveau.",
        [
            ("Cliquez sur « Connexion », puis sur « Créer / Renouveler mot de passe »", "", ""),
            ("Écrivez votre courriel", "Le même message s’affiche que le compte existe ou non.", ""),
            (
                "Ouvrez le lien reçu et choisissez un nouveau mot de passe",
                "Vous pouvez ensuite vous connecter.",
                "Aucun agent ne vous demandera votre mot de passe, même au téléphone.",
            ),
        ],
        "",
    ),
    (
        "Mon compte",
        "changer-de-courriel",
        "Comment modifier mes données personnelles ?",
        "Nom, adresse, téléphone : un crayon à côté de chaque groupe.",
        [
            ("Connectez-vous et ouvrez « Mes données »", "", ""),
            ("Cliquez sur « Modifier » à côté de ce qui change", "", ""),
            ("Corrigez, puis enregistrez", "Un message confirme le changement.", ""),
        ],
        "",
    ),
    (
        "Mon compte",
        "associer-un-contrat",
        "Comment associer mon contrat d’eau à mon compte ?",
        "Avec la référence client et le code d’activation imprimés sur votre contrat.",
        [
            ("Prenez votre contrat ou votre dernière facture", "La référence client est en haut à droite.", ""),
            ("Dans votre compte, ouvrez « Mes contrats » puis « Associer une référence client »", "", ""),
            (
                "Écrivez la référence et le code d’activation",
                "Le code compte dix caractères. Les majuscules et les espaces ne comptent pas.",
                "Pas de code ? Demandez-le sur la même page : un agent vérifie et vous l’envoie.",
            ),
        ],
        "je-releve-mon-compteur",
    ),
    (
        "Eau et compteur",
        "lire-son-compteur",
        "Comment lire mon compteur d’eau ?",
        "Ne notez que les chiffres noirs, de gauche à droite.",
        [
            ("Ouvrez le regard ou le placard", "Le compteur est souvent près de la rue ou sous l’évier.", ""),
            (
                "Notez les chiffres noirs",
                "Ce sont les mètres cubes. Ici, l’index est 482.",
                "Une lampe et un chiffon aident à lire un compteur embué.",
                "meter",
            ),
            ("Laissez les chiffres rouges", "Ce sont des litres : ils ne sont pas facturés à part.", ""),
        ],
        "je-releve-mon-compteur",
    ),
    (
        "Eau et compteur",
        "transmettre-ma-releve",
        "Comment transmettre ma relève ?",
        "En deux minutes, depuis votre compte.",
        [
            ("Lisez l’index sur le compteur", "Seuls les chiffres noirs comptent.", ""),
            ("Ouvrez « Mes contrats » et choisissez votre contrat", "", ""),
            (
                "Écrivez l’index et la date",
                "Le portail vous prévient si le chiffre paraît trop grand ou trop petit.",
                "",
            ),
        ],
        "je-releve-mon-compteur",
    ),
    (
        "Eau et compteur",
        "reperer-une-fuite",
        "Comment savoir si j’ai une fuite ?",
        "Relevez le compteur le soir et le matin, sans tirer d’eau entre les deux.",
        [
            ("Le soir, fermez tous les robinets et notez l’index", "Avec les chiffres rouges, cette fois.", ""),
            ("Le matin, avant d’utiliser de l’eau, notez-le de nouveau", "", ""),
            (
                "Comparez",
                "S’il a changé, il y a une fuite. Commencez par la chasse d’eau et le chauffe-eau.",
                "Un colorant alimentaire dans le réservoir des toilettes montre une fuite en quelques minutes.",
            ),
        ],
        "degrevement-pour-fuite",
    ),
    (
        "Eau et compteur",
        "coupure-d-eau",
        "Je n’ai plus d’eau, que faire ?",
        "Regardez les alertes du portail, puis appelez le numéro d’urgence.",
        [
            ("Regardez s’il y a une alerte en haut du portail", "Les coupures pour travaux y sont annoncées.", ""),
            ("Demandez à un voisin s’il a de l’eau", "S’il en a, le robinet d’arrêt est peut-être fermé.", ""),
            ("Appelez le 0 800 00 00 18", "Le numéro répond jour et nuit.", ""),
        ],
        "signaler-un-probleme",
    ),
    (
        "Factures et paiement",
        "payer-en-ligne",
        "Comment payer une facture en ligne ?",
        "Cochez une ou plusieurs factures, vérifiez le total, payez par carte.",
        [
            ("Ouvrez « Mes factures », onglet « À payer »", "", ""),
            ("Cochez les factures et continuez", "Un récapitulatif montre les numéros et le montant débité.", ""),
            ("Payez sur la page sécurisée", "Le portail ne voit jamais le numéro de votre carte.", ""),
            ("Gardez le reçu", "Il arrive par courriel et reste dans votre compte.", ""),
        ],
        "payer-une-facture",
    ),
    (
        "Factures et paiement",
        "facture-trop-elevee",
        "Ma facture est plus élevée que d’habitude",
        "Comparez les index, cherchez une fuite, puis contactez-nous.",
        [
            ("Comparez l’index de la facture et celui du compteur", "Un index estimé peut être trop haut.", ""),
            ("Regardez votre consommation des derniers semestres", "Elle est dans « Mes contrats ».", ""),
            ("Si vous avez réparé une fuite, demandez un dégrèvement", "", "Gardez la facture du plombier."),
        ],
        "degrevement-pour-fuite",
    ),
    (
        "Factures et paiement",
        "paiement-en-attente",
        "Mon paiement est « en attente de validation », est-ce normal ?",
        "Oui : la banque répond en quelques minutes, parfois le lendemain.",
        [
            ("Ne payez pas une seconde fois", "Si cela arrivait, le trop-perçu vous serait remboursé.", ""),
            ("Revenez un peu plus tard", "L’état passe seul à « validé » ou « refusé ».", ""),
        ],
        "payer-une-facture",
    ),
    (
        "Factures et paiement",
        "difficulte-a-payer",
        "J’ai du mal à payer, qui peut m’aider ?",
        "Appelez-nous avant la date limite : un délai est souvent possible.",
        [
            ("Appelez le service ou venez à l’accueil", "Un agent étudie avec vous un paiement en plusieurs fois.", ""),
            ("Renseignez-vous sur le fonds de solidarité pour le logement", "Votre mairie instruit la demande.", ""),
        ],
        "poser-une-question",
    ),
    (
        "Enfance et famille",
        "quotient-familial",
        "Où trouver mon quotient familial ?",
        "Sur votre espace de la CAF ou de la MSA, rubrique « Mes attestations ».",
        [
            ("Connectez-vous au site de votre caisse", "", ""),
            ("Téléchargez l’attestation de quotient familial", "Elle doit dater de moins de trois mois.", ""),
            ("Joignez-la à votre inscription", "", ""),
        ],
        "inscription-accueil-de-loisirs",
    ),
    (
        "Enfance et famille",
        "annuler-un-repas",
        "Jusqu’à quand annuler un repas de cantine ?",
        "Jusqu’à l’avant-veille, 10 h, sans frais.",
        [
            ("Ouvrez la réservation de votre enfant", "", ""),
            ("Choisissez le jour et demandez l’annulation", "Chaque demande a son numéro et son état.", ""),
        ],
        "reserver-la-cantine",
    ),
]
