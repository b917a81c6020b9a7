"""The stored receipt of a filed case, in « Reçus » of its profile."""

from django.db import transaction

from documents.enums import FolderKind
from documents.services import folders

from ..models import Case
from ..receipts import file_name, render_receipt
from ..subject import subject_of


def make_receipt(*, case_id):
    """Make the receipt of a filed case and file it; returns the Case. Twice makes one file."""
    related = ("page", "profile", "department__contact", "filed_by")
    case = Case.objects.select_related(*related).get(pk=case_id)
    if case.receipt_id or case.number is None:
        return case
    # Outside the transaction: it takes time and touches nothing.
    content = render_receipt(case)
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).select_related("profile").get(pk=case_id)
        if case.receipt_id:
            return case
        case.receipt = folders.produce(content=content, name=file_name(case), profile=case.profile)
        case.save(update_fields=["receipt"])
        folders.file_produced(
            profile=case.profile,
            kind=FolderKind.RECEIVED,
            title=f"Accusé de réception du dossier {case.number}",
            source=f"procedures.case:{case.pk}:receipt",
            stored=case.receipt,
            **subject_of(case),
        )
    return case
