"""The groups of personal data, each with its form and what the page shows of it."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

PHONE = RegexValidator(
    r"^\+?[0-9][0-9 .()-]{6,18}$", _("Écrivez un numéro de téléphone, par exemple 02 41 00 00 00 ou +33 2 41 00 00 00.")
)
POSTCODE = RegexValidator(r"^[0-9A-Za-z][0-9A-Za-z -]{2,9}$", _("Écrivez un code postal, par exemple 49000."))
# Drawn lighter than an answer by `{% summary_list %}`.
NOT_GIVEN = format_html('<span class="not-given">{}</span>', "Non renseigné")


class GroupForm(forms.Form):
    """A group of information: `names` of the user and of the profile, as the accounts' service takes them."""

    title = ""
    intro = ""
    of_profile = True

    @classmethod
    def of(cls, user, profile, data=None):
        """Return the form with the values held today."""
        owner = profile if cls.of_profile else user
        return cls(data, initial={name: getattr(owner, name) for name in cls.base_fields})

    @classmethod
    def may(cls, space):
        """Whether who is logged in may change this group."""
        return space.can_manage or not cls.of_profile

    @classmethod
    def facts(cls, user, profile):
        """Return the items of `{% summary_list %}`."""
        owner = profile if cls.of_profile else user
        return [
            {"label": field.label, "value": getattr(owner, name) or NOT_GIVEN}
            for name, field in cls.base_fields.items()
        ]


class IdentityForm(GroupForm):
    title = _("Identité")
    of_profile = False

    first_name = forms.CharField(label=_("Prénom"), max_length=150)
    last_name = forms.CharField(label=_("Nom"), max_length=150)


class AddressForm(GroupForm):
    title = _("Adresse")
    intro = _("L’adresse où nous vous écrivons. Elle peut être différente de celle de votre compteur d’eau.")

    address = forms.CharField(label=_("Adresse"), max_length=200, help_text=_("Par exemple : 12 rue des Tilleuls."))
    address_complement = forms.CharField(
        label=_("Complément d’adresse"),
        max_length=200,
        required=False,
        help_text=_("Bâtiment, étage, lieu-dit."),
    )
    postcode = forms.CharField(label=_("Code postal"), max_length=10, validators=[POSTCODE])
    town = forms.CharField(label=_("Commune"), max_length=100)


class PhoneForm(GroupForm):
    title = _("Téléphones")
    intro = _("Nous vous appelons seulement si une demande ou une panne le rend nécessaire.")

    phone = forms.CharField(label=_("Téléphone"), max_length=20, validators=[PHONE])
    second_phone = forms.CharField(label=_("Second téléphone"), max_length=20, required=False, validators=[PHONE])
