"""The columns of a file of subscribers, with the names under which old software exports them."""

from ..cleaning import SERVICES
from . import columns
from .base import CellField, CellResource


class SubscribersResource(CellResource):
    reference = CellField(
        "reference",
        "Référence client",
        columns.reference(),
        required=True,
        synonyms=(
            "référence",
            "ref client",
            "n° client",
            "code client",
            "n° abonné",
            "n° contrat",
            "référence abonné",
            "code abonné",
            "matricule",
            "identifiant client",
            "numéro d’abonnement",
        ),
        help_text=(
            "Celle qui figure sur le contrat et sur les factures. Elle décide de tout : une référence déjà "
            "connue est mise à jour."
        ),
        example="00004512",
    )
    holder_name = CellField(
        "holder_name",
        "Titulaire",
        columns.text(200),
        required=True,
        synonyms=(
            "nom",
            "nom abonné",
            "abonné",
            "nom du titulaire",
            "nom client",
            "client",
            "nom prénom",
            "nom et prénom",
            "nom de l’abonné",
            "raison sociale",
            "redevable",
        ),
        example="MARTIN Camille",
    )
    holder_first_name = CellField(
        "holder_first_name",
        "Prénom du titulaire",
        columns.text(100),
        synonyms=("prénom", "prénom abonné", "prénoms"),
        help_text="Si le prénom a sa propre colonne : il est ajouté après le nom.",
    )
    address = CellField(
        "address",
        "Adresse de livraison",
        columns.text(200),
        required=True,
        synonyms=(
            "adresse",
            "adresse du branchement",
            "adresse desservie",
            "adresse point de livraison",
            "adresse pdl",
            "voie",
            "rue",
            "adresse de desserte",
            "lieu de consommation",
        ),
        example="12 rue des Tilleuls",
    )
    postcode = CellField(
        "postcode",
        "Code postal",
        columns.postcode(),
        synonyms=("cp", "code postal desserte", "cp livraison"),
        example="49000",
    )
    town = CellField(
        "town",
        "Commune",
        columns.repeated_text(100),
        required=True,
        synonyms=("ville", "localité", "commune de livraison", "libellé commune", "nom commune", "commune desservie"),
        example="Vallon-sur-Loire",
    )
    point_reference = CellField(
        "point_reference",
        "Référence du point de livraison",
        columns.reference(),
        synonyms=(
            "pdl",
            "point de livraison",
            "n° pdl",
            "référence pdl",
            "branchement",
            "n° branchement",
            "code branchement",
        ),
        help_text="Sans elle, chaque contrat a son propre point de livraison.",
        example="PDL004512",
    )
    meter_serial = CellField(
        "meter_serial",
        "Numéro de compteur",
        columns.reference(),
        synonyms=(
            "compteur",
            "n° compteur",
            "no cpt",
            "n° de série",
            "numéro de série",
            "matricule compteur",
            "série compteur",
        ),
        example="C20FA004512",
    )
    meter_diameter = CellField(
        "meter_diameter",
        "Diamètre du compteur (mm)",
        columns.integer(minimum=1),
        synonyms=("diamètre", "diam", "dn", "calibre", "diamètre compteur"),
        example="15",
    )
    meter_digits = CellField(
        "meter_digits",
        "Nombre de chiffres du compteur",
        columns.integer(minimum=3),
        synonyms=("nombre de chiffres", "nb chiffres", "nombre de roues", "nb roues"),
        example="5",
    )
    subscribed_on = CellField(
        "subscribed_on",
        "Date d’abonnement",
        columns.day(),
        synonyms=(
            "date abonnement",
            "date d’entrée",
            "date début",
            "début contrat",
            "date d’effet",
            "souscription",
            "date souscription",
            "abonné depuis",
        ),
        example="10/01/2022",
    )
    terminated_on = CellField(
        "terminated_on",
        "Date de résiliation",
        columns.day(),
        synonyms=("résiliation", "date de fin", "fin contrat", "date sortie", "date de départ"),
    )
    services = CellField(
        "services",
        "Services",
        columns.choices(SERVICES),
        synonyms=(
            "service",
            "prestations",
            "type de service",
            "services souscrits",
            "prestation",
            "eau assainissement",
        ),
        help_text=(
            "Eau, assainissement, assainissement non collectif. Sans cette colonne, un nouveau contrat porte "
            "l’eau potable."
        ),
        example="Eau + Assainissement",
    )
    activation_code = CellField(
        "activation_code",
        "Code d’activation",
        columns.text(40),
        synonyms=("code activation", "code portail", "code secret", "code internet", "clé internet"),
        help_text="Si votre logiciel l’imprime déjà sur les contrats. Il remplace le code précédent.",
        secret=True,
    )
    last_index = CellField(
        "last_index",
        "Dernier index (m³)",
        columns.amount(places=3, minimum=0),
        synonyms=("dernier index", "index", "dernier relevé", "index relevé", "nouvel index", "dernière relève"),
        example="642",
    )
    last_read_on = CellField(
        "last_read_on",
        "Date de la dernière relève",
        columns.day(),
        synonyms=(
            "date relève",
            "date de relève",
            "date index",
            "date dernier index",
            "date dernier relevé",
            "relevé le",
            "date du relevé",
        ),
        example="12/10/2026",
    )
