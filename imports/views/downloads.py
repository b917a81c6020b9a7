"""The files that leave the imports: by a view with the right, never by an address of their own."""

import re
from pathlib import PurePath

from django.http import FileResponse, Http404, StreamingHttpResponse

from .. import exports, perms
from ..enums import ImportKind
from ..importers import REGISTRY
from .common import check, get_batch

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _private(response):
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _stem(batch):
    return re.sub(r"[^\w.-]+", "-", PurePath(batch.original_name).stem).strip(".-") or "import"


def original(request, pk):
    """The clerk's file, as it was sent."""
    check(perms.may_view(request.user))
    batch = get_batch(pk)
    if not batch.file:
        raise Http404
    name = f"{_stem(batch)}{PurePath(batch.original_name).suffix.lower()}"
    return _private(
        FileResponse(batch.file.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
    )


def errors(request, pk, format):
    """The refused rows, in the clerk's own columns, with what to correct."""
    check(perms.may_view(request.user))
    batch = get_batch(pk)
    if not batch.file or not batch.counts.get("refused") or format not in ("csv", "xlsx"):
        raise Http404
    rows = exports.refused_rows(batch)
    name = f"{_stem(batch)}-erreurs.{format}"
    if format == "xlsx":
        return _private(
            FileResponse(exports.to_xlsx(rows, "Erreurs"), as_attachment=True, filename=name, content_type=XLSX)
        )
    response = StreamingHttpResponse(exports.to_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _private(response)


def model_file(request, kind):
    """An empty workbook with the columns that a kind of import expects, and one example."""
    check(perms.may_add(request.user))
    if kind not in ImportKind.values:
        raise Http404
    file = exports.to_xlsx(exports.model_rows(ImportKind(kind)), str(REGISTRY[ImportKind(kind)].title))
    return _private(FileResponse(file, as_attachment=True, filename=f"modele-{kind}.xlsx", content_type=XLSX))
