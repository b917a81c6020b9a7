"""Cells of `{% data_table %}`: written in Python, for a list of three hundred rows costs a template too much."""

from django.utils.html import conditional_escape, format_html

from . import formats

KINDS = ("text", "link", "money", "date", "chip", "html")
ALIGNMENTS = ("start", "end")
NOTHING = "–"


def cells_of(columns, row, *, chip):
    """Return the cells of `row` as HTML, the first one heading the row. `chip` draws a state.

    Raise KeyError when the row lacks a column's key, ValueError for an unknown kind or alignment.
    """
    cells = []
    for column in columns:
        kind, align = column["kind"] or "text", column["align"] or "start"
        if kind not in KINDS or align not in ALIGNMENTS:
            raise ValueError(f"unknown kind {kind!r} or align {align!r} of column {column['key']!r}")
        classes = " ".join(
            filter(None, ("end" if align == "end" else "", "num nowrap" if kind in ("money", "date") else ""))
        )
        tag, scope = ("td", "") if cells else ("th", ' scope="row"')
        attributes = f'{scope} class="{classes}"' if classes else scope
        label = conditional_escape(column["label"])
        cells.append(f'<{tag}{attributes} data-label="{label}">{_content(kind, row[column["key"]], chip)}</{tag}>')
    return "".join(cells)


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
