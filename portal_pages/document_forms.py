"""« Mes documents » : a file and the boxes it answers (s4.14), a file and its folder (s0.12), what a list is cut to."""

from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from documents.checks import ACCEPT, ACCEPTED, MAX_BYTES
from documents.models import Folder

from .document_wants import by_owner


def file_field():
    """Return the field of a file that a resident sends."""
    return forms.FileField(
        label=_("Fichier"),
        help_text=ACCEPTED,
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT, "data-max-bytes": MAX_BYTES}),
    )


class ReceivedFile(forms.Form):
    """Base of the forms whose file the view has received already: `stored` is the file just chosen, or the one that a
    form with an error has kept; `refused` is why the file just chosen is not taken."""

    missing = ""

    def __init__(self, *args, stored=None, refused=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.stored, self.refused = stored, refused

    def clean(self):
        if self.refused:
            self.add_error("file", self.refused)
        elif self.stored is None:
            self.add_error("file", ValidationError(self.missing))
        return self.cleaned_data


class SendForm(ReceivedFile):
    """A file for one or several of the documents asked for (`wanted`)."""

    show_optional = False
    missing = _("Choisissez le fichier à envoyer.")
    file = file_field()
    answers = forms.MultipleChoiceField(
        label=_("À quelles pièces ce fichier répond-il ?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Cochez au moins une pièce à laquelle répond ce fichier."),
            "invalid_choice": _("Une des pièces cochées n’est plus demandée. Vérifiez les cases."),
        },
    )

    def __init__(self, *args, wanted, **kwargs):
        super().__init__(*args, **kwargs)
        self.wanted = {one.key: one for one in wanted}
        self.fields["answers"].choices = [(key, one.requirement.name) for key, one in self.wanted.items()]

    @property
    def groups(self):
        """The boxes as they are drawn: [(« La famille » or a child's name, [(box, Wanted), …])]."""
        boxes = dict(zip(self.wanted, self["answers"].subwidgets, strict=True))
        return [(title, [(boxes[one.key], one) for one in group]) for title, group in by_owner(self.wanted.values())]

    @property
    def chosen(self):
        """The (requirement, child or None) of the boxes ticked, once the form is valid."""
        return [(self.wanted[key].requirement, self.wanted[key].child) for key in self.cleaned_data["answers"]]


class AboutForm(forms.Form):
    """Base: what a document is about, a child or a contract of the profile. A field without a choice is left out."""

    child = forms.ChoiceField(label=_("Enfant"), required=False)
    contract = forms.ChoiceField(label=_("Contrat"), required=False)

    def __init__(self, *args, children, contracts, **kwargs):
        super().__init__(*args, **kwargs)
        self.children = {str(child.public_id): child for child in children}
        # What its prefix says of the lists: « Tous », « Aucun en particulier ».
        self._offer("child", [(key, child.first_name) for key, child in self.children.items()])
        self._offer("contract", [(contract.reference, contract.reference) for contract in contracts])

    def _offer(self, name, choices):
        if choices:
            self.fields[name].choices = [("", self.NONE[name]), *choices]
        else:
            del self.fields[name]


class FilterForm(AboutForm):
    """What a list of documents is cut to. In the address, so that it is never wrong: what is unknown is left out."""

    show_optional = False
    NONE = {"child": _("Tous"), "contract": _("Tous")}
    q = forms.CharField(label=_("Chercher"), required=False, max_length=100, widget=forms.TextInput)
    field_order = ["q", "child", "contract"]

    def full_clean(self):
        super().full_clean()
        # A contract no longer one's own, in an address kept for long, is no mistake of who opens it.
        self.errors.clear()

    @property
    def filters(self):
        """What `documents.queries.documents_of` takes."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "words": given.get("q", ""),
            "child": self.children.get(given.get("child", "")),
            "contract_reference": given.get("contract", ""),
        }

    @property
    def asked(self):
        """Whether anything is asked for."""
        return any(self.filters.values())


class AddForm(ReceivedFile, AboutForm):
    """A file for one of the folders where residents add documents."""

    show_optional = False
    missing = _("Choisissez le fichier à ajouter.")
    NONE = {"child": _("Aucun en particulier"), "contract": _("Aucun en particulier")}
    file = file_field()
    folder = forms.ModelChoiceField(
        label=_("Dossier"),
        queryset=Folder.objects.filter(residents_add=True),
        to_field_name="slug",
        empty_label=None,
        error_messages={"invalid_choice": _("Ce dossier n’existe plus. Choisissez-en un autre.")},
    )
    title = forms.CharField(label=_("Titre"), max_length=200, required=False, help_text=_("Vide : le nom du fichier."))
    field_order = ["file", "folder", "title", "child", "contract"]

    @property
    def values(self):
        """What `documents.services.folders.add` takes, once the form is valid."""
        given = self.cleaned_data
        return {
            "folder": given["folder"],
            "title": given["title"] or PurePath(self.stored.name).stem,
            "child": self.children.get(given.get("child", "")),
            "contract_reference": given.get("contract", ""),
        }
