"""The block library that editors compose pages from. Each has an icon, a description and a preview in the chooser."""

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from .addresses import is_address
from .icons import ICONS

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
SHORT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]
LOREM = (
    "<p>Un compteur d’eau se relève une fois par an. Si vous étiez absent, "
    "<b>transmettez l’index vous-même</b> : deux minutes suffisent.</p>"
)


class LinkValue(blocks.StructValue):
    """A link's `href` (empty when it leads nowhere any more) and `text`."""

    @cached_property
    def href(self):
        page = self.get("page")
        if page is not None:
            return (page.url or "") if page.live else ""
        return self.get("url") or ""

    @property
    def text(self):
        page = self.get("page")
        return self.get("label") or (page.title if page else self.get("url"))


class LinkBlock(blocks.StructBlock):
    """A link to a page of the portal, else to an address."""

    page = blocks.PageChooserBlock(required=False, label=_("Page"))
    url = blocks.CharBlock(required=False, max_length=300, validators=[is_address], label=_("ou adresse"))
    label = blocks.CharBlock(
        required=False, max_length=80, label=_("Texte du lien"), help_text=_("Vide : le titre de la page.")
    )

    def clean(self, value):
        value = super().clean(value)
        if not value.get("page") and not value.get("url"):
            raise blocks.StructBlockValidationError(
                {"page": ValidationError(_("Choisissez une page, ou écrivez une adresse."))}
            )
        if value.get("url") and not value.get("page") and not value.get("label"):
            raise blocks.StructBlockValidationError({"label": ValidationError(_("Écrivez le texte du lien."))})
        return value

    class Meta:
        icon = "link"
        label = _("Lien")
        value_class = LinkValue


class IconChoiceBlock(blocks.ChoiceBlock):
    """One of the portal's icons. The choices stay out of migrations."""

    def __init__(self, **kwargs):
        kwargs.setdefault("choices", ICONS)
        super().__init__(**kwargs)

    def deconstruct(self):
        kwargs = {name: value for name, value in self._constructor_kwargs.items() if name != "choices"}
        return ("cms.blocks.IconChoiceBlock", [], kwargs)

    class Meta:
        icon = "pick"


class TextBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs):
        super().__init__(**{"features": TEXT_FEATURES, **kwargs})

    class Meta:
        icon = "pilcrow"
        label = _("Texte")
        template = "cms/blocks/text.html"
        description = _("Paragraphes, intertitres, listes et liens.")
        preview_value = "<h2>Relever son compteur</h2>" + LOREM
        group = _("Écrire")


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=120, label=_("Ce qu’il faut faire"))
    text = blocks.RichTextBlock(required=False, features=SHORT_FEATURES, label=_("Détail"))
    image = ImageBlock(required=False, label=_("Image"))
    tip = blocks.CharBlock(required=False, max_length=300, label=_("Astuce"))

    class Meta:
        icon = "check"
        label = _("Étape")


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120, label=_("Titre"))
    steps = blocks.ListBlock(StepBlock(), min_num=1, label=_("Étapes"))

    class Meta:
        icon = "list-ol"
        label = _("Pas à pas")
        template = "cms/blocks/steps.html"
        description = _("Des étapes numérotées, avec une image et une astuce.")
        group = _("Écrire")
        preview_value = {
            "title": "Lire l’index",
            "steps": [
                {"title": "Ouvrez le regard", "text": LOREM, "tip": "Une lampe aide à lire."},
                {"title": "Notez les chiffres noirs", "text": "<p>Les chiffres rouges ne comptent pas.</p>", "tip": ""},
            ],
        }


class AccordionItemBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=160, label=_("Titre"))
    text = blocks.RichTextBlock(features=SHORT_FEATURES, label=_("Texte"))

    class Meta:
        icon = "arrow-down"
        label = _("Volet")


class AccordionBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120, label=_("Titre"))
    items = blocks.ListBlock(AccordionItemBlock(), min_num=1, label=_("Volets"))

    class Meta:
        icon = "list-ul"
        label = _("Accordéon")
        template = "cms/blocks/accordion.html"
        description = _("Des volets que l’on ouvre : pour ce que tout le monde ne lit pas.")
        group = _("Écrire")
        preview_value = {"title": "Cas particuliers", "items": [{"title": "Je suis locataire", "text": LOREM}]}


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Citation"))
    author = blocks.CharBlock(required=False, max_length=120, label=_("Auteur"))

    class Meta:
        icon = "openquote"
        label = _("Citation")
        template = "cms/blocks/quote.html"
        description = _("Une phrase mise en avant, et qui l’a dite.")
        group = _("Écrire")
        preview_value = {"text": "L’eau du robinet est l’aliment le plus contrôlé.", "author": "Le service de l’eau"}


class AlertBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        choices=[
            ("info", _("Information")),
            ("success", _("Bonne nouvelle")),
            ("warning", _("Attention")),
            ("danger", _("Urgence")),
        ],
        default="info",
        label=_("Gravité"),
    )
    title = blocks.CharBlock(required=False, max_length=120, label=_("Titre"))
    text = blocks.RichTextBlock(features=["bold", "link", "ul"], label=_("Texte"))

    class Meta:
        icon = "warning"
        label = _("Encadré")
        template = "cms/blocks/alert.html"
        description = _("À ne pas manquer : information, attention ou urgence.")
        group = _("Écrire")
        preview_value = {"tone": "warning", "title": "Avant le 12 décembre", "text": "<p>La campagne se termine.</p>"}


class CardBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=100, label=_("Titre"))
    text = blocks.CharBlock(required=False, max_length=200, label=_("Texte"))
    icon = IconChoiceBlock(required=False, label=_("Icône"))
    link = LinkBlock(label=_("Lien"))

    class Meta:
        icon = "doc-empty"
        label = _("Carte")


class CardsBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120, label=_("Titre"))
    cards = blocks.ListBlock(CardBlock(), min_num=1, max_num=12, label=_("Cartes"))

    class Meta:
        icon = "grip"
        label = _("Cartes")
        template = "cms/blocks/cards.html"
        description = _("Des liens en tuiles, avec icône et texte.")
        group = _("Montrer")
        preview_value = {
            "title": "En savoir plus",
            "cards": [
                {
                    "title": "La qualité de l’eau",
                    "text": "42 prélèvements sur 42.",
                    "icon": "beaker",
                    "link": {"url": "/"},
                },
                {"title": "Les tarifs", "text": "Commune par commune.", "icon": "banknotes", "link": {"url": "/"}},
            ],
        }


class FigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(max_length=20, label=_("Chiffre"), help_text=_("Avec son unité : 42 km, 98 %."))
    label = blocks.CharBlock(max_length=100, label=_("Ce qu’il mesure"))

    class Meta:
        icon = "order"
        label = _("Chiffre")


class FiguresBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120, label=_("Titre"))
    figures = blocks.ListBlock(FigureBlock(), min_num=1, max_num=6, label=_("Chiffres"))
    source = blocks.CharBlock(required=False, max_length=160, label=_("Source et date"))

    class Meta:
        icon = "history"
        label = _("Chiffres clés")
        template = "cms/blocks/figures.html"
        description = _("De grands chiffres, chacun avec ce qu’il mesure.")
        group = _("Montrer")
        preview_value = {
            "title": "Le service en chiffres",
            "figures": [{"value": "412 km", "label": "de réseau"}, {"value": "98 %", "label": "de conformité"}],
            "source": "Rapport annuel 2025",
        }


