"""The forms of a child's file, one for each of its blocks (s4.3), and of the people around the child."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.contact_fields import AddressFields, PhoneField, RelationshipField
from accounts.enums import Answer, SchoolLevel, Sex
from accounts.models import Diet
from theme.forms import DateInput

OLDEST = 20
YES_NO = [(True, _("Oui")), (False, _("Non"))]
# Offered, never imposed: what is not in the list is typed (s4.5).
RELATIONSHIPS = (
    _("Mère"),
    _("Père"),
    _("Grand-mère"),
    _("Grand-père"),
    _("Tante"),
    _("Oncle"),
    _("Sœur"),
    _("Frère"),
    _("Belle-mère"),
    _("Beau-père"),
    _("Marraine"),
    _("Parrain"),
    _("Assistante maternelle"),
    _("Nourrice"),
    _("Voisine"),
    _("Voisin"),
    _("Ami ou amie de la famille"),
)


class BlockForm(forms.Form):
    """A block of the file. Mandatory fields are marked with an asterisk, as the page says (s4.3)."""

    mark_mandatory = True
    show_optional = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # These are other people's names and addresses: the browser would propose the parent's.
            field.widget.attrs.setdefault("autocomplete", "off")


class ChildForm(BlockForm):
    """« Information enfant »."""

    first_name = forms.CharField(label=_("Prénom"), max_length=150)
    last_name = forms.CharField(label=_("Nom"), max_length=150)
    sex = forms.ChoiceField(label=_("Sexe"), choices=Sex, widget=forms.RadioSelect, required=False)
    birth_date = forms.DateField(label=_("Date de naissance"), widget=DateInput)
    birth_place = forms.CharField(label=_("Lieu de naissance"), max_length=150, required=False)
    school = forms.CharField(label=_("École"), max_length=150, required=False)
    school_level = forms.ChoiceField(
        label=_("Niveau scolaire"), choices=[("", _("Choisissez un niveau")), *SchoolLevel.choices], required=False
    )

    def clean_birth_date(self):
        born, today = self.cleaned_data["birth_date"], timezone.localdate()
        if born > today:
            raise ValidationError(_("La date de naissance est dans le futur : vérifiez l’année."))
        if born.year < today.year - OLDEST:
            raise ValidationError(_("La date de naissance est trop ancienne : vérifiez l’année."))
        return born


class DietForm(BlockForm):
    """« Régime alimentaire spécifique »: the need, never its reason."""

    diet = forms.ModelChoiceField(
        label=_("Régime alimentaire"),
        queryset=Diet.objects.none(),
        required=False,
        empty_label=_("Aucun régime particulier"),
    )
    diet_details = forms.CharField(
        label=_("Précisions sur le régime"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ce que la cuisine doit savoir. Inutile de dire pourquoi."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = self.initial.get("diet")
        # A diet that is no longer offered stays that of the children who have it.
        self.fields["diet"].queryset = Diet.objects.filter(active=True) | Diet.objects.filter(pk=held)


class MedicalForm(BlockForm):
    """« Renseignements médicaux » (s4.4)."""

    has_care_plan = forms.TypedChoiceField(
        label=_("L’enfant a-t-il un projet d’accueil individualisé (PAI) ?"),
        choices=YES_NO,
        coerce=lambda value: value == "True",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Ce document, signé avec un médecin, dit quoi faire en cas d’allergie, d’asthme ou de maladie."),
    )
    care_plan_details = forms.CharField(
        label=_("Détails du PAI"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("À remplir si vous avez répondu oui."),
    )
    medical_history = forms.CharField(
        label=_("Antécédents médicaux"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    observations = forms.CharField(
        label=_("Observations"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Lunettes, appareil dentaire, sommeil…"),
    )
    doctor_name = forms.CharField(label=_("Médecin traitant"), max_length=150, required=False)
    doctor_phone = PhoneField(label=_("Téléphone du médecin"), required=False)
    doctor_address = forms.CharField(label=_("Adresse du médecin"), max_length=300, required=False)

    def clean(self):
        values = super().clean()
        if values.get("has_care_plan") and "care_plan_details" in self.fields and not values.get("care_plan_details"):
            self.add_error("care_plan_details", _("Détails du PAI : décrivez-le, ou répondez non à la question."))
        return values


class PersonForm(AddressFields, BlockForm):
    """Someone to call, or who may come and take the child (s4.5 to s4.8)."""

    field_order = ["first_name", "last_name", "relationship", "phone", "second_phone", "address", "address_complement"]

    first_name = forms.CharField(label=_("Prénom"), max_length=150)
    last_name = forms.CharField(label=_("Nom"), max_length=150)
    relationship = RelationshipField(label=_("Lien avec l’enfant"), suggestions=RELATIONSHIPS)
    phone = PhoneField(label=_("Téléphone"), required=False)
    second_phone = PhoneField(label=_("Second téléphone"), required=False)


class ContactForm(PersonForm):
    """A person to call: without a telephone, of no help."""

    may_pick_up = forms.BooleanField(label=_("Cette personne peut aussi venir chercher l’enfant"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = self.fields["phone"].widget.is_required = True


class ConsentsForm(BlockForm):
    """« Autorisations » : oui, non, or non concerné for each (s4.9). `consents`: those of `queries.children`."""

    def __init__(self, *args, consents, **kwargs):
        super().__init__(*args, **kwargs)
        for consent in consents:
            self.fields[f"consent_{consent.type.pk}"] = forms.ChoiceField(
                label=consent.type.label,
                help_text=consent.type.explanation,
                choices=Answer.choices,
                initial=consent.answer,
                required=consent.type.mandatory,
                widget=forms.RadioSelect,
            )

    def answers(self):
        """Return {ConsentType's pk: Answer or ""}, as `services.consents.answer` takes them."""
        return {int(name.removeprefix("consent_")): value for name, value in self.cleaned_data.items()}


class PickForm(BlockForm):
    """The emergency contacts who may come and take the child too (s4.8)."""

    contacts = forms.MultipleChoiceField(
        label=_("Parmi les personnes à contacter"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez au moins une personne.")},
    )

    def __init__(self, *args, contacts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contacts"].choices = [
            (str(contact.public_id), f"{contact} ({contact.relationship})") for contact in contacts
        ]


class AcceptForm(BlockForm):
    """« J’accepte »: required, with the version of the text that was read (s4.10). `text`: the AcceptanceText."""

    accept = forms.BooleanField(
        label=_("J’accepte"), error_messages={"required": _("Cochez « J’accepte » pour valider la fiche.")}
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, text, **kwargs):
        super().__init__(*args, initial={"version": text.version}, **kwargs)
        self.text = text
