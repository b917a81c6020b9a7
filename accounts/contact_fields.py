"""Fields of the forms about people: telephones, addresses completed from French reference data, relationships."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from . import towns
from .rules import normalise_phone

POSTCODE = RegexValidator(r"^[0-9A-Za-z][0-9A-Za-z -]{2,9}$", _("Écrivez un code postal, par exemple 49000."))
SEVERAL = _("Plusieurs communes ont ce code postal : choisissez la vôtre.")
PARENTS = (_("Mère"), _("Père"), _("Beau-parent"), _("Tuteur ou tutrice"), _("Famille d’accueil"))


class PhoneField(forms.CharField):
    """A telephone, French or foreign, cleaned to one spelling."""

    widget = forms.TelInput

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 30, **kwargs})

    def clean(self, value):
        return normalise_phone(super().clean(value))


class ListOrTextInput(forms.TextInput):
    """A text with suggestions (`<datalist>`): chosen from the list or typed freely (s4.5)."""

    template_name = "accounts/widgets/list_or_text.html"

    def __init__(self, suggestions=(), attrs=None):
        self.suggestions = suggestions
        super().__init__(attrs)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"]["list"] = list_id
        context["widget"].update(list_id=list_id, suggestions=self.suggestions)
        return context


class RelationshipField(forms.CharField):
    """What a person is to a child: one of `suggestions`, or other words."""

    def __init__(self, *, suggestions=PARENTS, **kwargs):
        kwargs.setdefault("help_text", _("Choisissez dans la liste ou écrivez."))
        super().__init__(**{"max_length": 60, "widget": ListOrTextInput(suggestions), **kwargs})


class TownInput(ListOrTextInput):
    """A text that `accounts/js/towns.js` completes; its list is empty until then."""

    def __init__(self, part):
        super().__init__(attrs={"data-towns": reverse_lazy("accounts:towns"), "data-part": part})


class AddressFields(forms.Form):
    """Address, complement, postcode, town: the postcode completes the town, and the town the postcode.

    In the browser with `accounts/js/towns.js`. Without it the server does it: a postcode with one town gives that town,
    with several a choice; a town with one postcode gives that postcode.
    """

    address = forms.CharField(
        label=_("Adresse"), max_length=200, required=False, help_text=_("Par exemple : 12 rue des Tilleuls.")
    )
    address_complement = forms.CharField(
        label=_("Complément d’adresse"), max_length=200, required=False, help_text=_("Bâtiment, étage, lieu-dit.")
    )
    postcode = forms.CharField(
        label=_("Code postal"), max_length=10, required=False, validators=[POSTCODE], widget=TownInput("postcode")
    )
    town = forms.CharField(label=_("Commune"), max_length=100, required=False, widget=TownInput("town"))

    def clean(self):
        values = super().clean()
        if all(name in self.fields and not self.fields[name].disabled for name in ("postcode", "town")):
            self._complete(values)
        return values

    def _complete(self, values):
        postcode, town = values.get("postcode", ""), values.get("town", "")
        if postcode and town:
            values["town"] = towns.spelling(postcode, town)
        elif postcode and not town:
            names = towns.names_of(postcode)
            if len(names) == 1:
                self._give(values, "town", names[0])
            elif names:
                self._offer(names)
        elif town and "postcode" not in self.errors or town and self.has_error("postcode", "required"):
            postcodes = towns.postcodes_of(town)
            if len(postcodes) == 1:
                self._give(values, "postcode", postcodes[0])

    def _give(self, values, name, value):
        """Fill a field that was left empty, which it may not be."""
        self._errors.pop(name, None)
        values[name] = value

    def _offer(self, names):
        field = self.fields["town"]
        field.widget = forms.Select(choices=[("", _("Choisissez une commune")), *((name, name) for name in names)])
        field.widget.is_required = field.required
        self._errors.pop("town", None)
        self.add_error("town", ValidationError(SEVERAL, code="several"))


def about_someone_else(form):
    """Have the browser leave the fields of `form` alone: it would fill in the user's own name; returns the form."""
    for field in form.fields.values():
        field.widget.attrs["autocomplete"] = "off"
    return form
