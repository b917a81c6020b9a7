"""Insert many rows of our own tables as fast as the database can: COPY on PostgreSQL, one statement on SQLite.

For staging and undo only: plain columns, no default, no signal. Django's bulk_create spends far more on their JSON.
"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models, router

# Keys and values are ours; kept as they are so that accents stay readable in the database.
_encode = DjangoJSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def insert(model, names, rows):
    """Insert `rows` (iterable of tuples, in the order of the fields `names`) into the table of `model`."""
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    fields = [model._meta.get_field(name) for name in names]
    table, columns = quote(model._meta.db_table), ", ".join(quote(field.column) for field in fields)
    in_json = [isinstance(field, models.JSONField) for field in fields]
    prepared = (
        tuple(
            _encode(value) if is_json and value is not None else value
            for value, is_json in zip(row, in_json, strict=True)
        )
        for row in rows
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in prepared:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(prepared))
