"""The pages behind « Mon compte ». A real portal starts with these too; staff then arrange them."""

from django.db import transaction
from wagtail.models import Page, Site

from portal_pages.models import (
    CasesPage,
    ConsumptionPage,
    ContractsPage,
    DashboardPage,
    DocumentsPage,
    EnrolmentsPage,
    FamilyPage,
    InvoicesPage,
    NotificationsPage,
    PersonalDataPage,
    ReservationsPage,
)

CHILDREN = [
    (
        ContractsPage,
        "contrats",
        "Mes contrats",
        "<p>Vos contrats d’abonnement à l’eau, vos relèves et votre consommation.</p>",
    ),
    (InvoicesPage, "factures", "Mes factures", ""),
    (ConsumptionPage, "consommations", "Mes consommations et mes relèves", ""),
    (
        FamilyPage,
        "famille",
        "Ma famille",
        "<p>Votre dossier famille, vos enfants, et tout ce qui les concerne.</p>",
    ),
    (ReservationsPage, "reservations", "Mes réservations", ""),
    (EnrolmentsPage, "inscriptions", "Mes inscriptions", ""),
    (
        CasesPage,
        "demarches",
        "Mes démarches",
        "<p>Vos brouillons, vos dossiers déposés et les réponses des services.</p>",
    ),
    (DocumentsPage, "documents", "Mes documents", ""),
    (
        PersonalDataPage,
        "profil",
        "Mes données personnelles",
        "<p>Modifiez ou complétez vos informations avec le crayon placé à côté de chaque groupe.</p>",
    ),
    (NotificationsPage, "notifications", "Mes notifications", ""),
]
TILES = [
    ("next_steps", {"label": "À faire"}),
    ("missing_documents", {"label": "Pièces justificatives à fournir"}),
    ("amount_to_pay", {"label": "À payer"}),
    ("last_invoice", {"label": "Dernière facture"}),
    ("last_consumption", {"label": "Dernière consommation"}),
    ("cases", {"label": "Mes démarches en cours"}),
    ("drafts", {"label": "Mes brouillons"}),
    ("next_bookings", {"label": "Prochaines réservations"}),
    ("children", {"label": "Mes enfants"}),
    ("family_service", {"label": "Petite enfance", "kinds": ["nursery"]}),
    ("family_service", {"label": "Périscolaire et restauration scolaire", "kinds": ["wraparound", "canteen"]}),
    ("family_service", {"label": "Accueil de loisirs", "kinds": ["leisure_centre"]}),
    ("consumption", {"label": "Consommation d’eau", "leak_advice": None}),
    ("latest_invoices", {"label": "Dernières factures"}),
    ("news", {"label": "Actualités", "count": 3}),
]


@transaction.atomic
def load_space():
    """Create the dashboard under the home page, and its children; what is there already stays as staff made it.

    Returns the DashboardPage.
    """
    home = Site.objects.get(is_default_site=True).root_page
    dashboard = DashboardPage.objects.child_of(home).first()
    if dashboard is None:
        dashboard = _add(
            home, DashboardPage(title="Tableau de bord", slug="mon-compte", tiles=TILES, show_in_menus=False)
        )
    for page_type, slug, title, introduction in CHILDREN:
        if not page_type.objects.child_of(dashboard).exists():
            _add(dashboard, page_type(title=title, slug=slug, introduction=introduction, show_in_menus=True))
    return dashboard


def _add(parent, page):
    # Read again: treebeard keeps a count of children on the parent it is given.
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    page.save_revision().publish()
    return page
