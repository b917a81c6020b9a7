"""The procedures of the water service: move in, move out, self-reading, direct debit, relief after a leak."""

from .parts import FULL_NAME, PHONE, TO_CORRECT, field, info, inputs, options, status, step, when, when_any

MOVING_IN = {
    "form": [
        step(
            "Votre logement",
            "logement",
            field("address", "Adresse du logement", "adresse", help="Celle où l’eau doit être ouverte."),
            field("short_text", "Bâtiment, étage, porte", "precision", required=False, maximum="80"),
            field(
                "choice",
                "Vous êtes",
                "qualite",
                options=options(("proprietaire", "Propriétaire"), ("locataire", "Locataire"), ("autre", "Autre")),
            ),
            field("short_text", "Précisez", "qualite-autre", condition=when("qualite", "autre"), maximum="80"),
            field(
                "date",
                "Date d’entrée dans les lieux",
                "entree",
                minimum="-60",
                maximum="+60",
                help="Elle peut être passée de deux mois au plus.",
            ),
        ),
        step(
            "Le compteur",
            "compteur",
            info(
                "info-compteur", "Le numéro est gravé sur le cadran du compteur. L’index est fait des chiffres noirs."
            ),
            field("yes_no", "Connaissez-vous le numéro du compteur ?", "numero-connu"),
            field(
                "short_text",
                "Numéro du compteur",
                "numero-compteur",
                condition=when("numero-connu", "yes"),
                maximum="40",
                pattern="[A-Za-z0-9 -]+",
                pattern_message="Un numéro de compteur est fait de lettres et de chiffres.",
            ),
            field("yes_no", "Avez-vous lu l’index ?", "index-lu"),
            field("meter_index", "Index à l’entrée", "index", condition=when("index-lu", "yes")),
            field(
                "files",
                "Photo du compteur",
                "photo",
                required=False,
                maximum="2",
                condition=when("index-lu", "yes"),
                help="Elle évite un passage de l’agent.",
            ),
            field(
                "choice",
                "Où est le compteur ?",
                "emplacement",
                options=options(
                    ("dehors", "Dehors, accessible depuis la rue"),
                    ("dedans", "À l’intérieur"),
                    ("inconnu", "Je ne sais pas"),
                ),
            ),
            field(
                "long_text",
                "Quand êtes-vous présent ?",
                "presence",
                required=False,
                maximum="500",
                condition=when_any("emplacement", "dedans", "inconnu"),
            ),
        ),
        step("Vous", "vous", FULL_NAME, PHONE),
        step(
            "Vos pièces",
            "pieces",
            field("files", "Pièce d’identité", "identite", maximum="2", help="Recto et verso."),
            field(
                "files",
                "Bail ou acte de vente",
                "titre",
                maximum="3",
                condition=when_any("qualite", "proprietaire", "locataire"),
                help="Les pages qui portent l’adresse et les noms suffisent.",
            ),
            field("agreement", "J’accepte le règlement du service de l’eau", "reglement"),
        ),
    ],
    "needs_contract": False,
    "department": "eau",
    "time_limit_days": 7,
    "warning_days": 2,
    "handler": "open_contract",
    "inputs": inputs(starts_on="entree", address="adresse", meter="numero-compteur", index="index", holder="nom"),
    "what_next": "Le service vérifie vos pièces et ouvre le compteur sous 2 jours ouvrés. Votre contrat apparaît "
    "alors dans « Mes contrats ».",
    "statuses": [
        status("Demande reçue", "received", "Le service de l’eau va lire votre demande.", key="recu"),
        status(
            "Ouverture en préparation", "in_review", "Un agent vérifie votre demande et le compteur.", key="en-cours"
        ),
        TO_CORRECT,
        status(
            "Compteur ouvert",
            "accepted",
            "Votre contrat est ouvert. Vous le trouvez dans « Mes contrats ».",
            "success",
            "Gardez ce courriel : il vous sera utile si vous appelez le service.",
            key="ouvert",
        ),
        status(
            "Ouverture impossible",
            "refused",
            "Le compteur ne peut pas être ouvert. Le motif est dans le message du service.",
            "danger",
            key="refuse",
        ),
    ],
}

