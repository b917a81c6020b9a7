"""What every importer shares: its columns, its rows, and the records that a chunk of rows is about to write."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import models
from import_export import fields, resources, widgets

from .. import reading
from ..cleaning import Refused
from ..enums import RowAction

SLOTS = ("key", "second_key", "third_key")


class FrenchWidget(widgets.Widget):
    """A django-import-export widget over a converter of `imports.cleaning`: French cells in, French text out."""

    def __init__(self, convert, *, load=None):
        super().__init__()
        self.convert = convert
        # Gives back the value from its JSON form, for what JSON does not know (dates, decimals).
        self.load = load

    def clean(self, value, row=None, **kwargs):
        """Return the value of a cell, None when it is empty. Raises Refused (a ValueError) with a sentence."""
        return self.convert(value)

    def render(self, value, obj=None, **kwargs):
        return display(value)


class CellField(fields.Field):
    """A field of a Resource, and what the clerk is told of its column.

    `secret` values never reach the database nor a screen; `example` fills the model file.
    """

    def __init__(self, name, label, widget, *, synonyms=(), required=False, help_text="", example="", secret=False):
        super().__init__(attribute=name, column_name=label, widget=widget)
        self.label = label
        self.synonyms = synonyms
        self.required = required
        self.help_text = help_text
        self.example = example
        self.secret = secret


class CellResource(resources.Resource):
    """A Resource whose fields are CellFields; subclasses declare them. It cleans, and it exports the model file."""


def display(value):
    """Return a value as the clerk reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Decimal):
        text = f"{value:f}"
        if "." in text:
            whole, _, cents = text.partition(".")
            cents = cents.rstrip("0")
            text = f"{whole},{cents.ljust(2, '0')}" if cents else whole
        return text
    if isinstance(value, (list, tuple)):
        return ", ".join(display(item) for item in value)
    return str(value)


@dataclass(slots=True)
class Row:
    """A row of the file on its way through check or apply."""

    number: int
    values: dict
    errors: list = field(default_factory=list)
    notices: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    keys: tuple = ("", "", "")
    action: str = ""
    raw: list = field(default_factory=list)
    # What `resolve` found in the database for this row, for `plan`.
    found: dict = field(default_factory=dict)

    def refuse(self, text, *, field="", column="", value=""):
        """Refuse the row, with a sentence that says what to do."""
        self.errors.append(
            {"field": field, "column": column, "value": str(value)[:200].replace("\0", ""), "text": text}
        )

    @property
    def refused(self):
        return bool(self.errors)


class Change:
    """A record about to be written for a row: `before` is None for a new one, else the old values that change."""

    __slots__ = ("after", "before", "fields", "instance", "number")

    def __init__(self, instance, number, before):
        self.instance = instance
        self.number = number
        self.before = before
        self.fields = set()
        self.after = None


class Chunk:
    """The rows handled together, the records they are about, and what becomes of those."""

    def __init__(self, rows, *, lock=False):
        self.rows = rows
        self.lock = lock
        self.changes = {}  # id(instance) → Change, in the order of writing

    def load(self, queryset):
        """Return the records of `queryset`, locked in the order of their keys when they are about to be written."""
        if self.lock:
            queryset = queryset.select_for_update(of=("self",)).order_by("pk")
        return list(queryset)

    def put(self, row, record, values, *, model=None, defaults=None, labels=None, news=None):
        """Make `record` hold `values` (a None says nothing), or a new `model` with `defaults` besides; return it.

        Notes what changes, for the preview and for undo. `labels` gives the words of a value that is no plain text;
        `news` is (label, value) of a new record that hangs on an older one: it is a change of that one.
        """
        said = {name: value for name, value in values.items() if value is not None}
        if record is None:
            record = model(**{**(defaults or {}), **said})
            change = Change(record, row.number, None)
            change.fields.update(said, defaults or {})
            self.changes[id(record)] = change
            if news:
                label, new = news
                row.changes.append({"record": str(model._meta.verbose_name), "label": label, "old": "", "new": new})
            return record
        change = self.changes.get(id(record))
        meta = record._meta
        for name, new in said.items():
            old = getattr(record, name)
            if old == new:
                continue
            if change is None:
                change = self.changes[id(record)] = Change(record, row.number, {})
            column = meta.get_field(name)
            if change.before is not None:
                held = getattr(record, column.attname)
                change.before.setdefault(column.attname, str(held) if isinstance(column, models.FileField) else held)
            change.fields.add(name)
            words = (labels or {}).get(name, display)
            row.changes.append(
                {
                    "record": str(meta.verbose_name),
                    "label": str(column.verbose_name),
                    "old": words(old),
                    "new": words(new),
                }
            )
            setattr(record, name, new)
        return record

    def write(self, order):
        """Write every change, by model in `order` (parents first); return the Changes, their `after` filled."""
        by_model = {model: [] for model in order}
        for change in self.changes.values():
            by_model[type(change.instance)].append(change)
        for model, changes in by_model.items():
            created = [change.instance for change in changes if change.before is None]
            updated = [change for change in changes if change.before is not None]
            # Updates first: one may free the place that a new record takes (a valid activation code).
            if updated:
                names = sorted({name for change in updated for name in change.fields})
                model._default_manager.bulk_create(
                    [change.instance for change in updated],
                    update_conflicts=True,
                    unique_fields=[model._meta.pk.name],
                    update_fields=names,
                )
            if created:
                model._default_manager.bulk_create(created)
            for change in changes:
                change.after = after_of(change)
        return [change for changes in by_model.values() for change in changes]


