"""Spreadsheets that leave the back office: through django-import-export, with formulas neutralised."""

import tablib
from django.http import HttpResponse
from import_export.formats import base_formats

from documents.downloads import private
from documents.spreadsheets import neutralised

HEADERS = {
    "reference": "Référence client",
    "holder": "Titulaire",
    "address": "Adresse",
    "postcode": "Code postal",
    "town": "Commune",
    "code": "Code d’activation",
}


class FrenchCSV(base_formats.CSV):
    """What French spreadsheets open with a double click: semicolons, and a mark that says UTF-8."""

    def export_data(self, dataset, **kwargs):
        return ("\ufeff" + super().export_data(dataset, delimiter=";", **kwargs)).encode()


FORMATS = {"csv": FrenchCSV, "xlsx": base_formats.XLSX}


def spreadsheet(rows, *, name, format_name):
    """Return the response that downloads `rows` (dicts with the keys of HEADERS) as FORMATS[format_name]."""
    dataset = tablib.Dataset(headers=list(HEADERS.values()))
    for row in rows:
        dataset.append([neutralised(row[key]) for key in HEADERS])
    file_format = FORMATS[format_name]()
    response = HttpResponse(file_format.export_data(dataset), content_type=file_format.get_content_type())
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format.get_extension()}"'
    return private(response)
