"""Private files leave the portal through here, once a view has checked the right to them."""

import re
from os.path import splitext

from django.http import FileResponse, Http404

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe_name(name, default="document"):
    """Return `name` as any computer takes it for a file: letters, digits, dots and hyphens, its extension kept."""
    stem, extension = splitext(name)
    stem = re.sub(r"[^\w.-]+", "-", stem).strip(".-") or default
    return stem + re.sub(r"[^.a-z0-9]", "", extension.lower())


def private(response):
    """Return `response`, that no cache keeps and whose type no browser guesses."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def download(opened, name, content_type):
    """Return a response that downloads `opened` (a file open at its beginning, closed once sent) as `name`."""
    return private(FileResponse(opened, as_attachment=True, filename=safe_name(name), content_type=content_type))


def private_file(file, name, content_type=PDF):
    """Return a response that downloads `file` (a FieldFile in private storage) as `name`. Raises Http404 without it."""
    if not file:
        raise Http404
    try:
        opened = file.storage.open(file.name)
    except FileNotFoundError as error:
        raise Http404 from error
    return download(opened, name, content_type)
