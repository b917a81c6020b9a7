"""The forms of « Ma famille »: the family file, a guardian, the quotient, a new household, and « J’accepte »."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import linebreaks
from django.utils.translation import gettext_lazy as _

from accounts.contact_fields import AddressFields, PhoneField, RelationshipField
from accounts.enums import BenefitFund, FamilySituation
from accounts.money_fields import EurosField
from theme.forms import DateInput

UNSAID = ("", _("Choisissez une réponse"))
TEXT_CHANGED = _("Le texte à accepter vient de changer : relisez-le, puis acceptez de nouveau.")


class SectionedForm(forms.Form):
    """A form in parts: `layout` is a tuple of (title, names). Mandatory fields are marked with an asterisk (s4.3)."""

    layout = ()
    mark_mandatory = True
    show_optional = False

    def sections(self):
        """Return [(title, bound fields)] of the parts that have fields left."""
        parts = [(title, [self[name] for name in names if name in self.fields]) for title, names in self.layout]
        return [(title, fields) for title, fields in parts if fields]


class AcceptanceMixin(forms.Form):
    """« J’accepte » (s4.2): required, with the version that was read. `text`: the AcceptanceText."""

    def __init__(self, *args, text, **kwargs):
        super().__init__(*args, **kwargs)
        self.text = text
        self.fields["accept"] = forms.BooleanField(
            label=_("J’accepte"),
            help_text=linebreaks(text.text, autoescape=True),
            error_messages={"required": _("Cochez « J’accepte » pour enregistrer.")},
        )
        self.fields["accept_version"] = forms.IntegerField(widget=forms.HiddenInput, initial=text.version)

    @property
    def version(self):
        """The version that was accepted, as `services.family` takes it."""
        return self.cleaned_data["accept_version"]

    def clean(self):
        values = super().clean()
        if values.get("accept_version") != self.text.version:
            self._errors.pop("accept_version", None)
            self.add_error("accept", ValidationError(TEXT_CHANGED))
            # What was ticked was for the text before: drawn again, the box is empty and the version is the new one.
            self.data = self.data.copy()
            self.data.pop("accept", None)
            self.data["accept_version"] = self.text.version
        return values


class FileForm(AcceptanceMixin, AddressFields, SectionedForm):
    """« Modifier les informations de la famille » (s3.3)."""

    layout = (
        (_("Le foyer"), ("name", "situation")),
        (_("Adresse"), ("address", "address_complement", "postcode", "town")),
        (_("Téléphones"), ("phone", "second_phone")),
        (_("Caisse d’allocations"), ("benefit_fund", "benefit_number")),
    )

    name = forms.CharField(label=_("Nom du foyer"), max_length=200, help_text=_("Par exemple : Foyer Durand."))
    situation = forms.ChoiceField(
        label=_("Situation familiale"), choices=[UNSAID, *FamilySituation.choices], required=False
    )
    phone = PhoneField(label=_("Téléphone"), required=False)
    second_phone = PhoneField(label=_("Second téléphone"), required=False)
    benefit_fund = forms.ChoiceField(
        label=_("Caisse d’allocations"), choices=[UNSAID, *BenefitFund.choices], required=False
    )
    benefit_number = forms.CharField(
        label=_("Numéro d’allocataire"),
        max_length=20,
        required=False,
        help_text=_("Il est écrit sur les courriers de votre caisse."),
    )


class GuardianForm(AcceptanceMixin, AddressFields, SectionedForm):
    """A legal guardian, to add or to change."""

    layout = (
        (_("Identité"), ("first_name", "last_name", "relationship")),
        (_("Pour joindre cette personne"), ("email", "phone", "second_phone")),
        (_("Adresse"), ("address", "address_complement", "postcode", "town")),
        (_("Au travail"), ("employer", "work_phone")),
    )

    first_name = forms.CharField(label=_("Prénom"), max_length=150)
    last_name = forms.CharField(label=_("Nom"), max_length=150)
    relationship = RelationshipField(label=_("Lien avec les enfants"))
    email = forms.EmailField(label=_("Courriel"), max_length=254, required=False)
    phone = PhoneField(label=_("Téléphone"), required=False)
    second_phone = PhoneField(label=_("Second téléphone"), required=False)
    employer = forms.CharField(label=_("Employeur"), max_length=150, required=False)
    work_phone = PhoneField(label=_("Téléphone professionnel"), required=False)


class QuotientForm(SectionedForm):
    """« Déclarer mon quotient familial »."""

    layout = ((_("Votre quotient"), ("amount", "annual_income")), (_("Sa validité"), ("valid_from", "valid_until")))

    amount = EurosField(
        label=_("Quotient familial, en euros"),
        max_digits=8,
        help_text=_("Il est écrit sur l’attestation de votre caisse, par exemple 720,00."),
    )
    annual_income = EurosField(
        label=_("Ressources annuelles, en euros"),
        max_digits=10,
        required=False,
        help_text=_("Seulement pour les tarifs au taux d’effort. Laissez vide si vous ne savez pas."),
    )
    valid_from = forms.DateField(label=_("Valable à partir du"), widget=DateInput)
    valid_until = forms.DateField(label=_("Valable jusqu’au"), widget=DateInput)


class HouseholdForm(SectionedForm):
    """« Ouvrir mon dossier famille » : a household for someone whose profile is their own."""

    layout = ((_("Votre foyer"), ("name", "relationship")),)

    name = forms.CharField(
        label=_("Nom du foyer"), max_length=200, help_text=_("Par exemple : Foyer Durand. Il figure sur vos factures.")
    )
    relationship = RelationshipField(label=_("Votre lien avec les enfants"))