def after_of(change):
    """Return what a written record holds in the fields the import wrote, as JSON can keep it."""
    meta = change.instance._meta
    held = {}
    for name in change.fields:
        column = meta.get_field(name)
        value = getattr(change.instance, column.attname)
        held[column.attname] = str(value) if isinstance(column, models.FileField) else value
    return held


class Importer:
    """One kind of file. Subclasses declare the columns, and say which records a row is about."""

    kind = None
    title = ""
    explanation = ""
    resource_class = None
    models = ()  # what it writes, parents first
    takes_archive = False
    folded = ()  # fields that `tidy` merges into another

    def __init__(self, options=None):
        self.options = options or {}
        self.resource = self.resource_class()
        self.fields = {name: self.resource.fields[name] for name in self.resource.fields}
        self.loaders = {name: f.widget.load for name, f in self.fields.items() if f.widget.load}

    # Columns ------------------------------------------------------------------------------------------------------

    def reading_fields(self):
        """Return the fields as `reading.match_columns` wants them."""
        return [reading.Field(name, f.label, f.synonyms, f.required) for name, f in self.fields.items()]

    def missing(self, mapping):
        """Return (field, sentence) of what a mapping lacks; empty when it is complete."""
        return [
            (name, f"Indiquez la colonne qui contient « {f.label} ».")
            for name, f in self.fields.items()
            if f.required and mapping.get(name) is None
        ]

    # Cells to values ----------------------------------------------------------------------------------------------

    def clean(self, number, cells, columns):
        """Return the Row of the file's `number`: `columns` lists (name, position, letter and title of the column)."""
        row = Row(number, {})
        values = row.values
        for name, position, title in columns:
            cell = cells[position] if position < len(cells) else None
            spec = self.fields[name]
            try:
                value = spec.widget.clean(cell)
            except Refused as refusal:
                shown = "••••" if spec.secret else display(cell)
                row.refuse(str(refusal), field=name, column=title, value=shown)
                continue
            if value is not None and value != "" and value != []:
                values[name] = value
            elif spec.required:
                row.refuse(
                    "Cette cellule est vide alors qu’elle est obligatoire. Complétez-la.", field=name, column=title
                )
        if not row.errors:
            self.tidy(row, {name: title for name, _position, title in columns})
        if row.errors:
            hidden = {position for name, position, _title in columns if self.fields[name].secret}
            row.raw = [
                "••••" if i in hidden and cell else display(cell).replace("\0", "") for i, cell in enumerate(cells)
            ]
        return row

    def tidy(self, row, titles):
        """Check the values of a row against one another, and complete them. Hides what is secret."""

    def load(self, values):
        """Return the values of a row as they were before the database kept them as JSON."""
        for name, load in self.loaders.items():
            if name in values:
                values[name] = load(values[name])
        return values

    def title_of(self, values):
        """Return the words by which the clerk recognises a row."""
        raise NotImplementedError

    def shown(self, name, values):
        """Return a value as the preview shows it."""
        if self.fields[name].secret:
            return "••••"
        return display(values.get(name))

    # Rows to records ----------------------------------------------------------------------------------------------

    def resolve(self, chunk):
        """Find the records that the rows are about: a fixed number of queries for the chunk, none for a row."""
        raise NotImplementedError

    def keys(self, row):
        """Return the record a row is about, and up to two that it shares with others: three strings, "" for none."""
        raise NotImplementedError

    def fingerprint(self, slot, values):
        """Return what two rows with the same key in `slot` must agree on."""
        return values

    def duplicate(self, slot, key, other):
        """Return the sentence that refuses two rows that contradict each other."""
        return (
            f"La ligne {other} parle du même enregistrement et dit autre chose. Gardez la bonne ligne, supprimez "
            "l’autre."
        )

    def plan(self, chunk):
        """Put the records of the rows that stand, refuse the others, and give each row its action."""
        for row in chunk.rows:
            if row.refused or row.action == RowAction.MERGED:
                continue
            created = self.put(chunk, row)
            if row.refused:
                continue
            if created:
                row.action, row.changes = RowAction.CREATE, []
            else:
                row.action = RowAction.UPDATE if row.changes else RowAction.UNCHANGED

    def put(self, chunk, row):
        """Put the records of one row into the chunk; return whether the record it is about is new."""
        raise NotImplementedError

    # Before, after, and back --------------------------------------------------------------------------------------

    def whole_file_notices(self, batch):
        """Return what the clerk is told of the whole file once it is checked: list of notices."""
        return []

    def written(self, records):
        """Do what follows from `records` written or given back, in the transaction of their chunk."""

    def keep(self, model, records):
        """Return {pk: sentence} for the records that undo must not take back, whatever they hold."""
        return {}

    def delete(self, model, records, *, by):
        """Take back records that the import created."""
        model._base_manager.filter(pk__in=[record.pk for record in records]).delete()
