"""The pages behind « Mon compte ». A real portal starts with these too; staff then arrange them."""

from django.db import transaction
from wagtail.models import Page, Site

from portal_pages.models import ConsumptionPage, ContractsPage, DashboardPage, InvoicesPage, PersonalDataPage

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
        PersonalDataPage,
        "profil",
        "Mes données personnelles",
        "<p>Modifiez ou complétez vos informations avec le crayon placé à côté de chaque groupe.</p>",
    ),
]
TILES = [
    ("next_steps", {"label": "À faire"}),
    ("amount_to_pay", {"label": "À payer"}),
    ("last_invoice", {"label": "Dernière facture"}),
    ("last_consumption", {"label": "Dernière consommation"}),
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
