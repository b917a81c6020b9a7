"""Spreadsheets that leave: the clerk's own rows with what to correct, and the model files."""

from . import reading, sources
from .enums import RowAction
from .files import local_path
from .importers import REGISTRY


def refused_rows(batch):
    """Yield the header, then the refused rows as the clerk wrote them, with an "Erreur" column at the end.

    Read from the clerk's own file: secrets are not in the database. Two streams in the order of the file, no list.
    """
    source = sources.load(batch.source)
    columns = source.sheet.columns
    yield [column.label for column in columns] + ["Erreur"]
    refused = (
        batch.rows.filter(action=RowAction.REFUSED).order_by("number").values_list("number", "errors").iterator(2_000)
    )
    with local_path(batch.file) as path:
        current = next(refused, None)
        for number, cells in reading.rows(path, source):
            while current is not None and current[0] < number:
                current = next(refused, None)
            if current is None:
                return
            if current[0] == number:
                own = [cells[column.position] if column.position < len(cells) else None for column in columns]
                yield [*own, f"Ligne {number}. " + " ".join(sentence(error) for error in current[1])]


def sentence(error):
    """Return an error of a row in one sentence: column, then what to do."""
    return f"{error['column']} : {error['text']}" if error["column"] else error["text"]


def model_rows(kind):
    """Return the header and one example of the file that a kind expects."""
    resource = REGISTRY[kind].resource_class()
    names = [resource.get_field_name(field) for field in resource.get_export_fields()]
    return [resource.get_export_headers(), [resource.fields[name].example for name in names]]
