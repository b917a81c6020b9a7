"""The PDFs that come beside a file of invoices, found by the invoice's number."""

import hashlib
import hmac

from django.conf import settings
from django.core.files.base import ContentFile

from documents.storage import private_storage

from ..reading import Unreadable, archives


def key_of(text):
    """Return an invoice number, or a file's name, as they are compared: `F-2026/118` and `f_2026_118` are one."""
    return "".join(character for character in text.upper() if character.isalnum())


class Pdfs:
    """The archive of a batch, at `path`."""

    def __init__(self, path, batch_id):
        self.path = path
        self.batch_id = batch_id

    def names(self):
        """Return {key: name} of the PDFs. Raises Unreadable."""
        return {key_of(stem): stem for stem, _info, _read in archives.pdfs(self.path)}

    def contents(self, keys):
        """Yield (key, content or None, sentence) for the PDFs asked; a file that is no PDF gives a sentence."""
        for stem, _info, read in archives.pdfs(self.path):
            key = key_of(stem)
            if key not in keys:
                continue
            try:
                yield key, read(), ""
            except Unreadable as error:
                yield key, None, str(error)

    def save(self, key, content):
        """Store a PDF under a name that nobody can guess, the same when the chunk is done again after a crash."""
        secret = hmac.new(settings.SECRET_KEY.encode(), f"imports.pdf.{self.batch_id}.{key}".encode(), hashlib.sha256)
        name = f"invoices/{secret.hexdigest()[:32]}.pdf"
        storage = private_storage()
        if storage.exists(name):
            storage.delete(name)
        return storage.save(name, ContentFile(content))


def same_content(stored, content):
    """Whether the file of a FieldFile holds exactly `content`."""
    if not stored or not stored.storage.exists(stored.name) or stored.size != len(content):
        return False
    with stored.open("rb") as file:
        return file.read() == content
