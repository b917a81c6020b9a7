"""The steps of « Demander une inscription ». What cannot be chosen stays in sight, greyed, with the reason why (s4.12).

The first steps are forms sent with GET: nothing is written before the last one, and "Modifier" is a link.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import ChildState
from booking.eligibility import file_obstacle, school_year_label

# Children for whom one may ask: those that wait are validated before their enrolment is.
ASKING = (ChildState.ACTIVE, ChildState.PENDING)


class _Options:
    """Mixin of the widgets: greys the values of `obstacles` ({value: sentence})."""

    obstacles = {}

    def create_option(self, name, value, label, selected, index, **kwargs):
        option = super().create_option(name, value, label, selected, index, **kwargs)
        if str(value) in self.obstacles:
            option["attrs"]["disabled"] = True
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}-pourquoi"
            option["selected"] = False
            option["attrs"].pop("checked", None)
        return option


class _Radios(_Options, forms.RadioSelect):
    pass


class _Boxes(_Options, forms.CheckboxSelectMultiple):
    pass


def _drawn(field, details):
    """Return the options of a bound field as a template draws them: dicts {box, obstacle, text}."""
    return [
        {"box": box, "obstacle": field.field.widget.obstacles.get(str(value), ""), "text": details.get(str(value), "")}
        for box, (value, _label) in zip(field.subwidgets, field.field.choices, strict=True)
    ]


class ChildForm(forms.Form):
    """Who, and for which school year."""

    show_optional = False
    enfant = forms.ChoiceField(
        label=_("Quel enfant voulez-vous inscrire ?"),
        widget=_Radios,
        error_messages={"required": _("Choisissez un enfant."), "invalid_choice": _("Choisissez un enfant.")},
    )
    annee = forms.TypedChoiceField(
        label=_("Pour quelle année scolaire ?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une année scolaire."),
            "invalid_choice": _("Les inscriptions pour cette année scolaire ne sont pas ouvertes."),
        },
    )

    def __init__(self, *args, children, years, **kwargs):
        super().__init__(*args, **kwargs)
        by_key = {str(child.public_id): child for child in children}
        self.children = {key: child for key, child in by_key.items() if child.state in ASKING}
        field = self.fields["enfant"]
        field.choices = [(key, str(child)) for key, child in by_key.items()]
        field.widget.obstacles = {key: file_obstacle(by_key[key]) for key in by_key.keys() - self.children.keys()}
        # Of a child who waits for validation, that it is so; of the others, nothing.
        self.notes = {key: file_obstacle(child) for key, child in self.children.items()}
        if len(self.children) == 1:
            field.initial = next(iter(self.children))
        self.fields["annee"].choices = [(year, school_year_label(year)) for year in years]
        self.fields["annee"].initial = years[0]

    @property
    def options(self):
        return _drawn(self["enfant"], self.notes)

    def clean_enfant(self):
        """Return the Child: one of the household, whose file the services did not refuse."""
        if self.cleaned_data["enfant"] not in self.children:
            raise forms.ValidationError(self.fields["enfant"].error_messages["invalid_choice"])
        return self.children[self.cleaned_data["enfant"]]


class ActivitiesForm(forms.Form):
    """What for: the activities whose enrolments are open, several at once."""

    show_optional = False
    activite = forms.TypedMultipleChoiceField(
        label=_("À quelles activités ?"),
        coerce=int,
        widget=_Boxes,
        error_messages={
            "required": _("Cochez au moins une activité."),
            "invalid_choice": _("Une des activités cochées n’est plus proposée. Vérifiez les cases."),
        },
    )

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.choices = choices
        field = self.fields["activite"]
        field.choices = [(choice.activity.pk, choice.activity.name) for choice in choices]
        field.widget.obstacles = {str(one.activity.pk): one.obstacle for one in choices if one.obstacle}

    @property
    def groups(self):
        """The options as they are drawn: [(establishment, [option])]."""
        found = {}
        texts = {str(choice.activity.pk): choice.activity.description for choice in self.choices}
        for choice, option in zip(self.choices, _drawn(self["activite"], texts), strict=True):
            found.setdefault(choice.activity.facility, []).append(option)
        return list(found.items())

    def clean_activite(self):
        """Return the Activities, none of them one that the child cannot be enrolled in."""
        wanted = set(self.cleaned_data["activite"])
        found = [choice for choice in self.choices if choice.activity.pk in wanted]
        if refused := next((choice for choice in found if choice.obstacle), None):
            raise forms.ValidationError(f"{refused.activity} : {refused.obstacle}")
        return [choice.activity for choice in found]


class MessageForm(forms.Form):
    """What the family wants to tell the service."""

    message = forms.CharField(
        label=_("Un message pour le service"),
        help_text=_("Par exemple : les jours souhaités. N’écrivez ici rien sur la santé de votre enfant."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        required=False,
    )
