"""The tiles of which staff compose the dashboard. Each asks the resident's `Space` what to show; nothing hides it."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import LinkBlock

from .contract_tables import half_year_table
from .tile import Tile
from .tiles_bookings import NextBookingsTile
from .tiles_cases import CurrentCasesTile, DraftsTile
from .tiles_documents import MissingDocumentsTile
from .tiles_family import ChildrenTile, FamilyServiceTile


class AmountToPayTile(Tile):
    label = blocks.CharBlock(label=_("intitulé"), default="À payer", max_length=60)

    class Meta:
        label = _("Montant à payer")
        icon = "decimal"
        template = "portal_pages/tiles/amount_to_pay.html"

    def data(self, value, space):
        if not space.latest_invoices:
            return None
        return {"to_pay": space.to_pay, "invoices_url": space.invoices_url}


class LastInvoiceTile(Tile):
    label = blocks.CharBlock(label=_("intitulé"), default="Dernière facture", max_length=60)

    class Meta:
        label = _("Dernière facture")
        icon = "doc-full"
        template = "portal_pages/tiles/last_invoice.html"

    def data(self, value, space):
        if not space.latest_invoices:
            return None
        return {"invoice": space.latest_invoices[0], "invoices_url": space.invoices_url}


class LatestInvoicesTile(Tile):
    abreast = 1
    label = blocks.CharBlock(label=_("intitulé"), default="Dernières factures", max_length=60)

    class Meta:
        label = _("Dernières factures (tableau)")
        icon = "table"
        template = "portal_pages/tiles/latest_invoices.html"

    def data(self, value, space):
        if not space.latest_invoices:
            return None
        return {"invoices": space.latest_invoices, "invoices_url": space.invoices_url}


class ConsumptionTile(Tile):
    abreast = 1
    label = blocks.CharBlock(label=_("intitulé"), default="Consommation d’eau", max_length=60)
    leak_advice = blocks.PageChooserBlock(
        label=_("page de conseils en cas de fuite"),
        required=False,
        help_text=_("Proposée quand une consommation dépasse le double de l’habitude."),
    )

    class Meta:
        label = _("Consommation d’eau (graphique)")
        icon = "order"
        template = "portal_pages/tiles/consumption.html"

    def data(self, value, space):
        if space.consumption is None:
            return None
        reference = space.consumption.contract.reference
        contract_url = space.url_of("ContractsPage", reference)
        return {"consumption": space.consumption, "contract_url": contract_url, **half_year_table(space.consumption)}


class LastConsumptionTile(Tile):
    label = blocks.CharBlock(label=_("intitulé"), default="Dernière consommation", max_length=60)

    class Meta:
        label = _("Dernière consommation d’eau")
        icon = "snippet"
        template = "portal_pages/tiles/last_consumption.html"

    def data(self, value, space):
        if space.consumption is None:
            return None
        contract_url = space.url_of("ContractsPage", space.consumption.contract.reference)
        return {"half_year": space.consumption.half_years[-1], "contract_url": contract_url}


class NextStepsTile(Tile):
    abreast = 1
    label = blocks.CharBlock(label=_("intitulé"), default="À faire", max_length=60)

    class Meta:
        label = _("Prochaines étapes")
        icon = "list-ol"
        template = "portal_pages/tiles/next_steps.html"

    def data(self, value, space):
        return {"steps": space.next_steps} if space.next_steps else None


class NewsTile(Tile):
    abreast = 1
    label = blocks.CharBlock(label=_("intitulé"), default="Actualités", max_length=60)
    count = blocks.IntegerBlock(label=_("nombre"), default=3, min_value=1, max_value=6)

    class Meta:
        label = _("Actualités")
        icon = "doc-full-inverse"
        template = "portal_pages/tiles/news.html"

    def data(self, value, space):
        news = space.news(value["count"])
        return {"news": news} if news else None


class FeaturedProceduresTile(Tile):
    abreast = 1
    label = blocks.CharBlock(label=_("intitulé"), default="Démarches à la Une", max_length=60)
    pages = blocks.ListBlock(blocks.PageChooserBlock(label=_("démarche")), label=_("démarches"), min_num=1, max_num=6)

    class Meta:
        label = _("Démarches à la Une")
        icon = "pick"
        template = "portal_pages/tiles/procedures.html"

    def data(self, value, space):
        procedures = space.procedures(value["pages"])
        return {"procedures": procedures} if procedures else None


class TextTile(Tile):
    abreast = 1
    label = blocks.CharBlock(label=_("intitulé"), required=False, max_length=60)
    text = blocks.RichTextBlock(label=_("texte"), features=["bold", "link", "ul", "ol"])

    class Meta:
        label = _("Texte")
        icon = "pilcrow"
        template = "portal_pages/tiles/text.html"


class LinksTile(Tile):
    label = blocks.CharBlock(label=_("intitulé"), default="Liens utiles", max_length=60)
    links = blocks.ListBlock(LinkBlock(), label=_("liens"), min_num=1, max_num=8)

    class Meta:
        label = _("Liens")
        icon = "link"
        template = "portal_pages/tiles/links.html"


class TilesBlock(blocks.StreamBlock):
    """The tiles staff choose from. The keys are stored: never rename one."""

    next_steps = NextStepsTile()
    missing_documents = MissingDocumentsTile()
    next_bookings = NextBookingsTile()
    children = ChildrenTile()
    family_service = FamilyServiceTile()
    amount_to_pay = AmountToPayTile()
    last_invoice = LastInvoiceTile()
    last_consumption = LastConsumptionTile()
    consumption = ConsumptionTile()
    latest_invoices = LatestInvoicesTile()
    cases = CurrentCasesTile()
    drafts = DraftsTile()
    procedures = FeaturedProceduresTile()
    news = NewsTile()
    text = TextTile()
    links = LinksTile()

    class Meta:
        required = False
