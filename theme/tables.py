"""Cells of `{% data_table %}`: written in Python, for a list of three hundred rows costs a template too much."""

from django.utils.html import conditional_escape, format_html

from . import formats

KINDS = ("text", "link", "money", "date", "chip", "html")
ALIGNMENTS = ("start", "end")
NOTHING = "–"
SHORT_LABEL = 16


def cells_of(columns, row, *, chip):
    """Return the cells of `row` as HTML, the first one heading the row. `chip` draws a state.

    Raise KeyError when the row lacks a column's key, ValueError for an unknown kind or alignment.
    """
    cells = []
    for column in columns:
        kind, align = column["kind"] or "text", column["align"] or "start"
        if kind not in KINDS or align not in ALIGNMENTS:
            raise ValueError(f"unknown kind {kind!r} or align {align!r} of column {column['key']!r}")
        value = row[column["key"]]
        classes = " ".join(filter(None, ("end" if align == "end" else "", _class(kind, value))))
        tag, scope = ("td", "") if cells else ("th", ' scope="row"')
        attributes = f'{scope} class="{classes}"' if classes else scope
        label = conditional_escape(column["label"])
        cells.append(f'<{tag}{attributes} data-label="{label}">{_content(kind, value, chip)}</{tag}>')
    return "".join(cells)


def _class(kind, value):
    if kind in ("money", "date"):
        return "num nowrap"
    # A number such as F2026-00412 would break at its hyphen; a title may well break.
    return "nowrap" if kind == "link" and value and len(str(value["label"])) <= SHORT_LABEL else ""


def _content(kind, value, chip):
    if value is None or value == "":
        return NOTHING
    if kind == "money":
        return formats.money(value)
    if kind == "date":
        return formats.short_date(value)
    if kind == "chip":
        return chip(value)
    if kind == "link":
        return format_html('<a href="{}">{}</a>', value["url"], value["label"])
    return conditional_escape(value)
