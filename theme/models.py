import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.blocks import CharBlock, StructBlock, URLBlock
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from . import colours
from .forms import ColourInput

DEFAULT_BRAND = "#0f5f63"
DEFAULT_ACCENT = "#e0a12f"
_is_colour = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Écrivez une couleur sous la forme #0f5f63."))


class SocialLinkBlock(StructBlock):
    """One of the authority's accounts on a social network."""

    name = CharBlock(label=_("Réseau"), max_length=40, help_text=_("Par exemple : Mastodon."))
    url = URLBlock(label=_("Adresse"))

    class Meta:
        icon = "link"
        label = _("Réseau social")


def _image(verbose_name, help_text):
    return models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=verbose_name,
        help_text=help_text,
    )


@register_setting(icon="desktop", order=100)
class BrandingSettings(BaseSiteSetting):
    """Name, logo, colours and addresses of the authority: what makes the portal its own."""

    authority_name = models.CharField(_("nom de la collectivité"), max_length=100, default=_("Votre collectivité"))
    portal_name = models.CharField(_("nom du portail"), max_length=100, default=_("Portail des habitants"))
    tagline = models.CharField(
        _("présentation en une phrase"),
        max_length=200,
        blank=True,
        help_text=_("Lue par les moteurs de recherche et sur les réseaux sociaux."),
    )
    logo = _image(_("logo"), _("Sans logo, le portail dessine des vagues à vos couleurs."))
    favicon = _image(_("icône du navigateur"), _("Image carrée, au moins 64 pixels de côté."))
    social_image = _image(
        _("image de partage"), _("Montrée quand une page sans image est partagée. 1200 × 630 pixels.")
    )
    brand_colour = models.CharField(
        _("couleur principale"),
        max_length=7,
        default=DEFAULT_BRAND,
        validators=[_is_colour],
        help_text=_("Boutons, liens et bandeaux. Elle doit se lire sur du blanc, et le blanc sur elle."),
    )
    accent_colour = models.CharField(
        _("couleur d’accent"),
        max_length=7,
        default=DEFAULT_ACCENT,
        validators=[_is_colour],
        help_text=_("Décor et touches de couleur, jamais du texte."),
    )
    address = models.TextField(_("adresse postale"), blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    social_links = StreamField([("link", SocialLinkBlock())], blank=True, verbose_name=_("réseaux sociaux"))
    footer_text = models.TextField(_("texte du pied de page"), blank=True)

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    MultiFieldPanel(
                        [FieldPanel("authority_name"), FieldPanel("portal_name"), FieldPanel("tagline")],
                        heading=_("Noms"),
                    ),
                    MultiFieldPanel(
                        [FieldPanel("logo"), FieldPanel("favicon"), FieldPanel("social_image")], heading=_("Images")
                    ),
                    MultiFieldPanel(
                        [
                            FieldPanel("brand_colour", widget=ColourInput),
                            FieldPanel("accent_colour", widget=ColourInput),
                        ],
                        heading=_("Couleurs"),
                    ),
                ],
                heading=_("Identité"),
            ),
            ObjectList(
                [
                    FieldPanel("address"),
                    FieldPanel("email"),
                    FieldPanel("phone"),
                    FieldPanel("social_links"),
                    FieldPanel("footer_text"),
                ],
                heading=_("Coordonnées et pied de page"),
            ),
        ]
    )

    class Meta:
        verbose_name = _("identité du portail")

    def __str__(self):
        return self.full_name

    def clean(self):
        """Refuse a main colour that cannot be read, and propose the nearest one that can."""
        super().clean()
        try:
            ratio = colours.contrast(self.brand_colour)
        except ValueError:
            return  # the field's own validator says so
        if ratio < colours.MINIMUM_CONTRAST:
            message = _(
                "Cette couleur se lit mal : son contraste avec le blanc est de %(ratio)s, il faut au moins 4,5. "
                "La couleur la plus proche qui convient est %(nearest)s."
            )
            nearest = colours.nearest_passing(self.brand_colour)
            # Rounded down: 4,49 must not read 4,5.
            shown = f"{int(ratio * 100) / 100:.2f}".replace(".", ",")
            raise ValidationError(
                {"brand_colour": ValidationError(message, "contrast", {"ratio": shown, "nearest": nearest})}
            )

    @property
    def full_name(self):
        """The name that ends the titles of pages and signs mails."""
        return f"{self.authority_name} – {self.portal_name}"

    @property
    def colours_version(self):
        """Changes with the colours: versions the addresses of the style sheet and of the default icon."""
        return hashlib.sha256(f"{self.brand_colour}{self.accent_colour}".encode()).hexdigest()[:10]
