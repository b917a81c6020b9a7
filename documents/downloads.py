"""Private files leave the portal through here, once a view has checked the right to them."""

import re
from os.path import splitext

from django.http import FileResponse, Http404

PDF = "application/pdf"
# Browsers' own viewers need these; a sandbox would leave a PDF blank.
SHOWN_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
SHOWN_IMAGE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
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
    return download(_opened(file), name, content_type)


def shown_file(file, name, content_type):
    """Return a response that shows `file` (as above) in the browser, where nothing of it can run or call out.

    For what `documents.checks` let in only. Raises Http404 without it.
    """
    response = FileResponse(_opened(file), filename=safe_name(name), content_type=content_type)
    response["Content-Security-Policy"] = SHOWN_PDF if content_type == PDF else SHOWN_IMAGE
    return private(response)


def _opened(file):
    if not file:
        raise Http404
    try:
        return file.storage.open(file.name)
    except FileNotFoundError as error:
        raise Http404 from error
