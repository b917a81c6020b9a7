"""What the clerk sends, turned into clean values. No writes."""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from . import mapping, sources
from .enums import ImportKind
from .importers import REGISTRY

ASK = "ask"
NONE = ""


class UploadForm(forms.Form):
    """A file, and what it holds."""

    kind = forms.ChoiceField(
        label=_("Que contient le fichier ?"),
        choices=ImportKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites ce que contient le fichier.")},
    )
    file = forms.FileField(
        label=_("Fichier"),
        help_text=_("CSV, XLSX, XLS ou ODS, 50 Mo au plus, tel qu’il sort de votre logiciel."),
        error_messages={"required": _("Choisissez un fichier."), "empty": _("Ce fichier est vide.")},
    )
    archive = forms.FileField(
        label=_("PDF des factures (facultatif)"),
        required=False,
        help_text=_("Pour les factures seulement : une archive ZIP, où chaque PDF porte le numéro de sa facture."),
        error_messages={"empty": _("Cette archive est vide.")},
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("archive") and cleaned.get("kind") and cleaned["kind"] != ImportKind.INVOICES:
            self.add_error("archive", _("Seules les factures s’importent avec une archive de PDF. Retirez-la."))
        return cleaned


class ArchiveForm(forms.Form):
    """The ZIP of PDFs, added to a file of invoices already there."""

    archive = forms.FileField(
        label=_("PDF des factures"),
        help_text=_("Une archive ZIP, où chaque PDF porte le numéro de sa facture."),
        error_messages={"required": _("Choisissez une archive ZIP."), "empty": _("Cette archive est vide.")},
    )


class ColumnsForm(forms.Form):
    """Which column holds which field. What is not certain has no default: the clerk answers."""

    reference_width = forms.IntegerField(
        label=_("Longueur des références client"),
        required=False,
        min_value=2,
        max_value=40,
        help_text=_(
            "Les références faites de chiffres sont complétées par des zéros à gauche jusqu’à cette longueur : "
            "un tableur "
            "les perd souvent. Laissez vide pour les garder telles quelles."
        ),
    )

    def __init__(self, batch, data=None):
        super().__init__(data)
        self.batch = batch
        self.importer = REGISTRY[ImportKind(batch.kind)]()
        self.source = sources.load(batch.source)
        self.columns = self.source.sheet.columns
        self.by_position = {column.position: column for column in self.columns}
        self.guesses = mapping.guesses_of(batch)
        for name, spec in self.importer.fields.items():
            self.fields[name] = self._field(name, spec)
        self.initial["reference_width"] = mapping.reference_width(batch, self.guesses)
        self.references = mapping.reference_samples(batch, self.guesses)

    def _field(self, name, spec):
        guess = self.guesses[name]
        choices = [(str(column.position), f"{column.letter} – {column.label}") for column in self.columns]
        none = (NONE, _("Aucune colonne"))
        choices = [(ASK, _("À choisir…")), none, *choices] if guess.asked else [none, *choices]
        initial = ASK if guess.asked else NONE if guess.position is None else str(guess.position)
        return forms.ChoiceField(
            label=spec.label,
            choices=choices,
            required=False,
            initial=initial,
            help_text=spec.help_text,
            widget=forms.Select(attrs={"data-column-select": ""}),
            error_messages={"invalid_choice": _("Cette colonne n’existe pas dans le fichier.")},
        )

    def clean(self):
        cleaned = super().clean()
        for name in self.importer.fields:
            if cleaned.get(name) == ASK:
                self.add_error(name, _("Choisissez une colonne, ou « Aucune colonne »."))
        return cleaned

    @property
    def lost_zeros(self):
        """The first numeric references when nothing says how long they should be: the clerk is asked."""
        return [] if self["reference_width"].value() else self.references

    @property
    def mapping(self):
        """The clean choice: {field: position or None}."""
        return {
            name: int(value) if (value := self.cleaned_data.get(name)) not in (NONE, ASK, None) else None
            for name in self.importer.fields
        }

    @cached_property
    def lines(self):
        """The fields as the screen shows them, those to be asked first."""
        lines = []
        for name, spec in self.importer.fields.items():
            guess = self.guesses[name]
            lacking = spec.required and guess.position is None
            value = self[name].value()
            shown = int(value) if value not in (NONE, ASK, None) and str(value).isdigit() else guess.position
            column = self.by_position.get(shown)
            group = "none" if guess.position is None else "sure"
            if guess.asked or lacking or self[name].errors:
                group = "ask"
            lines.append(
                {
                    "field": self[name],
                    "spec": spec,
                    "group": group,
                    "column": column,
                    "suggestion": self.by_position.get(guess.position) if guess.asked else None,
                    "certainty": round(guess.certainty * 100),
                    "remembered": guess.remembered and guess.position is not None,
                    "secret": spec.secret,
                }
            )
        return lines

    @property
    def groups(self):
        """(title, explanation, lines) for each group of fields that is not empty."""
        titles = [
            ("ask", _("À confirmer"), _("Le titre de la colonne ne suffit pas à être sûr. Regardez les valeurs.")),
            ("sure", _("Colonnes reconnues"), ""),
            ("none", _("Absentes du fichier"), _("Facultatives. Choisissez une colonne si le fichier les contient.")),
        ]
        return [
            (key, title, text, lines)
            for key, title, text in titles
            if (lines := [line for line in self.lines if line["group"] == key])
        ]

    @property
    def unused(self):
        """The columns of the file that hold no field, as guessed."""
        taken = {guess.position for guess in self.guesses.values()}
        return [column for column in self.columns if column.position not in taken]


class ApplyForm(forms.Form):
    """The word of a clerk who saw that the file changes many records."""

    confirm_changes = forms.BooleanField(
        label=_("J’ai regardé les différences : ce fichier est le bon."),
        required=False,
    )
