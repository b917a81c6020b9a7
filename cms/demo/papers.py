"""Papers that people of the demonstration send."""

import typst
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.services import uploads


def paper(*, by, profile, name, text=""):
    """Send a PDF called `name` in the name of `profile`; return the StoredFile, still staged."""
    content = typst.compile(f"= {name}\n\n{text or profile.name}".encode())
    upload = SimpleUploadedFile(f"{name}.pdf", content, content_type="application/pdf")
    return uploads.receive(by=by, profile=profile, upload=upload)
