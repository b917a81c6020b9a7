"""What depends on a file: why a resident can't delete it. The upper apps say what they know (`register`)."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .models import FiledDocument, StoredFile, SupportingDocument

_sources = []


@dataclass(frozen=True)
class Use:
    """One thing that depends on a file: a sentence, and where it is ("" when there is no such page)."""

    sentence: str
    url: str = ""


def register(source):
    """Add `source([file pk])`, which returns {file pk: [Use]} for the files it knows a use of. In an app's `ready`."""
    if source not in _sources:
        _sources.append(source)
    return source


def of(files):
    """Return {file pk: [Use]} of the files (primary keys) given, every one of them: a fixed number of queries.

    Their place in « Mes documents » is no use. What nobody describes still counts, in general words.
    """
    files = list(files)
    found = defaultdict(list)
    for source in _sources:
        for file, told in source(files).items():
            found[file] += told
    return {file: found[file] or _unnamed(file) for file in files}


def _unnamed(file):
    shelves = FiledDocument._meta.get_field("file").remote_field
    used = StoredFile.objects.filter(pk=file).exists() and any(
        relation.related_model._base_manager.filter(**{relation.field.name: file}).exists()
        for relation in StoredFile.relations()
        if relation is not shelves
    )
    return [Use(_("Une de vos démarches se sert de ce document."))] if used else []


@register
def supporting(files):
    """The supporting documents that a file was sent for."""
    found = defaultdict(list)
    documents = SupportingDocument.objects.filter(file__in=files).select_related("requirement", "child")
    for document in documents.order_by("pk"):
        sentence = _("Il a été envoyé comme pièce justificative : « %(name)s ».") % {"name": document.requirement.name}
        found[document.file_id].append(Use(sentence, "/mon-compte/documents/?onglet=envoyees"))
    return found
