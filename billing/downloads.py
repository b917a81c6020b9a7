"""Private files leave the portal through here, once a view has checked the right to them."""

import re

from django.http import FileResponse, Http404


def private_file(file, name):
    """Return a response that downloads `file` (a FieldFile in private storage) under a safe `name`.

    404 when it is missing.
    """
    if not file:
        raise Http404
    try:
        opened = file.storage.open(file.name)
    except FileNotFoundError as error:
        raise Http404 from error
    safe = re.sub(r"[^\w.-]+", "-", name).strip(".-") or "document.pdf"
    response = FileResponse(opened, as_attachment=True, filename=safe, content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
