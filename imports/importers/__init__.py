"""One importer for each kind of file. A new kind is one module here, and its line in REGISTRY."""

from ..enums import ImportKind
from .invoices import InvoicesImporter
from .readings import ReadingsImporter
from .subscribers import SubscribersImporter

REGISTRY = {
    ImportKind.SUBSCRIBERS: SubscribersImporter,
    ImportKind.READINGS: ReadingsImporter,
    ImportKind.INVOICES: InvoicesImporter,
}


def importer_of(batch):
    """Return the importer of a batch, with its options."""
    return REGISTRY[ImportKind(batch.kind)](batch.options)
