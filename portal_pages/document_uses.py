"""What of a resident's cases depends on a file: said when somebody wants to delete it from « Mes documents »."""

from collections import defaultdict

from documents.uses import Use, register
from procedures.addresses import case_path
from procedures.models import CaseFile


@register
def cases(files):
    """The cases and drafts that a file was joined to."""
    found = defaultdict(list)
    joined = CaseFile.objects.filter(file__in=files).select_related("case__page", "case__profile").order_by("pk")
    for one in joined:
        case = one.case
        sentence = (
            f"Il est joint à votre dossier {case.number} (« {case.page.title} »)."
            if case.number
            else f"Il est joint à votre brouillon « {case.page.title} »."
        )
        found[one.file_id].append(Use(sentence, case_path(case)))
    return found