MOVING_OUT = {
    "form": [
        step(
            "Votre départ",
            "depart",
            field("contract", "Contrat à résilier", "contrat", prefill="contract"),
            field("date", "Date de départ", "date-depart", minimum="-30", maximum="+60"),
            field(
                "choice",
                "Pourquoi partez-vous ?",
                "motif",
                options=options(("bail", "Fin du bail"), ("vente", "Vente du logement"), ("autre", "Autre raison")),
            ),
            field("short_text", "Nom de qui vous remplace", "successeur", required=False, maximum="120"),
        ),
        step(
            "L’index du départ",
            "index-depart",
            field("yes_no", "Avez-vous relevé l’index le jour du départ ?", "index-lu"),
            field("meter_index", "Index du jour du départ", "index", condition=when("index-lu", "yes")),
            field(
                "files", "Photo du compteur", "photo", required=False, maximum="2", condition=when("index-lu", "yes")
            ),
            info(
                "info-passage",
                "Un agent passera lire le compteur. Laissez-lui un accès, ou dites à qui s’adresser.",
                condition=when("index-lu", "no"),
            ),
            field(
                "long_text",
                "Accès au compteur",
                "acces",
                required=False,
                maximum="500",
                condition=when("index-lu", "no"),
            ),
        ),
        step(
            "Votre nouvelle adresse",
            "nouvelle-adresse",
            field("address", "Nouvelle adresse", "adresse", help="La facture de clôture y sera envoyée."),
            PHONE,
            field("agreement", "Je demande la résiliation de ce contrat", "accord"),
        ),
    ],
    "needs_contract": True,
    "department": "eau",
    "time_limit_days": 10,
    "warning_days": 3,
    "handler": "terminate_contract",
    "inputs": inputs(contract="contrat", ends_on="date-depart", index="index"),
    "what_next": "Le service ferme le contrat à la date de votre départ. La facture de clôture arrive sous 3 semaines.",
    "statuses": [
        status("Demande reçue", "received", "Le service de l’eau va lire votre demande.", key="recu"),
        status("Clôture en préparation", "in_review", "Un agent prépare la clôture du contrat.", key="en-cours"),
        TO_CORRECT,
        status(
            "Contrat résilié",
            "accepted",
            "Votre contrat est résilié. La facture de clôture arrive sous 3 semaines.",
            "success",
            key="resilie",
        ),
        status("Résiliation refusée", "refused", "Le motif est dans le message du service.", "danger", key="refuse"),
    ],
}

SELF_READING = {
    "form": [
        step(
            "La relève",
            "releve",
            field("contract", "Contrat", "contrat", prefill="contract"),
            field("yes_no", "Avez-vous trouvé un avis de passage ?", "avis"),
            field(
                "short_text",
                "Numéro de l’avis",
                "numero-avis",
                required=False,
                maximum="20",
                condition=when("avis", "yes"),
                help="En bas de la carte laissée par l’agent.",
            ),
            field("date", "Date de la relève", "date-releve", prefill="today", minimum="-30", maximum="+0"),
            field("meter_index", "Index", "index", help="Les chiffres noirs du compteur."),
            field("files", "Photo du compteur", "photo", required=False, maximum="1"),
        ),
    ],
    "needs_contract": True,
    "department": "eau",
    "time_limit_days": 5,
    "warning_days": 2,
    "handler": "record_reading",
    "inputs": inputs(contract="contrat", read_on="date-releve", index="index"),
    "retention_months": 6,
    "what_next": "Un agent regarde votre index. Il paraît ensuite dans « Mes consommations et mes relèves ».",
    "statuses": [
        status("Index reçu", "received", "Un agent va regarder votre index.", key="recu"),
        TO_CORRECT,
        status("Relève enregistrée", "accepted", "Votre index est enregistré.", "success", key="enregistree"),
        status("Relève refusée", "refused", "Le motif est dans le message du service.", "danger", key="refuse"),
    ],
}

