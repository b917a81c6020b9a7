"""The files that leave the imports: by a view with the right, never by an address of their own."""

from os.path import splitext

from django.http import Http404, StreamingHttpResponse

from documents.downloads import XLSX, download, private, private_file, safe_name
from documents.spreadsheets import to_csv, to_xlsx

from .. import exports, perms
from ..enums import ImportKind
from ..importers import REGISTRY
from .common import check, get_batch


def original(request, pk):
    """The clerk's file, as it was sent."""
    check(perms.may_view(request.user))
    batch = get_batch(pk)
    return private_file(batch.file, batch.original_name, "application/octet-stream")


def errors(request, pk, format):
    """The refused rows, in the clerk's own columns, with what to correct."""
    check(perms.may_view(request.user))
    batch = get_batch(pk)
    if not batch.file or not batch.counts.get("refused") or format not in ("csv", "xlsx"):
        raise Http404
    rows = exports.refused_rows(batch)
    name = safe_name(f"{splitext(batch.original_name)[0]}-erreurs.{format}")
    if format == "xlsx":
        return download(to_xlsx(rows, "Erreurs"), name, XLSX)
    response = StreamingHttpResponse(to_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return private(response)


def model_file(request, kind):
    """An empty workbook with the columns that a kind of import expects, and one example."""
    check(perms.may_add(request.user))
    if kind not in ImportKind.values:
        raise Http404
    file = to_xlsx(exports.model_rows(ImportKind(kind)), str(REGISTRY[ImportKind(kind)].title))
    return download(file, f"modele-{kind}.xlsx", XLSX)