class TableBlock(TypedTableBlock):
    """Columns of text, of figures (aligned to the right) or of rich text; it stacks into cards on a phone."""

    text = blocks.CharBlock(required=False, label=_("Texte"))
    number = blocks.CharBlock(required=False, label=_("Nombre"))
    rich_text = blocks.RichTextBlock(required=False, features=["bold", "link"], label=_("Texte enrichi"))

    class Meta:
        icon = "table"
        label = _("Tableau")
        template = "cms/blocks/table.html"
        description = _("Des lignes et des colonnes titrées. Il devient une liste sur un téléphone.")
        group = _("Montrer")
        preview_value = {
            "caption": "Tarifs de l’eau",
            "columns": [{"type": "text", "heading": "Commune"}, {"type": "number", "heading": "Prix du m³"}],
            "rows": [{"values": ["Octon", "3,42 €"]}, {"values": ["Salasc", "3,18 €"]}],
        }


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(required=False, max_length=200, label=_("Légende"))

    class Meta:
        icon = "image"
        label = _("Image")
        template = "cms/blocks/picture.html"
        preview_template = "cms/blocks/previews/picture.html"
        description = _("Une image avec son texte de remplacement et une légende.")
        group = _("Montrer")


class DocumentsBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120, label=_("Titre"))
    documents = blocks.ListBlock(DocumentChooserBlock(), min_num=1, label=_("Documents"))

    class Meta:
        icon = "doc-full-inverse"
        label = _("Documents à télécharger")
        template = "cms/blocks/documents.html"
        preview_template = "cms/blocks/previews/documents.html"
        description = _("Des fichiers, avec leur format et leur poids.")
        group = _("Montrer")


class ContactBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120, default=_("Nous joindre"), label=_("Titre"))
    contact = SnippetChooserBlock("cms.ContactPoint", label=_("Coordonnées"))

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        contact = value.get("contact")
        return {**context, "contact": contact, "cards": contact.cards() if contact else []}

    class Meta:
        icon = "mail"
        label = _("Coordonnées et horaires")
        template = "cms/blocks/contact.html"
        preview_template = "cms/blocks/previews/contact.html"
        description = _("L’adresse, le téléphone et les horaires d’un service : « ouvert en ce moment ».")
        group = _("Relier")


class FeaturedPageBlock(blocks.StructBlock):
    page = blocks.PageChooserBlock(label=_("Page"))
    text = blocks.CharBlock(required=False, max_length=200, label=_("Texte"), help_text=_("Vide : son résumé."))

    class Meta:
        icon = "doc-full"
        label = _("Démarche")


class FeaturedBlock(blocks.StructBlock):
    """Tiles that take title, text and icon from the chosen pages."""

    title = blocks.CharBlock(required=False, max_length=120, default=_("Vos démarches"), label=_("Titre"))
    pages = blocks.ListBlock(FeaturedPageBlock(), min_num=1, max_num=12, label=_("Démarches"))

    def get_context(self, value, parent_context=None):
        from .featured import tiles_of

        context = super().get_context(value, parent_context)
        request = context.get("request")
        chosen = [(item.get("page"), "", item.get("text"), "") for item in value.get("pages") or []]
        return {**context, "tiles": tiles_of(chosen, request)}

    class Meta:
        icon = "pick"
        label = _("Démarches mises en avant")
        template = "cms/blocks/featured.html"
        preview_template = "cms/blocks/previews/featured.html"
        description = _("Des pages choisies et ordonnées, en tuiles.")
        group = _("Relier")


class BodyBlock(blocks.StreamBlock):
    """What the body of a page may hold."""

    text = TextBlock()
    steps = StepsBlock()
    accordion = AccordionBlock()
    alert = AlertBlock()
    quote = QuoteBlock()
    cards = CardsBlock()
    figures = FiguresBlock()
    table = TableBlock()
    picture = PictureBlock()
    documents = DocumentsBlock()
    contact = ContactBlock()
    featured = FeaturedBlock()

    class Meta:
        required = False


class AnswerBlock(blocks.StreamBlock):
    """The step-by-step answer of a help page."""

    step = StepBlock(
        template="cms/blocks/step.html",
        preview_template="cms/blocks/previews/step.html",
        group=_("Étapes"),
        description=_("Une chose à faire, avec une image et une astuce."),
        preview_value={"title": "Ouvrez le regard", "text": LOREM, "tip": "Une lampe aide à lire."},
    )
    text = TextBlock()
    alert = AlertBlock()
    accordion = AccordionBlock()
    documents = DocumentsBlock()

    class Meta:
        required = False