DIRECT_DEBIT = {
    "form": [
        step(
            "Le contrat",
            "contrat-a-prelever",
            field("contract", "Contrat à prélever", "contrat", prefill="contract"),
            info(
                "info-dates",
                "Chaque facture, tous les six mois, est prélevée à sa date limite de paiement. Vous la recevez au "
                "moins 14 jours avant.",
            ),
        ),
        step(
            "Le compte bancaire",
            "compte",
            field("short_text", "Titulaire du compte", "titulaire", prefill="full_name", maximum="140"),
            field("iban", "IBAN", "iban", help="Il est sur votre relevé d’identité bancaire."),
            field(
                "short_text",
                "BIC",
                "bic",
                required=False,
                pattern="[A-Za-z]{6}[A-Za-z0-9]{2}([A-Za-z0-9]{3})?",
                pattern_message="Un BIC compte 8 ou 11 caractères, comme AGRIFRPP.",
            ),
            field("files", "Relevé d’identité bancaire", "rib", maximum="1"),
        ),
        step(
            "Votre autorisation",
            "autorisation",
            info(
                "info-mandat",
                "En signant ce mandat, vous autorisez le service de l’eau à demander à votre banque de débiter votre "
                "compte, et votre banque à le faire. Vous pouvez être remboursé par votre banque dans les 8 semaines.",
            ),
            field("agreement", "J’autorise le prélèvement de mes factures d’eau", "accord"),
        ),
    ],
    "needs_contract": True,
    "one_at_a_time": True,
    "department": "eau",
    "time_limit_days": 15,
    "handler": "create_mandate",
    "inputs": inputs(contract="contrat", holder="titulaire", iban="iban", bic="bic", agreement="accord"),
    "what_next": "Le service enregistre votre mandat. Le prélèvement commence à la facture suivante.",
    "statuses": [
        status("Demande reçue", "received", "Le service de l’eau va lire votre demande.", key="recu"),
        TO_CORRECT,
        status(
            "Prélèvement en place",
            "accepted",
            "Vos prochaines factures seront prélevées à leur date limite.",
            "success",
            "La référence de votre mandat est dans « Mes contrats ».",
            key="en-place",
        ),
        status("Prélèvement refusé", "refused", "Le motif est dans le message du service.", "danger", key="refuse"),
    ],
}

APPLIANCES = ("chauffe-eau", "sanitaires")
LEAK = {
    "form": [
        step(
            "Le contrat et la facture",
            "facture",
            field("contract", "Contrat concerné", "contrat", prefill="contract"),
            field("short_text", "Numéro de la facture", "numero-facture", maximum="40", help="En haut de la facture."),
            field("amount", "Montant de la facture", "montant", minimum="1"),
            field("date", "Date du courrier d’alerte", "alerte", maximum="+0", help="Vous avez un mois pour demander."),
        ),
        step(
            "La fuite",
            "fuite",
            field(
                "choice",
                "Où était la fuite ?",
                "lieu",
                options=options(
                    ("canalisation", "Sur une canalisation, après le compteur"),
                    ("chauffe-eau", "Sur un chauffe-eau ou un adoucisseur"),
                    ("sanitaires", "Chasse d’eau, robinet, lave-linge"),
                    ("autre", "Ailleurs"),
                ),
            ),
            info(
                "info-appareils",
                "Les fuites d’appareils ne donnent pas droit au plafonnement. Vous pouvez poursuivre : le service "
                "examinera votre demande, et vous proposera au besoin un paiement en plusieurs fois.",
                condition=when_any("lieu", *APPLIANCES),
            ),
            field("long_text", "Que s’est-il passé ?", "recit", minimum="20", maximum="2000"),
            field("date", "Date de la réparation", "reparation", minimum="-365", maximum="+0"),
            field("meter_index", "Index après réparation", "index"),
        ),
        step(
            "Vos pièces",
            "pieces",
            field(
                "files",
                "Facture ou attestation du plombier",
                "plombier",
                minimum="1",
                maximum="3",
                help="Avec la date et le lieu de la réparation.",
            ),
            field("files", "Photos", "photos", required=False, maximum="4"),
            field("agreement", "J’atteste que la fuite est réparée", "attestation"),
        ),
    ],
    "needs_contract": True,
    "one_at_a_time": True,
    "department": "eau",
    "time_limit_days": 30,
    "warning_days": 7,
    "silence": "refused",
    "what_next": "Le service compare votre consommation à celle des trois années précédentes. Il répond sous 1 mois.",
    "statuses": [
        status("Demande reçue", "received", "Le service de l’eau va lire votre demande.", key="recu"),
        status("Calcul en cours", "in_review", "Un agent calcule votre consommation habituelle.", key="calcul"),
        TO_CORRECT,
        status(
            "Dégrèvement accordé",
            "accepted",
            "Votre facture est plafonnée. Le courrier donne le nouveau montant.",
            "success",
            key="accorde",
        ),
        status("Dégrèvement refusé", "refused", "Le courrier dit pourquoi, et vos recours.", "danger", key="refuse"),
    ],
}
